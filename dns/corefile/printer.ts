import type { Corefile, Entry, Item, ServerBlock, Token } from "./syntax";

/** The text of a tree. For a tree that {@link parseCorefile} made and nobody changed, its source. */
export function printCorefile(corefile: Corefile): string {
  const out: string[] = [];
  for (const item of corefile.items) writeItem(item, out);
  out.push(corefile.trailing);
  return out.join("");
}

/** The text of a server block, from its first key to its closing brace. */
export function printServerBlock(block: ServerBlock): string {
  const out: string[] = [];
  writeItem(block, out);
  // What the first token carries before it belongs to no block.
  out[0] = "";
  return out.join("");
}

/** The text of a line and its block, without what stands before it. */
export function printEntry(entry: Entry): string {
  const out: string[] = [];
  writeEntry({ ...entry, name: { ...entry.name, leading: "" } }, out);
  return out.join("");
}

function writeItem(item: Item, out: string[]): void {
  if (item.kind === "import") {
    writeTokens([item.keyword, item.target], out);
    return;
  }
  writeTokens(item.kind === "snippet" ? [item.key] : item.keys, out);
  writeToken(item.open, out);
  for (const entry of item.entries) writeEntry(entry, out);
  writeToken(item.close, out);
}

function writeEntry(entry: Entry, out: string[]): void {
  writeToken(entry.name, out);
  writeTokens(entry.args, out);
  if (entry.block !== undefined) {
    writeToken(entry.block.open, out);
    for (const each of entry.block.entries) writeEntry(each, out);
    writeToken(entry.block.close, out);
  }
  writeTokens(entry.rest, out);
}

function writeTokens(tokens: readonly Token[], out: string[]): void {
  for (const token of tokens) writeToken(token, out);
}

function writeToken(token: Token | undefined, out: string[]): void {
  if (token !== undefined) out.push(token.leading, token.raw);
}
