import { countGroups, goRegexpFault } from "../goRegexp";
import { type CoreDnsVersion, isAtLeast } from "../version";
import type { Context } from "./spec";
import { integer, rcode, recordClass, recordType } from "./value";

const MATCHES = ["exact", "prefix", "suffix", "substring", "regex"];

type Words = readonly string[];

/** Why CoreDNS would refuse the words of a `rewrite` rule; `undefined` when it takes them. */
export function rewriteRule(args: Words, context: Context): string | undefined {
  const moded = /^(?:continue|stop)$/i.test(args[0] ?? "");
  const [type = "", ...words] = moded ? args.slice(1) : args;
  const kind = KINDS.get(type.toLowerCase());
  if (kind === undefined)
    return `has ${JSON.stringify(type)} where ${[...KINDS.keys()].join(", ")} must stand`;
  if (kind.since !== undefined && !isAtLeast(context.version, kind.since)) {
    return `knows ${type} since CoreDNS ${kind.since} only`;
  }
  const fault = kind.judge(words, context);
  return fault && `${type.toLowerCase()} ${fault}`;
}

interface Kind {
  readonly since?: string;
  readonly judge: (words: Words, context: Context) => string | undefined;
}

const KINDS = new Map<string, Kind>([
  ["name", { judge: nameRule }],
  [
    "class",
    { judge: (words) => pairOf(words, "class", (word) => recordClass.test(word.toUpperCase())) },
  ],
  [
    "type",
    { judge: (words) => pairOf(words, "type", (word) => recordType.test(word.toUpperCase())) },
  ],
  ["edns0", { judge: edns0Rule }],
  ["ttl", { judge: ttlRule }],
  ["cname", { since: "1.11.0", judge: cnameRule }],
  ["rcode", { since: "1.11.3", judge: rcodeRule }],
]);

function pairOf(words: Words, what: string, test: (word: string) => boolean): string | undefined {
  if (words.length !== 2) return "takes two words";
  const bad = words.find((word) => !test(word));
  return bad && `has ${JSON.stringify(bad)}, which is no ${what}`;
}

function matchFault(match: string, pattern: string): string | undefined {
  if (!MATCHES.includes(match.toLowerCase())) {
    return `has ${JSON.stringify(match)} where ${MATCHES.join(", ")} must stand`;
  }
  const fault = match.toLowerCase() === "regex" ? goRegexpFault(pattern) : undefined;
  return fault && `has the pattern ${JSON.stringify(pattern)}: ${fault}`;
}

/** A pattern with its replacement, in which `{1}` stands for the first group. */
function replacementFault(from: string, to: string): string | undefined {
  const fault = goRegexpFault(from);
  if (fault !== undefined) return `has the pattern ${JSON.stringify(from)}: ${fault}`;
  const used = new Set(to.match(/\{(?:[0-9]|[1-9][0-9]|100)\}/g)).size;
  return used > countGroups(from)
    ? `uses more groups in ${JSON.stringify(to)} than ${JSON.stringify(from)} has`
    : undefined;
}

function nameRule(words: Words, { version }: Context): string | undefined {
  if (words.length < 2) return "needs a name and what takes its place";
  if (words.length === 2) return exactFault(words[0] as string, words[1] as string);
  const [match, from, to, ...more] = words as [string, string, string, ...string[]];
  const kind = match.toLowerCase();
  const fault =
    matchFault(match, from) ?? (kind === "regex" ? replacementFault(from, to) : undefined);
  if (fault !== undefined) return fault;
  const answerFault = isAtLeast(version, "1.8.4") ? answers(more) : oldAnswer(kind, more);
  return answerFault ?? (kind === "exact" ? exactFault(from, to) : undefined);
}

function oldAnswer(kind: string, words: Words): string | undefined {
  if (words.length === 0) return undefined;
  const [answer, name, pattern, replacement] = words as [string, string, string, string];
  if (kind !== "regex" || words.length !== 4 || answer !== "answer" || name !== "name") {
    return "takes only 'answer name PATTERN REPLACEMENT' after a regex, before CoreDNS 1.8.4";
  }
  return replacementFault(pattern, replacement);
}

/** CoreDNS turns an exact rule round for the answer, and takes the new name for a pattern there. */
function exactFault(from: string, to: string): string | undefined {
  const dotted = (name: string): string => (name.endsWith(".") ? name : `${name}.`);
  return replacementFault(dotted(to.toLowerCase()), dotted(from.toLowerCase()));
}

