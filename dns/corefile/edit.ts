import { parseCorefile } from "./parser";
import {
  type Block,
  type Corefile,
  type Entry,
  type Item,
  type ServerBlock,
  type Token,
} from "./syntax";

/** An indentation for lines that have no neighbour to learn from: that of ACK's own Corefile. */
const INDENT = "    ";

/** The tree with one line replaced by another, all else untouched; no second means taken out. */
export function replaceEntry(corefile: Corefile, old: Entry, next: Entry | undefined): Corefile {
  const inEntries = (entries: readonly Entry[]): readonly Entry[] => {
    const changed = entries.flatMap((entry) => {
      if (entry === old) return next === undefined ? [] : [next];
      if (entry.block === undefined) return [entry];
      const inside = inEntries(entry.block.entries);
      if (inside === entry.block.entries) return [entry];
      return [{ ...entry, block: { ...entry.block, entries: inside } }];
    });
    return same(changed, entries) ? entries : changed;
  };
  const items = corefile.items.map((item): Item => {
    if (item.kind === "import") return item;
    const entries = inEntries(item.entries);
    return entries === item.entries ? item : { ...item, entries };
  });
  return same(items, corefile.items) ? corefile : { ...corefile, items };
}

/**
 * The line with other arguments. Arguments that stay keep their quotes, and every place keeps the
 * blanks before it.
 */
export function withArgs(entry: Entry, args: readonly string[]): Entry {
  const known = new Map(entry.args.map((token) => [token.text, token]));
  const tokens = args.map((text, index): Token => {
    const leading = entry.args[index]?.leading ?? " ";
    const token = known.get(text) ?? newToken(text, leading);
    return { ...token, leading };
  });
  return { ...entry, args: tokens };
}

/**
 * The line with a property in its block set to these arguments, the property and the block added
 * where they are missing. A property that stands there more than once is left once.
 */
export function withProperty(
  entry: Entry,
  name: string,
  args: readonly string[],
  newline: string,
): Entry {
  const block = entry.block ?? newBlock(entry, newline);
  const first = block.entries.find((each) => each.name.text === name);
  if (first === undefined) {
    const sibling = block.entries.at(-1)?.name.leading;
    const leading = newline + (sibling === undefined ? indentOf(entry) + INDENT : indent(sibling));
    const added = withArgs({ name: newToken(name, leading), args: [], rest: [] }, args);
    return { ...entry, block: { ...block, entries: [...block.entries, added] } };
  }
  const entries = block.entries
    .filter((each) => each === first || each.name.text !== name)
    .map((each) => (each === first ? withArgs(first, args) : each));
  return { ...entry, block: { ...block, entries } };
}

/** The line without a property of its block, as often as it stands there. */
export function withoutProperty(entry: Entry, name: string): Entry {
  if (entry.block === undefined) return entry;
  const entries = entry.block.entries.filter((each) => each.name.text !== name);
  return { ...entry, block: { ...entry.block, entries } };
}

/**
 * The tree with the server blocks of `source` after all others.
 * @throws CorefileSyntaxError when `source` is not a Corefile.
 */
export function addServerBlocks(corefile: Corefile, source: string): Corefile {
  const newline = newlineOf(corefile);
  const added = parseCorefile(source.replaceAll(/\r?\n/g, newline));
  const [first, ...others] = added.items;
  if (first === undefined) return corefile;
  const ended = corefile.items.length === 0 || corefile.trailing.endsWith("\n");
  const before = corefile.trailing + (ended ? "" : newline);
  const items = [...corefile.items, withLeading(first, (leading) => before + leading), ...others];
  return { items, trailing: added.trailing };
}

/** The tree without one server block and the line end behind it; comments before it stay. */
export function removeServerBlock(corefile: Corefile, block: ServerBlock): Corefile {
  const at = corefile.items.indexOf(block);
  if (at === -1) return corefile;
  const { leading: before } = (block.keys[0] ?? block.open) as Token;
  const join = (leading: string): string => before + leading.replace(/^\r?\n/, "");
  const [next, ...others] = corefile.items.slice(at + 1);
  const items = corefile.items.slice(0, at);
  if (next === undefined) return { items, trailing: join(corefile.trailing) };
  return { ...corefile, items: [...items, withLeading(next, join), ...others] };
}

/** The line end that the file uses, so that new lines fit in. */
export function newlineOf(corefile: Corefile): string {
  const text = corefile.items
    .flatMap((item) => (item.kind === "import" ? [] : item.entries))
    .map((entry) => entry.name.leading)
    .find((leading) => leading.includes("\n"));
  return text?.includes("\r\n") ? "\r\n" : "\n";
}

/** A token for a text, in quotes where CoreDNS would otherwise read something else. */
export function newToken(text: string, leading: string): Token {
  const plain = /^[^\s"#\u0085\ufeff][^\s#\u0085\ufeff]*$/.test(text);
  return { leading, raw: plain ? text : quote(text), text, line: 0, column: 0 };
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}

function newBlock(entry: Entry, newline: string): Block {
  return {
    open: newToken("{", " "),
    entries: [],
    close: newToken("}", newline + indentOf(entry)),
  };
}

function indentOf(entry: Entry): string {
  return indent(entry.name.leading);
}

function indent(leading: string): string {
  return leading.slice(leading.lastIndexOf("\n") + 1);
}

function withLeading(item: Item, change: (leading: string) => string): Item {
  const lead = (token: Token): Token => ({ ...token, leading: change(token.leading) });
  if (item.kind === "import") return { ...item, keyword: lead(item.keyword) };
  if (item.kind === "snippet") return { ...item, key: lead(item.key) };
  const [key, ...keys] = item.keys;
  if (key !== undefined) return { ...item, keys: [lead(key), ...keys] };
  return { ...item, open: item.open && lead(item.open) };
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
