import type { CorefileFinding } from "./finding";
import { Parser, startsLine } from "./parser";
import type {
  Block,
  Corefile,
  CorefileSyntaxError,
  Entry,
  Item,
  ServerBlock,
  Snippet,
  Token,
} from "./syntax";

/** A server block as CoreDNS sees it once imports and environment references are resolved. */
export interface ExpandedBlock {
  /** Without separating commas and empty ones. */
  readonly keys: readonly Token[];
  /** No imports among them. */
  readonly entries: readonly Entry[];
  /** Where it stands in the file; for a block that came in by an import, the block in the snippet. */
  readonly source: ServerBlock;
}

/** A file with everything resolved that can be, and what can't be. */
export interface ExpandedCorefile {
  readonly blocks: readonly ExpandedBlock[];
  readonly findings: readonly CorefileFinding[];
}

/** CoreDNS stops after as many imports; the lines are limited here, against bombs of nested imports. */
const MAX_IMPORTS = 10_000;
const MAX_IMPORTED_LINES = 10_000;
const MAX_DEPTH = 32;

/**
 * Resolves `import` of snippets and references to the environment (`{$NAME}`, `{%NAME%}`) as
 * CoreDNS does when it starts. Files can't be read here: an import of one is a finding.
 * @param environment what CoreDNS will have in its environment; a name that is missing is empty
 */
export function expandCorefile(
  corefile: Corefile,
  environment: Readonly<Record<string, string>> = {},
): ExpandedCorefile {
  return new Expander(environment).run(corefile);
}

/** Puts the environment into a text, as CoreDNS does: `{%NAME%}` first, then `{$NAME}`. */
export function replaceEnvironment(
  text: string,
  environment: Readonly<Record<string, string>>,
): string {
  return replaceReferences(
    replaceReferences(text, "{%", "%}", environment),
    "{$",
    "}",
    environment,
  );
}

function replaceReferences(
  text: string,
  open: string,
  close: string,
  environment: Readonly<Record<string, string>>,
): string {
  let out = "";
  let at = 0;
  for (let start = text.indexOf(open); start !== -1; start = text.indexOf(open, at)) {
    const end = text.indexOf(close, start);
    // An empty name ends the search, in CoreDNS too.
    if (end <= start + open.length) break;
    const name = text.slice(start + open.length, end);
    const value = Object.hasOwn(environment, name) ? environment[name] : "";
    out += text.slice(at, start) + value;
    at = end + close.length;
  }
  return out + text.slice(at);
}

class Expander {
  private readonly snippets = new Map<string, Snippet>();
  private readonly blocks: ExpandedBlock[] = [];
  private readonly findings: CorefileFinding[] = [];
  private importsLeft = MAX_IMPORTS;
  private linesLeft = MAX_IMPORTED_LINES;

  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  run(corefile: Corefile): ExpandedCorefile {
    this.items(corefile.items, 0);
    return { blocks: this.blocks, findings: this.findings };
  }

  private items(items: readonly Item[], depth: number): void {
    for (const item of items) {
      if (item.kind === "snippet") this.define(item);
      else if (item.kind === "server") this.serverBlock(item, depth);
      else {
        const snippet = this.resolve(item.target, depth);
        if (snippet === undefined) continue;
        this.items(this.outside(snippet), depth + 1);
      }
    }
  }

  /** A snippet's lines read as they are outside of any block. */
  private outside(snippet: Snippet): readonly Item[] {
    try {
      return new Parser(tokensOf(snippet.entries)).parse().items;
    } catch (error) {
      const { reason, line, column } = error as CorefileSyntaxError;
      this.findings.push({ code: "syntax", severity: "error", message: reason, line, column });
      return [];
    }
  }

  private define(snippet: Snippet): void {
    if (this.snippets.has(snippet.name)) {
      const message = `the snippet (${snippet.name}) is defined a second time; give it another name`;
      this.report("duplicate-snippet", "error", message, snippet.key);
    }
    this.snippets.set(snippet.name, snippet);
  }

  private serverBlock(source: ServerBlock, depth: number): void {
    const written = source.keys.map((key) => this.replace(key)).filter((key) => key.text !== "");
    const last = written.at(-1);
    if (last?.text.endsWith(",")) {
      this.report("syntax", "error", "a zone must follow the comma, and this one is empty", last);
    }
    const keys = written.map((key) => ({ ...key, text: key.text.replace(/,$/, "") }));
    this.blocks.push({ keys, entries: this.entries(source.entries, depth), source });
  }

