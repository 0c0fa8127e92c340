import ipaddr from "ipaddr.js";

import type { ClusterObjects, EndpointSet, Pod, Service } from "./records";

/** The objects of a cluster under the keys by which CoreDNS finds them. */
export interface ClusterIndex {
  readonly namespaces: ReadonlySet<string>;
  /** By `<name>.<namespace>`. */
  readonly services: ReadonlyMap<string, Service>;
  /** By `<service>.<namespace>`. */
  readonly endpoints: ReadonlyMap<string, readonly EndpointSet[]>;
  readonly pods: ReadonlyMap<string, readonly Pod[]>;
  readonly servicesByIp: ReadonlyMap<string, readonly Service[]>;
  readonly endpointsByIp: ReadonlyMap<string, readonly EndpointSet[]>;
}

/** Builds the index once, in time linear in the objects. */
export function indexCluster(cluster: ClusterObjects): ClusterIndex {
  return {
    namespaces: new Set(cluster.namespaces),
    services: new Map(cluster.services.map((each) => [`${each.name}.${each.namespace}`, each])),
    endpoints: grouped(cluster.endpoints, (each) => [`${each.service}.${each.namespace}`]),
    pods: grouped(cluster.pods, ({ ips }) => ips),
    servicesByIp: grouped(cluster.services, ({ clusterIps, externalIps = [] }) => [
      ...clusterIps,
      ...externalIps,
    ]),
    endpointsByIp: grouped(cluster.endpoints, ({ endpoints }) => endpoints.map(({ ip }) => ip)),
  };
}

function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}

/** The record type that holds an address; undefined for a name. */
export function addressType(host: string): "A" | "AAAA" | undefined {
  if (host.includes(":")) {
    return ipaddr.IPv6.isValid(host) && !host.includes("%") ? "AAAA" : undefined;
  }
  return ipaddr.IPv4.isValidFourPartDecimal(host) ? "A" : undefined;
}

/** An address as DNS tools print it: IPv6 compressed (RFC 5952). */
export function canonicalAddress(host: string): string {
  return host.includes(":") ? ipaddr.parse(host).toString() : host;
}
