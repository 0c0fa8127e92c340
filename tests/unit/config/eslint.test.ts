import { execFileSync } from "node:child_process";

import { repository } from "../../../lab/instance";

interface Case {
  file: string;
  code: string;
}

/** What ESLint says of imports alone, which needs no types. It runs on its own: its configuration is an ES module. */
function lint(cases: Case[]): string[][] {
  const script = `
    import { ESLint } from "eslint";
    const eslint = new ESLint({
      ruleFilter: ({ ruleId }) => ["house/down-only", "no-restricted-imports"].includes(ruleId),
      overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
    });
    const said = [];
    for (const { file, code } of ${JSON.stringify(cases)}) {
      const [{ messages }] = await eslint.lintText(code, { filePath: file });
      said.push(messages.map(({ ruleId, message }) => ruleId + ": " + message));
    }
    console.log(JSON.stringify(said));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: repository,
    encoding: "utf8",
  });
  return JSON.parse(output) as string[][];
}

/** An import of each part from each, as its folder writes it. */
const from: Record<string, string> = {
  index: "./",
  config: "./",
  components: "../",
  dns: "../",
  node: "../",
  policy: "../",
  cli: "../",
  lab: "../",
  tests: "../",
};
const parts = Object.keys(from);
const allowed: Record<string, string[]> = {
  index: ["config", "components", "dns"],
  config: ["components", "dns"],
  components: ["dns", "node"],
  dns: [],
  node: [],
  policy: ["dns"],
  cli: ["dns"],
  lab: ["dns"],
  tests: parts,
};
const fileOf = (part: string): string =>
  ["index", "config"].includes(part) ? `${part}.ts` : `${part}/zebra.ts`;

test("imports go where CONTRIBUTING.md lets them, and nowhere else", () => {
  const pairs = parts.flatMap((part) => parts.map((other) => ({ part, other })));
  const said = lint(
    pairs.flatMap(({ part, other }) =>
      ["", "/zebra"].map((below) => ({
        file: fileOf(part),
        code: `import { a } from "${from[part]}${other}${below}"; a();`,
      })),
    ),
  );
  const refused = pairs.filter((_, index) => (said[2 * index] ?? []).length > 0);
  const expected = pairs.filter(
    ({ part, other }) => part !== other && !allowed[part]?.includes(other),
  );
  expect(refused).toEqual(expected);
  // Below index.ts and config.ts is nothing.
  const folders = ({ other }: { other: string }) => fileOf(other).includes("/");
  const refusedBelow = pairs.filter((_, index) => (said[2 * index + 1] ?? []).length > 0);
  expect(refusedBelow.filter(folders)).toEqual(expected.filter(folders));
});

test("every way to import counts, and the message tells the way out", () => {
  const file = "components/rules/zebra.ts";
  const codes = [
    'import { a } from "../../lab/x"; a();',
    'import type { A } from "../../lab/x"; export const a = (b: A) => b;',
    'export * from "../../lab";',
    'export { a } from "../../lab";',
    'export const a = await import("../../lab/x");',
    'export const a = require("../../lab/x");',
    'export const a = require.resolve("../../lab/x");',
    'import a = require("../../lab/x"); a();',
    'export type A = import("../../lab/x").A;',
  ];
  for (const said of lint(codes.map((code) => ({ file, code })))) {
    expect(said).toEqual([
      expect.stringMatching(
        /^house\/down-only: '\.\.\/\.\.\/lab(\/x)?' is lab, and components may import of ours only dns, node, components\. /,
      ),
    ]);
  }
});

test("what only looks like ours is free, and so are packages", () => {
  const said = lint([
    { file: "lab/cloud/zebra.ts", code: 'import { a } from "./cli"; import "../node/x"; a();' },
    { file: "dns/corefile/zebra.ts", code: 'import "tldts"; import "node:fs"; import "./policy";' },
    { file: "components/zebra.ts", code: 'import "@pulumi/alicloud/cs"; import "./config";' },
  ]);
  expect(said).toEqual([[], [], []]);
});

test("pure logic does without Pulumi, and nobody loads the whole of Alibaba Cloud", () => {
  const code = 'import { a } from "@pulumi/pulumi"; a();';
  const root = 'import { a } from "@pulumi/alicloud"; a();';
  const said = lint([
    { file: "dns/zebra.ts", code },
    { file: "node/zebra.ts", code },
    { file: "dns/zebra.ts", code: root },
    { file: "components/zebra.ts", code: root },
    { file: "index.ts", code: root },
    { file: "components/zebra.ts", code },
  ]);
  expect(said.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 0]);
});
