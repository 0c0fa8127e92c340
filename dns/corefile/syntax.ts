/**
 * The syntax tree of a Corefile. Every byte of the source is in exactly one token (or in
 * {@link Corefile.trailing}), so that printing an untouched tree gives the source back.
 * Grammar: the Caddyfile of github.com/coredns/caddy, which CoreDNS reads.
 */

/** One word of a Corefile with the blanks and comments that stand before it. */
export interface Token {
  /** Blanks, line ends and comments between the token before and this one, verbatim. */
  readonly leading: string;
  /** The token as written, with quotes, escapes and whatever else the lexer drops. */
  readonly raw: string;
  /** What CoreDNS reads: without quotes, `\"` undone. Environment references are still in it. */
  readonly text: string;
  /** Line of the first character, from 1. Of the source: edits don't renumber. */
  readonly line: number;
  /** Column of the first character in UTF-16 units, from 1. */
  readonly column: number;
}

/** A brace pair and the entries in it. */
export interface Block {
  readonly open: Token;
  readonly entries: readonly Entry[];
  readonly close: Token;
}

/** One line inside braces: a plugin in a server block, a property in a plugin's block, an import. */
export interface Entry {
  /** The plugin, property, or `import`. */
  readonly name: Token;
  /** The words after the name on its line. */
  readonly args: readonly Token[];
  /** The block that belongs to the line, when it has one. */
  readonly block?: Block;
  /** What stands behind the closing brace on the same line. CoreDNS reads it in surprising ways. */
  readonly rest: readonly Token[];
}

/** `zone:port ... { plugins }`. */
export interface ServerBlock {
  readonly kind: "server";
  /** The keys as written, commas included; {@link keysOf} gives them as CoreDNS reads them. */
  readonly keys: readonly Token[];
  /** Absent in a file with a single block written without braces. */
  readonly open?: Token;
  readonly entries: readonly Entry[];
  /** Absent where the file ends without it. CoreDNS lets that pass after another closing brace. */
  readonly close?: Token;
}

/** `(name) { entries }`, put in where `import name` stands. */
export interface Snippet {
  readonly kind: "snippet";
  /** The name in its parentheses. */
  readonly key: Token;
  /** The name without parentheses. */
  readonly name: string;
  readonly open: Token;
  readonly entries: readonly Entry[];
  readonly close: Token;
}

/** `import` outside of any block. */
export interface TopImport {
  readonly kind: "import";
  readonly keyword: Token;
  /** A snippet's name, a file, or a pattern for files. */
  readonly target: Token;
}

export type Item = ServerBlock | Snippet | TopImport;

/** A whole file. */
export interface Corefile {
  readonly items: readonly Item[];
  /** What follows the last token, verbatim. */
  readonly trailing: string;
}

/** What the parser and nothing else throws: the text is not a Corefile. */
export class CorefileSyntaxError extends Error {
  override readonly name = "CorefileSyntaxError";
  constructor(
    /** What is wrong, without the position. */
    readonly reason: string,
    /** Line, from 1. */
    readonly line: number,
    /** Column in UTF-16 units, from 1. */
    readonly column: number,
  ) {
    super(`Corefile ${line}:${column}: ${reason}`);
  }
}

/** The keys of a server block as CoreDNS reads them: without separating commas, without empty ones. */
export function keysOf(block: ServerBlock): string[] {
  return block.keys
    .filter((key) => key.text !== "")
    .map((key) => (key.text.endsWith(",") ? key.text.slice(0, -1) : key.text));
}

/** The server blocks of a file, in order. */
export function serverBlocks(corefile: Corefile): ServerBlock[] {
  return corefile.items.filter((item) => item.kind === "server");
}
