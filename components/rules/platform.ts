import { findCollisions, type Organisation } from "../../dns";
import type { AckPlatformArgs, OrganisationArgs } from "../ackPlatform";
import type { CoreDnsArgs } from "../coreDns";
import type { NodePoolSettings } from "../nodePool";
import type { OssDomainSettings } from "../ossCustomDomain";
import { clusterFaults } from "./cluster";
import { type ClusterDomains, clusterDomainFaults, collisionFaults } from "./clusterDomain";
import { coreDnsFaults, coreDnsWarnings } from "./coreDns";
import { hostnameListFaults } from "./domain";
import { describeFault, duplicateFaults, type Fault } from "./faults";
import { nodePoolFaults } from "./nodePool";
import { ossDomainFaults, zoneOf } from "./ossDomain";
import { probeFaults } from "./probe";

/** Those parts of a platform that are there. */
export interface PlatformParts extends Partial<AckPlatformArgs> {
  /** The domains of a cluster of which other parts are missing or wrong. */
  clusterDomains?: ClusterDomains;
}

/** The faults of everything that is there: of each part, and of what the parts say together. */
export function platformFaults(parts: PlatformParts): Fault[] {
  const { organisation, cluster, nodePools, ossDomains = [], coreDns, probe } = parts;
  const domains = cluster ?? parts.clusterDomains;
  const names = [
    ...(organisation ? organisationFaults("organisation", organisation) : []),
    ...ossDomains.flatMap((domain, index) =>
      ossFaults(`ossDomains[${index}]`, domain, organisation),
    ),
    ...duplicateFaults(
      ossDomains.map(({ domain }) => domain),
      (index) => `ossDomains[${index}].domain`,
    ),
    ...(domains ? clusterDomainFaults("cluster", domains) : []),
    ...(domains && organisation
      ? collisionFaults("cluster", domains, knownOrganisation(organisation, ossDomains))
      : []),
  ];
  const faults = [
    ...names,
    ...(cluster ? clusterFaults("cluster", cluster) : []),
    ...(nodePools ? poolFaults("nodePools", nodePools) : []),
    ...(probe ? probeFaults("probe", probe) : []),
  ];
  if (names.length > 0 || !organisation || !cluster || !coreDns) return faults;
  const corefile = coreDnsArgs({ organisation, cluster, ossDomains, coreDns });
  return [...faults, ...coreDnsFaults("coreDns", corefile)];
}

/** What is no fault of a platform without any, and should yet be known. */
export function platformWarnings(args: AckPlatformArgs): string[] {
  const { cluster, organisation, ossDomains = [] } = args;
  return [
    ...findCollisions(cluster.clusterDomain, knownOrganisation(organisation, ossDomains))
      .filter(({ severity }) => severity === "warning")
      .map(({ message }) => describeFault({ key: "cluster.clusterDomain", rule: message })),
    ...coreDnsWarnings("coreDns", coreDnsArgs(args)),
  ];
}

function poolFaults(key: string, pools: readonly NodePoolSettings[]): Fault[] {
  if (pools.length === 0) {
    return [
      { key, rule: "missing", wayOut: "Write one pool or more: CoreDNS and the pods need nodes" },
    ];
  }
  return [
    ...pools.flatMap((pool, index) => nodePoolFaults(`${key}[${index}]`, pool)),
    ...duplicateFaults(
      pools.map(({ name }) => name),
      (index) => `${key}[${index}].name`,
    ),
  ];
}

/** All that the arguments say about the organisation's zones and names, each with where it was said. */
export function knownOrganisation(
  organisation: OrganisationArgs,
  ossDomains: readonly OssDomainSettings[],
): Organisation {
  const wildcards = new Set(organisation.wildcardZones);
  const zones = new Set([
    ...organisation.zones,
    ...wildcards,
    ...ossDomains.flatMap(({ zone }) => (zone === undefined ? [] : [zone])),
  ]);
  return {
    zones: [...zones].map((zone) => ({ zone, origin: "config", wildcard: wildcards.has(zone) })),
    names: [
      ...(organisation.names ?? []).map((name) => ({ name, origin: "config" as const })),
      ...ossDomains.map(({ domain }) => ({ name: domain, origin: "oss" as const })),
    ],
    reserved: organisation.reserved,
  };
}

/** The names of the organisation that pods must be able to resolve, in a stable order. */
export function organisationNames(
  organisation: OrganisationArgs,
  ossDomains: readonly OssDomainSettings[],
): string[] {
  return [
    ...new Set([...(organisation.names ?? []), ...ossDomains.map(({ domain }) => domain)]),
  ].sort();
}

/** What CoreDNS is made from. */
export function coreDnsArgs(
  args: Pick<AckPlatformArgs, "organisation" | "cluster" | "ossDomains" | "coreDns">,
): CoreDnsArgs {
  const { organisation, cluster, ossDomains = [], coreDns } = args;
  return {
    ...coreDns,
    clusterDomain: cluster.clusterDomain,
    legacyClusterDomains: cluster.legacyClusterDomains ?? [],
    organisationNames: organisationNames(organisation, ossDomains),
    wildcardZones: organisation.wildcardZones,
    protect: cluster.deletionProtection ?? true,
  };
}

function organisationFaults(
  key: string,
  { zones, names = [], reserved = [], wildcardZones = [] }: OrganisationArgs,
): Fault[] {
  return [
    ...hostnameListFaults(`${key}.zones`, zones),
    ...hostnameListFaults(`${key}.names`, names),
    ...hostnameListFaults(`${key}.reserved`, reserved),
    ...hostnameListFaults(`${key}.wildcardZones`, wildcardZones),
  ];
}

function ossFaults(
  key: string,
  settings: OssDomainSettings,
  organisation: OrganisationArgs | undefined,
): Fault[] {
  const zone = settings.zone ?? zoneOf(settings.domain, organisation?.zones ?? []);
  const faults = ossDomainFaults(key, { ...settings, zone });
  if (faults.length > 0 || zone !== undefined || !organisation) return faults;
  return [
    {
      key: `${key}.domain`,
      value: settings.domain,
      rule: `it lies in none of the organisation's zones, which are ${organisation.zones.join(", ") || "none"}`,
      wayOut: `Add its zone to organisation.zones, or name it in ${key}.zone`,
    },
  ];
}
