import { type Entry, parseCorefile, printCorefile, serverBlocks } from "../../../../dns";
import {
  addServerBlocks,
  newlineOf,
  newToken,
  removeServerBlock,
  replaceEntry,
  withArgs,
  withoutProperty,
  withProperty,
} from "../../../../dns/corefile/edit";

const SOURCE = `# top
(snip) {
    log # all
}
import snip
.:53 {
    errors
    kubernetes   old.org\tin-addr.arpa "ip6.arpa" { # k
        pods insecure
        fallthrough  # none
    }
    forward . 1.1.1.1
} # end
# tail
`;

const entryNamed = (text: string, name: string): Entry => {
  const find = (entries: readonly Entry[]): Entry | undefined =>
    entries.find((each) => each.name.text === name) ??
    entries.map((each) => find(each.block?.entries ?? [])).find(Boolean);
  const items = parseCorefile(text).items.flatMap((item) =>
    item.kind === "import" ? [] : item.entries,
  );
  return find(items) as Entry;
};

/** Applies an edit to one line of a text. */
const edit = (
  text: string,
  name: string,
  change: (entry: Entry, newline: string) => Entry | undefined,
): string => {
  const corefile = parseCorefile(text);
  const all = (entries: readonly Entry[]): Entry[] =>
    entries.flatMap((each) => [each, ...all(each.block?.entries ?? [])]);
  const entries = all(
    corefile.items.flatMap((item) => (item.kind === "import" ? [] : item.entries)),
  );
  const entry = entries.find((each) => each.name.text === name) as Entry;
  return printCorefile(replaceEntry(corefile, entry, change(entry, newlineOf(corefile))));
};

describe("edits of lines", () => {
  it("replace arguments and keep blanks, quotes and all else", () => {
    expect(
      edit(SOURCE, "kubernetes", (entry) =>
        withArgs(entry, ["new.org", "old.org", "ip6.arpa", "x y"]),
      ),
    ).toBe(
      SOURCE.replace(
        'kubernetes   old.org\tin-addr.arpa "ip6.arpa" {',
        'kubernetes   new.org\told.org "ip6.arpa" "x y" {',
      ),
    );
    expect(edit(SOURCE, "forward", (entry) => withArgs(entry, []))).toBe(
      SOURCE.replace("forward . 1.1.1.1", "forward"),
    );
  });

  it("change nothing where nothing changes", () => {
    expect(
      edit(SOURCE, "kubernetes", (entry) =>
        withArgs(
          entry,
          entry.args.map((arg) => arg.text),
        ),
      ),
    ).toBe(SOURCE);
    const corefile = parseCorefile(SOURCE);
    const stranger = entryNamed(SOURCE, "errors");
    expect(replaceEntry(corefile, stranger, undefined)).toBe(corefile);
  });

  it("reach into snippets and blocks", () => {
    expect(edit(SOURCE, "log", (entry) => withArgs(entry, ["."]))).toBe(
      SOURCE.replace("log # all", "log . # all"),
    );
    expect(edit(SOURCE, "pods", () => undefined)).toBe(
      SOURCE.replace(" # k\n        pods insecure", ""),
    );
    expect(edit(SOURCE, "fallthrough", () => undefined)).toBe(
      SOURCE.replace("\n        fallthrough", ""),
    );
  });

  it("set a property where it stands", () => {
    expect(
      edit(SOURCE, "kubernetes", (entry, newline) =>
        withProperty(entry, "fallthrough", ["a.org"], newline),
      ),
    ).toBe(SOURCE.replace("fallthrough  # none", "fallthrough a.org  # none"));
  });

  it("leave a property once", () => {
    const twice = ". {\n k {\n  f a\n  g\n  f b\n }\n}\n";
    expect(edit(twice, "k", (entry, newline) => withProperty(entry, "f", ["c"], newline))).toBe(
      ". {\n k {\n  f c\n  g\n }\n}\n",
    );
    expect(edit(twice, "k", (entry) => withoutProperty(entry, "f"))).toBe(
      ". {\n k {\n  g\n }\n}\n",
    );
  });

  it("add a property with its neighbours' indentation", () => {
    expect(
      edit(SOURCE, "kubernetes", (entry, newline) => withProperty(entry, "ttl", ["30"], newline)),
    ).toBe(
      SOURCE.replace("fallthrough  # none\n    }", "fallthrough\n        ttl 30  # none\n    }"),
    );
    expect(
      edit(". {\n k {\n }\n}\n", "k", (entry, newline) => withProperty(entry, "f", [], newline)),
    ).toBe(". {\n k {\n     f\n }\n}\n");
  });

  it("add a block where there is none, with the file's line ends", () => {
    expect(
      edit(".:53 {\r\n\tk a\r\n}\r\n", "k", (entry, newline) =>
        withProperty(entry, "f", ["b"], newline),
      ),
    ).toBe(".:53 {\r\n\tk a {\r\n\t    f b\r\n\t}\r\n}\r\n");
    expect(edit(". {\n k a\n}\n", "k", (entry) => withoutProperty(entry, "f"))).toBe(
      ". {\n k a\n}\n",
    );
  });

  it("write a new word so that it is read back", () => {
    for (const word of [
      "a",
      "a b",
      "",
      "#x",
      'q"q',
      '"q',
      "a\\b",
      "{$X}",
      "\ufeffa",
      "a\u0085b",
      "a#b",
    ]) {
      const { raw } = newToken(word, " ");
      expect(entryNamed(`. {\n k ${raw} z\n}\n`, "k").args.map((arg) => arg.text)).toEqual([
        word,
        "z",
      ]);
    }
    expect(newToken("plain", " ")).toEqual({
      leading: " ",
      raw: "plain",
      text: "plain",
      line: 0,
      column: 0,
    });
    expect(newToken("a{b}", "").raw).toBe("a{b}");
  });
});

