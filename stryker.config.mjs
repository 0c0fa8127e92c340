/**
 * Mutation testing of the DNS core: `npx stryker run`, or one file with
 * `npx stryker run --mutate dns/name.ts`. Expensive, so it is no part of `make test`.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ["dns/**/*.ts", "!dns/**/index.ts"],
  testRunner: "jest",
  jest: {
    projectType: "custom",
    configFile: "tests/support/jest.mutation.config.js",
    enableFindRelatedTests: false,
  },
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  ignorePatterns: [".tools", ".lab", "lab", "stacks", "coverage", "reports", "tools", "policy"],
  concurrency: 1,
  timeoutMS: 20000,
  reporters: ["clear-text", "progress-append-only"],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  thresholds: { high: 95, low: 90, break: 90 },
  tempDirName: ".stryker-tmp",
};
