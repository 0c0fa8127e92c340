import type { AckClusterArgs } from "../ackCluster";
import { provisionedDomain } from "./clusterDomain";
import type { Fault } from "./faults";

/** What ACK takes when it makes a cluster, and never again. */
export interface CreateOnly {
  clusterDomain: string;
  podCidr?: string;
  serviceCidr: string;
  nodeCidrMask?: number;
  proxyMode: string;
}

/** The create-only values that `args` stand for. */
export function createOnly(args: AckClusterArgs): CreateOnly {
  return {
    clusterDomain: provisionedDomain(args),
    podCidr: args.podCidr,
    serviceCidr: args.serviceCidr,
    nodeCidrMask: args.podCidr === undefined ? undefined : (args.nodeCidrMask ?? 24),
    proxyMode: args.proxyMode ?? "ipvs",
  };
}

/** A fault for each create-only value that is another one than ACK has on record, as far as it says. */
export function recordFaults(args: AckClusterArgs, recorded: Partial<CreateOnly>): Fault[] {
  return Object.entries(createOnly(args)).flatMap(([key, value]): Fault[] => {
    const actual = recorded[key as keyof CreateOnly];
    if (!actual || value === undefined || actual === value) return [];
    return [recordFault(args, key, value, actual)];
  });
}

function recordFault(args: AckClusterArgs, key: string, value: unknown, actual: unknown): Fault {
  const rule = `cluster ${JSON.stringify(args.name)} was created with ${JSON.stringify(actual)}, which can never change`;
  if (key !== "clusterDomain") {
    return {
      key: `cluster.${key}`,
      value,
      rule,
      wayOut: `Write ${JSON.stringify(actual)}, or make a new cluster under another name`,
    };
  }
  if (args.provisionedClusterDomain !== undefined) {
    return {
      key: "cluster.provisionedClusterDomain",
      value,
      rule,
      wayOut: `Write ${JSON.stringify(actual)}`,
    };
  }
  return {
    key: "cluster.clusterDomain",
    value,
    rule,
    wayOut: `To move to this domain keep it and add provisionedClusterDomain: ${String(actual)} and legacyClusterDomains: [${String(actual)}]`,
  };
}
