import type {
  PolicyConfigSchema,
  ResourceValidationArgs,
  ResourceValidationPolicy,
} from "@pulumi/policy";

import { CorefileSyntaxError, findCollisions, type Collision } from "../dns";
import {
  clusterType,
  defaultClusterDomain,
  describe,
  isCoreDnsConfig,
  servedZones,
  type Checked,
  type ClusterProps,
} from "./inputs";
import {
  formerDomains,
  organisation,
  organisationSchema,
  type OrganisationConfig,
} from "./organisation";

interface Config extends OrganisationConfig {
  recorded?: string[];
  accepted?: string[];
}

/** The domain that a resource puts in force; undefined for a resource that has no say in it. */
function domainOf(resource: Checked, { recorded = [] }: Config): string | undefined {
  if (isCoreDnsConfig(resource)) return servedZones(resource)[0];
  if (resource.type !== clusterType) return undefined;
  const { clusterDomain = defaultClusterDomain } = resource.props as ClusterProps;
  return [...recorded, ...formerDomains()].includes(clusterDomain) ? undefined : clusterDomain;
}

/** What is said about the domain that a resource puts in force, by how bad it is. */
function messages(args: ResourceValidationArgs, wanted: Collision["severity"]): string[] {
  const config = args.getConfig<Config>();
  const domain = domainOf(args, config);
  if (domain === undefined || config.accepted?.includes(domain)) return [];
  return findCollisions(domain, organisation(config))
    .filter(({ severity }) => severity === wanted)
    .map(({ message }) => `${describe(args)}: ${message}`);
}

const configSchema: PolicyConfigSchema = {
  properties: {
    ...organisationSchema,
    recorded: {
      type: "array",
      items: { type: "string" },
      default: [],
      description:
        "Domains that control planes recorded at creation and that are no longer in force, beside provisionedClusterDomain of the stack",
    },
    accepted: {
      type: "array",
      items: { type: "string" },
      default: [],
      description:
        "Colliding domains that are taken knowingly. The stack's own acceptCollidingDomain counts for the program alone",
    },
  },
};

/** Refuses a cluster domain in force that hides a name of the organisation, or anybody's. */
export const clusterDomainCollision: ResourceValidationPolicy = {
  name: "cluster-domain-collision",
  displayName: "The cluster domain hides no name",
  description:
    "A cluster domain that equals, contains or lies in a DNS zone of the organisation or of anybody else hides that zone from pods.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Choose cluster.local or another domain that nobody can own. A cluster that exists keeps its recorded domain: set provisionedClusterDomain and legacyClusterDomains, and a new clusterDomain.",
  configSchema,
  validateResource: (args, reportViolation) => {
    try {
      for (const message of messages(args, "error")) reportViolation(message);
    } catch (error) {
      if (!(error instanceof CorefileSyntaxError)) throw error;
      reportViolation(
        `${describe(args)}: ${error.message}. Correct it: CoreDNS would not start with it.`,
      );
    }
  },
};

/** Shows what is doubtful about a cluster domain in force. A policy has one level, so that this is one of its own. */
export const clusterDomainWarning: ResourceValidationPolicy = {
  name: "cluster-domain-warning",
  displayName: "The cluster domain is beyond doubt",
  description:
    "Hosts with multicast DNS do not ask DNS for names under .local (RFC 6762), and a cluster domain that takes a whole special-use name leaves nothing of it to others.",
  enforcementLevel: "advisory",
  severity: "low",
  remediationSteps:
    "Choose cluster.local or a domain below .internal for a new cluster. For one that exists, list the domain under accepted in this policy's config.",
  configSchema,
  validateResource: (args, reportViolation) => {
    try {
      for (const message of messages(args, "warning")) reportViolation(message);
    } catch (error) {
      // cluster-domain-collision reports it.
      if (!(error instanceof CorefileSyntaxError)) throw error;
    }
  },
};