function answers(words: Words): string | undefined {
  let auto = false;
  let names = 0;
  for (let at = 0; at < words.length;) {
    if (words[at] === "answer") at++;
    else if (at === 0) return `has ${JSON.stringify(words[0])} where answer must stand`;
    const kind = words[at++];
    if (kind === "auto") {
      auto = true;
      continue;
    }
    if (kind !== "name" && kind !== "value") {
      return `has ${JSON.stringify(kind ?? "")} after answer, where auto, name or value must stand`;
    }
    const [from, to] = words.slice(at, at + 2);
    if (to === undefined) return `needs a pattern and a replacement after ${kind}`;
    const fault = replacementFault(from as string, to);
    if (fault !== undefined) return fault;
    if (kind === "name") names++;
    at += 2;
  }
  return auto && names > 0 ? "takes answer auto or answer name, not both" : undefined;
}

const EDNS0_WORDS = new Map([
  ["local", 2],
  ["nsid", 0],
  ["subnet", 2],
]);

function edns0Rule(words: Words, { version }: Context): string | undefined {
  const [type = "", action = "", ...all] = words.map((word) => word.toLowerCase());
  const reverts = all.at(-1) === "revert";
  if (reverts && !isAtLeast(version, "1.11.4")) return "knows revert since CoreDNS 1.11.4 only";
  const rest = reverts ? all.slice(0, -1) : all;
  const shape = EDNS0_WORDS.get(type);
  if (shape === undefined)
    return `has ${JSON.stringify(type)} where local, nsid or subnet must stand`;
  const unset = action === "unset" && isAtLeast(version, "1.12.3");
  if (!unset && !["set", "append", "replace"].includes(action)) {
    return `has ${JSON.stringify(action)} where set, append or replace must stand`;
  }
  const wanted = unset ? Math.floor(shape / 2) * Number(type === "local") : shape;
  if (rest.length !== wanted) {
    return `${type} takes ${wanted} ${wanted === 1 ? "word" : "words"} after ${action}`;
  }
  const [first, second] = rest as [string, string];
  if (type === "subnet" && !unset) {
    const fits = integer(0, 32).test(first) && integer(0, 128).test(second);
    return fits ? undefined : "subnet needs the bits for IPv4 and for IPv6";
  }
  if (type !== "local") return undefined;
  if (!localCode(first)) return `local has ${first}, which is no option code`;
  return unset ? undefined : localValueFault(second, version);
}

function localCode(text: string): boolean {
  return /^(?:0x[0-9a-f]{1,4}|0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 65535;
}

function localValueFault(text: string, version: CoreDnsVersion): string | undefined {
  const variables = "qname|qtype|client_ip|client_port|protocol|server_ip|server_port";
  if (text.startsWith("0x")) {
    return /^0x(?:[0-9a-f]{2})*$/.test(text)
      ? undefined
      : `local has ${text}, which is no hex text`;
  }
  if (!/^\{.*\}$/.test(text)) return undefined;
  // Labels of metadata have had more than one slash since the geoip plugin has set such.
  const label = isAtLeast(version, "1.8.5") ? "[a-z_]+/[a-z_/]+" : "[a-z_]+/[a-z_]+";
  const known = new RegExp(String.raw`^\{(?:${variables}|${label})\}$`).test(text);
  return known ? undefined : `local has ${text}, which is no variable`;
}

function ttlRule(words: Words, { version }: Context): string | undefined {
  if (words.length < 2 || words.length > 3) return "takes a name and a TTL";
  const fault = words.length === 3 ? matchFault(words[0] as string, words[1] as string) : undefined;
  if (fault !== undefined) return fault;
  const ttl = words.at(-1) as string;
  const [low, high] = ttl.split("-") as [string, string?];
  const takesRanges = isAtLeast(version, "1.9.4");
  const limit = takesRanges ? 2 ** 32 : 2 ** 31;
  const isRange = /^(?:[0-9]+-[0-9]*|-[0-9]+)$/.test(ttl) && takesRanges;
  const right = isRange ? Number(low) <= Number(high || 2147483647) : /^[0-9]+$/.test(ttl);
  return right && Number(low) < limit && Number(high ?? 0) < limit
    ? undefined
    : `has ${JSON.stringify(ttl)}, which is no TTL`;
}

function cnameRule(words: Words): string | undefined {
  if (words.length < 2 || words.length > 3) return "takes a target and what takes its place";
  return words.length === 3 ? matchFault(words[0] as string, words[1] as string) : undefined;
}

function rcodeRule(words: Words): string | undefined {
  if (words.length < 3 || words.length > 4) return "takes a name, a response code and another one";
  const fault = words.length === 4 ? matchFault(words[0] as string, words[1] as string) : undefined;
  if (fault !== undefined) return fault;
  const bad = words.slice(-2).find((word) => !rcode.test(word));
  return bad && `has ${JSON.stringify(bad)}, which is no response code`;
}
