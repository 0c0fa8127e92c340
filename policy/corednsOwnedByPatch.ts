import type { ResourceValidationPolicy } from "@pulumi/policy";

import { configMapType, describe, isCoreDnsConfig, type ObjectProps } from "./inputs";

const fieldManager = "pulumi.com/patchFieldManager";
const force = "pulumi.com/patchForce";

/** Refuses to own CoreDNS's ConfigMap in a way that deletes it, or that loses it to the add-on. */
export const corednsOwnedByPatch: ResourceValidationPolicy = {
  name: "coredns-owned-by-patch",
  displayName: "The Corefile is owned by a patch",
  description:
    "The coredns add-on makes the ConfigMap. A ConfigMap resource of that name fails to create, or deletes it before each change; a patch owns its fields alone.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Use kubernetes.core.v1.ConfigMapPatch with a fixed field manager, force, and retainOnDelete.",
  validateResource: (args, reportViolation) => {
    if (!isCoreDnsConfig(args)) return;
    if (args.type === configMapType) {
      reportViolation(
        `${describe(args)}: a ConfigMap resource would delete the Corefile before it writes another. Use ConfigMapPatch with retainOnDelete.`,
      );
      return;
    }
    const annotations = (args.props as ObjectProps).metadata?.annotations ?? {};
    if (!annotations[fieldManager]) {
      reportViolation(
        `${describe(args)}: the annotation ${fieldManager} is missing, so that each new resource is another owner of the Corefile. Set it to a fixed name, such as "ack-cluster-dns".`,
      );
    }
    if (annotations[force] !== "true") {
      reportViolation(
        `${describe(args)}: the annotation ${force} is ${JSON.stringify(annotations[force] ?? "missing")}, so that the patch conflicts with the add-on that wrote the Corefile. Set it to "true".`,
      );
    }
  },
};
