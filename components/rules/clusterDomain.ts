import { type Collision, findCollisions, type Organisation } from "../../dns";
import { hostnameFaults, hostnameListFaults } from "./domain";
import type { Fault } from "./faults";

/** The cluster domains of one cluster, past and present. */
export interface ClusterDomains {
  clusterDomain: string;
  provisionedClusterDomain?: string;
  legacyClusterDomains?: string[];
  acceptCollidingDomain?: string;
}

/** What the control plane has on record: the domain that the cluster was created with. */
export function provisionedDomain(domains: ClusterDomains): string {
  return domains.provisionedClusterDomain ?? domains.clusterDomain;
}

/** The faults of each domain by itself, and, where there are none, of what they say together. */
export function clusterDomainFaults(key: string, domains: ClusterDomains): Fault[] {
  const { clusterDomain, provisionedClusterDomain: provisioned, legacyClusterDomains } = domains;
  const malformed = [
    ...hostnameFaults(`${key}.clusterDomain`, clusterDomain),
    ...(provisioned === undefined
      ? []
      : hostnameFaults(`${key}.provisionedClusterDomain`, provisioned)),
    ...hostnameListFaults(`${key}.legacyClusterDomains`, legacyClusterDomains ?? []),
  ];
  return malformed.length > 0 ? malformed : historyFaults(key, domains);
}

/**
 * The faults of a domain in force that hides names of the organisation, or of anybody else, and of the consent to one.
 * What a cluster was created with is history, so it may collide. What is malformed is told by others.
 */
export function collisionFaults(
  key: string,
  { clusterDomain, acceptCollidingDomain: accepted }: ClusterDomains,
  organisation: Organisation,
): Fault[] {
  if (hostnameFaults(key, clusterDomain).length > 0) return [];
  const faults = findCollisions(clusterDomain, organisation)
    .filter(({ severity, code }) => severity === "error" && code !== "malformed-name")
    .map((collision) => collisionFault(`${key}.clusterDomain`, collision));
  if (accepted === undefined) return faults;
  const acceptFault = (rule: string): Fault => ({
    key: `${key}.acceptCollidingDomain`,
    value: accepted,
    rule,
    wayOut: "Remove the line",
  });
  if (accepted !== clusterDomain) {
    const rule = `it accepts another domain than the one in force, ${JSON.stringify(clusterDomain)}`;
    return [...faults, acceptFault(rule)];
  }
  if (faults.length > 0) return [];
  return [acceptFault("it accepts a collision, and this domain collides with nothing")];
}

/**
 * The fault of making a cluster for a history that it cannot have. Without it a stack whose cluster was not imported
 * would make a second one, with the very domain that the first one moves away from.
 */
export function creationFaults(key: string, domains: ClusterDomains): Fault[] {
  const provisioned = provisionedDomain(domains);
  if (provisioned === domains.clusterDomain) return [];
  return [
    {
      key: `${key}.provisionedClusterDomain`,
      value: provisioned,
      rule: `the stack holds no cluster yet, and a new one is created with ${key}.clusterDomain ${JSON.stringify(domains.clusterDomain)}`,
      wayOut:
        "Import the cluster that was created with it first (docs/adopt.md), or remove the line for a new cluster",
    },
  ];
}

/** Every domain that CoreDNS answers for, the one in force first. */
export function servedDomains({
  clusterDomain,
  legacyClusterDomains = [],
}: ClusterDomains): string[] {
  return [clusterDomain, ...legacyClusterDomains];
}

/**
 * The faults of giving up domains that were served until now, `before`, the one in force first: kubelets carry that one,
 * whatever is written, and of the others somebody must say that no pod carries them.
 */
export function retirementFaults(
  key: string,
  domains: ClusterDomains,
  [inForce, ...earlier]: readonly string[],
): Fault[] {
  const served = servedDomains(domains);
  const write = (domain: string): string =>
    JSON.stringify([domain, ...(domains.legacyClusterDomains ?? [])]);
  const fault = (rule: string, wayOut: string): Fault => ({
    key: `${key}.legacyClusterDomains`,
    value: domains.legacyClusterDomains,
    rule,
    wayOut,
  });
  const faults: Fault[] = [];
  if (inForce !== undefined && !served.includes(inForce)) {
    faults.push(
      fault(
        `${JSON.stringify(inForce)} is missing, which was in force until now, so that kubelets and pods carry it`,
        `Write ${write(inForce)}; it may go in a later update, when none does any more`,
      ),
    );
  }
  if (domains.legacyClusterDomains !== undefined) return faults;
  return [
    ...faults,
    ...earlier
      .filter((domain) => !served.includes(domain))
      .map((domain) =>
        fault(
          `missing, though ${JSON.stringify(domain)} was served until now`,
          `Write ${write(domain)} as long as a running pod carries it or a node gives it to new ones, and [] when none does`,
        ),
      ),
  ];
}

function collisionFault(key: string, { message }: Collision): Fault {
  return { key, rule: message };
}

function historyFaults(key: string, domains: ClusterDomains): Fault[] {
  const {
    clusterDomain,
    provisionedClusterDomain: provisioned,
    legacyClusterDomains: legacy,
  } = domains;
  if (legacy?.includes(clusterDomain)) {
    return [
      {
        key: `${key}.legacyClusterDomains[${legacy.indexOf(clusterDomain)}]`,
        value: clusterDomain,
        rule: `it is the domain in force, ${key}.clusterDomain, and not an earlier one`,
        wayOut: "Remove it from the list",
      },
    ];
  }
  // Left out, the list would take the old domain away from running pods unnoticed; an empty one says that none has it.
  if (provisioned === undefined || provisioned === clusterDomain || legacy !== undefined) return [];
  return [
    {
      key: `${key}.legacyClusterDomains`,
      rule: `missing, though the cluster was created with ${JSON.stringify(provisioned)}, which its pods may still carry`,
      wayOut: `Write [${provisioned}] as long as a running pod carries it or a node gives it to new ones, and [] when none does`,
    },
  ];
}
