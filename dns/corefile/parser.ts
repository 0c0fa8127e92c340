import { lex } from "./lexer";
import {
  type Block,
  type Corefile,
  CorefileSyntaxError,
  type Entry,
  type Item,
  type ServerBlock,
  type Snippet,
  type Token,
  type TopImport,
} from "./syntax";

/** No plugin nests deeper than three; the limit keeps hostile input off the call stack. */
const MAX_DEPTH = 32;

/**
 * Reads a Corefile into a tree that {@link printCorefile} prints back byte for byte.
 * Accepts whatever the parser of CoreDNS accepts, imports and environment references unresolved,
 * but for an import that gives a block further zones after a comma.
 * @throws CorefileSyntaxError with line and column, and nothing else, for any text.
 */
export function parseCorefile(source: string): Corefile {
  const { tokens, trailing } = lex(source);
  return { ...new Parser(tokens).parse(), trailing };
}

/** Whether `token` stands on a later line than the end of `previous`. */
export function startsLine(previous: Token | undefined, token: Token): boolean {
  return previous === undefined || token.line > lastLineOf(previous);
}

/** The line on which a token ends: a quoted one may hold line ends. */
export function lastLineOf(token: Token): number {
  let line = token.line;
  for (let at = token.text.indexOf("\n"); at !== -1; at = token.text.indexOf("\n", at + 1)) line++;
  return line;
}

/** Reads tokens, from a file or from a snippet that stands outside of any block. */
export class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Pick<Corefile, "items"> {
    const items: Item[] = [];
    for (let token = this.token; token !== undefined; token = this.token) {
      items.push(this.item(token));
    }
    return { items };
  }

  private get token(): Token | undefined {
    return this.tokens[this.at];
  }

  /** Whether the token that comes next stands on a new line. */
  private atLineStart(token: Token): boolean {
    return startsLine(this.tokens[this.at - 1], token);
  }

  private take(): Token {
    return this.tokens[this.at++] as Token;
  }

  private item(first: Token): Item {
    if (first.text === "import" && this.atLineStart(first)) return this.topImport();
    const keys = this.keys();
    const [only, second] = keys;
    const isSnippet = only !== undefined && second === undefined && /^\(.*\)$/s.test(only.text);
    if (isSnippet && this.token !== undefined) return this.snippet(only, this.token);
    return this.serverBlock(keys);
  }

  private topImport(): TopImport {
    const keyword = this.take();
    if (this.token === undefined || this.atLineStart(this.token)) {
      throw fault("import needs a snippet or a file", keyword);
    }
    const target = this.take();
    if (this.token !== undefined && !this.atLineStart(this.token)) {
      throw fault("import takes one argument", this.token);
    }
    return { kind: "import", keyword, target };
  }

  private keys(): Token[] {
    const keys: Token[] = [];
    let another = false;
    for (let token = this.token; token !== undefined; token = this.token) {
      if (token.text === "{") {
        if (another) throw fault("a zone must follow the comma before '{'", token);
        return keys;
      }
      if (keys.length > 0 && this.atLineStart(token)) {
        if (!another) return keys;
        if (token.text === "import") throw fault("zones can't be imported; write them out", token);
      }
      if (token.text !== "") another = token.text.endsWith(",");
      keys.push(this.take());
    }
    if (another) throw fault("a zone must follow the comma", this.tokens[this.at - 1] as Token);
    return keys;
  }

  private serverBlock(keys: Token[]): ServerBlock {
    const open = this.token?.text === "{" ? this.take() : undefined;
    const entries: Entry[] = [];
    for (let token = this.token; token !== undefined; token = this.token) {
      if (token.text === "}") return { kind: "server", keys, open, entries, close: this.take() };
      const entry = this.entry(1);
      // CoreDNS takes such a brace for an argument that it can't place.
      if (this.token?.text === "}" && !this.atLineStart(this.token)) {
        throw fault("'}' must stand on a line of its own", this.token);
      }
      entries.push(entry);
    }
    if (open !== undefined && (this.tokens[this.at - 1] as Token).text !== "}") {
      throw fault("this '{' is never closed", open);
    }
    return { kind: "server", keys, open, entries, close: undefined };
  }

  private snippet(key: Token, next: Token): Snippet {
    if (next.text !== "{") throw fault("a snippet needs '{' after its name", key);
    const { open, entries, close } = this.block(1);
    return { kind: "snippet", key, name: key.text.slice(1, -1), open, entries, close };
  }

  private block(depth: number): Block {
    const open = this.take();
    if (depth > MAX_DEPTH) throw fault(`blocks nest deeper than ${MAX_DEPTH}`, open);
    const entries: Entry[] = [];
    for (let token = this.token; token !== undefined; token = this.token) {
      if (token.text === "}") return { open, entries, close: this.take() };
      entries.push(this.entry(depth + 1));
    }
    throw fault("this '{' is never closed", open);
  }

  /** Depth 1 is a plugin in a server block or a line of a snippet. */
  private entry(depth: number): Entry {
    const name = this.take();
    if (name.text === "{") throw fault("a name must stand before '{'", name);
    const args: Token[] = [];
    const rest: Token[] = [];
    let block: Block | undefined;
    for (let token = this.token; token !== undefined; token = this.token) {
      if (token.text === "{") {
        if (block === undefined) block = this.block(depth);
        else this.flatBlock(rest);
      } else if (this.atLineStart(token) || token.text === "}") {
        break;
      } else {
        (block === undefined ? args : rest).push(this.take());
      }
    }
    return { name, args, block, rest };
  }

  private flatBlock(into: Token[]): void {
    const open = this.token as Token;
    let nesting = 0;
    for (let token = this.token; token !== undefined; token = this.token) {
      if (token.text === "{") nesting++;
      if (token.text === "}") nesting--;
      into.push(this.take());
      if (nesting === 0) return;
    }
    throw fault("this '{' is never closed", open);
  }
}

function fault(reason: string, token: Token): CorefileSyntaxError {
  return new CorefileSyntaxError(reason, token.line, token.column);
}
