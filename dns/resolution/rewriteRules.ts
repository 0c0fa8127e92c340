import type { Token } from "../corefile/syntax";
import { normalized } from "./fqdn";
import { goRegExp } from "./goRegExp";
import type { Build, Query } from "./query";
import type { ResourceRecord } from "./records";

/** Undoes a rewrite in a reply. */
export interface Restore {
  readonly record?: (record: ResourceRecord) => ResourceRecord;
  readonly rcode?: (rcode: string) => string;
}

/** What a rule made of a query. */
export interface Rewritten {
  readonly query: Query;
  readonly restores: readonly Restore[];
}

/** One line of `rewrite`. */
export interface Rule {
  /** After a match no further rule is looked at. */
  readonly stop: boolean;
  /** Undefined where the rule does not match. */
  readonly apply: (query: Query) => Rewritten | undefined;
}

type Matcher = (name: string) => boolean;

const KINDS = ["exact", "prefix", "suffix", "substring", "regex"];
const RCODES = [
  ..."NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE".split(
    " ",
  ),
];
/** Records whose data is a name, or ends in one. */
const NAMED = new Set(["SRV", "MX", "CNAME", "NS", "PTR"]);
const MAX_TTL = 2147483647;
const LEGACY_ANSWER =
  "this CoreDNS takes an answer part behind regex alone, as answer name FROM TO";

/** Reads a rule from its words; undefined, reported to `build`, where CoreDNS would refuse it. */
export function rewriteRule(
  words: readonly string[],
  token: Token,
  build: Build,
): Rule | undefined {
  const mode = words[0]?.toLowerCase();
  const stop = mode !== "continue";
  const rest = mode === "continue" || mode === "stop" ? words.slice(1) : words;
  const [field = "", ...args] = rest;
  const apply = compile(field.toLowerCase(), args, token, build);
  return apply && { stop, apply };
}

function compile(
  field: string,
  args: string[],
  token: Token,
  build: Build,
): Rule["apply"] | undefined {
  switch (field) {
    case "name":
      return nameRule(args, token, build);
    case "type":
      return typeRule(args, token, build);
    case "ttl":
      return ttlRule(args, token, build);
    case "rcode":
      return rcodeRule(args, token, build);
    default:
      build.omit(token, `rewrite ${field}`);
      return undefined;
  }
}

function refuse(token: Token, build: Build, args: readonly string[], way: string): undefined {
  build.fault(token, `CoreDNS can't read the rule "${args.join(" ")}": ${way}`);
  return undefined;
}

function nameRule(args: string[], token: Token, build: Build): Rule["apply"] | undefined {
  const [first = "", from = "", to = ""] = args.length === 2 ? ["exact", ...args] : args;
  const kind = first.toLowerCase();
  const answer = args.slice(3);
  if (!KINDS.includes(kind) || to === "") {
    return refuse(token, build, args, `write name, one of ${KINDS.join(", ")}, and two names`);
  }
  // CoreDNS makes a pattern of the new name of an exact rule, and gives up where it can't.
  const isPattern = kind !== "exact" || goRegExp(normalized(to)) !== undefined;
  const rename = isPattern ? renamer(kind, from, normalized(to)) : undefined;
  const restores = rename && staticRestores(answer);
  if (rename === undefined || restores === undefined) {
    return refuse(token, build, args, "correct the regular expression or the answer part");
  }
  const auto = kind === "exact" || answer.includes("auto");
  if (build.profile.legacy) {
    const refused =
      answer.length > 0 && (kind !== "regex" || answer[1] !== "name" || args.length > 7);
    if (refused) return refuse(token, build, args, LEGACY_ANSWER);
    return legacyNameRule(kind, from, to, rename, restores);
  }
  return (query) => {
    const name = rename(query.name);
    if (name === undefined) return undefined;
    const made = auto ? autoRestore(kind, name, query.name, from, to) : [];
    return { query: { ...query, name }, restores: [...made, ...restores] };
  };
}

/** CoreDNS 1.6 undoes `exact` by a pattern made of the new name, and `regex` as its answer part says. */
function legacyNameRule(
  kind: string,
  from: string,
  to: string,
  rename: (name: string) => string | undefined,
  restores: readonly Restore[],
): Rule["apply"] {
  const all = kind === "exact" ? [nameRestore(normalized(to), normalized(from))] : restores;
  return (query) => {
    const name = rename(query.name);
    return name === undefined ? undefined : { query: { ...query, name }, restores: all };
  };
}

function renamer(
  kind: string,
  from: string,
  to: string,
): ((name: string) => string | undefined) | undefined {
  if (kind === "regex") {
    const pattern = goRegExp(from);
    return pattern && ((name) => substitute(pattern, name, to));
  }
  const wanted = normalized(from);
  switch (kind) {
    case "exact":
      return (name) => (name === wanted ? to : undefined);
    case "prefix":
      return (name) => (name.startsWith(wanted) ? to + name.slice(wanted.length) : undefined);
    case "suffix":
      return (name) =>
        name.endsWith(wanted) ? name.slice(0, name.length - wanted.length) + to : undefined;
    default:
      return (name) => (name.includes(wanted) ? name.replaceAll(wanted, () => to) : undefined);
  }
}

