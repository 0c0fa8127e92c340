/**
 * The resolver configuration that a pod gets, and the limits that the kubelet puts on it.
 * Source: Kubernetes 1.35, pkg/kubelet/network/dns/dns.go.
 */

/** What a pod's `dnsPolicy` may say. */
export type DnsPolicy = "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" | "None";

/** The fields of a pod, and of the node under it, that decide how its programs ask. */
export interface PodDns {
  /** Namespace of the pod: the first search suffix is made from it. */
  readonly namespace: string;
  /**
   * Cluster domain of the kubelet when it made the pod, without a trailing dot. A pod keeps it until
   * it is recreated, so it can differ from what CoreDNS serves. Empty: no cluster suffixes.
   */
  readonly clusterDomain: string;
  /** Default `ClusterFirst`. */
  readonly dnsPolicy?: DnsPolicy;
  /** Pods on the host network with `ClusterFirst` get the node's own configuration. */
  readonly hostNetwork?: boolean;
  /** `search` of the node's resolv.conf, in order. A trailing dot is dropped, `.` is left out. */
  readonly hostSearch?: readonly string[];
  /** `ndots` of the node's resolv.conf; it holds only where the node's options do. Default 1. */
  readonly hostNdots?: number;
  /** `dnsConfig.searches` of the pod, appended. */
  readonly searches?: readonly string[];
  /** `ndots` in `dnsConfig.options` of the pod; it beats every other. */
  readonly ndots?: number;
  /** For `None`: whether `dnsConfig.nameservers` leads to CoreDNS, as NodeLocal DNSCache sets it. Default false. */
  readonly asksCluster?: boolean;
}

/** What the pod's resolv.conf says, as far as it decides which names are asked. */
export interface ResolverConfig {
  /** The search list in order, without trailing dots. */
  readonly search: readonly string[];
  /** A name with fewer dots than this is tried with the search list first. */
  readonly ndots: number;
  /** Whether the pod's name server is CoreDNS. Otherwise its queries never reach the Corefile. */
  readonly asksCluster: boolean;
}

/** Most suffixes that the kubelet writes (validation.MaxDNSSearchPaths). */
export const MAX_SEARCH_DOMAINS = 32;
/** Longest search line that the kubelet writes, blanks included (validation.MaxDNSSearchListChars). */
export const MAX_SEARCH_CHARACTERS = 2048;
/** Longest single suffix that the kubelet writes (DNS1123SubdomainMaxLength). */
export const MAX_SUFFIX_CHARACTERS = 253;
/** What the kubelet sets for pods that ask the cluster's DNS. */
export const CLUSTER_NDOTS = 5;
const RESOLV_CONF_NDOTS = 1;

/**
 * What the kubelet writes into a pod's `/etc/resolv.conf`.
 *
 * @returns suffixes in the order `<namespace>.svc.<domain>`, `svc.<domain>`, `<domain>`, the node's,
 * the pod's own, each once; cut to 32 suffixes and 2048 characters from the end, as the kubelet does.
 */
export function resolverConfig(pod: PodDns): ResolverConfig {
  const policy = pod.dnsPolicy ?? "ClusterFirst";
  const fromNode = policy === "Default" || (policy === "ClusterFirst" && pod.hostNetwork === true);
  const hostSearch = (pod.hostSearch ?? []).filter((suffix) => suffix !== ".").map(withoutDot);
  const base =
    policy === "None"
      ? { search: [], ndots: RESOLV_CONF_NDOTS }
      : fromNode
        ? { search: hostSearch, ndots: pod.hostNdots ?? RESOLV_CONF_NDOTS }
        : { search: [...clusterSuffixes(pod), ...hostSearch], ndots: CLUSTER_NDOTS };
  return {
    search: withinLimits([...new Set([...base.search, ...(pod.searches ?? [])])]),
    ndots: pod.ndots ?? base.ndots,
    asksCluster: policy === "None" ? (pod.asksCluster ?? false) : !fromNode,
  };
}

function clusterSuffixes({ namespace, clusterDomain }: PodDns): string[] {
  if (clusterDomain === "") return [];
  const domain = withoutDot(clusterDomain);
  return [`${namespace}.svc.${domain}`, `svc.${domain}`, domain];
}

function withoutDot(suffix: string): string {
  return suffix.endsWith(".") ? suffix.slice(0, -1) : suffix;
}

function withinLimits(search: readonly string[]): string[] {
  const kept = search
    .slice(0, MAX_SEARCH_DOMAINS)
    .filter((suffix) => suffix.length <= MAX_SUFFIX_CHARACTERS);
  while (kept.join(" ").length > MAX_SEARCH_CHARACTERS) kept.pop();
  return kept;
}