  private entries(entries: readonly Entry[], depth: number): Entry[] {
    return entries.flatMap((entry) => {
      if (entry.name.text !== "import") return this.entry(entry, depth);
      return this.import(entry, depth);
    });
  }

  private entry(entry: Entry, depth: number): Entry[] {
    if (depth > 0 && this.linesLeft-- <= 0) {
      this.tooMuch(`more than ${MAX_IMPORTED_LINES} lines`, this.linesLeft === -1, entry.name);
      return [];
    }
    const [stray] = entry.rest;
    if (stray !== undefined) this.badBrace("nothing may follow '}' on its line", stray);
    return [
      {
        name: this.replace(entry.name),
        args: entry.args.map((arg) => this.replace(arg)),
        block: entry.block && this.block(entry, entry.block, depth),
        rest: entry.rest,
      },
    ];
  }

  /** CoreDNS groups lines by braces wherever they stand, but its plugins read them by lines. */
  private block(entry: Entry, block: Block, depth: number): Block {
    if (startsLine(entry.args.at(-1) ?? entry.name, block.open)) {
      this.badBrace("'{' must stand on the line that it belongs to", block.open);
    }
    const [first] = block.entries;
    if (first !== undefined && !startsLine(block.open, first.name)) {
      this.badBrace("what follows '{' must stand on a line of its own", first.name);
    }
    if (!startsLine(tokensOf(block.entries).at(-1), block.close)) {
      this.badBrace("'}' must stand on a line of its own", block.close);
    }
    return { open: block.open, entries: this.entries(block.entries, depth), close: block.close };
  }

  private import(entry: Entry, depth: number): Entry[] {
    const [target, ...more] = entry.args;
    const extra = more[0] ?? entry.block?.open;
    if (target === undefined || extra !== undefined) {
      const message = "import takes one argument: a snippet defined above, or files";
      this.report("import-arguments", "error", message, extra ?? entry.name);
      return [];
    }
    const snippet = this.resolve(target, depth);
    return snippet === undefined ? [] : this.entries(snippet.entries, depth + 1);
  }

  /** The snippet that an import names; a finding when it names none. */
  private resolve(target: Token, depth: number): Snippet | undefined {
    const name = replaceEnvironment(target.text, this.environment);
    const snippet = this.snippets.get(name);
    if (snippet !== undefined && this.importsLeft-- <= 0) {
      this.tooMuch(`more than ${MAX_IMPORTS} imports`, this.importsLeft === -1, target);
      return undefined;
    }
    if (snippet !== undefined && depth < MAX_DEPTH) return snippet;
    if (snippet !== undefined) {
      const message = `imports nest deeper than ${MAX_DEPTH}, or (${name}) imports itself; take one of them out`;
      this.report("import-depth", "error", message, target);
    } else if (/^[^*?[\]\\]*[*?][^*?[\]\\]*$/.test(name)) {
      const message = `what files ${name} matches is not checked here; a file that is wrong keeps CoreDNS from starting`;
      this.report("import-files", "warning", message, target);
    } else {
      const message = `${JSON.stringify(name)} is no snippet defined above, and files are not checked here; write its lines out`;
      this.report("import-file", "error", message, target);
    }
    return undefined;
  }

  private badBrace(message: string, token: Token): void {
    this.report("brace", "error", message, token);
  }

  private tooMuch(what: string, first: boolean, token: Token): void {
    const message = `the imports make ${what}; CoreDNS would refuse that or choke on it: import less`;
    if (first) this.report("too-large", "error", message, token);
  }

  private replace(token: Token): Token {
    return { ...token, text: replaceEnvironment(token.text, this.environment) };
  }

  private report(
    code: string,
    severity: "error" | "warning",
    message: string,
    { line, column }: Token,
  ): void {
    this.findings.push({ code, severity, message, line, column });
  }
}

function tokensOf(entries: readonly Entry[]): Token[] {
  return entries.flatMap(({ name, args, block, rest }) => [
    name,
    ...args,
    ...(block === undefined ? [] : [block.open, ...tokensOf(block.entries), block.close]),
    ...rest,
  ]);
}
