import type { PolicyConfigSchema } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";

import type { Organisation } from "../dns";

/** What the policy is told of the organisation, beside the stack's own config. */
export interface OrganisationConfig {
  zones?: string[];
  names?: string[];
  reserved?: string[];
  wildcardZones?: string[];
}

const domains = (description: string): PolicyConfigSchema["properties"][string] => ({
  type: "array",
  items: { type: "string" },
  default: [],
  description,
});

export const organisationSchema: PolicyConfigSchema["properties"] = {
  zones: domains("DNS zones that the organisation answers for, beside those in the stack's config"),
  names: domains("Names that workloads must reach, beside those in the stack's config"),
  reserved: domains("Zones set aside for cluster domains, beside those in the stack's config"),
  wildcardZones: domains("Zones that hold a wildcard record"),
};

interface StackConfig extends OrganisationConfig {
  ossDomains: string[];
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

// The program says what is wrong with its config; here, what cannot be read says nothing.
function section(key: string): unknown {
  try {
    return new pulumi.Config("ack-cluster-dns").getObject(key);
  } catch {
    return undefined;
  }
}

function stackConfig(): StackConfig {
  const organisation = (section("organisation") ?? {}) as Record<string, unknown>;
  const ossDomains = section("ossDomains");
  return {
    zones: strings(organisation["zones"]),
    names: strings(organisation["names"]),
    reserved: strings(organisation["reserved"]),
    wildcardZones: strings(organisation["wildcardZones"]),
    ossDomains: Array.isArray(ossDomains)
      ? strings(ossDomains.map((each) => (each as { domain?: unknown } | null)?.domain))
      : [],
  };
}

/** The zones and names of the organisation: the policy's config and the stack's, together. */
export function organisation(config: OrganisationConfig): Organisation {
  const stack = stackConfig();
  const both = (key: keyof OrganisationConfig): string[] => [
    ...new Set([...(config[key] ?? []), ...(stack[key] ?? [])]),
  ];
  const wildcards = both("wildcardZones");
  const zones = [...new Set([...both("zones"), ...wildcards])];
  return {
    zones: zones.map((zone) => ({ zone, origin: "config", wildcard: wildcards.includes(zone) })),
    names: [
      ...both("names").map((name) => ({ name, origin: "config" as const })),
      ...stack.ossDomains.map((name) => ({ name, origin: "oss" as const })),
    ],
    reserved: both("reserved"),
  };
}

/** The cluster domain that the stack's config puts in force, if it has that key. */
export function declaredDomain(): string | undefined {
  const cluster = (section("cluster") ?? {}) as Record<string, unknown>;
  return strings([cluster["clusterDomain"]])[0];
}

/**
 * The domains that the stack's cluster had before and has on record for ever. Only the domain in
 * force can hide a name.
 */
export function formerDomains(): string[] {
  const cluster = (section("cluster") ?? {}) as Record<string, unknown>;
  const former = [
    ...strings([cluster["provisionedClusterDomain"]]),
    ...strings(cluster["legacyClusterDomains"]),
  ];
  return former.filter((domain) => domain !== cluster["clusterDomain"]);
}
