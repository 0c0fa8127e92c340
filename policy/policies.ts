import type { Policies } from "@pulumi/policy";

import { clusterDomainAgreement } from "./clusterDomainAgreement";
import { clusterDomainCollision, clusterDomainWarning } from "./clusterDomainCollision";
import { clusterProtected } from "./clusterProtected";
import { corednsOwnedByPatch } from "./corednsOwnedByPatch";
import { corednsPatchProtected } from "./corednsPatchProtected";
import { namespacePublicSuffix } from "./namespacePublicSuffix";

/** Every policy of the pack. */
export const policies: Policies = [
  clusterDomainCollision,
  clusterDomainWarning,
  clusterDomainAgreement,
  clusterProtected,
  namespacePublicSuffix,
  corednsOwnedByPatch,
  corednsPatchProtected,
];
