import fc from "fast-check";

import {
  type Corefile,
  CorefileSyntaxError,
  type Entry,
  keysOf,
  parseCorefile,
  printCorefile,
  serverBlocks,
} from "../../../../dns";
import { lex } from "../../../../dns/corefile/lexer";
import { FILES, LINES } from "../../../fixtures/corefiles/lines";
import { generatedCorefile } from "../../../support/generatedCorefile";
import { anyText } from "../../../support/anyText";
import { runs } from "../../../support/runs";

const RUNS = runs(3000);

const tokens = (text: string): string[] => lex(text).tokens.map((token) => token.text);

interface Shape {
  name: string;
  args?: string[];
  block?: Shape[];
  rest?: string[];
}

const shapeOf = ({ name, args, block, rest }: Entry): Shape => ({
  name: name.text,
  ...(args.length > 0 && { args: args.map((arg) => arg.text) }),
  ...(block && { block: block.entries.map(shapeOf) }),
  ...(rest.length > 0 && { rest: rest.map((token) => token.text) }),
});
const shapesOf = (text: string): object[] =>
  parseCorefile(text).items.map((item) => {
    if (item.kind === "import") return { import: item.target.text };
    const entries = item.entries.map(shapeOf);
    if (item.kind === "snippet") return { snippet: item.name, entries };
    return {
      keys: keysOf(item),
      entries,
      braces: [item.open?.text, item.close?.text].filter(Boolean).join(""),
    };
  });

const errorOf = (text: string): string => {
  try {
    parseCorefile(text);
  } catch (error) {
    if (!(error instanceof CorefileSyntaxError)) throw error;
    expect(error.message).toBe(`Corefile ${error.line}:${error.column}: ${error.reason}`);
    expect(error.name).toBe("CorefileSyntaxError");
    return `${error.line}:${error.column} ${error.reason}`;
  }
  throw new Error("it is a Corefile");
};

describe("the lexer", () => {
  it.each<[string, string[]]>([
    ["", []],
    ["  \t\n", []],
    ["a b\nc", ["a", "b", "c"]],
    [
      "a\u00a0b\u0085c\u1680d\u2000e\u200af\u2028g\u2029h\u202fi\u205fj\u3000k\vl\fm",
      [..."abcdefghijklm"],
    ],
    ["a\ufeffb\u200bc\u180ed\u2010", ["a\ufeffb\u200bc\u180ed\u2010"]],
    ["a\u0000b\u0008c\u000ed\u001fe", ["a\u0000b\u0008c\u000ed\u001fe"]],
    ["\ufeffa b", ["a", "b"]],
    ["# a b\nc # d\n#", ["c"]],
    ["a#b c", ["a", "c"]],
    ["a#b", ["a"]],
    ["a#b#c\nd", ["a", "d"]],
    ["a\rb\r\nc\r", ["ab", "c"]],
    ['"a b" "c"d e"f', ["a b", "c", "d", 'e"f']],
    ['"a \\" b"', ['a " b']],
    ['"a \\n \\\\ b"', ["a \\n \\\\ b"]],
    ['"a\\\\" b', ["a\\\\", "b"]],
    ['"a\nb" c', ["a\nb", "c"]],
    ['""', [""]],
    ['"', []],
    ['a "', ["a"]],
    ['"a # b', ["a # b"]],
    ['"a\\', ["a"]],
    ['"\\', []],
    ['"a\\\nb"', ["a\\\nb"]],
    ["{$A} {%B%}", ["{$A}", "{%B%}"]],
  ])("cuts %j", (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });

  it("tells where each token stands", () => {
    const text = '\ufeffa "b\nc" d\r\n  e#f "g\\\nh" i';
    const places = lex(text).tokens.map(
      ({ text: each, line, column }) => `${each} ${line}:${column}`,
    );
    expect(places).toEqual(["a 1:1", "b\nc 1:3", "d 2:4", "e 3:3", "g\\\nh 3:7", "i 4:4"]);
  });

  it("keeps every byte", () => {
    const { tokens: all, trailing } = lex(' a "b" # c\nd#e f "');
    expect(all.map(({ leading, raw }) => [leading, raw])).toEqual([
      [" ", "a"],
      [" ", '"b"'],
      [" # c\n", "d#e"],
      [" ", "f"],
    ]);
    expect(trailing).toBe(' "');
    expect(lex("a\r").trailing).toBe("\r");
  });
});

