const { join } = require("node:path");

// MUTATION_TESTS names folders of tests, where a few of them are all that a file needs.
// A mutant is killed by an example or not at all: the long random runs only cost time here.
process.env.DNS_FUZZ_RUNS = "50";

const rootDir = join(__dirname, "../..");

/** @type {import('jest').Config} */
module.exports = {
  rootDir,
  testMatch: (process.env.MUTATION_TESTS ?? "unit/dns/**,unit/resolution/**")
    .split(",")
    .map((tests) => `<rootDir>/tests/${tests}/*.test.ts`),
  testEnvironment: "node",
  transform: { "\\.(js|ts|mjs)$": ["@swc/jest"] },
};
