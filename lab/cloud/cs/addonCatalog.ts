import { notFound } from "../core/errors";

export interface KnownAddon {
  name: string;
  version: string;
  /** Versions that an upgrade can go to, ascending, `version` among them. */
  versions: string[];
  /** Part of every cluster, cannot be taken out. */
  required: boolean;
  installedByDefault: boolean;
  category: string;
  /** JSON schema of what `config` may say; "" where nothing can be customised. */
  configSchema: object;
}

const scalar = (type: string, description: string) => ({ type, description });

const known: KnownAddon[] = [
  {
    name: "coredns",
    version: "v1.11.3.5-5321daf49-aliyun",
    versions: ["v1.9.3.10-7dfca203-aliyun", "v1.11.3.5-5321daf49-aliyun"],
    required: true,
    installedByDefault: true,
    category: "network",
    configSchema: {
      type: "object",
      properties: {
        replicas: scalar("integer", "number of CoreDNS replicas"),
        cpuRequest: scalar("string", "CPU request of each replica"),
        memoryLimit: scalar("string", "memory limit of each replica"),
        nodeSelector: scalar("object", "labels of the nodes that run CoreDNS"),
      },
    },
  },
  {
    name: "kube-proxy",
    version: "v1.35.4-aliyun.1",
    versions: ["v1.35.4-aliyun.1"],
    required: true,
    installedByDefault: true,
    category: "network",
    configSchema: {},
  },
  {
    name: "flannel",
    version: "v0.15.1.22-20a397e6-aliyun",
    versions: ["v0.15.1.22-20a397e6-aliyun"],
    required: false,
    installedByDefault: false,
    category: "network",
    configSchema: {},
  },
  {
    name: "terway-eniip",
    version: "v1.15.0",
    versions: ["v1.15.0"],
    required: false,
    installedByDefault: false,
    category: "network",
    configSchema: {
      type: "object",
      properties: { IPVlan: scalar("string", "share a network interface") },
    },
  },
  {
    name: "metrics-server",
    version: "v0.3.9.7-d3ac2f9-aliyun",
    versions: ["v0.3.9.6-98a5ad7-aliyun", "v0.3.9.7-d3ac2f9-aliyun"],
    required: false,
    installedByDefault: true,
    category: "monitor",
    configSchema: {
      type: "object",
      properties: { replicas: scalar("integer", "number of replicas") },
    },
  },
  {
    name: "nginx-ingress-controller",
    version: "v1.11.5-aliyun.1",
    versions: ["v1.11.4-aliyun.1", "v1.11.5-aliyun.1"],
    required: false,
    installedByDefault: false,
    category: "network",
    configSchema: {
      type: "object",
      properties: { IngressSlbNetworkType: scalar("string", "internet or intranet") },
    },
  },
  {
    name: "node-local-dns",
    version: "v1.5.0-aliyun",
    versions: ["v1.5.0-aliyun"],
    required: false,
    installedByDefault: false,
    category: "network",
    configSchema: {},
  },
];

export const knownAddons: readonly KnownAddon[] = known;
export const addonsAtCreation = known.filter((addon) => addon.installedByDefault);

export function findAddon(name: string, version?: string): KnownAddon {
  const addon = known.find((item) => item.name === name);
  if (!addon || (version && !addon.versions.includes(version))) {
    throw notFound("AddonNotFound", `Addon ${name} ${version ?? ""} is not found.`);
  }
  return addon;
}