describe("parseCorefile", () => {
  it("reads blocks, snippets and imports", () => {
    expect(
      shapesOf(
        "(snip) {\n  log\n}\nimport more\n.:53, a.b\n{\n  errors {\n    consolidate 5m x\n  }\n  import snip\n}\nc.d { whoami\n}\n",
      ),
    ).toEqual([
      { snippet: "snip", entries: [{ name: "log" }] },
      { import: "more" },
      {
        keys: [".:53", "a.b"],
        entries: [
          { name: "errors", block: [{ name: "consolidate", args: ["5m", "x"] }] },
          { name: "import", args: ["snip"] },
        ],
        braces: "{}",
      },
      { keys: ["c.d"], entries: [{ name: "whoami" }], braces: "{}" },
    ]);
  });

  it.each<[string, object[]]>([
    ["", []],
    [".", [{ keys: ["."], entries: [], braces: "" }]],
    [
      ".\nerrors\nlog x\n",
      [{ keys: ["."], entries: [{ name: "errors" }, { name: "log", args: ["x"] }], braces: "" }],
    ],
    [
      ".\nerrors\n}\na {\n}\n",
      [
        { keys: ["."], entries: [{ name: "errors" }], braces: "}" },
        { keys: ["a"], entries: [], braces: "{}" },
      ],
    ],
    [
      ". {\n errors {\n }\n",
      [{ keys: ["."], entries: [{ name: "errors", block: [] }], braces: "{" }],
    ],
    ["a,\nb c {\n}", [{ keys: ["a", "b", "c"], entries: [], braces: "{}" }]],
    ['"" a, "" b\n{\n}', [{ keys: ["a", "b"], entries: [], braces: "{}" }]],
    [
      "()\n{\n}\n(a) b {\n}",
      [
        { snippet: "", entries: [] },
        { keys: ["(a)", "b"], entries: [], braces: "{}" },
      ],
    ],
    ['a, ""\nb {\n}', [{ keys: ["a", "b"], entries: [], braces: "{}" }]],
    ["x(a) {\n}", [{ keys: ["x(a)"], entries: [], braces: "{}" }]],
    ["(a)x {\n}", [{ keys: ["(a)x"], entries: [], braces: "{}" }]],
    ["(a)", [{ keys: ["(a)"], entries: [], braces: "" }]],
    ["(a) { log }", [{ snippet: "a", entries: [{ name: "log" }] }]],
    ["a import b {\n}", [{ keys: ["a", "import", "b"], entries: [], braces: "{}" }]],
    ["a, import b {\n}", [{ keys: ["a", "import", "b"], entries: [], braces: "{}" }]],
    [
      ". {\n a {\n  b\n } c { d\n { e } } f\n g\n}",
      [
        {
          keys: ["."],
          entries: [
            { name: "a", block: [{ name: "b" }], rest: ["c", "{", "d", "{", "e", "}", "}", "f"] },
            { name: "g" },
          ],
          braces: "{}",
        },
      ],
    ],
    [". {\n a\n {\n }\n}", [{ keys: ["."], entries: [{ name: "a", block: [] }], braces: "{}" }]],
    [
      ". {\n a { b { c } d }\n}",
      [
        {
          keys: ["."],
          entries: [{ name: "a", block: [{ name: "b", block: [{ name: "c" }], rest: ["d"] }] }],
          braces: "{}",
        },
      ],
    ],
    ["}\n", [{ keys: ["}"], entries: [], braces: "" }]],
    [
      '. {\n log "a\nb" c\n d\n}',
      [
        {
          keys: ["."],
          entries: [{ name: "log", args: ["a\nb", "c"] }, { name: "d" }],
          braces: "{}",
        },
      ],
    ],
  ])("reads %j", (text, shapes) => {
    expect(shapesOf(text)).toEqual(shapes);
  });

  it.each([
    ["a, {\n}", "1:4 a zone must follow the comma before '{'"],
    ['a, "" {\n}', "1:7 a zone must follow the comma before '{'"],
    [", {\n}", "1:3 a zone must follow the comma before '{'"],
    ["a,", "1:1 a zone must follow the comma"],
    ["a,\nimport b\n{\n}", "2:1 zones can't be imported; write them out"],
    ["import", "1:1 import needs a snippet or a file"],
    ["import\na {\n}", "1:1 import needs a snippet or a file"],
    ["import a b", "1:10 import takes one argument"],
    [". {\n", "1:3 this '{' is never closed"],
    [". {\n a\n", "1:3 this '{' is never closed"],
    [". {\n a {\n  b\n", "2:4 this '{' is never closed"],
    [". {\n a {\n } {\n b\n", "3:4 this '{' is never closed"],
    [". {\n a }\n", "2:4 '}' must stand on a line of its own"],
    [". {\n {\n }\n}", "2:2 a name must stand before '{'"],
    [". {\n a {\n  {\n }\n}\n}", "3:3 a name must stand before '{'"],
    ["(a)\nlog\n", "1:1 a snippet needs '{' after its name"],
    ["(a) {\n log\n", "1:5 this '{' is never closed"],
    [`. {\n${"a {\n".repeat(40)}`, "34:3 blocks nest deeper than 32"],
  ])("refuses %j", (text, error) => {
    expect(errorOf(text)).toBe(error);
  });

  it("takes blocks as deep as it says", () => {
    const deep = `. {\n${"a {\n".repeat(32)}${"}\n".repeat(32)}}\n`;
    expect(printCorefile(parseCorefile(deep))).toBe(deep);
  });

  it("gives the server blocks in order", () => {
    const corefile = parseCorefile("(a) {\n}\nb {\n}\nimport a\nc {\n}\n");
    expect(serverBlocks(corefile).map((block) => keysOf(block))).toEqual([["b"], ["c"]]);
  });
});

