import type { Records, Zone } from "../../../dns/resolution";

/** How a Corefile deals with a domain that pods still carry: the ways that were tried on a cluster. */
export const WAYS = {
  incident: stanza("oneprocloud.com", ""),
  "by hand": stanza("cluster.local", ""),
  "both, zone falls through": stanza("cluster.local oneprocloud.com", "oneprocloud.com"),
  "both swapped, zone falls through": stanza("oneprocloud.com cluster.local", "oneprocloud.com"),
  "both, nothing falls through": stanza("cluster.local oneprocloud.com", ""),
  rewrite: stanza(
    "cluster.local",
    "",
    "rewrite name suffix .svc.oneprocloud.com. .svc.cluster.local. answer auto",
  ),
  "own block": (port: number, forward: string, api: string): string =>
    `svc.oneprocloud.com:${port} pod.oneprocloud.com:${port} {
    kubernetes oneprocloud.com {
        ${api}
        pods verified
        ttl 30
    }
    autopath @kubernetes
    ${forward}
}
${stanza("cluster.local", "")(port, forward, api)}`,
  "both, names fall through": stanza("cluster.local oneprocloud.com", "downloads.oneprocloud.com"),
} as const;

export type Way = keyof typeof WAYS;

function stanza(zones: string, fallthrough: string, rewrite = "") {
  return (port: number, forward: string, api: string): string => `.:${port} {
    ${rewrite}
    kubernetes ${zones} in-addr.arpa ip6.arpa {
        ${api}
        pods verified
        fallthrough in-addr.arpa ip6.arpa ${fallthrough}
        ttl 30
    }
    AUTOPATH
    ${forward}
    cache 30
    loop
    loadbalance
}
`;
}

/** The Corefile of a way; `autopath` as clusters on ACK used to have it, or without. */
export function corefileOf(
  way: Way,
  { port = 53, forward = "forward . /etc/resolv.conf", api = "", autopath = true } = {},
): string {
  const text = WAYS[way](port, forward, api).replace("AUTOPATH", "autopath @kubernetes");
  return autopath ? text : text.replace(/ *autopath @kubernetes\n/g, "");
}

/** Address of the asking pod: one from which a test can really ask. */
export const POD_IP = "127.0.0.11";

/** The cluster and the public DNS of the incident. */
export function incidentRecords(wildcard: boolean): Records {
  const a = (name: string, data: string) => ({ name, type: "A", data, ttl: 300 });
  const zone: Zone = {
    name: ".",
    records: [
      {
        name: ".",
        type: "SOA",
        data: "ns.invalid. hostmaster.invalid. 0 7200 1800 86400 30",
        ttl: 300,
      },
      { name: ".", type: "NS", data: "ns.invalid.", ttl: 300 },
      a("oneprocloud.com", "203.0.113.10"),
      {
        name: "downloads.oneprocloud.com",
        type: "CNAME",
        data: "bkt.oss-cn-beijing.aliyuncs.com.",
        ttl: 300,
      },
      a("bkt.oss-cn-beijing.aliyuncs.com", "203.0.113.20"),
      a("www.baidu.com", "203.0.113.30"),
      ...(wildcard ? [a("*.oneprocloud.com", "203.0.113.99")] : []),
    ],
  };
  return {
    cluster: {
      namespaces: ["default"],
      services: [
        {
          namespace: "default",
          name: "kubernetes",
          clusterIps: ["10.96.0.1"],
          ports: [{ name: "https", port: 443 }],
        },
        {
          namespace: "default",
          name: "web",
          clusterIps: ["10.96.252.132"],
          ports: [{ name: "http", port: 80 }],
        },
      ],
      endpoints: [],
      pods: [{ namespace: "default", ips: [POD_IP] }],
    },
    zones: [zone],
  };
}

/** Question and, for each way, what CoreDNS 1.15.0 said on a cluster. */
export const TABLE: readonly (readonly [way: Way, ...answers: string[]])[] = [
  ["incident", "10.96.0.1", "NXDOMAIN upstream", "NXDOMAIN", "NODATA", "old", "NXDOMAIN"],
  [
    "by hand",
    "NXDOMAIN upstream",
    "10.96.0.1",
    "203.0.113.20",
    "203.0.113.10",
    "new",
    "NXDOMAIN upstream",
  ],
  [
    "both, zone falls through",
    "10.96.0.1",
    "10.96.0.1",
    "203.0.113.20",
    "NODATA",
    "new",
    "NXDOMAIN upstream",
  ],
  [
    "both swapped, zone falls through",
    "10.96.0.1",
    "10.96.0.1",
    "203.0.113.20",
    "NODATA",
    "old",
    "NXDOMAIN upstream",
  ],
  [
    "both, nothing falls through",
    "10.96.0.1",
    "10.96.0.1",
    "NXDOMAIN",
    "NODATA",
    "new",
    "NXDOMAIN",
  ],
  ["rewrite", "10.96.0.1", "10.96.0.1", "203.0.113.20", "203.0.113.10", "new", "NXDOMAIN"],
  ["own block", "10.96.0.1", "10.96.0.1", "203.0.113.20", "203.0.113.10", "new", "NXDOMAIN"],
  [
    "both, names fall through",
    "10.96.0.1",
    "10.96.0.1",
    "203.0.113.20",
    "NODATA",
    "new",
    "NXDOMAIN",
  ],
];

/** The questions of the table's columns. */
export const QUESTIONS: readonly (readonly [name: string, type: string])[] = [
  ["kubernetes.default.svc.oneprocloud.com.", "A"],
  ["kubernetes.default.svc.cluster.local.", "A"],
  ["downloads.oneprocloud.com.", "A"],
  ["oneprocloud.com.", "A"],
  ["1.0.96.10.in-addr.arpa.", "PTR"],
  ["nonexist.default.svc.oneprocloud.com.", "A"],
];

/** Names that programs in pods look up in the second table. */
export const LOOKED_UP = [
  "kubernetes",
  "kubernetes.default.svc.oneprocloud.com",
  "kubernetes.default.svc.cluster.local",
  "downloads.oneprocloud.com",
  "www.baidu.com",
];

const SERVICE = "10.96.0.1";
const TRAP = "203.0.113.99";
const BAIDU = "203.0.113.30";
const BUCKET = "203.0.113.20";

/**
 * With a public `*.oneprocloud.com`: what pods get, those with the old search list first, then those
 * with the new one, in the order of {@link LOOKED_UP}. Seen on a cluster with `autopath`.
 */
export const TRAP_TABLE: readonly (readonly [way: Way, old: string[], now: string[]])[] = [
  ["incident", [SERVICE, SERVICE, "", "", BAIDU], ["", SERVICE, "", "", BAIDU]],
  ["by hand", [TRAP, TRAP, TRAP, TRAP, TRAP], [SERVICE, TRAP, SERVICE, BUCKET, BAIDU]],
  [
    "both, zone falls through",
    [SERVICE, TRAP, TRAP, TRAP, TRAP],
    [SERVICE, SERVICE, SERVICE, BUCKET, BAIDU],
  ],
  ["rewrite", [SERVICE, TRAP, SERVICE, BUCKET, BAIDU], [SERVICE, TRAP, SERVICE, BUCKET, BAIDU]],
  ["own block", [SERVICE, SERVICE, TRAP, TRAP, BAIDU], [SERVICE, TRAP, SERVICE, BUCKET, BAIDU]],
  [
    "both, names fall through",
    [SERVICE, SERVICE, SERVICE, BUCKET, BAIDU],
    [SERVICE, SERVICE, SERVICE, BUCKET, BAIDU],
  ],
];
