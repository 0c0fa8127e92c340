import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";

import { byCluster } from "./clusters";
import {
  clusterType,
  configMapPatchType,
  describe,
  isCoreDnsConfig,
  type ClusterProps,
} from "./inputs";

// Half a protection keeps the cluster, and then it needs its Corefile.
function isThrownAway({ type, opts, props }: PolicyResource): boolean {
  if (type !== clusterType || opts.protect) return false;
  return (props as ClusterProps).deletionProtection !== true;
}

/**
 * Refuses a patch of the Corefile that Pulumi may give up although its cluster stays. Only a stack policy sees both.
 * Before there is a cluster it cannot tell patches apart, and there is no Corefile to lose.
 */
export const corednsPatchProtected: StackValidationPolicy = {
  name: "coredns-patch-protected",
  displayName: "The patch of the Corefile is protected",
  description:
    "A patch that is deleted takes the fields that it alone owns with it, and the Corefile is one. Policies cannot see retainOnDelete, so protect has to guard it as long as the cluster is protected.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Set protect: true on the patch, as AckPlatform does unless the cluster's deletionProtection is false.",
  validateStack: ({ resources }, reportViolation) => {
    for (const group of byCluster(resources)) {
      const bare = group.filter(
        (resource) =>
          resource.type === configMapPatchType &&
          !resource.opts.protect &&
          isCoreDnsConfig(resource),
      );
      if (bare.length === 0 || group.some(isThrownAway)) continue;
      for (const patch of bare) {
        reportViolation(
          `${describe(patch)}: protect is false, so that a destroy or a line removed gives up the Corefile of a cluster that stays. Set the resource option protect to true; only where the cluster's protect and deletionProtection are false may it be false.`,
          patch.urn,
        );
      }
    }
  },
};
