import type { PolicyResource, ReportViolation, StackValidationPolicy } from "@pulumi/policy";

import { CorefileSyntaxError } from "../dns";
import { byCluster } from "./clusters";
import {
  clusterType,
  defaultClusterDomain,
  describe,
  isConfigMap,
  isCoreDnsConfig,
  kubeletDomains,
  nodePoolType,
  servedZones,
  type ClusterProps,
  type NodePoolProps,
  type ObjectProps,
} from "./inputs";
import { declaredDomain } from "./organisation";

interface Served {
  config: PolicyResource;
  zones: string[];
}

// What cannot be read is cluster-domain-collision's to report.
function readServed(resources: PolicyResource[]): Served[] {
  return resources.filter(isCoreDnsConfig).flatMap((config) => {
    try {
      const zones = servedZones(config);
      return zones.length > 0 ? [{ config, zones }] : [];
    } catch (error) {
      if (error instanceof CorefileSyntaxError) return [];
      throw error;
    }
  });
}

// Until there is a cluster, a preview tells a stack policy nothing of the objects in it, not even their names.
function hasUnknownConfig(resources: PolicyResource[]): boolean {
  return resources.some(
    ({ type, props }) => isConfigMap(type) && (props as ObjectProps).metadata === undefined,
  );
}

function checkNodePool(pool: PolicyResource, inForce: string, recorded: string): string[] {
  const { preUserData, userData } = pool.props as NodePoolProps;
  const scripts = { preUserData: kubeletDomains(preUserData), userData: kubeletDomains(userData) };
  const faults = Object.entries(scripts).flatMap(([input, domains]) =>
    domains
      .filter((domain) => domain !== inForce)
      .map(
        (domain) =>
          `${describe(pool)}: ${input} gives kubelet --cluster-domain=${domain}, but the cluster domain in force is ${inForce}. Make it ${inForce}.`,
      ),
  );
  if (recorded !== inForce && scripts.preUserData.length === 0) {
    faults.push(
      `${describe(pool)}: preUserData does not set kubelet's --cluster-domain, so its nodes get ${recorded}, which ACK has on record, but the cluster domain in force is ${inForce}. Give it preUserData that sets ${inForce}.`,
    );
  }
  return faults;
}

function checkCluster(resources: PolicyResource[], report: ReportViolation): void {
  const cluster = resources.find(({ type }) => type === clusterType);
  const served = readServed(resources);
  const recorded =
    cluster && ((cluster.props as ClusterProps).clusterDomain ?? defaultClusterDomain);
  const [first] = served;
  const inForce = first?.zones[0] ?? (hasUnknownConfig(resources) ? declaredDomain() : recorded);
  if (inForce === undefined) return;

  for (const { config, zones } of served.slice(1)) {
    if (zones[0] === inForce) continue;
    report(
      `${describe(config)}: the kubernetes plugin's first zone is ${zones[0]}, but another Corefile of the stack has ${inForce}. Let one resource own the Corefile.`,
      config.urn,
    );
  }
  for (const pool of resources.filter(({ type }) => type === nodePoolType)) {
    for (const fault of checkNodePool(pool, inForce, recorded ?? inForce)) report(fault, pool.urn);
  }
}

/** Refuses a stack whose CoreDNS and kubelets speak of different cluster domains. */
export const clusterDomainAgreement: StackValidationPolicy = {
  name: "cluster-domain-agreement",
  displayName: "CoreDNS and kubelets agree on the cluster domain",
  description:
    "The first zone of CoreDNS's kubernetes plugin and the domain that node pools give their kubelets must be one: else short Service names do not resolve.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Derive the Corefile and the pools' user data from one value, as AckPlatform does.",
  validateStack: ({ resources }, reportViolation) => {
    for (const group of byCluster(resources)) checkCluster(group, reportViolation);
  },
};
