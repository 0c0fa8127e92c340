import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import fc from "fast-check";

import type {
  ClusterObjects,
  EndpointSet,
  Service,
  ServicePort,
  Zone,
  ZoneRecord,
} from "../../../dns/resolution";
import type { Client } from "./client";
import { freePort, type RunningCoreDns, startCoreDns } from "./coredns";

export const NAMESPACES = ["default", "kube-system", "shop", "com"];
export const SERVICES = ["kubernetes", "web", "db", "mail", "ext", "any"];

/** Addresses of pods: loopback addresses, so that questions can really come from them. */
export const POD_IPS = ["127.0.0.11", "127.0.0.12", "127.0.0.13"];
const ENDPOINT_IPS = ["10.244.0.5", "10.244.0.6", "10.244.1.7", ...POD_IPS, "fd00:10::5"];
const CLUSTER_IPS = ["10.96.0.1", "10.96.0.20", "10.96.3.30", "fd00:96::20"];

const PORTS: readonly ServicePort[] = [
  { name: "https", port: 443 },
  { name: "http", port: 80, protocol: "TCP" },
  { name: "dns", port: 53, protocol: "UDP" },
  { name: "dns-tcp", port: 53, protocol: "TCP" },
  { port: 8080 },
];

/** What a Service can be an alias of: inside the cluster, outside, nowhere, itself. */
export const ALIAS_TARGETS = [
  "downloads.oneprocloud.com",
  "web.default.svc.cluster.local",
  "web.default.svc.oneprocloud.com",
  "ext.shop.svc.cluster.local",
  "nowhere.oneprocloud.com",
  "www.baidu.com",
  "a.ext.default.svc.cluster.local",
  "10.1.2.3",
];

const portsArb = fc.subarray([...PORTS], { maxLength: 3 });

const serviceArb = (legacy: boolean): fc.Arbitrary<Service> =>
  fc
    .record({
      namespace: fc.constantFrom(...NAMESPACES),
      name: fc.constantFrom(...SERVICES),
      ports: portsArb,
      kind: fc.constantFrom("cluster", "cluster", "dual", "headless", "external"),
      ip: fc.constantFrom(...CLUSTER_IPS),
      externalIps: fc.constantFrom<string[]>([], ["203.0.113.77"]),
      target: fc.constantFrom(...ALIAS_TARGETS),
    })
    .map(({ kind, ip, target, ports, ...service }) => {
      if (kind === "external")
        return { ...service, clusterIps: [], externalName: target, ports: [] };
      if (kind === "headless") return { ...service, clusterIps: ["None"], ports };
      const both =
        kind === "dual" && !legacy ? [ip, ip.includes(":") ? "10.96.9.9" : "fd00:96::9"] : [ip];
      // The API server refuses such a Service without ports.
      return {
        ...service,
        clusterIps: both,
        ports: ports.length === 0 ? [PORTS[0] as ServicePort] : ports,
      };
    });

const endpointSetArb: fc.Arbitrary<EndpointSet> = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  service: fc.constantFrom(...SERVICES),
  endpoints: fc.uniqueArray(
    fc.record({
      ip: fc.constantFrom(...ENDPOINT_IPS),
      hostname: fc.constantFrom(undefined, undefined, "web-0", "web-1"),
      podName: fc.constantFrom(undefined, "web-7d9f", "db-0"),
    }),
    { maxLength: 3, selector: ({ ip }) => ip },
  ),
  ports: portsArb,
});

/** A small cluster with every kind of Service. */
export function clusterArb(legacy: boolean): fc.Arbitrary<ClusterObjects> {
  return fc
    .record({
      namespaces: fc.subarray(NAMESPACES, { minLength: 2 }),
      services: fc.uniqueArray(serviceArb(legacy), {
        minLength: 4,
        maxLength: 12,
        selector: ({ name, namespace }) => `${name}.${namespace}`,
      }),
      endpoints: fc.array(endpointSetArb, { maxLength: 8 }),
      podNamespaces: fc.array(fc.constantFrom("default", "default", ...NAMESPACES), {
        minLength: 2,
        maxLength: 2,
      }),
    })
    .map(({ podNamespaces, services, endpoints, ...cluster }) => ({
      ...cluster,
      services: withDistinctIps(services),
      endpoints: legacy ? withDistinctEndpoints(endpoints) : endpoints,
      // The third address belongs to no pod.
      pods: podNamespaces.map((namespace, at) => ({ namespace, ips: [POD_IPS[at] as string] })),
    }));
}

/** Two Services never share a cluster address; which of them a PTR names would be chance. */
function withDistinctIps(services: readonly Service[]): Service[] {
  const taken = new Set<string>();
  return services.map((service) => {
    const clusterIps = service.clusterIps.filter((ip) => ip === "None" || !taken.has(ip));
    const externalIps = (service.externalIps ?? []).filter((ip) => !taken.has(ip));
    const ips =
      clusterIps.length > 0 || service.externalName !== undefined ? clusterIps : [spare(taken)];
    for (const ip of [...ips, ...externalIps]) taken.add(ip);
    return { ...service, clusterIps: ips, externalIps };
  });
}

function spare(taken: ReadonlySet<string>): string {
  return `10.96.7.${taken.size + 1}`;
}

/** CoreDNS 1.6 answers PTR with one endpoint of an address, whichever it finds first. */
function withDistinctEndpoints(sets: readonly EndpointSet[]): EndpointSet[] {
  const taken = new Set<string>();
  return sets.map((set) => {
    const endpoints = set.endpoints.filter(({ ip }) => !taken.has(ip));
    for (const { ip } of endpoints) taken.add(ip);
    return { ...set, endpoints };
  });
}

