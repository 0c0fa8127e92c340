import { type CorefileFinding, expandCorefile, parseCorefile } from "../../../../dns";
import { replaceEnvironment } from "../../../../dns/corefile/expand";

const expand = (
  text: string,
  environment?: Record<string, string>,
): { blocks: object[]; findings: string[] } => {
  const { blocks, findings } = expandCorefile(parseCorefile(text), environment);
  return {
    blocks: blocks.map(({ keys, entries }) => ({
      keys: keys.map((key) => key.text),
      lines: entries.map(({ name, args, block }) =>
        [name, ...args, ...(block?.entries.flatMap((each) => [each.name, ...each.args]) ?? [])]
          .map((token) => token.text)
          .join(" "),
      ),
    })),
    findings: findings.map(
      (f: CorefileFinding) => `${f.line}:${f.column} ${f.severity} ${f.code}: ${f.message}`,
    ),
  };
};

describe("expandCorefile", () => {
  it("puts snippets in where they are imported", () => {
    const text =
      "(inner) {\n  lameduck 5s\n}\n(outer) {\n  errors\n  health {\n    import inner\n  }\n}\na {\n  import outer\n  log\n}\n";
    expect(expand(text)).toEqual({
      blocks: [{ keys: ["a"], lines: ["errors", "health lameduck 5s", "log"] }],
      findings: [],
    });
  });

  it("makes blocks of a snippet outside of blocks", () => {
    expect(expand("(all) {\n  a, b {\n    errors\n  }\n  c {\n  }\n}\nimport all\n")).toEqual({
      blocks: [
        { keys: ["a", "b"], lines: ["errors"] },
        { keys: ["c"], lines: [] },
      ],
      findings: [],
    });
  });

  it("reports a snippet that makes no blocks", () => {
    expect(expand("(b) {\n . {\n  error }\n}\nimport b\n")).toEqual({
      blocks: [],
      findings: ["3:9 error syntax: '}' must stand on a line of its own"],
    });
  });

  it("puts the environment in, and nothing for what is not there", () => {
    const text =
      '{$ZONE}:{%PORT%} {$NONE} {\n  forward . {$UP}\n  log "{$A}{$B}" {$NONE}\n  {$PLUGIN} {\n    {$OPTION} x\n  }\n}\n';
    const environment = {
      ZONE: "a.org",
      PORT: "53",
      UP: "1.1.1.1",
      A: "x",
      B: "y",
      PLUGIN: "errors",
      OPTION: "stacktrace",
    };
    expect(expand(text, environment)).toEqual({
      blocks: [
        { keys: ["a.org:53"], lines: ["forward . 1.1.1.1", "log xy ", "errors stacktrace x"] },
      ],
      findings: [],
    });
    expect(expand("{$ZONE} {\n}\n").blocks).toEqual([{ keys: [], lines: [] }]);
  });

  it("finds imports by names from the environment", () => {
    expect(expand("(s) {\n log\n}\na {\n import {$S}\n}\n", { S: "s" }).blocks).toEqual([
      { keys: ["a"], lines: ["log"] },
    ]);
  });

  it.each<[string, string[]]>([
    [
      "a {\n import b\n}\n(b) {\n}\n",
      [
        '2:9 error import-file: "b" is no snippet defined above, and files are not checked here; write its lines out',
      ],
    ],
    [
      "import x/*.conf\na {\n import y?\n import *.*\n}\n",
      [
        "1:8 warning import-files: what files x/*.conf matches is not checked here; a file that is wrong keeps CoreDNS from starting",
        "3:9 warning import-files: what files y? matches is not checked here; a file that is wrong keeps CoreDNS from starting",
        '4:9 error import-file: "*.*" is no snippet defined above, and files are not checked here; write its lines out',
      ],
    ],
    [
      "a {\n import\n}\n",
      ["2:2 error import-arguments: import takes one argument: a snippet defined above, or files"],
    ],
    [
      "(s) {\n}\na {\n import s x\n}\n",
      ["4:11 error import-arguments: import takes one argument: a snippet defined above, or files"],
    ],
    [
      "(s) {\n}\na {\n import s {\n }\n}\n",
      ["4:11 error import-arguments: import takes one argument: a snippet defined above, or files"],
    ],
    [
      "(s) {\n}\n(s) {\n}\n",
      [
        "3:1 error duplicate-snippet: the snippet (s) is defined a second time; give it another name",
      ],
    ],
    [
      "(s) {\n import s\n}\na {\n import s\n}\n",
      [
        "2:9 error import-depth: imports nest deeper than 32, or (s) imports itself; take one of them out",
      ],
    ],
    [
      "a {\n b {\n } c\n d\n {\n }\n e { f\n }\n g {\n  h }\n}\n",
      [
        "3:4 error brace: nothing may follow '}' on its line",
        "5:2 error brace: '{' must stand on the line that it belongs to",
        "7:6 error brace: what follows '{' must stand on a line of its own",
        "10:5 error brace: '}' must stand on a line of its own",
      ],
    ],
    [
      "a {\n b x\n {\n }\n c { }\n d {\n }\n}\n",
      ["3:2 error brace: '{' must stand on the line that it belongs to"],
    ],
    ['a {\n b "x\ny" {\n  c\n }\n}\n', []],
    [
      "(s) {\n import s\n}\nimport s\n",
      [
        "2:9 error import-depth: imports nest deeper than 32, or (s) imports itself; take one of them out",
      ],
    ],
    [
      "a, {$NONE} {\n}\n",
      ["1:1 error syntax: a zone must follow the comma, and this one is empty"],
    ],
  ])("reports what is wrong in %j", (text, findings) => {
    expect(expand(text).findings).toEqual(findings);
  });

  it("takes imports as deep as it says", () => {
    const chain = Array.from(
      { length: 32 },
      (_, index) => `(s${index + 1}) {\n import s${index}\n}\n`,
    ).join("");
    const text = (depth: number): string => `(s0) {\n log\n}\n${chain}a {\n import s${depth}\n}\n`;
    expect(expand(text(31))).toEqual({ blocks: [{ keys: ["a"], lines: ["log"] }], findings: [] });
    expect(expand(text(32)).findings).toHaveLength(1);
  });

  it("stops at bombs of imports", () => {
    const double = (first: string, depth: number): string =>
      `(s0) {\n${first}}\n` +
      Array.from(
        { length: depth },
        (_, i) => `(s${i + 1}) {\n import s${i}\n import s${i}\n}\n`,
      ).join("") +
      `a {\n import s${depth}\n}\n`;
    const tooMany = (what: string): RegExp =>
      new RegExp(
        `^\\d+:9 error too-large: the imports make more than 10000 ${what}; CoreDNS would refuse`,
      );
    const empty = expand(double("", 30)).findings;
    expect(empty).toHaveLength(1);
    expect(empty[0]).toMatch(tooMany("imports"));
    const { blocks, findings } = expand(double(" log\n".repeat(20), 10));
    expect(findings).toEqual(
      [
        "2:2 error too-large: the imports make more than 10000 lines; CoreDNS would refuse that or choke on it: import less",
      ].map((line) => line.replace("2:2", findings[0]?.split(" ")[0] ?? "")),
    );
    expect((blocks[0] as { lines: string[] }).lines).toHaveLength(10_000);
  });

  it("counts no imports of files as a bomb", () => {
    const { blocks } = expand(
      `(s) {\n log\n}\na {\n${" import x*\n".repeat(10_000)} import s\n}\n`,
    );
    expect(blocks).toEqual([{ keys: ["a"], lines: ["log"] }]);
  });

  it("leaves the lines and keys of a file itself as they are", () => {
    const { blocks, findings } = expand(`a,b {\n${" log\n".repeat(10_001)}}\n`);
    expect(findings).toEqual([]);
    expect(blocks).toEqual([{ keys: ["a,b"], lines: Array(10_001).fill("log") }]);
  });

  it("says where a block came from", () => {
    const corefile = parseCorefile("a {\n}\n");
    expect(expandCorefile(corefile).blocks[0]?.source).toBe(corefile.items[0]);
  });
});

describe("replaceEnvironment", () => {
  it.each([
    ["{$A}", "x"],
    ["a{$A}b{%A%}c", "axbxc"],
    ["{$B}", ""],
    ["{$}A}", "{$}A}"],
    ["{%}A%}", "{%}A%}"],
    ["{$A", "{$A"],
    ["{A}", "{A}"],
    ["{$A}{$A}", "xx"],
    ["{%B%}", ""],
    ["{%%}", "{%%}"],
    ["{$toString}", ""],
  ])("makes of %s %j", (text, expected) => {
    expect(replaceEnvironment(text, { A: "x" })).toBe(expected);
  });
});