describe("edits of blocks", () => {
  it("add blocks after all others", () => {
    const added = addServerBlocks(parseCorefile(SOURCE), "a.org {\n    log\n}\nb.org {\n}\n");
    expect(printCorefile(added)).toBe(`${SOURCE}a.org {\n    log\n}\nb.org {\n}\n`);
    expect(serverBlocks(added)).toHaveLength(3);
  });

  it.each([
    [". {\n}", "a {\n}\n", ". {\n}\na {\n}\n"],
    ["", "a {\n}\n", "a {\n}\n"],
    [". {\n}\n", "", ". {\n}\n"],
    [". {\r\n log\r\n}", "a {\n}\n", ". {\r\n log\r\n}\r\na {\r\n}\r\n"],
    [". {\n}\n", "import x\n", ". {\n}\nimport x\n"],
    [". {\n}\n", "(s) {\n}\n", ". {\n}\n(s) {\n}\n"],
    [". {\n}\n", "{\n}\n", ". {\n}\n{\n}\n"],
  ])("add to %j %j", (text, source, expected) => {
    expect(printCorefile(addServerBlocks(parseCorefile(text), source))).toBe(expected);
  });

  it("take a block out and leave the comments before it", () => {
    const corefile = parseCorefile("a {\n}\n# about b\nb {\n}\nc {\n}\n");
    const [, b] = serverBlocks(corefile);
    expect(printCorefile(removeServerBlock(corefile, b as never))).toBe(
      "a {\n}\n# about b\nc {\n}\n",
    );
    const noted = parseCorefile("a {\n}\nb {\n} # b\nc {\n}\n");
    expect(printCorefile(removeServerBlock(noted, serverBlocks(noted)[1] as never))).toBe(
      "a {\n}\n # b\nc {\n}\n",
    );
    const last = parseCorefile("a {\n}\n{\r\n}\r\n# end\n");
    expect(printCorefile(removeServerBlock(last, serverBlocks(last)[1] as never))).toBe(
      "a {\n}\n# end\n",
    );
    const [stranger] = serverBlocks(parseCorefile("a {\n}\n"));
    expect(removeServerBlock(corefile, stranger as never)).toBe(corefile);
  });

  it("learn line ends from the file", () => {
    expect(newlineOf(parseCorefile(". {\r\n log\n}\n"))).toBe("\r\n");
    expect(newlineOf(parseCorefile("import x\n. { log\r\n}\r\n"))).toBe("\n");
    expect(newlineOf(parseCorefile(". { log\r\n errors\r\n}\r\n"))).toBe("\r\n");
    expect(newlineOf(parseCorefile(""))).toBe("\n");
  });
});
