import type { Policies } from "@pulumi/policy";

import { clusterDomainAgreement } from "./clusterDomainAgreement";
import { clusterDomainCollision } from "./clusterDomainCollision";
import { clusterProtected } from "./clusterProtected";
import { corednsOwnedByPatch } from "./corednsOwnedByPatch";
import { namespacePublicSuffix } from "./namespacePublicSuffix";

/** Every policy of the pack. */
export const policies: Policies = [
  clusterDomainCollision,
  clusterDomainAgreement,
  clusterProtected,
  namespacePublicSuffix,
  corednsOwnedByPatch,
];
