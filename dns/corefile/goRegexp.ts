/** CoreDNS refuses longer patterns (since 1.12). */
const MAX_LENGTH = 10_000;
/** Go's limit for a repetition, and for the product of nested ones. */
const MAX_REPEAT = 1000;
/** Go's limit for nesting is 1000; less will do for a name. */
const MAX_DEPTH = 100;

const CLASSES =
  "alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit";
const CATEGORIES =
  "L[ulmto]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cf]?|Han|Latin|Greek|Cyrillic";
const CLASS = new RegExp(String.raw`^\\(?:[dDsSwW]|[pP](?:[LMNPSZC]|\{\^?(?:${CATEGORIES})\}))`);
const CHARACTER =
  /^\\(?:x(?:([0-9A-Fa-f]{2})|\{((?:10|[0-9A-Fa-f])?[0-9A-Fa-f]{1,4})\})|[aftnrv]|[\0-/:-@[-`{-\x7f])/;
const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 };
const ANCHOR = /^\\[AbBz]/;
const NAMED_CLASS = new RegExp(String.raw`^\[:\^?(?:${CLASSES}):\]`);
const GROUP = /^\((?:\?P<([A-Za-z_][A-Za-z0-9_]*)>|\?(?:[imsU]+|[imsU]*-[imsU]+)?:)?/;
const FLAGS = /^\(\?(?:[imsU]+|[imsU]*-[imsU]+)\)/;
const REPEAT = /^\{([0-9]+)(?:,([0-9]*))?\}/;

/**
 * Why Go's regexp package (RE2) would refuse a pattern; `undefined` when it takes it. What RE2 and
 * ECMAScript read differently is judged here, the rest by the engine. Doubt falls on the side of
 * refusal: a pattern that passes is one that Go takes.
 * Source: github.com/google/re2/wiki/Syntax.
 */
export function goRegexpFault(pattern: string): string | undefined {
  if (pattern.length > MAX_LENGTH) return `it has more than ${MAX_LENGTH} characters`;
  try {
    new RegExp(new Translator(pattern).translate());
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message;
  }
}

/** The number of capturing groups in a pattern that {@link goRegexpFault} lets pass. */
export function countGroups(pattern: string): number {
  const translator = new Translator(pattern);
  translator.translate();
  return translator.groups;
}

/** Writes a pattern anew in ECMAScript's words. Throws SyntaxError for what only RE2 would refuse. */
class Translator {
  groups = 0;
  private at = 0;
  private readonly names = new Set<string>();
  /** The largest repetition in each open group. */
  private readonly repeats = [1];

  constructor(private readonly pattern: string) {}

  translate(): string {
    let out = "";
    while (this.at < this.pattern.length) out += this.next();
    return out;
  }

  private take(expression: RegExp): RegExpExecArray | undefined {
    // Nothing that is taken whole is longer than a group with a long name.
    const match = expression.exec(this.pattern.slice(this.at, this.at + 300));
    if (match === null) return undefined;
    this.at += match[0].length;
    return match;
  }

  private next(): string {
    // An anchor stands in for what matches no character: neither can be repeated.
    if (this.take(ANCHOR) !== undefined || this.take(FLAGS) !== undefined) return "^";
    const character = this.pattern[this.at] as string;
    if (character === "\\") return this.escape();
    if (character === "[") return this.characterClass();
    if (character === "(") return this.open();
    if (character === ")") return this.close();
    const repeat = this.take(REPEAT);
    if (repeat !== undefined) return this.repeat(repeat);
    this.at++;
    return character;
  }

  private escape(): string {
    const text = (this.take(CLASS) ?? this.character())[0];
    return "pPx".includes(text.charAt(1)) ? "a" : text;
  }

  private character(): RegExpExecArray {
    const escape = this.take(CHARACTER);
    if (escape !== undefined) return escape;
    throw new SyntaxError(`RE2 does not know ${this.pattern.slice(this.at, this.at + 2)}`);
  }

  private characterClass(): string {
    this.at += this.pattern.startsWith("[^", this.at) ? 2 : 1;
    // A bracket right at the beginning stands for itself.
    do {
      if (this.take(NAMED_CLASS) !== undefined || this.take(CLASS) !== undefined) continue;
      if (this.pattern.startsWith("[:", this.at) && this.pattern.includes(":]", this.at + 2)) {
        throw new SyntaxError("RE2 does not know the name between [: and :]");
      }
      const from = this.member();
      if (this.take(/^-(?!\])/) === undefined) continue;
      if (this.take(CLASS) !== undefined) {
        throw new SyntaxError("a range can't end in a class of characters");
      }
      if (this.member() < from) throw new SyntaxError("a range of characters runs backwards");
    } while (this.pattern[this.at] !== "]");
    this.at++;
    return "[.]";
  }

  /** The code of one character in a class, written as itself or with a backslash. */
  private member(): number {
    if (this.pattern[this.at] === "\\") {
      const [text, short, long] = this.character();
      const hex = short ?? long;
      return hex === undefined
        ? (CONTROLS[text.charAt(1)] ?? text.charCodeAt(1))
        : parseInt(hex, 16);
    }
    const code = this.pattern.codePointAt(this.at);
    if (code === undefined) throw new SyntaxError("a class of characters is not closed");
    this.at += String.fromCodePoint(code).length;
    return code;
  }

  private open(): string {
    const [text, name] = this.take(GROUP) as RegExpExecArray;
    if (this.pattern[this.at] === "?" && text === "(") {
      throw new SyntaxError(`RE2 does not know (${this.pattern.slice(this.at, this.at + 2)}`);
    }
    if (name !== undefined) {
      if (this.names.has(name)) throw new SyntaxError(`two groups have the name ${name}`);
      this.names.add(name);
    }
    if (!text.endsWith(":")) this.groups++;
    this.repeats.push(1);
    if (this.repeats.length > MAX_DEPTH) throw new SyntaxError("groups nest too deep");
    return "(";
  }

  private close(): string {
    this.at++;
    const inner = this.repeats.pop() as number;
    const repeat = REPEAT.exec(this.pattern.slice(this.at, this.at + 20));
    const times = Math.max(1, Number(repeat?.[2] || repeat?.[1] || 1));
    this.note(inner * times);
    return ")";
  }

  private repeat([text, low, high]: RegExpExecArray): string {
    const most = Number(high || low);
    if (Number(low) > MAX_REPEAT || most < Number(low)) {
      throw new SyntaxError(`RE2 does not take ${text}`);
    }
    this.note(most);
    return text;
  }

  private note(times: number): void {
    if (times > MAX_REPEAT) throw new SyntaxError(`more than ${MAX_REPEAT} repetitions`);
    const open = this.repeats.length - 1;
    this.repeats[open] = Math.max(this.repeats[open] ?? 1, times);
  }
}
