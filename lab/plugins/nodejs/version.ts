/** The engine that this language host is part of; the two are released as one. */
export const version = "3.259.0";
