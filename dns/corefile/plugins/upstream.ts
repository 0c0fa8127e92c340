import { any, maybe, none, type PluginSpec, type Rule, some, words } from "./spec";
import {
  duration,
  integer,
  ip,
  name,
  oneOf,
  parseDuration,
  rcodeAnyCase,
  upstream,
  word,
  zone,
} from "./value";
import { isAtLeast } from "../version";

/** CoreDNS refuses more upstreams. */
const MAX_UPSTREAMS = 15;
const NEWER_TRANSPORTS: Readonly<Record<string, string>> = { https: "1.14.5", quic: "1.15.0" };
const policy = words(oneOf("random", "round_robin", "sequential"));
const tls = maybe(word, word, word);
const upstreams = (...transports: string[]): Rule => ({
  required: [zone, upstream(...transports)],
  optional: [],
  rest: upstream(...transports),
  judge: (args, { version }) => {
    if (args.length > MAX_UPSTREAMS + 1) return `takes at most ${MAX_UPSTREAMS} upstreams`;
    for (const [transport, since] of Object.entries(NEWER_TRANSPORTS)) {
      const newer = args.find((each) => each.startsWith(`${transport}://`));
      if (newer !== undefined && !isAtLeast(version, since)) {
        return `has ${newer}, and CoreDNS forwards by ${transport} since ${since} only`;
      }
    }
    return undefined;
  },
});

/** Plugins that ask other servers. */
export const UPSTREAM_PLUGINS: Readonly<Record<string, PluginSpec>> = {
  forward: {
    line: upstreams("dns", "tls", "https", "quic"),
    properties: {
      except: some(zone),
      max_fails: words(integer(0, 2 ** 32 - 1)),
      max_connect_attempts: { ...words(integer(0, 2 ** 32 - 1)), since: "1.13.2" },
      health_check: {
        required: [duration(0)],
        optional: [],
        rest: word,
        judge: ([, ...options], { version }) => {
          const known = isAtLeast(version, "1.9.2") ? ["no_rec", "domain"] : ["no_rec"];
          for (let at = 0; at < options.length; at++) {
            const option = options[at] as string;
            if (!known.includes(option) || !isAtLeast(version, "1.6.8")) {
              return `has ${JSON.stringify(option)}, which CoreDNS of this version does not know there`;
            }
            if (option === "domain" && !name.test(options[++at] ?? ""))
              return "needs a name after domain";
          }
          return undefined;
        },
      },
      force_tcp: none,
      prefer_udp: none,
      tls,
      tls_servername: words(word),
      expire: words(duration(0)),
      max_age: { ...words(duration(0)), since: "1.14.3" },
      max_idle_conns: { ...words(integer(0)), since: "1.14.1" },
      read_timeout: { ...words(duration(1e-9)), since: "1.14.5" },
      doh_method: { ...words(oneOf("GET", "POST")), since: "1.14.5" },
      policy,
      max_concurrent: { ...words(integer(0)), since: "1.6.8" },
      next: { ...some(rcodeAnyCase), since: "1.11.4" },
      next_on_nodata: { ...none, since: "1.14.4" },
      failfast_all_unhealthy_upstreams: { ...none, since: "1.12.1" },
      failover: {
        ...some(rcodeAnyCase),
        judge: (args) =>
          args.some((each) => each.toUpperCase() === "NOERROR") ? "can't have NOERROR" : undefined,
        since: "1.13.0",
      },
      resolver: { ...some(upstream()), since: "1.14.4" },
      source_address: { ...words(ip), since: "1.14.6" },
    },
    whole: (properties) => {
      const [age, expire] = ["max_age", "expire"].map((each) =>
        parseDuration(properties.get(each)?.at(-1) ?? (each === "expire" ? "10s" : "0")),
      ) as [number, number];
      return age > 0 && age < expire
        ? "must not have max_age below expire (10s by default)"
        : undefined;
    },
    repeat: "refused",
    repeatSince: "1.9.4",
  },
  grpc: {
    line: upstreams("dns", "grpc", "tls"),
    properties: {
      except: some(zone),
      tls,
      tls_servername: words(word),
      policy,
      fallthrough: { ...any(zone), since: "1.12.3" },
    },
    repeat: "refused",
  },
  azure: {
    line: some(word),
    properties: {
      subscription: words(word),
      tenant: words(word),
      client: words(word),
      secret: words(word),
      environment: words(word),
      access: { ...words(oneOf("public", "private")), since: "1.6.8" },
      fallthrough: any(zone),
      refresh: { ...words(duration(1e-9)), since: "1.15.0" },
    },
    repeat: "useless",
  },
  clouddns: {
    line: some(word),
    properties: {
      credentials: words(word),
      endpoint: { ...words(word), since: "1.15.0" },
      upstream: any(word),
      fallthrough: any(zone),
      refresh: { ...words(duration(1e-9)), since: "1.15.0" },
    },
    repeat: "useless",
  },
  route53: {
    line: some(word),
    properties: {
      aws_access_key: words(word, word),
      aws_endpoint: { ...words(word), since: "1.8.7" },
      credentials: { required: [word], optional: [word] },
      upstream: any(word),
      fallthrough: any(zone),
      refresh: words(duration(1e-9)),
    },
    repeat: "useless",
  },
};
