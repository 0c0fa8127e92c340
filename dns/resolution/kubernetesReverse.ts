import ipaddr from "ipaddr.js";

import { addressType } from "./cluster";
import { isReverseZone } from "./kubernetesConfig";
import { endpointLabel, exposed, type Served } from "./kubernetesServices";

/** The address that a reverse name stands for (dnsutil.ExtractAddressFromReverse); else undefined. */
export function addressOf(name: string): string | undefined {
  if (!isReverseZone(name)) return undefined;
  const labels = name.split(".").slice(0, -3).reverse();
  if (name.endsWith(".in-addr.arpa.")) {
    const address = labels.join(".");
    return addressType(address) === undefined ? undefined : address;
  }
  const address = (labels.join("").match(/.{4}/g) ?? []).join(":");
  return addressType(address) === undefined ? undefined : ipaddr.parse(address).toString();
}

/**
 * The names behind an address: that of the Service with this cluster address, else those of the
 * endpoints with it. All are made in the first zone of the stanza that is not a reverse zone.
 */
export function reverseNames(address: string, served: Served): string[] {
  const { config, cluster, legacy } = served;
  const shown = (namespace: string): boolean =>
    config.namespaces === undefined || exposed(namespace, served);
  const service = (cluster.servicesByIp.get(address) ?? []).find(
    ({ namespace, clusterIps }) => shown(namespace) && (legacy || clusterIps.includes(address)),
  );
  if (service !== undefined) {
    return [`${service.name}.${service.namespace}.svc.${config.primaryZone}`];
  }
  if (config.noEndpoints) return [];
  const names = (cluster.endpointsByIp.get(address) ?? []).flatMap((set) => {
    if (!shown(set.namespace)) return [];
    const owners = set.endpoints.filter(({ ip }) => ip === address);
    return owners.map(
      (endpoint) =>
        `${endpointLabel(endpoint, config.endpointPodNames)}.${set.service}.${set.namespace}.svc.${config.primaryZone}`,
    );
  });
  return legacy ? names.slice(0, 1) : [...new Set(names)];
}
