import fc from "fast-check";

/** A Corefile, made for a port, a cluster and a public DNS. */
export interface MadeCorefile {
  readonly render: (at: { port: number; api: string; upstream: number }) => string;
  /** Answers depend on who asked first, so that only one pod may ask. */
  readonly oneAsker: boolean;
  readonly cached: boolean;
}

const ZONE_SETS = [
  ["cluster.local"],
  ["oneprocloud.com"],
  ["cluster.local", "oneprocloud.com"],
  ["oneprocloud.com", "cluster.local"],
  ["k8s.oneprocloud.com", "cluster.local"],
];
const REVERSE_SETS = [
  [],
  ["in-addr.arpa", "ip6.arpa"],
  ["10.0.0.0/8"],
  ["10.96.0.0/16", "in-addr.arpa"],
  ["10.96.0.0/14"],
];
const FALLTHROUGHS = [
  undefined,
  "",
  "in-addr.arpa ip6.arpa",
  "in-addr.arpa ip6.arpa downloads.oneprocloud.com",
  "downloads.oneprocloud.com www.oneprocloud.com",
  "oneprocloud.com",
  "cluster.local",
  "apps.oneprocloud.com in-addr.arpa",
];
const BLOCK_KEYS = [
  ["svc.oneprocloud.com", "pod.oneprocloud.com"],
  ["oneprocloud.com"],
  ["svc.cluster.local"],
  ["example"],
  ["10.96.0.0/16"],
  ["com"],
  ["cluster.local", "oneprocloud.com"],
];
const VIEWS = [
  "name() == 'oneprocloud.com.'",
  "name() in ['downloads.oneprocloud.com.', 'www.baidu.com.']",
  "type() == 'AAAA' || name() endsWith '.example.'",
  "incidr(client_ip(), '127.0.0.12/32')",
  "not (name() startsWith 'web.') and type() != 'SRV'",
  "name() matches '^(www|downloads)\\\\.' && !(type() == 'TXT')",
  "name() contains 'apps' or proto() == 'tcp'",
];

const line = (...words: string[]): string => words.filter((word) => word !== "").join(" ");
const maybe = (text: string, oneIn: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: oneIn }).map((drawn) => (drawn === 1 ? text : ""));

/** `autopath` works with nothing else. */
const verified = Array.from({ length: 3 }, () => "pods verified");

function kubernetesArb(zones: string[] | undefined, legacy: boolean): fc.Arbitrary<string> {
  return fc
    .record({
      zones:
        zones === undefined ? fc.constantFrom(...ZONE_SETS) : fc.constantFrom(zones, ...ZONE_SETS),
      reverse: fc.constantFrom(...REVERSE_SETS),
      reverseFirst: fc.boolean(),
      pods: fc.constantFrom("", "pods disabled", "pods insecure", ...verified, ...verified),
      fallthrough: fc.constantFrom(...FALLTHROUGHS),
      ttl: fc.constantFrom("", "ttl 30", "ttl 0", "ttl 600"),
      namespaces: fc.constantFrom("", "", "", "namespaces default shop"),
      empty: maybe("ignore empty_service", 5),
      podNames: maybe("endpoint_pod_names", 4),
      noEndpoints: legacy ? fc.constant("") : maybe("noendpoints", 10),
    })
    .map((made) => {
      const all =
        made.zones.length === 0
          ? []
          : made.reverseFirst
            ? [...made.reverse, ...made.zones]
            : [...made.zones, ...made.reverse];
      const lines = [
        "endpoint API",
        made.pods,
        made.fallthrough === undefined ? "" : line("fallthrough", made.fallthrough),
        made.ttl,
        made.namespaces,
        made.empty,
        made.podNames,
        made.noEndpoints,
      ];
      return body(line("kubernetes", ...all), lines);
    });
}

/** A block for the root or for reverse zones gives `kubernetes` no zone to take over. */
function isForward(key: string): boolean {
  return key !== "." && !key.includes("/");
}

function body(head: string, lines: readonly string[]): string {
  const inner = lines.filter((each) => each !== "").map((each) => `    ${each}`);
  return inner.length === 0 ? head : [`${head} {`, ...inner, "}"].join("\n");
}

