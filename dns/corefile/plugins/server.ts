import { isAtLeast } from "../version";
import { any, maybe, none, type PluginSpec, type Rule, some, words } from "./spec";
import {
  address,
  cidr,
  commandWord,
  decimal,
  anyCase,
  duration,
  durationOrSeconds,
  integer,
  ip,
  ipOrInterface,
  name,
  oneOf,
  parseDuration,
  recordType,
  regexp,
  since,
  word,
  zone,
} from "./value";

/** Plugins that set up the server and watch it: they answer no question. */
export const SERVER_PLUGINS: Readonly<Record<string, PluginSpec>> = {
  bind: {
    // Interfaces by name are taken since 1.8.4.
    line: {
      ...some(ipOrInterface),
      judge: (args, { version }) =>
        isAtLeast(version, "1.8.4") || args.every((each) => ip.test(each))
          ? undefined
          : "takes names of interfaces since CoreDNS 1.8.4 only; write addresses",
    },
    properties: { except: { ...some(ipOrInterface), since: "1.8.4" } },
    repeat: "fine",
  },
  bufsize: { line: maybe(integer(512, 4096)), repeat: "useless" },
  cancel: { line: maybe(duration(0)), repeat: "useless" },
  debug: { line: none, repeat: "useless" },
  dnstap: {
    line: {
      required: [word],
      optional: [
        oneOf("full"),
        since("1.11.4", integer(1, 1024)),
        since("1.11.4", integer(1, 4096)),
      ],
    },
    properties: {
      identity: { ...words(word), since: "1.9.4" },
      version: { ...words(word), since: "1.9.4" },
      extra: { ...words(word), since: "1.11.1" },
      skipverify: { ...none, since: "1.11.0" },
    },
    repeat: "useless",
    repeatSince: "1.10.1",
  },
  errors: {
    line: maybe(oneOf("stdout")),
    properties: {
      stacktrace: { ...none, since: "1.9.3" },
      consolidate: {
        required: [duration(), regexp],
        optional: [
          since("1.8.5", oneOf("warning", "error", "info", "debug")),
          since("1.14.0", oneOf("show_first")),
        ],
      },
    },
    repeat: "refused",
  },
  geoip: {
    line: words(word),
    properties: { "edns-subnet": { ...none, since: "1.10.0" } },
    repeat: "refused",
    since: "1.8.5",
  },
  grpc_server: {
    line: none,
    properties: { max_connections: limit(0), max_streams: limit(0) },
    repeat: "useless",
    since: "1.14.0",
  },
  health: {
    line: maybe(address),
    properties: { lameduck: words(duration()) },
    repeat: "useless",
  },
  https: {
    line: none,
    properties: {
      max_connections: limit(0),
      max_streams: { ...limit(0, 2 ** 32 - 1), since: "1.15.0" },
    },
    repeat: "useless",
    since: "1.14.0",
  },
  https3: {
    line: none,
    properties: {
      max_connections: { ...limit(0), since: "1.14.7" },
      max_streams: limit(0),
    },
    repeat: "useless",
    since: "1.14.0",
  },
  local: {
    line: none,
    properties: { localhost_prefix: { ...words(oneOf("on", "off")), since: "1.14.5" } },
    repeat: "useless",
    since: "1.8.1",
  },
  log: {
    line: any(word),
    properties: { class: some(oneOf("all", "denial", "error", "success")) },
    repeat: "fine",
  },
  loop: { line: none, repeat: "refused" },
  metadata: { line: any(zone), repeat: "refused" },
  multisocket: { line: maybe(integer(1, 1024)), repeat: "refused", since: "1.12.0" },
  nsid: { line: any(word), repeat: "refused" },
  on: {
    line: {
      ...words(anyCase("startup", "shutdown", "certrenew"), commandWord),
      rest: commandWord,
    },
    repeat: "fine",
  },
  pprof: { line: maybe(address), properties: { block: maybe(integer()) }, repeat: "refused" },
  prometheus: {
    line: maybe(address),
    properties: {
      runtime_metrics: { ...none, since: "1.14.3" },
      tls: { ...words(word), since: "1.14.3", once: true },
    },
    repeat: "refused",
  },
  proxyproto: {
    line: none,
    properties: {
      allow: any(cidr),
      default: words(anyCase("use", "ignore", "reject", "skip")),
      udp_session_tracking: {
        required: [duration()],
        optional: [integer(1)],
        since: "1.14.3",
      },
      tlv_metadata: { ...none, since: "1.15.0" },
    },
    repeat: "useless",
    since: "1.14.3",
  },
  quic: {
    line: none,
    properties: {
      max_streams: limit(1),
      worker_pool_size: limit(1),
      max_connections: { ...limit(0), since: "1.15.0" },
    },
    repeat: "useless",
    since: "1.12.2",
  },
  ready: {
    line: maybe(address),
    properties: {
      monitor: { ...words(oneOf("until-ready", "continuously")), since: "1.12.2" },
    },
    repeat: "refused",
  },
  reload: {
    line: {
      ...maybe(duration(2), duration(0)),
      judge: ([, jitter], { version }) => {
        const seconds = jitter === undefined ? 1 : parseDuration(jitter);
        if (seconds >= 1 || (seconds === 0 && isAtLeast(version, "1.14.2"))) return undefined;
        return `has ${JSON.stringify(jitter)}, and the jitter must be at least 1s`;
      },
    },
    repeat: "useless",
  },
  root: { line: words(word), repeat: "useless" },
  shed: {
    line: {
      ...none,
      judge: (_, { keys }) => {
        const other = keys.find((key) => /^(?!dns:)[a-z0-9]+:\/\//.test(key));
        return other && `is for plain DNS only, and the block has the key ${other}`;
      },
    },
    repeat: "refused",
    since: "1.14.7",
  },
  timeouts: {
    line: none,
    properties: {
      read: words(durationOrSeconds(1, 86400)),
      write: words(durationOrSeconds(1, 86400)),
      idle: words(durationOrSeconds(1, 86400)),
      maxtcpqueries: {
        ...words(integer(-1)),
        judge: ([number]) => (Number(number) === 0 ? "must be -1 or more than 0" : undefined),
        since: "1.14.7",
      },
    },
    whole: (properties) => (properties.size === 0 ? "needs a timeout in its block" : undefined),
    repeat: "fine",
    since: "1.10.1",
  },
  tls: {
    line: maybe(word, word, word),
    properties: {
      client_auth: words(
        oneOf("nocert", "request", "require", "verify_if_given", "require_and_verify"),
      ),
      keylog: { ...words(word), since: "1.14.4" },
      acme: { ...some(name), since: "1.14.7", once: true },
      email: { ...words(word), since: "1.14.7", once: true },
      ca: { ...words(word), since: "1.14.7", once: true },
      storage: { ...words(word), since: "1.14.7", once: true },
      ca_root: { ...words(word), since: "1.14.7", once: true },
      resolver: { ...words(address), since: "1.14.7", once: true },
    },
    whole: (properties, { length }) => {
      const manual = ["client_auth", "keylog"];
      const misplaced = [...properties.keys()].find((each) => manual.includes(each) !== length > 0);
      if (length === 1 || (length === 0 && !properties.has("acme"))) {
        return "needs a certificate and a key";
      }
      return (
        misplaced && `can't have ${misplaced} ${length > 0 ? "beside" : "without"} a certificate`
      );
    },
    repeat: "refused",
  },
  trace: {
    line: {
      ...maybe(word, word),
      judge: ([type, endpoint]) =>
        endpoint === undefined || ["zipkin", "datadog"].includes((type as string).toLowerCase())
          ? undefined
          : `has ${JSON.stringify(type)}, which must be zipkin or datadog`,
    },
    properties: {
      every: words(integer(0)),
      service: words(word),
      client_server: maybe(
        oneOf("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"),
      ),
      datadog_analytics_rate: { ...maybe(decimal(0, 1)), since: "1.8.0" },
      zipkin_max_backlog_size: { ...words(integer()), since: "1.9.4" },
      zipkin_max_batch_size: { ...words(integer()), since: "1.9.4" },
      zipkin_max_batch_interval: { ...words(duration()), since: "1.9.4" },
    },
    repeat: "useless",
  },
  tsig: {
    line: any(zone),
    properties: {
      secret: words(word, word),
      secrets: words(word),
      require: some(anyOf(recordType.test)),
      require_opcode: { ...some(anyOf(isOpcode)), since: "1.14.3" },
    },
    repeat: "refused",
    since: "1.9.4",
  },
  kubeapi: {
    line: none,
    properties: { kubeconfig: maybe(word, word) },
    repeat: "refused",
    since: "1.9.3.6",
    ack: true,
  },
  k8s_event: {
    line: none,
    properties: { level: some(oneOf("info", "error", "warning", "debug")) },
    repeat: "refused",
    since: "1.9.3.6",
    ack: true,
  },
};

/** A limit that may stand in its block once. */
function limit(from: number, to?: number): Rule {
  return { ...words(integer(from, to)), once: true };
}

function anyOf(test: (text: string) => boolean): typeof word {
  return {
    what: "all, none, or names from the registry",
    test: (text) => text === "all" || text === "none" || test(text),
  };
}

function isOpcode(text: string): boolean {
  return ["QUERY", "IQUERY", "STATUS", "NOTIFY", "UPDATE"].includes(text);
}