/** `{1}` in `to` stands for the first group, `{0}` for the whole match. */
function substitute(pattern: RegExp, text: string, to: string): string | undefined {
  const groups = pattern.exec(text);
  if (groups === null) return undefined;
  return groups.reduce(
    (made, group: string | undefined, at) => made.replaceAll(`{${at}}`, () => group ?? ""),
    to,
  );
}

function autoRestore(
  kind: string,
  now: string,
  before: string,
  from: string,
  to: string,
): Restore[] {
  const back =
    kind === "suffix"
      ? swapSuffix(normalized(to), normalized(from))
      : (text: string): string => {
          if (text === now) return before;
          return text.endsWith(`.${now}`) ? text.slice(0, -now.length) + before : text;
        };
  return [{ record: onName(back) }, { record: onValue(back) }];
}

function swapSuffix(from: string, to: string): (text: string) => string {
  return (text) => (text.endsWith(from) ? text.slice(0, text.length - from.length) + to : text);
}

function onName(change: (name: string) => string): (record: ResourceRecord) => ResourceRecord {
  return (record) => ({ ...record, name: change(record.name) });
}

function onValue(change: (name: string) => string): (record: ResourceRecord) => ResourceRecord {
  return (record) => {
    if (!NAMED.has(record.type)) return record;
    const cut = record.data.lastIndexOf(" ") + 1;
    return { ...record, data: record.data.slice(0, cut) + change(record.data.slice(cut)) };
  };
}

function nameRestore(from: string, to: string): Restore {
  const pattern = goRegExp(from) as RegExp;
  return { record: onName((name) => substitute(pattern, name, to) ?? name) };
}

/** The words after the two names: `answer auto`, `answer name FROM TO`, `answer value FROM TO`. */
function staticRestores(words: readonly string[]): Restore[] | undefined {
  const restores: Restore[] = [];
  if (words.length > 0 && words[0] !== "answer") return undefined;
  for (let at = 0; at < words.length;) {
    if (words[at] === "answer") at++;
    const [what, from = "", to] = words.slice(at, at + 3);
    if (what === "auto") {
      at++;
      continue;
    }
    const pattern = goRegExp(from);
    if ((what !== "name" && what !== "value") || to === undefined || pattern === undefined) {
      return undefined;
    }
    const change = (text: string): string => substitute(pattern, text, normalized(to)) ?? text;
    restores.push({ record: what === "name" ? onName(change) : onValue(change) });
    at += 3;
  }
  return restores;
}

function typeRule(args: string[], token: Token, build: Build): Rule["apply"] | undefined {
  const [from, to, more] = args.map((each) => each.toUpperCase());
  if (to === undefined || more !== undefined) {
    return refuse(token, build, args, "write type and two record types");
  }
  return (query) =>
    query.type === from ? { query: { ...query, type: to }, restores: [] } : undefined;
}

function ttlRule(args: string[], token: Token, build: Build): Rule["apply"] | undefined {
  const range = /^(\d*)(-?)(\d*)$/.exec(args[args.length - 1] ?? "");
  const matches = matcher(args.slice(0, -1));
  if (range === null || range[0] === "" || range[0] === "-" || matches === undefined) {
    return refuse(token, build, args, "write ttl, a name and seconds such as 30 or 5-60");
  }
  const low = Number(range[1]);
  const high = range[2] === "" ? low : range[3] === "" ? MAX_TTL : Number(range[3]);
  const restore: Restore = {
    record: (record) => ({ ...record, ttl: Math.min(Math.max(record.ttl, low), high) }),
  };
  return (query) => (matches(query.name) ? { query, restores: [restore] } : undefined);
}

function rcodeRule(args: string[], token: Token, build: Build): Rule["apply"] | undefined {
  const [from, to] = args.slice(-2).map((each) => RCODES[Number(each)] ?? each.toUpperCase());
  const matches = matcher(args.slice(0, -2));
  if (to === undefined || matches === undefined) {
    return refuse(token, build, args, "write rcode, a name and two codes such as NXDOMAIN NOERROR");
  }
  const restore: Restore = { rcode: (rcode) => (rcode === from ? to : rcode) };
  return (query) => (matches(query.name) ? { query, restores: [restore] } : undefined);
}

function matcher(args: string[]): Matcher | undefined {
  const [kind = "", wanted = ""] = args.length === 1 ? ["exact", ...args] : args;
  if (!KINDS.includes(kind.toLowerCase())) return undefined;
  const rename = renamer(kind.toLowerCase(), wanted, "");
  return rename && ((name) => rename(name) !== undefined);
}
