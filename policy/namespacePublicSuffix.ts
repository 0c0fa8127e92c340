import type { ResourceValidationPolicy } from "@pulumi/policy";

import { isHijackingNamespace } from "../dns";
import { describe, namespaceType, type ObjectProps } from "./inputs";

/** Refuses a namespace whose Services would answer for names of the Internet. */
export const namespacePublicSuffix: ResourceValidationPolicy = {
  name: "namespace-public-suffix",
  displayName: "No namespace is named like a public suffix",
  description:
    "In a namespace named com, a Service named example answers for example.com, because pods try their search list first.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Give the namespace a name that is no public suffix (publicsuffix.org).",
  validateResource: (args, reportViolation) => {
    if (args.type !== namespaceType) return;
    const name = (args.props as ObjectProps).metadata?.name;
    if (name === undefined || !isHijackingNamespace(name)) return;
    reportViolation(
      `${describe(args)}: ${JSON.stringify(name)} is a public suffix, so a Service "example" in it answers for example.${name} in every pod. Take another name, such as ${JSON.stringify(`${name}-apps`)}.`,
    );
  },
};
