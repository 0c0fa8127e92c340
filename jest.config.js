// Every project runs the same transform; only what it needs from the machine differs.
const esm = [
  "execa",
  "@sindresorhus",
  "get-stream",
  "human-signals",
  "is-plain-obj",
  "is-stream",
  "is-unicode-supported",
  "npm-run-path",
  "unicorn-magic",
  "parse-ms",
  "pretty-ms",
  "strip-final-newline",
  "yoctocolors",
  "figures",
  "@sec-ant",
  "path-key",
  "@kubernetes/client-node",
  "openid-client",
  "oauth4webapi",
  "jose",
];

const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  transform: { "\\.(js|ts|mjs)$": ["@swc/jest"] },
  transformIgnorePatterns: [`/node_modules/(?!(${esm.join("|")})/)`],
  modulePathIgnorePatterns: ["<rootDir>/.lab/", "<rootDir>/.tools/", "<rootDir>/.stryker-tmp/"],
  ...extra,
});

/** @type {import('jest').Config} */
module.exports = {
  reporters: ["default", "<rootDir>/tests/support/heartbeat.js"],
  projects: [
    project("unit"),
    project("component"),
    project("policy"),
    project("engine"),
    project("cluster"),
  ],
};
