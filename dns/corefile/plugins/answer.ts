import { countGroups } from "../goRegexp";
import { goTemplateFault } from "../goTemplate";
import { isAtLeast } from "../version";
import { viewExpressionFault } from "../viewExpression";
import { rewriteRule } from "./rewrite";
import { fallthrough, ignored, peerOrAll, transferGone, upstreamGone } from "./shared";
import {
  any,
  type Context,
  type Judge,
  maybe,
  none,
  type PluginSpec,
  type Rule,
  some,
  words,
} from "./spec";
import {
  anyCase,
  cidr,
  cidrOrIp,
  duration,
  durationOrSeconds,
  integer,
  ip,
  name,
  oneOf,
  recordClass,
  recordType,
  rcode,
  regexp,
  word,
  zone,
} from "./value";

/** Plugins that answer questions or change answers. */
export const ANSWER_PLUGINS: Readonly<Record<string, PluginSpec>> = {
  acl: {
    line: any(zone),
    properties: {
      allow: aclRule(),
      block: aclRule(),
      filter: aclRule("1.8.2"),
      drop: aclRule("1.10.1"),
    },
    anyCase: true,
    repeat: "fine",
  },
  any: { line: none, repeat: "useless" },
  auto: {
    line: any(zone),
    properties: {
      directory: {
        required: [word],
        optional: [regexp, word],
        judge: ([, expression, template]) => {
          if (expression === undefined) return undefined;
          if (countGroups(expression) === 0) return "needs a group in its expression";
          return template === undefined ? "needs a template after the expression" : undefined;
        },
      },
      reload: words(duration(0)),
      upstream: ignored,
      transfer: transferGone,
    },
    repeat: "useless",
  },
  chaos: { line: any(word), repeat: "useless" },
  dns64: {
    line: maybe(cidr),
    properties: {
      prefix: words(cidr),
      translate_all: none,
      allow_ipv4: { ...none, since: "1.8.7" },
    },
    whole: (properties, args) => {
      if (args.length > 0 && properties.size > 0) return "takes a prefix or a block, not both";
      const prefixes = [...args, ...(properties.get("prefix") ?? [])];
      const bad = prefixes.find((each) => !/:.*\/(?:32|40|48|56|64|96)$/.test(each));
      return bad && `has ${bad}, which must be an IPv6 network of 32, 40, 48, 56, 64 or 96 bits`;
    },
    repeat: "useless",
    since: "1.7.0",
  },
  dnssec: {
    line: any(zone),
    properties: {
      key: { required: [oneOf("file", "aws_secretsmanager"), word], optional: [], rest: word },
      cache_capacity: words(integer()),
    },
    repeat: "refused",
  },
  dynupdate: {
    line: maybe(zone),
    properties: {
      database: { ...words(word), once: true },
      file: { ...words(word), once: true },
      allow: { required: [word, word, word], optional: [], rest: word },
      max_records: { ...words(integer(1)), once: true },
      max_bytes: { ...words(integer(1)), once: true },
      max_update_records: { ...words(integer(1)), once: true },
    },
    whole: (properties, args, { keys }) => {
      if (!properties.has("file") || !properties.has("allow")) return "needs file and allow";
      return args.length === 1 || keys.length === 1 ? undefined : "needs one zone";
    },
    repeat: "refused",
    since: "1.15.0",
  },
  erratic: {
    line: none,
    properties: {
      drop: maybe(integer(0, 2 ** 31 - 1)),
      delay: maybe(integer(0, 2 ** 31 - 1), duration()),
      truncate: maybe(integer(0, 2 ** 31 - 1)),
      large: none,
    },
    repeat: "useless",
  },
  etcd: {
    line: any(zone),
    properties: {
      stubzones: none,
      debug: none,
      fallthrough,
      path: words(word),
      endpoint: some(word),
      upstream: ignored,
      tls: maybe(word, word, word),
      credentials: words(word, word),
      "min-lease-ttl": { ...words(durationOrSeconds(0, 2 ** 32 - 1)), since: "1.12.4" },
      "max-lease-ttl": { ...words(durationOrSeconds(0, 2 ** 32 - 1)), since: "1.12.4" },
      no_apex_fallback: { ...none, since: "1.15.0" },
    },
    repeat: "useless",
  },
  federation: { line: any(word), repeat: "useless", until: "1.7.0" },
  file: {
    line: { required: [word], optional: [], rest: zone },
    properties: {
      fallthrough: { ...fallthrough, since: "1.12.2" },
      reload: words(duration()),
      reload_by_mtime: { ...none, since: "1.14.4" },
      upstream: ignored,
      transfer: transferGone,
    },
    repeat: "fine",
  },
  header: {
    line: none,
    properties: {
      query: headerRule("1.9.4"),
      response: headerRule("1.9.4"),
      set: {
        ...some(anyCase("aa", "ra", "rd")),
        until: "1.9.4",
        instead: "write response before it",
      },
      clear: {
        ...some(anyCase("aa", "ra", "rd")),
        until: "1.9.4",
        instead: "write response before it",
      },
    },
    anyCase: true,
    whole: ({ size }) => (size === 0 ? "needs a rule in its block" : undefined),
    repeat: "useless",
    since: "1.8.5",
  },
  hosts: {
    line: { ...maybe(word), rest: zone },
    properties: {
      fallthrough,
      fallthrough_unsupported: { ...none, since: "1.14.7" },
      no_reverse: none,
      ttl: words(integer(1, 65535)),
      reload: words(duration(0)),
    },
    other: { required: [ip], optional: [], rest: name },
    otherBefore: "fallthrough",
    whole: (properties) =>
      properties.has("fallthrough_unsupported") && !properties.has("fallthrough")
        ? "needs fallthrough beside fallthrough_unsupported"
        : undefined,
    repeat: "refused",
  },
  loadbalance: {
    line: {
      ...maybe(oneOf("round_robin", "weighted"), word),
      judge: ([policy, file], { version }) => {
        if ((policy === "weighted") !== (file !== undefined)) {
          return "takes a file of weights with weighted, and with that only";
        }
        if (policy !== "weighted" || isAtLeast(version, "1.10.1")) return undefined;
        return "knows weighted since CoreDNS 1.10.1 only";
      },
    },
    properties: {
      reload: { ...words(duration()), since: "1.10.1" },
      prefer: { ...any(cidr), since: "1.12.4" },
    },
    whole: (properties, [policy]) => {
      if (properties.has("reload") && policy !== "weighted")
        return "takes reload with weighted only";
      return properties.has("prefer") && policy === "weighted"
        ? "takes prefer with round_robin only"
        : undefined;
    },
    repeat: "useless",
  },
  minimal: { line: none, repeat: "useless", since: "1.8.4" },
  nomad: {
    line: any(zone),
    properties: {
      address: some(word),
      token: words(word),
      filter: { ...words(word), since: "1.13.2" },
      ttl: words(integer(0, 3600)),
    },
    repeat: "useless",
    since: "1.13.0",
  },
  rewrite: { line: any(word), flat: rewriteRule, repeat: "fine" },
  secondary: {
    line: any(zone),
    properties: {
      transfer: {
        required: [oneOf("from", "to"), peerOrAll],
        optional: [],
        rest: peerOrAll,
        judge: transferIn,
      },
      fallthrough: { ...fallthrough, since: "1.14.4" },
      catalog: { ...any(zone), since: "1.14.5" },
      upstream: upstreamGone("1.8.0"),
    },
    whole: (properties) =>
      properties.has("transfer") ? undefined : "needs transfer from in its block",
    repeat: "fine",
  },
  sign: {
    line: { required: [word], optional: [], rest: zone },
    properties: {
      key: { required: [oneOf("file"), word], optional: [], rest: word },
      directory: words(word),
    },
    repeat: "fine",
  },
  siit: {
    line: none,
    properties: { ipv6_prefix: words(cidr), eam: words(ip, ip) },
    repeat: "useless",
    since: "1.15.0",
  },
  template: {
    line: { required: [recordClass, recordType], optional: [], rest: zone },
    properties: {
      match: some(regexp),
      answer: { ...some(word), judge: templates },
      additional: { ...some(word), judge: templates },
      authority: { ...some(word), judge: templates },
      rcode: words(rcode),
      ederror: { required: [integer(0, 65535)], optional: [word], since: "1.10.1" },
      fallthrough,
      upstream: ignored,
    },
    repeat: "fine",
  },
  transfer: {
    line: any(zone),
    properties: { to: some(peerOrAll), source: { ...words(ip), since: "1.14.5", once: true } },
    whole: (properties) => (properties.has("to") ? undefined : "needs to in its block"),
    repeat: "fine",
  },
  view: {
    line: words(word),
    properties: {
      expr: {
        ...some(word),
        judge: (args) => viewExpressionFault(args.join(" ")),
      },
    },
    repeat: "refused",
    since: "1.10.0",
  },
  whoami: { line: none, repeat: "useless" },
};