const record = (name: string, type: string, data: string, ttl = 300) => ({ name, type, data, ttl });

/** What every zone has at its top. The serial is left out of the comparison; CoreDNS needs one. */
const apex = (zone: string): ZoneRecord[] => [
  record(zone, "SOA", "ns.invalid. hostmaster.invalid. 0 7200 1800 86400 30"),
  record(zone, "NS", "ns.invalid."),
];

/**
 * Names between records. CoreDNS's `file` plugin answers for an empty one with the wildcard above it,
 * against RFC 4592 2.2.2; with a record of their own they are beyond doubt.
 */
const filled = ["b", "a.b", "apps", "alias", "svc", "default.svc"].map((name) =>
  record(`${name}.oneprocloud.com`, "TXT", '"filled"'),
);

/** The public DNS, once without and once with the wildcard that springs the trap. */
export const PUBLIC_DNS: readonly (readonly Zone[])[] = [false, true].map((wildcard) => [
  {
    name: ".",
    records: [
      ...apex("."),
      record("www.baidu.com", "A", "203.0.113.30", 60),
      record("www.baidu.com", "AAAA", "2001:db8::30", 60),
      record("a.b.c.d.e.f.example", "A", "203.0.113.31"),
      record("alias.example", "CNAME", "downloads.oneprocloud.com."),
      record("lost.example", "CNAME", "nowhere.oneprocloud.com."),
      record("mail.example", "MX", "10 mx.oneprocloud.com."),
      record("30.113.0.203.in-addr.arpa", "PTR", "www.baidu.com."),
      record("other.svc.cluster.local", "A", "203.0.113.66"),
    ],
  },
  {
    name: "oneprocloud.com",
    records: [
      ...apex("oneprocloud.com"),
      record("oneprocloud.com", "A", "203.0.113.10"),
      record("oneprocloud.com", "MX", "10 mx.oneprocloud.com."),
      record("oneprocloud.com", "TXT", '"v=spf1 -all"'),
      record("mx.oneprocloud.com", "A", "203.0.113.12"),
      record("www.oneprocloud.com", "A", "203.0.113.11"),
      record("www.oneprocloud.com", "A", "203.0.113.13"),
      record("downloads.oneprocloud.com", "CNAME", "bkt.oss-cn-beijing.aliyuncs.com."),
      record("chain.oneprocloud.com", "CNAME", "downloads.oneprocloud.com."),
      record("dead.oneprocloud.com", "CNAME", "nowhere.oneprocloud.com."),
      record("deep.a.b.oneprocloud.com", "A", "203.0.113.14"),
      record("*.apps.oneprocloud.com", "A", "203.0.113.15"),
      record("fixed.apps.oneprocloud.com", "TXT", '"fixed"'),
      record("*.alias.oneprocloud.com", "CNAME", "www.oneprocloud.com."),
      record("_dnsauth.downloads.oneprocloud.com", "TXT", '"token"'),
      record("web.default.svc.oneprocloud.com", "A", "203.0.113.16"),
      ...(wildcard ? [record("*.oneprocloud.com", "A", "203.0.113.99"), ...filled] : []),
    ],
  },
  {
    name: "aliyuncs.com",
    records: [
      ...apex("aliyuncs.com"),
      record("bkt.oss-cn-beijing.aliyuncs.com", "A", "203.0.113.20", 60),
      record("only6.aliyuncs.com", "AAAA", "2001:db8::20"),
    ],
  },
]);

/** Names that somebody may look up from a pod. */
export const PUBLIC_NAMES = [
  ...new Set(
    PUBLIC_DNS[0]
      ?.flatMap(({ records }) => records.map(({ name }) => name))
      .filter((name) => name !== "."),
  ),
  "x.apps.oneprocloud.com",
  "x.y.apps.oneprocloud.com",
  "x.fixed.apps.oneprocloud.com",
  "y.alias.oneprocloud.com",
  "a.b.oneprocloud.com",
  "b.oneprocloud.com",
  "nowhere.oneprocloud.com",
  "nowhere.example",
  "com",
];

/** Serves each set of zones on a port of its own, from zone files, with a real CoreDNS. */
export async function startPublicDns(
  sets: readonly (readonly Zone[])[],
  dir: string,
  client: Client,
): Promise<{ ports: number[]; server: RunningCoreDns }> {
  const ports: number[] = [];
  const blocks: string[] = [];
  for (const [index, zones] of sets.entries()) {
    const port = await freePort();
    ports.push(port);
    const files = await Promise.all(
      zones.map((zone) => writeZone(join(dir, `public-${index}`), zone)),
    );
    const lines = files.map(({ path, name }) => `    file ${path} ${name}`);
    blocks.push(`.:${port} {\n    bind 127.0.0.1\n${lines.join("\n")}\n}\n`);
  }
  const server = await startCoreDns("1.15.0", blocks.join(""), ports[0] as number, dir, client);
  return { ports, server };
}

async function writeZone(
  dir: string,
  { name, records }: Zone,
): Promise<{ path: string; name: string }> {
  await mkdir(dir, { recursive: true });
  const lines = records.map(
    (each) =>
      `${each.name === "." ? "" : each.name}. ${each.ttl} IN ${each.type} ${each.data.replace(" 0 7200 ", " 1 7200 ")}`,
  );
  const path = join(dir, `${name === "." ? "root" : name}.zone`);
  await writeFile(path, `${lines.join("\n")}\n`);
  return { path, name };
}