describe("printCorefile", () => {
  const known = [...FILES, ...LINES.map((line) => `.:53 {\n${line}\n}\n`)];
  const parsed = (text: string): Corefile | undefined => {
    try {
      return parseCorefile(text);
    } catch (error) {
      expect(error).toBeInstanceOf(CorefileSyntaxError);
      return undefined;
    }
  };

  it("gives back what was read, byte for byte", () => {
    const read = known.filter((text) => {
      const corefile = parsed(text);
      if (corefile !== undefined) expect(printCorefile(corefile)).toBe(text);
      return corefile !== undefined;
    });
    expect(read.length).toBeGreaterThan(known.length - 30);
  });

  it("gives back what was made at random", () => {
    fc.assert(
      fc.property(generatedCorefile, (text) => {
        expect(printCorefile(parseCorefile(text))).toBe(text);
      }),
      { numRuns: RUNS },
    );
  });

  it("gives back hostile text, or tells where it is wrong", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "\n",
      " ",
      '"',
      "\\",
      "#",
      ",",
      "a",
      "(s)",
      "import",
      "\r",
      "\ufeff",
      "\u0000",
      "{$",
      "{%",
      "%}",
      "\ud800",
    );
    const hostile = fc.oneof(
      anyText(200),
      fc.array(piece, { maxLength: 80 }).map((pieces) => pieces.join("")),
      fc.tuple(fc.constantFrom(...known), fc.nat(), piece).map(([text, at, each]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + each + text.slice(cut + (at % 3));
      }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const corefile = parsed(text);
        if (corefile !== undefined) expect(printCorefile(corefile)).toBe(text);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    ["braces", "{".repeat(1 << 20)],
    ["closing braces", "}\n".repeat(1 << 19)],
    ["one word", "a".repeat(1 << 20)],
    ["one open quote", `"${"\n".repeat(1 << 20)}`],
    ["escapes", `"${'\\"'.repeat(1 << 19)}`],
    ["comments", "#\n".repeat(1 << 19)],
    ["keys", "a,\n".repeat(1 << 18)],
    ["blocks on one line", `. {\na {\n}${" {\n}".repeat(1 << 17)}\n}\n`],
  ])("reads a mebibyte of %s in no time", (_, text) => {
    const start = performance.now();
    const corefile = parsed(text);
    if (corefile !== undefined) expect(printCorefile(corefile)).toBe(text);
    // Quadratic work would take minutes; the bound leaves room for a busy machine.
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
