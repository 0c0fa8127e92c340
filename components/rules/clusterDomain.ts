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

/**
 * The faults of a cluster's domains: their form, what they say together, and the names of the organisation or of
 * anybody else that the domain in force would hide. What a cluster was created with is history, so it may collide.
 */
export function clusterDomainFaults(
  key: string,
  domains: ClusterDomains,
  organisation: Organisation,
): Fault[] {
  const {
    clusterDomain,
    provisionedClusterDomain: provisioned,
    legacyClusterDomains: legacy,
  } = domains;
  const malformed = [
    ...hostnameFaults(`${key}.clusterDomain`, clusterDomain),
    ...(provisioned === undefined
      ? []
      : hostnameFaults(`${key}.provisionedClusterDomain`, provisioned)),
    ...hostnameListFaults(`${key}.legacyClusterDomains`, legacy ?? []),
  ];
  if (malformed.length > 0) return malformed;
  return [...collisionFaults(key, domains, organisation), ...historyFaults(key, domains)];
}

function collisionFaults(
  key: string,
  domains: ClusterDomains,
  organisation: Organisation,
): Fault[] {
  const { clusterDomain, acceptCollidingDomain: accepted } = domains;
  const faults = findCollisions(clusterDomain, organisation)
    .filter(({ severity }) => severity === "error")
    .map((collision) => collisionFault(`${key}.clusterDomain`, collision));
  if (accepted === undefined) return faults;
  const acceptFault = (rule: string): Fault => ({
    key: `${key}.acceptCollidingDomain`,
    value: accepted,
    rule,
    wayOut: "Remove the line",
  });
  if (accepted !== clusterDomain) {
    return [
      ...faults,
      acceptFault(
        `it accepts another domain than ${JSON.stringify(clusterDomain)}, the one in force`,
      ),
    ];
  }
  return faults.length > 0
    ? []
    : [acceptFault("it accepts a collision, and this domain collides with nothing")];
}

function collisionFault(key: string, { message }: Collision): Fault {
  return { key, rule: message.replace(/\.$/, "") };
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
      wayOut: `Write [${provisioned}] as long as a running pod carries it, and [] when none does`,
    },
  ];
}
