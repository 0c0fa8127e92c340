import { isReverseArgument } from "../zone";
import { fallthrough, transferGone, upstreamGone } from "./shared";
import { any, type Context, none, type PluginSpec, some, words } from "./spec";
import { decimal, duration, integer, oneOf, word, zone } from "./value";

/** Plugins that answer from the API server. */
export const KUBERNETES_PLUGINS: Readonly<Record<string, PluginSpec>> = {
  autopath: { line: some(word), repeat: "useless" },
  k8s_external: {
    line: any(zone),
    properties: {
      ttl: words(integer(0, 3600)),
      apex: words(word),
      headless: { ...none, since: "1.9.4" },
      fallthrough: { ...fallthrough, since: "1.11.0" },
    },
    whole: (_, __, { plugins }) =>
      plugins.has("kubernetes") ? undefined : "needs the kubernetes plugin in the same block",
    repeat: "useless",
  },
  kubernetes: {
    line: any(zone),
    properties: {
      endpoint_pod_names: none,
      pods: words(oneOf("disabled", "insecure", "verified")),
      namespaces: some(word),
      namespace_labels: { ...some(word), judge: labelSelector },
      endpoint: some(word),
      tls: words(word, word, word),
      labels: { ...some(word), judge: labelSelector },
      fallthrough,
      ttl: words(integer(0, 3600)),
      noendpoints: none,
      ignore: words(oneOf("empty_service")),
      kubeconfig: { required: [word], optional: [word] },
      resyncperiod: { ...none, until: "1.7.0", instead: "take it out, it did nothing" },
      upstream: upstreamGone("1.7.0"),
      transfer: transferGone,
      multicluster: { ...any(zone), since: "1.12.2" },
      startup_timeout: { ...words(duration()), since: "1.12.3" },
      apiserver_qps: { ...words(decimal(0, Number.MAX_SAFE_INTEGER)), since: "1.14.0" },
      apiserver_burst: { ...words(integer(0)), since: "1.14.0" },
      apiserver_max_inflight: { ...words(integer(0)), since: "1.14.0" },
      zonal: { ...none, since: "1.14.7" },
    },
    whole: kubernetesWhole,
    repeat: "refused",
  },
};

/** The selectors of Kubernetes, as far as CoreDNS takes them: not the `!=` of kubectl. */
function labelSelector(args: readonly string[]): string | undefined {
  const key = String.raw`(?:[a-z0-9.-]{1,253}/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`;
  const label = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?`;
  const set = String.raw`\(\s*${label}(?:\s*,\s*${label})*\s*\)`;
  const one = `(?:!?${key}|${key}\\s*==?\\s*${label}|${key} (?:in|notin) ${set})`;
  const text = args.join(" ");
  return new RegExp(`^${one}(?:\\s*,\\s*${one})*$`).test(text)
    ? undefined
    : `has ${JSON.stringify(text)}, which is no label selector`;
}

function kubernetesWhole(
  properties: ReadonlyMap<string, readonly string[]>,
  args: readonly string[],
  { keys }: Context,
): string | undefined {
  const zones = args.length > 0 ? args : keys;
  if (zones.every(isReverseArgument)) return "needs a zone that is no reverse zone";
  if (properties.has("namespaces") && properties.has("namespace_labels")) {
    return "can't have both namespaces and namespace_labels";
  }
  if (properties.has("zonal") && properties.has("noendpoints")) {
    return "can't have both zonal and noendpoints";
  }
  const bare = (each: string): string => each.toLowerCase().replace(/\.$/, "");
  const served = zones.map(bare);
  const other = properties.get("multicluster")?.find((each) => !served.includes(bare(each)));
  return other && `has ${other} in multicluster, which is not among its zones`;
}
