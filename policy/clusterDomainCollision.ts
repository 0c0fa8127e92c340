import type { ResourceValidationPolicy } from "@pulumi/policy";

import { CorefileSyntaxError, findCollisions } from "../dns";
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
  configSchema: {
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
  },
  validateResource: (args, reportViolation) => {
    const config = args.getConfig<Config>();
    try {
      const domain = domainOf(args, config);
      if (domain === undefined || config.accepted?.includes(domain)) return;
      for (const { severity, message } of findCollisions(domain, organisation(config))) {
        if (severity === "error") reportViolation(`${describe(args)}: ${message}`);
      }
    } catch (error) {
      if (!(error instanceof CorefileSyntaxError)) throw error;
      reportViolation(
        `${describe(args)}: ${error.message}. Correct it: CoreDNS would not start with it.`,
      );
    }
  },
};
