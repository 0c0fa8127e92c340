import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

// What runs on a user's machine must not know that a local environment exists.
const product = [
  "index.ts",
  "config.ts",
  "components/**/*.ts",
  "dns/**/*.ts",
  "node/**/*.ts",
  "policy/*.ts",
];
const standIn = String.raw`\b(lab|stand-?in)\b`;
const noStandIns = {
  meta: {
    type: "problem",
    schema: [],
    messages: { named: "'{{word}}': nothing a user runs may know of the local environment" },
  },
  create: (context) => ({
    Program() {
      for (const match of context.sourceCode.text.matchAll(new RegExp(standIn, "gi"))) {
        context.report({
          loc: context.sourceCode.getLocFromIndex(match.index),
          messageId: "named",
          data: { word: match[0] },
        });
      }
    },
  }),
};

const imports = (...rooms) => ({
  "no-restricted-imports": [
    "error",
    {
      paths: [
        {
          name: "@pulumi/alicloud",
          message: "Import the module you need (@pulumi/alicloud/cs): the root loads every type.",
        },
      ],
      patterns: [
        {
          group: rooms,
          message: "Imports run down only: index -> components -> dns, node; policy, cli -> dns.",
        },
      ],
    },
  ],
});

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/**",
      "policy/bin/**",
      ".tools/**",
      ".lab/**",
      ".stryker-tmp/**",
      "reports/**",
      "coverage/**",
      "**/*.config.js",
      "tests/support/heartbeat.js",
      "eslint.config.mjs",
      "stryker.config.mjs",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@pulumi": pulumi, house: { rules: { "no-stand-ins": noStandIns } } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  { files: product, rules: { "house/no-stand-ins": "error" } },
  {
    files: ["components/**/*.ts", "index.ts", "config.ts"],
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      ...imports("**/lab/**", "**/policy/**", "**/cli/**", "**/tests/**"),
    },
  },
  {
    files: ["dns/**/*.ts", "node/**/*.ts"],
    rules: imports(
      "@pulumi/*",
      "**/components/**",
      "**/lab/**",
      "**/policy/**",
      "**/cli/**",
      "**/tests/**",
    ),
  },
  {
    files: ["policy/*.ts", "cli/**/*.ts"],
    rules: imports("**/components/**", "**/lab/**", "**/tests/**"),
  },
  { files: ["lab/**/*.ts"], rules: imports("**/components/**", "**/policy/**", "**/tests/**") },
);
