import { goRegexpFault } from "./goRegexp";

type Type = "string" | "number" | "bool" | "strings" | "numbers";

/** What a view may ask of a query, with the types of the arguments and of the outcome. */
const FUNCTIONS: Readonly<Record<string, { takes: readonly Type[]; gives: Type }>> = {
  bufsize: { takes: [], gives: "number" },
  class: { takes: [], gives: "string" },
  client_ip: { takes: [], gives: "string" },
  do: { takes: [], gives: "bool" },
  id: { takes: [], gives: "number" },
  incidr: { takes: ["string", "string"], gives: "bool" },
  metadata: { takes: ["string"], gives: "string" },
  name: { takes: [], gives: "string" },
  opcode: { takes: [], gives: "number" },
  port: { takes: [], gives: "string" },
  proto: { takes: [], gives: "string" },
  server_ip: { takes: [], gives: "string" },
  server_port: { takes: [], gives: "string" },
  size: { takes: [], gives: "number" },
  type: { takes: [], gives: "string" },
};
const TOKEN =
  /\s*('(?:[^'\\]|\\['\\])*'|"(?:[^"\\]|\\["\\])*"|\d{1,18}(?!\w)|[A-Za-z_]\w*|&&|\|\||[=!<>]=|[!<>()[\],])\s*/y;
const COMPARISONS = [
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "matches",
  "contains",
  "startsWith",
  "endsWith",
];

/**
 * Why CoreDNS would refuse the expression of a view, or never take a query by it; `undefined` when
 * it is right. Known is the part of the expression language that picks queries: constants, lists,
 * the functions of CoreDNS, comparisons, `and`, `or`, `not`. What goes beyond is refused here.
 * Source: coredns.io/plugins/view, expr-lang.org.
 */
export function viewExpressionFault(text: string): string | undefined {
  try {
    const type = new Checker(text).whole();
    return type === "bool"
      ? undefined
      : `has an expression that is a ${type} and not true or false`;
  } catch (error) {
    return `has an expression in which ${(error as ExpressionFault).message}`;
  }
}

class ExpressionFault extends Error {}

/** Reads an expression and works out its type. */
class Checker {
  private readonly tokens: string[] = [];
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const from = TOKEN.lastIndex;
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) {
        throw new ExpressionFault(
          `${JSON.stringify(text.slice(from, from + 20))} is not understood`,
        );
      }
      this.tokens.push(token);
    }
  }

  whole(): Type {
    const type = this.joined();
    const more = this.tokens[this.at];
    if (more !== undefined) throw new ExpressionFault(`${more} is one too many`);
    return type;
  }

  private take(...wanted: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (!wanted.includes(token as string)) return undefined;
    this.at++;
    return token;
  }

  private expect(type: Type, wanted: Type, where: string): void {
    if (type !== wanted) throw new ExpressionFault(`${where} needs a ${wanted} and has a ${type}`);
  }

  /** `and` and `or`; their order does not matter for types. */
  private joined(): Type {
    if (++this.depth > 50) throw new ExpressionFault("parentheses nest too deep");
    let type = this.comparison();
    for (;;) {
      const word = this.take("and", "&&", "or", "||");
      if (word === undefined) break;
      this.expect(type, "bool", word);
      type = this.comparison();
      this.expect(type, "bool", word);
    }
    this.depth--;
    return type;
  }

  private comparison(): Type {
    const left = this.unary();
    if (this.tokens[this.at] === "not" && this.tokens[this.at + 1] === "in") this.at++;
    const operator = this.take(...COMPARISONS);
    if (operator === undefined) return left;
    const constant = this.tokens[this.at] as string;
    const right = this.unary();
    if (operator === "in") this.expect(right, left === "number" ? "numbers" : "strings", operator);
    else this.expect(right, left, operator);
    if (/[<>]/.test(operator) && left !== "number" && left !== "string") {
      throw new ExpressionFault(`${operator} can't compare a ${left}`);
    }
    if (["matches", "contains", "startsWith", "endsWith"].includes(operator)) {
      this.expect(left, "string", operator);
    }
    const fault =
      operator === "matches" && /^['"]/.test(constant) && goRegexpFault(unquote(constant));
    if (fault) throw new ExpressionFault(`${constant} is no regular expression of Go: ${fault}`);
    return "bool";
  }

  private unary(): Type {
    let negated = false;
    while (this.take("not", "!") !== undefined) negated = true;
    const type = this.primary();
    if (negated) this.expect(type, "bool", "not");
    return type;
  }

  private primary(): Type {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new ExpressionFault("something is missing at the end");
    if (/^['"]/.test(token)) return "string";
    if (/^\d/.test(token)) return "number";
    if (token === "true" || token === "false") return "bool";
    if (token === "(") {
      const type = this.joined();
      this.close(")");
      return type;
    }
    if (token === "[") {
      const types = this.list("]");
      const type = types[0] ?? "string";
      for (const each of types) this.expect(each, type, "a list");
      if (type !== "string" && type !== "number") throw new ExpressionFault(`a list has a ${type}`);
      return type === "string" ? "strings" : "numbers";
    }
    return this.call(token);
  }

  private call(name: string): Type {
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (known === undefined) throw new ExpressionFault(`${name} is not known`);
    if (this.take("(") === undefined) throw new ExpressionFault(`${name} lacks its parentheses`);
    const types = this.list(")");
    if (types.length !== known.takes.length) {
      throw new ExpressionFault(`${name}() takes ${known.takes.length} arguments`);
    }
    known.takes.forEach((wanted, index) => this.expect(types[index] as Type, wanted, name));
    return known.gives;
  }

  private list(end: string): Type[] {
    const types: Type[] = [];
    if (this.take(end) !== undefined) return types;
    do types.push(this.joined());
    while (this.take(",") !== undefined);
    this.close(end);
    return types;
  }

  private close(end: string): void {
    if (this.take(end) === undefined) throw new ExpressionFault(`${end} is missing`);
  }
}

function unquote(constant: string): string {
  return constant.slice(1, -1).replace(/\\(.)/g, "$1");
}
