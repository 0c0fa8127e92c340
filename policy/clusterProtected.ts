import type { ResourceValidationPolicy } from "@pulumi/policy";

import { clusterType, describe, type ClusterProps } from "./inputs";

/** Refuses a cluster that one wrong line could replace or delete. */
export const clusterProtected: ResourceValidationPolicy = {
  name: "cluster-protected",
  displayName: "Clusters are protected",
  description:
    "A change of a create-only value, the cluster domain among them, replaces a cluster unless Pulumi ignores that change, and Pulumi and ACK both refuse to delete it.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    'Add clusterDomain to ignoreChanges, and set deletionProtection: true in the cluster\'s config. For stacks that are thrown away, lower the policy: { "cluster-protected": "advisory" }.',
  validateResource: (args, reportViolation) => {
    if (args.type !== clusterType) return;
    const { deletionProtection } = args.props as ClusterProps;
    if (!args.opts.ignoreChanges.some((path) => path === "clusterDomain" || path === "*")) {
      reportViolation(
        `${describe(args)}: ignoreChanges lacks clusterDomain, which is create-only, so that a new value replaces the cluster: protect does not stop it where it comes in the same update. Add "clusterDomain" to the resource option ignoreChanges.`,
      );
    }
    if (!args.opts.protect) {
      reportViolation(
        `${describe(args)}: protect is false, so that a replacement or a destroy deletes it. Set the resource option protect to true (deletionProtection: true in the stack's config does).`,
      );
    }
    if (deletionProtection !== true) {
      reportViolation(
        `${describe(args)}: deletionProtection is ${deletionProtection ?? "unset"}, so that ACK lets anybody delete it. Set it to true.`,
      );
    }
  },
};
