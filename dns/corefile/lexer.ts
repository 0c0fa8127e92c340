import type { Token } from "./syntax";

/** The tokens of a text and what follows the last of them. */
export interface Lexed {
  readonly tokens: Token[];
  readonly trailing: string;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const BYTE_ORDER_MARK = 0xfeff;

/** Go's unicode.IsSpace, which is not what `\s` matches. */
function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= TAB && code <= CR);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/**
 * Cuts a text into tokens as the lexer of github.com/coredns/caddy does. Its habits, kept on
 * purpose: `#` starts a comment even inside a word, and such a comment ends at the next blank, not
 * at the end of the line; carriage returns vanish from words; in quotes only `\"` is an escape; a
 * quoted word ends at its quote with no blank needed after it; a quote left open ends with the file.
 */
export function lex(source: string): Lexed {
  const tokens: Token[] = [];
  const end = source.length;
  let at = source.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  let line = 1;
  let lineStart = at;
  let leadingStart = 0;

  const push = (start: number, text: string, startLine: number, column: number): void => {
    tokens.push({
      leading: source.slice(leadingStart, start),
      raw: source.slice(start, at),
      text,
      line: startLine,
      column,
    });
    leadingStart = at;
  };

  while (at < end) {
    const code = source.charCodeAt(at);
    if (code === LF) {
      line++;
      lineStart = ++at;
      continue;
    }
    if (isSpace(code)) {
      at++;
      continue;
    }
    if (code === HASH) {
      at = source.indexOf("\n", at);
      if (at === -1) at = end;
      continue;
    }
    const start = at;
    const startLine = line;
    const column = start - lineStart + 1;
    if (code !== QUOTE) {
      const text = readWord();
      push(start, text, startLine, column);
      continue;
    }
    const text = readQuoted();
    // An open quote with nothing in it makes no token.
    if (text !== undefined) push(start, text, startLine, column);
  }
  return { tokens, trailing: source.slice(leadingStart) };

  function readWord(): string {
    const start = at;
    let comment = -1;
    while (at < end) {
      const code = source.charCodeAt(at);
      if (code === HASH && comment === -1) comment = at;
      if (code !== CR && isSpace(code)) break;
      at++;
    }
    // The carriage return of a line end is the line end's.
    while (source.charCodeAt(at - 1) === CR) at--;
    return source.slice(start, comment === -1 ? at : comment).replaceAll("\r", "");
  }

  function readQuoted(): string | undefined {
    const start = ++at;
    while (at < end) {
      const code = source.charCodeAt(at++);
      if (code === QUOTE) return finish(start, at - 1);
      if (code === LF) {
        line++;
        lineStart = at;
      } else if (code === BACKSLASH) {
        // At the end the lexer still waits for what this would escape, and drops it.
        if (at === end) return finish(start, at - 1) || undefined;
        // What follows is taken as it is, and a line end still counts.
        if (source.charCodeAt(at) !== LF) at++;
      }
    }
    return finish(start, at) || undefined;
  }

  function finish(from: number, to: number): string {
    return source.slice(from, to).replaceAll('\\"', '"');
  }
}
