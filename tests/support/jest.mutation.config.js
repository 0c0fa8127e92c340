const { join } = require("node:path");

// A mutant is killed by an example or not at all: long random runs and long texts only cost time here.
process.env.DNS_FUZZ_RUNS ??= "50";

const rootDir = join(__dirname, "../..");

/** @type {import('jest').Config} */
module.exports = {
  rootDir,
  roots: ["<rootDir>/dns", "<rootDir>/tests/unit", "<rootDir>/tests/support/mutation"],
  testMatch: ["<rootDir>/tests/support/mutation/*.test.ts"],
  testNamePattern: "^(?!.*mebibyte)",
  testEnvironment: "node",
  transform: { "\\.(js|ts|mjs)$": ["@swc/jest"] },
};
