import type { Entry } from "../corefile/syntax";
import type { Build } from "./query";
import { fallthroughZones, zonesOrBlock } from "./zoneArguments";

/** A `kubernetes` stanza. */
export interface KubernetesConfig {
  readonly zones: readonly string[];
  /** The zone that PTR answers are made in. */
  readonly primaryZone: string;
  readonly pods: string;
  /** Only these namespaces; undefined for all. */
  readonly namespaces?: ReadonlySet<string>;
  readonly fallthrough: readonly string[];
  readonly ttl: number;
  readonly endpointPodNames: boolean;
  readonly ignoreEmptyService: boolean;
  readonly noEndpoints: boolean;
}

const DEFAULT_TTL = 5;
const MAX_TTL = 3600;
const POD_MODES = ["disabled", "insecure", "verified"];
/** Say how the API server is reached, not what is answered. */
const CONNECTION = new Set([
  "endpoint",
  "tls",
  "kubeconfig",
  "resyncperiod",
  "startup_timeout",
  "apiserver_qps",
  "apiserver_burst",
  "apiserver_max_inflight",
  "upstream",
  "transfer",
]);

/** Reads a stanza; properties that CoreDNS would refuse, and those left out here, go to `build`. */
export function kubernetesConfig(entry: Entry, build: Build): KubernetesConfig {
  const zones = zonesOrBlock(entry.args, build);
  const primaryZone = zones.find((zone) => !isReverseZone(zone));
  if (primaryZone === undefined) {
    build.fault(
      entry.name,
      "kubernetes needs a zone that is not a reverse zone; add the cluster domain",
    );
  }
  let pods = "disabled";
  let namespaces: Set<string> | undefined;
  let fallthrough: readonly string[] = [];
  let ttl = DEFAULT_TTL;
  const flags = new Set<string>();
  for (const { name, args } of entry.block?.entries ?? []) {
    const value = args[0]?.text ?? "";
    if (name.text === "pods") {
      pods = value;
      if (!POD_MODES.includes(pods)) {
        build.fault(name, `pods ${value} is none of ${POD_MODES.join(", ")}; take one of them`);
      }
    } else if (name.text === "namespaces") {
      namespaces = new Set([...(namespaces ?? []), ...args.map(({ text }) => text)]);
    } else if (name.text === "fallthrough") {
      fallthrough = fallthroughZones(args, build);
    } else if (name.text === "ttl") {
      ttl = Number(value);
      if (!/^\d+$/.test(value) || ttl > MAX_TTL) {
        build.fault(
          name,
          `ttl ${value} is not a number of seconds from 0 to ${MAX_TTL}; correct it`,
        );
      }
    } else if (
      name.text === "ignore" ||
      name.text === "endpoint_pod_names" ||
      name.text === "noendpoints"
    ) {
      flags.add(name.text);
    } else if (!CONNECTION.has(name.text)) {
      build.omit(name, `kubernetes ${name.text}`);
    }
  }
  return {
    zones,
    primaryZone: primaryZone ?? ".",
    pods,
    namespaces,
    fallthrough,
    ttl,
    endpointPodNames: flags.has("endpoint_pod_names"),
    ignoreEmptyService: flags.has("ignore"),
    noEndpoints: flags.has("noendpoints"),
  };
}

/** CoreDNS's own test, which does not take `in-addr.arpa` itself for a reverse zone. */
export function isReverseZone(name: string): boolean {
  return name.endsWith(".in-addr.arpa.") || name.endsWith(".ip6.arpa.");
}
