import {
  type Asker,
  type ClusterObjects,
  compileCorefile,
  type CompiledCorefile,
  type Records,
  type ServerOptions,
  type Zone,
} from "../../../dns/resolution";

/** A cluster with every kind of Service. */
export const CLUSTER: ClusterObjects = {
  namespaces: ["default", "shop", "kube-system"],
  services: [
    service("default", "kubernetes", ["10.96.0.1"], [{ name: "https", port: 443 }]),
    service(
      "shop",
      "web",
      ["10.96.0.20", "fd00::20"],
      [
        { name: "http", port: 80 },
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
        { port: 8080 },
      ],
    ),
    { ...service("shop", "lb", ["10.96.0.30"], []), externalIps: ["203.0.113.7"] },
    service("shop", "db", ["None"], []),
    { ...service("shop", "ext", [], []), externalName: "www.example.org" },
    { ...service("shop", "near", [], []), externalName: "web.shop.svc.cluster.local" },
    { ...service("shop", "far", [], []), externalName: "ext.shop.svc.cluster.local" },
    { ...service("shop", "void", [], []), externalName: "none.shop.svc.cluster.local" },
    { ...service("shop", "self", [], []), externalName: "self.shop.svc.cluster.local" },
    { ...service("shop", "ping", [], []), externalName: "pong.shop.svc.cluster.local" },
    { ...service("shop", "pong", [], []), externalName: "ping.shop.svc.cluster.local" },
    { ...service("shop", "numeric", [], []), externalName: "192.0.2.77" },
    service(
      "kube-system",
      "kube-dns",
      ["10.96.0.10"],
      [{ name: "dns", port: 53, protocol: "UDP" }],
    ),
    service("kube-system", "dns-headless", ["None"], []),
    service("hidden", "secret", ["10.96.0.66"], [{ port: 1 }]),
  ],
  endpoints: [
    {
      namespace: "shop",
      service: "db",
      endpoints: [
        { ip: "10.244.0.5", hostname: "db-0" },
        { ip: "10.244.0.6", podName: "db-pod" },
        { ip: "fd00:10::7" },
        { ip: "fd00:10::" },
      ],
      ports: [{ name: "sql", port: 5432 }],
    },
    { namespace: "shop", service: "web", endpoints: [{ ip: "10.244.0.8" }], ports: [] },
    { namespace: "kube-system", service: "kube-dns", endpoints: [{ ip: "10.244.9.9" }], ports: [] },
    {
      namespace: "kube-system",
      service: "dns-headless",
      endpoints: [{ ip: "10.244.9.8" }],
      ports: [{ port: 53 }],
    },
    { namespace: "shop", service: "twin", endpoints: [{ ip: "10.244.0.5" }], ports: [] },
    { namespace: "hidden", service: "secret", endpoints: [{ ip: "10.244.6.6" }], ports: [] },
  ],
  pods: [
    { namespace: "shop", ips: ["10.244.0.5", "fd00:10::5"] },
    { namespace: "default", ips: ["10.244.0.9"] },
  ],
};

function service(
  namespace: string,
  name: string,
  clusterIps: string[],
  ports: { name?: string; port: number; protocol?: string }[],
) {
  return { namespace, name, clusterIps, ports };
}

export const ZONES: Zone[] = [
  {
    name: "example.org",
    records: [
      { name: "www.example.org", type: "A", data: "192.0.2.1" },
      { name: "www.example.org", type: "TXT", data: '"hello"' },
      { name: "alias.example.org", type: "CNAME", data: "www.example.org" },
      { name: "lost.example.org", type: "CNAME", data: "gone.example.org" },
    ],
  },
];

export const RECORDS: Records = { cluster: CLUSTER, zones: ZONES };

/** One server block for the root with these lines. */
export function block(...lines: string[]): string {
  return `.:53 {\n${lines.join("\n")}\n}\n`;
}

export const FORWARD = "forward . /etc/resolv.conf";

export function compiled(
  corefile: string,
  records: Partial<Records> = {},
  options: ServerOptions = {},
): CompiledCorefile {
  return compileCorefile(corefile, { ...RECORDS, ...records }, options);
}

const ASKER: Asker = { namespace: "shop" };

/** `NOERROR by kubernetes: A 10.96.0.1`, or `silence` where no reply is sent. */
export function said(corefile: CompiledCorefile, question: string, asker: Asker = ASKER): string {
  const [name = "", type = "A"] = question.split(" ");
  const { message, plugin } = corefile.ask(name, type, asker);
  if (message === undefined) return `silence by ${plugin}`;
  const answers = message.answers.map((each) => {
    const owner = each.name === `${name.toLowerCase()}.` ? "" : `${each.name} `;
    return `${owner}${each.type} ${each.data}`;
  });
  return `${message.rcode} by ${plugin}${answers.length === 0 ? "" : `: ${answers.join(", ")}`}`;
}
