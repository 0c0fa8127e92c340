import type { DnsProbeArgs, DnsProbeSettings } from "../dnsProbe";
import { hostnameFaults, hostnameListFaults } from "./domain";
import type { Fault } from "./faults";

/** The faults of what the probe asks, and how. */
export function probeFaults(key: string, probe: DnsProbeSettings): Fault[] {
  const faults: Fault[] = [];
  const { image, externalNames = [], timeoutSeconds = 240, namespace = "default" } = probe;
  if (!/^[a-z0-9][^\s]*$/.test(image)) {
    faults.push({
      key: `${key}.image`,
      value: image,
      rule: "it is not the name of an image",
      wayOut:
        "Name an image with a shell and nslookup, such as busybox, in a registry that the nodes reach",
    });
  }
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 30 || timeoutSeconds > 3600) {
    faults.push({
      key: `${key}.timeoutSeconds`,
      value: timeoutSeconds,
      rule: "the probe asks for 30 to 3600 seconds",
      wayOut: "Write a whole number from 30 to 3600, or remove the line for 240",
    });
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) {
    faults.push({
      key: `${key}.namespace`,
      value: namespace,
      rule: "a namespace is a label of lower-case letters, digits and hyphens (RFC 1123)",
      wayOut: "Name a namespace that exists, or remove the line for default",
    });
  }
  return [...faults, ...hostnameListFaults(`${key}.externalNames`, externalNames)];
}

/** The faults of the names that the probe is given beside its settings. */
export function probedNameFaults(
  key: string,
  { clusterDomain, legacyClusterDomains = [], organisationNames = [] }: DnsProbeArgs,
): Fault[] {
  return [
    ...hostnameFaults(`${key}.clusterDomain`, clusterDomain),
    ...hostnameListFaults(`${key}.legacyClusterDomains`, legacyClusterDomains),
    ...hostnameListFaults(`${key}.organisationNames`, organisationNames),
  ];
}
