import { kubernetesZones, tryParseName } from "../dns";

export const clusterType = "alicloud:cs/managedKubernetes:ManagedKubernetes";
export const nodePoolType = "alicloud:cs/nodePool:NodePool";
export const configMapType = "kubernetes:core/v1:ConfigMap";
export const configMapPatchType = "kubernetes:core/v1:ConfigMapPatch";
export const namespaceType = "kubernetes:core/v1:Namespace";

/** What ACK takes when a cluster names no domain. */
export const defaultClusterDomain = "cluster.local";

/** A resource as the engine hands it to a policy. */
export interface Checked {
  type: string;
  name: string;
  // The policy SDK's own type; each reader below says what it expects.
  props: Record<string, unknown>;
}

export interface ClusterProps {
  name?: string;
  clusterDomain?: string;
  deletionProtection?: boolean;
}

export interface NodePoolProps {
  nodePoolName?: string;
  preUserData?: string;
  userData?: string;
}

export interface ObjectProps {
  metadata?: { name?: string; namespace?: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
}

/** Whether a type is that of a ConfigMap or of a patch of one. */
export function isConfigMap(type: string): boolean {
  return type === configMapType || type === configMapPatchType;
}

/** Whether a resource is the ConfigMap that CoreDNS reads, or a patch of it. */
export function isCoreDnsConfig({ type, props }: Checked): boolean {
  if (!isConfigMap(type)) return false;
  const { metadata } = props as ObjectProps;
  return metadata?.name === "coredns" && metadata.namespace === "kube-system";
}

/**
 * The zones that a CoreDNS ConfigMap makes the cluster serve, the domain in force first.
 * @throws CorefileSyntaxError when its Corefile cannot be read.
 */
export function servedZones({ props }: Checked): string[] {
  const corefile = (props as ObjectProps).data?.["Corefile"];
  return corefile === undefined ? [] : kubernetesZones(corefile);
}

/** How messages call a resource: its name in the cloud where it has one, and its name in Pulumi. */
export function describe({ type, name, props }: Checked): string {
  if (type === clusterType) return `cluster ${quoted((props as ClusterProps).name, name)}`;
  if (type === nodePoolType)
    return `node pool ${quoted((props as NodePoolProps).nodePoolName, name)}`;
  const { metadata } = props as ObjectProps;
  const kind = type.slice(type.lastIndexOf(":") + 1);
  const place = metadata?.namespace === undefined ? "" : `${metadata.namespace}/`;
  return `${kind} ${quoted(metadata?.name && `${place}${metadata.name}`, name)}`;
}

function quoted(own: string | undefined, name: string): string {
  return own === undefined || own === name
    ? JSON.stringify(name)
    : `${JSON.stringify(own)} (${name})`;
}

/** The domains that a node's scripts give its kubelet, in order, each once. */
export function kubeletDomains(base64: string | undefined): string[] {
  if (base64 === undefined) return [];
  const text = Buffer.from(base64, "base64").toString("utf8");
  const found = text.matchAll(/--cluster-domain[= ]["']?([a-z0-9][a-z0-9.-]*)/g);
  return [...new Set([...found].map(([, domain = ""]) => tryParseName(domain)?.text ?? domain))];
}