const NAME_RULES_BOTH = [
  "name downloads.oneprocloud.com web.default.svc.cluster.local",
  "name exact old.example web.default.svc.cluster.local",
  "name suffix .svc.oneprocloud.com. .svc.cluster.local.",
  "name suffix .old.example .default.svc.cluster.local",
  "name prefix legacy. web.",
  "name substring oneprocloud. cluster.local.",
  "name regex (.*)\\.old\\.example {1}.default.svc.cluster.local",
  "name regex ^web\\.([a-z-]+)\\.svc\\.(.*)$ db.{1}.svc.{2}",
  "name regex (.*)\\.gone\\.example\\. {1}..oneprocloud.com",
  "type MX A",
  "ttl exact www.oneprocloud.com 7",
  "ttl suffix oneprocloud.com 9",
];
const NAME_RULES_NEW = [
  "name suffix .svc.oneprocloud.com. .svc.cluster.local. answer auto",
  "name suffix .oneprocloud.com .cluster.local answer auto",
  "name prefix legacy. web. answer auto",
  "name substring oneprocloud. cluster.local. answer auto",
  "name regex (.*)\\.old\\.example {1}.default.svc.cluster.local answer auto",
  "name regex (.*)\\.old\\.example {1}.default.svc.cluster.local answer value (.*)\\.default\\.svc\\.cluster\\.local {1}.old.example",
  "name exact chain.oneprocloud.com downloads.oneprocloud.com answer value (.*)\\.aliyuncs\\.com {1}.example",
  "rcode suffix oneprocloud.com NXDOMAIN NOERROR",
  "rcode exact web.default.svc.cluster.local NOERROR REFUSED",
  "ttl prefix www. 5-60",
  "ttl substring oneprocloud -100",
  "ttl regex .* 400-",
];
const ANSWER_NAME = "answer name (.*)\\.default\\.svc\\.cluster\\.local {1}.old.example";

function rewriteArb(legacy: boolean): fc.Arbitrary<string> {
  const regexWithAnswer = `name regex (.*)\\.old\\.example {1}.default.svc.cluster.local ${ANSWER_NAME}`;
  const rules = [...NAME_RULES_BOTH, regexWithAnswer, ...(legacy ? [] : NAME_RULES_NEW)];
  return fc
    .tuple(fc.constantFrom("", "", "stop", "continue"), fc.constantFrom(...rules))
    .map(([mode, rule]) => line("rewrite", mode, rule));
}

const HOSTS_LINES = [
  "10.9.9.9 downloads.oneprocloud.com hosted.example",
  "10.9.9.10 hosted.example # second",
  "fd00::99 six.example",
  "10.9.9.11 www.baidu.com web.default.svc.cluster.local",
  "203.0.113.30 Upper.Example",
  "not-an-address nobody.example",
];

function hostsArb(legacy: boolean): fc.Arbitrary<string> {
  return fc
    .record({
      zones: fc.constantFrom(
        "",
        "/dev/null",
        "/dev/null example",
        "/dev/null oneprocloud.com example",
      ),
      lines: fc.subarray(legacy ? HOSTS_LINES : [...HOSTS_LINES, "10.9.9.12 *.wild.example"], {
        minLength: 1,
      }),
      reverse: maybe("no_reverse", 4),
      ttl: maybe("ttl 60", 3),
      fallthrough: fc.constantFrom("", "fallthrough", "fallthrough", "fallthrough example"),
      unsupported: maybe("fallthrough_unsupported", 4),
    })
    .map((made) => {
      const unsupported = made.fallthrough === "" || legacy ? "" : made.unsupported;
      const lines = [...made.lines, made.reverse, made.ttl, made.fallthrough, unsupported];
      return body(line("hosts", made.zones), lines);
    });
}

const TEMPLATES = [
  { head: "IN AAAA", lines: ["rcode NOERROR"] },
  { head: "IN AAAA .", lines: [] },
  { head: "IN ANY invalid example", lines: ["rcode NXDOMAIN"] },
  {
    head: "IN A example",
    lines: [
      'match "^ip-(?P<a>[0-9]+)-([0-9]+)\\.example\\.$"',
      'answer "{{ .Name }} 60 IN A 10.0.{{ .Group.a }}.{{ index .Match 2 }}"',
    ],
  },
  {
    head: "IN A oneprocloud.com",
    lines: ["match ^tmpl\\.", 'answer "{{ .Name }} 60 IN CNAME downloads.oneprocloud.com."'],
  },
  {
    head: "IN TXT",
    lines: ["match ^t-(.*)", 'answer "{{ .Name }} {{ .Class }} {{ .Type }} {{ .Zone }}"'],
  },
  { head: "IN MX example", lines: ['answer "{{ .Name }} 30 MX 10 mx.{{ .Name }}"'] },
  {
    head: "IN A cluster.local",
    lines: ["match ^broken\\.", 'answer "{{ .Name }} IN A not-an-address"'],
  },
  { head: "IN A com", lines: ["match \\.com\\.oneprocloud\\.com\\.$", "rcode NXDOMAIN"] },
  { head: "IN ANY oneprocloud.com", lines: ["match ^refused\\.", "rcode REFUSED"] },
  { head: "IN ANY oneprocloud.com", lines: ["match ^fail\\. ^gone\\.", "rcode SERVFAIL"] },
];

const templateArb = fc
  .tuple(
    fc.constantFrom(...TEMPLATES),
    fc.constantFrom("", "fallthrough", "fallthrough", "fallthrough oneprocloud.com"),
  )
  .map(([{ head, lines }, fallthrough]) => body(`template ${head}`, [...lines, fallthrough]));

