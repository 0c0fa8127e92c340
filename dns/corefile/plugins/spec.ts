import { type CoreDnsVersion, isAtLeast } from "../version";
import type { Value } from "./value";

/** What the check of one plugin may look at. */
export interface Context {
  readonly version: CoreDnsVersion;
  /** The keys of the server block, as written. */
  readonly keys: readonly string[];
  /** The plugins in the server block. */
  readonly plugins: ReadonlySet<string>;
}

/** Reads on from `<plugin> <property> `: why CoreDNS would refuse the words, or `undefined`. */
export type Judge = (args: readonly string[], context: Context) => string | undefined;

/** The words that may follow a plugin's or a property's name. */
export interface Rule {
  readonly required: readonly Value[];
  readonly optional: readonly Value[];
  /** What all further words must be; none are allowed without it. */
  readonly rest?: Value;
  /** For what the words mean together. */
  readonly judge?: Judge;
  /** The CoreDNS version that first knows the property. */
  readonly since?: string;
  /** The first CoreDNS version that no longer knows it. */
  readonly until?: string;
  /** CoreDNS refuses the property a second time in the same block. */
  readonly once?: boolean;
  /** What to do instead of a property that is gone. */
  readonly instead?: string;
}

/** A plugin's place in the Corefile. */
export interface PluginSpec {
  readonly line: Rule;
  /** What may stand in the plugin's block; no block is allowed without it. */
  readonly properties?: Readonly<Record<string, Rule>>;
  /** Takes what is none of the properties, such as the lines of `hosts`; the words are the whole line. */
  readonly other?: Rule;
  /** The property after which `other` is refused. */
  readonly otherBefore?: string;
  /** Whether the names of properties count in any case. */
  readonly anyCase?: boolean;
  /** The words of the block, which has no properties, are taken for more words of the line. */
  readonly flat?: Judge;
  /**
   * A second line in the same server block: `refused` by CoreDNS, `useless` where it takes one of
   * them only, `fine` where each counts.
   */
  readonly repeat: "refused" | "useless" | "fine";
  /** The CoreDNS version from which a second line is fine. */
  readonly repeatSince?: string;
  /** For what line and properties mean together: the properties by name, each with its words. */
  readonly whole?: (
    properties: ReadonlyMap<string, readonly string[]>,
    args: readonly string[],
    context: Context,
  ) => string | undefined;
  readonly since?: string;
  readonly until?: string;
  /** Only in Alibaba Cloud's build. */
  readonly ack?: boolean;
}

/** No words. */
export const none: Rule = { required: [], optional: [] };

/** These words. */
export const words = (...required: Value[]): Rule => ({ required, optional: [] });

/** These words, which may be left out from the last on. */
export const maybe = (...optional: Value[]): Rule => ({ required: [], optional });

/** Any number of words. */
export const any = (rest: Value): Rule => ({ ...none, rest });

/** One word or more. */
export const some = (rest: Value): Rule => ({ required: [rest], optional: [], rest });

/** The faults of the words after a name. */
export function ruleFault(
  rule: Rule,
  args: readonly string[],
  context: Context,
): { message: string; at: number } | undefined {
  const optional = rule.optional.filter(
    (each) => each.since === undefined || isAtLeast(context.version, each.since),
  );
  const values = [...rule.required, ...optional];
  if (args.length < rule.required.length) {
    const missing = (rule.required[args.length] as Value).what;
    return {
      message: `needs ${count(rule.required.length, "word")}: next must be ${missing}`,
      at: args.length,
    };
  }
  for (const [at, text] of args.entries()) {
    const value = values[at] ?? rule.rest;
    if (value === undefined) {
      return { message: `takes ${count(values.length, "word")} and has ${args.length}`, at };
    }
    if (!value.test(text)) {
      return { message: `has ${JSON.stringify(text)}, which must be ${value.what}`, at };
    }
  }
  const message = rule.judge?.(args, context);
  return message === undefined ? undefined : { message, at: 0 };
}

function count(number: number, what: string): string {
  if (number === 0) return `no ${what}s`;
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}
