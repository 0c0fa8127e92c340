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

/** The domains that a node's scripts give its kubelet, in order, each once. Comments give it none. */
export function kubeletDomains(userData: string | undefined): string[] {
  if (userData === undefined) return [];
  const executed = plainText(userData).split("\n").map(withoutComment).join("\n");
  const found = executed.matchAll(kubeletDomain);
  return [...new Set([...found].map(([, domain = ""]) => tryParseName(domain)?.text ?? domain))];
}

// Our own user data names the domain as an argument of the script that it installs; others write kubelet's flag.
const kubeletDomain =
  /(?:kubelet-cluster-domain\.sh["']?[ \t]+(?:merge|apply)[ \t]+|--cluster[-_]domain(?:=|[ \t]+))[\\"']*([a-z0-9][a-z0-9.-]*)/gi;

/** User data as nodes get it. The provider takes base64 as it is and encodes all else; Go's decoder skips line ends. */
function plainText(userData: string): string {
  const joined = userData.replace(/[\r\n]/g, "");
  const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(joined);
  return base64 ? Buffer.from(joined, "base64").toString("utf8") : userData;
}

/** A line of a shell script, a systemd unit or YAML without its comment. */
function withoutComment(line: string): string {
  if (/^\s*[#;]/.test(line)) return "";
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === "\\" && quote !== "'") at++;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "#" && /\s/.test(line.charAt(at - 1))) return line.slice(0, at);
  }
  return line;
}
