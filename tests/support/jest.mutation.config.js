const { join } = require("node:path");

// A mutant is killed by an example or not at all: the long random runs only cost time here.
process.env.DNS_FUZZ_RUNS = "50";

const rootDir = join(__dirname, "../..");

/** @type {import('jest').Config} */
module.exports = {
  rootDir,
  testMatch: [
    "<rootDir>/tests/unit/dns/**/*.test.ts",
    "<rootDir>/tests/unit/resolution/**/*.test.ts",
  ],
  testEnvironment: "node",
  transform: { "\\.(js|ts|mjs)$": ["@swc/jest"] },
};
