const { join } = require("node:path");

// Mutants are run against the fast tests of the DNS core only, from the copy that they live in.
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
