import ipaddr from "ipaddr.js";

import { goRegExp } from "./goRegExp";
import type { Query } from "./query";

type Value = string | number | boolean | readonly Value[];
type Expression = (query: Query) => Value;

/** Ends a query's evaluation as a run-time error of CoreDNS does: the view does not take it. */
class NoValue extends Error {}

const TOKENS = /\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|\d+|\w+|&&|\|\||[=!]=|[!()[\],])/y;

const FIELDS: Readonly<Record<string, (query: Query) => Value>> = {
  name: ({ name }) => name,
  type: ({ type }) => type,
  class: () => "IN",
  proto: () => "udp",
  client_ip: ({ asker }) => asker.ip ?? "",
};

/**
 * The condition of a `view`, in the part of expr-lang that picks queries by name, type or client:
 * `name() == 'example.org.'`, `name() in [...]`, `matches`, `startsWith`, `endsWith`, `contains`,
 * `incidr(client_ip(), '10.0.0.0/8')`, joined by `and`, `or`, `not` in words or signs.
 * @returns undefined for what is beyond that part.
 */
export function viewExpression(text: string): ((query: Query) => boolean) | undefined {
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  const parser = new Parser(tokens);
  const expression = parser.whole();
  if (expression === undefined) return undefined;
  return (query) => {
    try {
      return expression(query) === true;
    } catch {
      return false;
    }
  };
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  while (TOKENS.lastIndex < text.trimEnd().length) {
    const found = TOKENS.exec(text);
    if (found === null) return undefined;
    tokens.push(found[1] as string);
  }
  return tokens;
}

class Parser {
  private at = 0;
  constructor(private readonly tokens: readonly string[]) {}

  whole(): Expression | undefined {
    const expression = this.or();
    return this.at === this.tokens.length ? expression : undefined;
  }

  private take(...wanted: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.at++;
    return token;
  }

  private or(): Expression | undefined {
    let left = this.and();
    while (left !== undefined && this.take("or", "||") !== undefined) {
      left = both(left, this.and(), (a, b) => (query) => truth(a(query)) || truth(b(query)));
    }
    return left;
  }

  private and(): Expression | undefined {
    let left = this.comparison();
    while (left !== undefined && this.take("and", "&&") !== undefined) {
      left = both(left, this.comparison(), (a, b) => (query) => truth(a(query)) && truth(b(query)));
    }
    return left;
  }

  private comparison(): Expression | undefined {
    let left = this.unary();
    while (left !== undefined) {
      const negated = isWord(this.tokens[this.at + 1]) && this.take("not") !== undefined;
      const operator = this.take(...Object.keys(OPERATORS));
      if (operator === undefined) return left;
      const compare = OPERATORS[operator] as Compare;
      left = both(left, this.unary(), (a, b) => (query) => compare(a(query), b(query)) !== negated);
    }
    return undefined;
  }

  private unary(): Expression | undefined {
    if (this.take("not", "!") === undefined) return this.primary();
    const inner = this.unary();
    return inner && ((query) => !truth(inner(query)));
  }

  private primary(): Expression | undefined {
    const token = this.tokens[this.at++] ?? "";
    if (token === "(") {
      const inner = this.or();
      return this.take(")") === undefined ? undefined : inner;
    }
    if (token === "[")
      return this.list("]", (items) => (query) => items.map((each) => each(query)));
    if (/^['"`]/.test(token)) {
      const inner = token.slice(1, -1);
      const text = token.startsWith("`") ? inner : inner.replace(/\\(.)/g, "$1");
      return () => text;
    }
    if (/^\d+$/.test(token)) return () => Number(token);
    if (token === "true" || token === "false") return () => token === "true";
    return this.take("(") === undefined ? undefined : this.call(token);
  }

  private call(name: string): Expression | undefined {
    const field = FIELDS[name];
    return this.list(")", (args) => {
      if (field !== undefined && args.length === 0) return field;
      const [ip, cidr] = args;
      if (name !== "incidr" || ip === undefined || cidr === undefined) return undefined;
      return (query) => inCidr(ip(query), cidr(query));
    });
  }

  private list(
    end: string,
    make: (items: Expression[]) => Expression | undefined,
  ): Expression | undefined {
    const items: Expression[] = [];
    while (this.take(end) === undefined) {
      const item = this.or();
      if (item === undefined || (this.take(",") === undefined && this.tokens[this.at] !== end)) {
        return undefined;
      }
      items.push(item);
    }
    return make(items);
  }
}

function both(
  left: Expression,
  right: Expression | undefined,
  join: (left: Expression, right: Expression) => Expression,
): Expression | undefined {
  return right && join(left, right);
}

function truth(value: Value): boolean {
  if (typeof value !== "boolean") throw new NoValue();
  return value;
}

function text(value: Value): string {
  if (typeof value !== "string") throw new NoValue();
  return value;
}

type Compare = (left: Value, right: Value) => boolean;

const OPERATORS: Readonly<Record<string, Compare>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  in: (left, right) => Array.isArray(right) && right.includes(left),
  contains: (left, right) => text(left).includes(text(right)),
  startsWith: (left, right) => text(left).startsWith(text(right)),
  endsWith: (left, right) => text(left).endsWith(text(right)),
  matches: (left, right) => {
    const pattern = goRegExp(text(right));
    if (pattern === undefined) throw new NoValue();
    return pattern.test(text(left));
  },
};

/** Only operators that are words take a `not` before them. */
function isWord(operator = ""): boolean {
  return Object.hasOwn(OPERATORS, operator) && /^\w/.test(operator);
}

/** Throws, as CoreDNS does, where either is none. */
function inCidr(ip: Value, cidr: Value): boolean {
  const [address, block] = [text(ip), text(cidr)];
  const [base, bits] = ipaddr.parseCIDR(block);
  const parsed = ipaddr.process(address);
  return parsed.kind() === base.kind() && parsed.match(base, bits);
}
