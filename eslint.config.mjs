import path from "node:path";

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
  "cli/**/*.ts",
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

// What each part of the house may import of ours, beside itself; CONTRIBUTING.md says the same. Tests may import all.
const mayImport = {
  "index.ts": ["config.ts", "components", "dns"],
  "config.ts": ["components", "dns"],
  components: ["dns", "node"],
  dns: [],
  node: [],
  policy: ["dns"],
  cli: ["dns"],
  lab: ["dns"],
};
const parts = Object.keys(mayImport);

// Of the repository's root, every TypeScript file is a part of its own, whose ending an import may leave out.
const partOf = (file) => {
  const [first, ...rest] = path.relative(import.meta.dirname, file).split(path.sep);
  return rest.length === 0 && parts.includes(`${first}.ts`) ? `${first}.ts` : first || "index.ts";
};

const downOnly = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      up: "'{{source}}' is {{to}}, and {{from}} may import of ours only {{allowed}}. Move what is shared there",
    },
  },
  create: (context) => {
    const from = partOf(context.filename);
    const allowed = [...(mayImport[from] ?? []), from];
    const check = (source) => {
      if (typeof source?.value !== "string" || !/^\.{0,2}(\/|$)/.test(source.value)) return;
      const to = partOf(path.resolve(path.dirname(context.filename), source.value));
      if (allowed.includes(to)) return;
      const data = { source: source.value, from, to, allowed: allowed.join(", ") };
      context.report({ node: source, messageId: "up", data });
    };
    return {
      "ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression, TSImportType":
        (node) => check(node.source),
      TSExternalModuleReference: (node) => check(node.expression),
      "CallExpression[callee.name='require'], CallExpression[callee.object.name='require']": (
        node,
      ) => check(node.arguments[0]),
    };
  },
};

const alicloudRoot = {
  name: "@pulumi/alicloud",
  message: "Import the module you need (@pulumi/alicloud/cs): the root loads every type.",
};

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
    plugins: {
      "@pulumi": pulumi,
      house: { rules: { "down-only": downOnly, "no-stand-ins": noStandIns } },
    },
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
    files: parts.map((part) => (part.endsWith(".ts") ? part : `${part}/**/*.ts`)),
    rules: {
      "house/down-only": "error",
      "no-restricted-imports": ["error", { paths: [alicloudRoot] }],
    },
  },
  {
    files: ["components/**/*.ts", "index.ts", "config.ts"],
    rules: { "@pulumi/no-output-in-template-literal": "error" },
  },
  {
    files: ["dns/**/*.ts", "node/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@pulumi/*"],
              message: "Pure logic: it runs without Pulumi, in tests and in commands.",
            },
          ],
        },
      ],
    },
  },
);
