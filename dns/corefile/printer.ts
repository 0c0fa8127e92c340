import type { Corefile, Entry, Item, Token } from "./syntax";

/** The text of a tree. For a tree that {@link parseCorefile} made and nobody changed, its source. */
export function printCorefile(corefile: Corefile): string {
  const out: string[] = [];
  const token = (each: Token | undefined): void => {
    if (each !== undefined) out.push(each.leading, each.raw);
  };
  const entry = (each: Entry): void => {
    token(each.name);
    each.args.forEach(token);
    if (each.block !== undefined) {
      token(each.block.open);
      each.block.entries.forEach(entry);
      token(each.block.close);
    }
    each.rest.forEach(token);
  };
  const item = (each: Item): void => {
    if (each.kind === "import") {
      token(each.keyword);
      token(each.target);
      return;
    }
    (each.kind === "snippet" ? [each.key] : each.keys).forEach(token);
    token(each.open);
    each.entries.forEach(entry);
    token(each.close);
  };
  corefile.items.forEach(item);
  out.push(corefile.trailing);
  return out.join("");
}