function aclRule(from?: string): Rule {
  const judge: Judge = (args) => {
    let section = "";
    let empty = false;
    for (const each of args) {
      const lower = each.toLowerCase();
      if (lower === "type" || lower === "net") {
        if (empty) return `needs a word after ${section}`;
        section = lower;
        empty = true;
        continue;
      }
      if (section === "") return `has ${JSON.stringify(each)} where type or net must stand`;
      empty = false;
      const right = section === "net" ? cidrOrIp.test(each) : each === "*" || recordType.test(each);
      if (!right)
        return `has ${JSON.stringify(each)}, which is no ${section === "net" ? "network" : "record type"}`;
    }
    return empty ? `needs a word after ${section}` : undefined;
  };
  return { ...any(word), judge, since: from };
}

function headerRule(from: string): Rule {
  return {
    required: [anyCase("set", "clear"), anyCase("aa", "ra", "rd")],
    optional: [],
    rest: anyCase("aa", "ra", "rd"),
    since: from,
  };
}

function templates(args: readonly string[], { version }: Context): string | undefined {
  if (args.some((each) => /\bparseInt\b/.test(each)) && !isAtLeast(version, "1.10.0")) {
    return "can use parseInt since CoreDNS 1.10.0 only";
  }
  const fault = args.map(goTemplateFault).find((each) => each !== undefined);
  return fault && `has a template that Go would refuse: ${fault}`;
}

function transferIn(args: readonly string[], { version }: Context): string | undefined {
  if (args[0] === "from") return args.includes("*") ? "can't come from *" : undefined;
  return isAtLeast(version, "1.8.0") ? "to is gone; use the transfer plugin" : undefined;
}
