import type { PolicyResource } from "@pulumi/policy";

import { clusterType } from "./inputs";

/** The outermost component that a resource is part of, or the resource itself. */
function root(resource: PolicyResource): PolicyResource {
  const { parent } = resource;
  return !parent || parent.type === "pulumi:pulumi:Stack" ? resource : root(parent);
}

/** The resources of each cluster of a stack: by the component that made them, if there are several. */
export function byCluster(resources: PolicyResource[]): PolicyResource[][] {
  if (resources.filter(({ type }) => type === clusterType).length <= 1) return [resources];
  const groups = new Map<string, PolicyResource[]>();
  for (const resource of resources) {
    const key = root(resource).urn;
    groups.set(key, [...(groups.get(key) ?? []), resource]);
  }
  return [...groups.values()];
}
