import type { Properties } from "../../rpc/values";

export interface LastKnown {
  id: string;
  state: Properties;
  inputs?: Properties;
  details: string[];
}

/** The object exists, but is not what was asked for: the engine keeps its state and the reasons. */
export class InitError extends Error {
  constructor(
    message: string,
    readonly known: LastKnown,
  ) {
    super(message);
  }

  get reasons(): string[] {
    return [this.message, ...this.known.details];
  }
}
