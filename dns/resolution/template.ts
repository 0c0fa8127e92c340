import type { Entry, Token } from "../corefile/syntax";
import { isWithinAny, longestZone } from "./fqdn";
import { goRegExp } from "./goRegExp";
import { type Build, endsUnknown, type Handler, type Outcome, type Query, written } from "./query";
import type { ResourceRecord } from "./records";
import { parseRecord } from "./resourceText";
import { fallthroughZones, zonesOrBlock } from "./zoneArguments";

const NAME = "template";

/** Words of a text template with what the model can put in for them. */
type Render = (values: Values) => string;

interface Values {
  readonly query: Query;
  readonly type: string;
  readonly zone: string;
  readonly groups: RegExpExecArray;
}

interface Template {
  readonly zones: readonly string[];
  readonly type: string;
  readonly patterns: readonly RegExp[];
  readonly answers: readonly Render[];
  readonly rcode: string;
  readonly fallthrough: readonly string[];
}

/**
 * The `template` plugin. The templates of a server block are tried in order; one whose zone and type
 * fit and whose pattern does not ends the query, unless it lets the name fall through: SERVFAIL, and
 * in CoreDNS 1.6 no reply at all.
 */
export function template(entries: readonly Entry[], next: Handler, build: Build): Handler {
  const templates = entries.map((entry) => read(entry, build));
  const refusal = build.profile.legacy ? "NXDOMAIN" : "SERVFAIL";
  return (query, steps) => {
    for (const each of templates) {
      const zone = longestZone(query.name, each.zones);
      if (zone === undefined || !fits(each.type, query.type)) continue;
      const groups = firstMatch(each.patterns, query.name);
      if (groups !== undefined) {
        steps.push({ plugin: NAME, action: "matched", detail: zone });
        const type = query.type === "ANY" ? each.type : query.type;
        return render(each, { query, type, zone, groups }, build);
      }
      if (!isWithinAny(query.name, each.fallthrough)) return { rcode: refusal, plugin: NAME };
    }
    return next(query, steps);
  };
}

/** A question for all types fits every template. */
function fits(wanted: string, asked: string): boolean {
  return wanted === "ANY" || asked === "ANY" || wanted === asked;
}

function firstMatch(patterns: readonly RegExp[], name: string): RegExpExecArray | undefined {
  for (const pattern of patterns) {
    const groups = pattern.exec(name);
    if (groups !== null) return groups;
  }
  return undefined;
}

function render(template: Template, values: Values, build: Build): Outcome {
  if (template.rcode === "SERVFAIL") return { rcode: "SERVFAIL", plugin: NAME };
  const answers: ResourceRecord[] = [];
  const { query } = values;
  for (const answer of template.answers) {
    const record = parseRecord(answer(values));
    if (record === undefined) return { rcode: "SERVFAIL", failed: true, plugin: NAME };
    answers.push(record);
    if (record.type === "CNAME" && (query.type === "A" || query.type === "AAAA")) {
      const target = build.lookup(query, record.data);
      // CoreDNS 1.6 panics where nothing comes back for the target, and its server fails the query.
      if (target === undefined && build.profile.legacy) {
        return { rcode: "SERVFAIL", failed: true, plugin: NAME };
      }
      answers.push(...(target?.answers ?? []));
    }
  }
  const dangling = endsUnknown(query, answers, build);
  return { ...written(query, NAME, template.rcode, answers, dangling), rcode: template.rcode };
}

function read(entry: Entry, build: Build): Template {
  const [, type, ...zoneArgs] = entry.args;
  if (type === undefined) {
    build.fault(entry.name, "template needs a class and a type; write template IN A example.org");
  }
  const patterns: RegExp[] = [];
  const answers: Render[] = [];
  let rcode = "NOERROR";
  let fallthrough: readonly string[] = [];
  for (const { name, args } of entry.block?.entries ?? []) {
    if (name.text === "match") patterns.push(...args.map((each) => patternOf(each, build)));
    else if (name.text === "answer") answers.push(...args.map((each) => renderOf(each, build)));
    else if (name.text === "rcode") rcode = args[0]?.text ?? "";
    else if (name.text === "fallthrough") fallthrough = fallthroughZones(args, build);
    else if (name.text === "var" || name.text === "expr") build.omit(name, `template ${name.text}`);
  }
  return {
    zones: zonesOrBlock(zoneArgs, build),
    type: type?.text ?? "ANY",
    patterns: patterns.length === 0 ? [/.*/] : patterns,
    answers,
    rcode,
    fallthrough,
  };
}

function patternOf(token: Token, build: Build): RegExp {
  const pattern = goRegExp(token.text);
  if (pattern === undefined) build.omit(token, `the regular expression ${token.text}`);
  return pattern ?? /(?!)/;
}

/** The actions that Corefiles use: fields of the query and groups of the match. */
function renderOf(token: Token, build: Build): Render {
  const parts = token.text.split(/(\{\{.*?\}\})/).map((part, at, all): Render => {
    if (!part.startsWith("{{")) {
      // A hyphen inside the braces takes the blanks on its side away (text/template of Go).
      const from = all[at - 1]?.endsWith(" -}}") ? part.trimStart() : part;
      const text = all[at + 1]?.startsWith("{{- ") ? from.trimEnd() : from;
      return () => text;
    }
    const action = actionOf(
      part
        .slice(2, -2)
        .replace(/^- | -$/g, "")
        .trim(),
    );
    if (action === undefined) build.omit(token, `the template action ${part}`);
    return action ?? ((): string => part);
  });
  return (values) => parts.map((part) => part(values)).join("");
}

function actionOf(action: string): Render | undefined {
  switch (action) {
    case ".Name":
      return ({ query }) => query.name;
    case ".Zone":
      return ({ zone }) => zone;
    case ".Type":
      return ({ type }) => type;
    case ".Class":
      return () => "IN";
    case ".Remote":
      return ({ query }) => query.asker.ip ?? "";
  }
  const named = /^(?:\.Group\.(\w+)|index \.Group "(\w+)"|index \.Match (\d+))$/.exec(action);
  const group = named?.[1] ?? named?.[2] ?? named?.[3];
  if (group === undefined) return undefined;
  return ({ groups }) => groups.groups?.[group] ?? groups[Number(group)] ?? "";
}