const forwardArb = (legacy: boolean): fc.Arbitrary<string[]> => {
  const one = fc
    .record({
      from: fc.constantFrom(".", ".", ".", "oneprocloud.com", "example"),
      except: fc.constantFrom(
        "",
        "",
        "",
        "except baidu.com",
        "except oneprocloud.com downloads.oneprocloud.com",
      ),
      next: fc.constantFrom("", "", legacy ? "" : "next NXDOMAIN"),
      preferUdp: maybe("prefer_udp", 3),
    })
    .map(({ from, except, next, preferUdp }) =>
      body(`forward ${from} 127.0.0.1:UPSTREAM`, [except, next, preferUdp, "max_fails 0"]),
    );
  return fc.array(one, { minLength: 0, maxLength: legacy ? 1 : 2 });
};

interface MadeBlock {
  readonly keys: readonly string[];
  readonly view: string;
  readonly plugins: readonly string[];
}

function blockArb(
  keys: fc.Arbitrary<string[]>,
  legacy: boolean,
  view: fc.Arbitrary<string>,
): fc.Arbitrary<MadeBlock> {
  return keys.chain((made) =>
    fc
      .record({
        view,
        kubernetes: fc.option(kubernetesArb(made.some(isForward) ? [] : undefined, legacy), {
          freq: 6,
        }),
        autopath: fc.constantFrom(
          "",
          "",
          "autopath @kubernetes",
          "autopath @kubernetes",
          "autopath cluster.local @kubernetes",
        ),
        rewrites: fc.array(rewriteArb(legacy), { maxLength: 3 }),
        hosts: fc.option(hostsArb(legacy), { freq: 2 }),
        templates: fc.oneof(
          { weight: 2, arbitrary: fc.constant<string[]>([]) },
          { weight: 1, arbitrary: fc.array(templateArb, { maxLength: 2 }) },
        ),
        forwards: forwardArb(legacy),
        forwardAll: fc.integer({ min: 0, max: 3 }),
        cache: maybe("cache 30", 2),
        any: maybe("any", 6),
        aside: fc.subarray(["errors", "loadbalance", "reload", ...(legacy ? [] : ["metadata"])]),
      })
      .map((each) => {
        const forwards = each.forwardAll > 0 ? ["forward . 127.0.0.1:UPSTREAM"] : each.forwards;
        const autopath = each.kubernetes === null ? "" : each.autopath;
        const plugins = [
          ...each.aside,
          each.kubernetes ?? "",
          autopath,
          ...each.rewrites,
          each.hosts ?? "",
          ...each.templates,
          ...forwards,
          each.cache,
          each.any,
        ];
        return { keys: made, view: each.view, plugins: plugins.filter((text) => text !== "") };
      }),
  );
}

/**
 * Corefiles of the kinds that clusters on ACK run, and stranger ones.
 *
 * Left out on purpose, since the answer is then not a matter of the Corefile:
 * - `CNAME` questions for names with `*` or `any` on 1.6, which list Services in random order;
 * - `metadata` on 1.6, where `kubernetes` panics on names with few labels, and `noendpoints` there,
 *   where it panics on names and addresses of endpoints;
 * - several askers with a cache that stands before `autopath` (1.6) or where `view` looks at them.
 */
export function corefileArb(legacy: boolean): fc.Arbitrary<MadeCorefile> {
  const noView = fc.constant("");
  const withView = legacy ? noView : fc.constantFrom("", "", ...VIEWS);
  return fc
    .record({
      main: blockArb(fc.constant(["."]), legacy, noView),
      hasMain: fc.integer({ min: 0, max: 9 }),
      others: fc.uniqueArray(blockArb(fc.constantFrom(...BLOCK_KEYS), legacy, withView), {
        maxLength: 2,
        selector: ({ keys }) => keys.join(" "),
      }),
      viewed: legacy
        ? fc.constant(null)
        : fc.option(blockArb(fc.constant(["."]), legacy, fc.constantFrom(...VIEWS)), { freq: 2 }),
      viewFirst: fc.boolean(),
    })
    .filter(
      ({ others }) =>
        new Set(others.flatMap(({ keys }) => keys)).size ===
        others.flatMap(({ keys }) => keys).length,
    )
    .map(({ main, hasMain, others, viewed, viewFirst }) => {
      const viewedBlocks = viewed === null ? [] : [viewed];
      const mains = hasMain === 0 && others.length > 0 ? [] : [main];
      const blocks = viewFirst
        ? [...viewedBlocks, ...mains, ...others]
        : [...others, ...mains, ...viewedBlocks];
      const text = blocks.map(printBlock).join("\n");
      const cached = text.includes("cache 30");
      return {
        cached,
        oneAsker: cached && (text.includes("autopath") || text.includes("client_ip")),
        render: ({ port, api, upstream }) =>
          text
            .replaceAll("PORT", String(port))
            .replaceAll("API", api)
            .replaceAll("UPSTREAM", String(upstream)),
      };
    });
}

function printBlock({ keys, view, plugins }: MadeBlock): string {
  const head = keys.map((key) => `${key}:PORT`).join(" ");
  const lines = [
    "bind 127.0.0.1",
    ...(view === "" ? [] : [`view picked {\n    expr ${view}\n}`]),
    ...plugins,
  ];
  return `${head} {\n${lines.map(indent).join("\n")}\n}\n`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
