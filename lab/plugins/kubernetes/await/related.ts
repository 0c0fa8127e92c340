import { isForbidden, isNotFound } from "../api/errors";
import { isOwnedBy, namespaceOf, type KubeObject } from "../objects";
import type { WaitContext } from "./waiter";

export async function listIn(
  context: WaitContext,
  group: string,
  kind: string,
): Promise<KubeObject[]> {
  try {
    return await context.cluster.list({ group, version: "v1", kind }, namespaceOf(context.outputs));
  } catch (error) {
    // Whoever may not look around still gets the object itself.
    if (isForbidden(error)) return [];
    throw error;
  }
}

export async function podsOf(context: WaitContext, owner: KubeObject): Promise<KubeObject[]> {
  return (await listIn(context, "", "Pod")).filter((pod) => isOwnedBy(pod, owner));
}

/** The object as it is now; undefined when it is gone or older than what was asked for. */
export async function currentOf(context: WaitContext): Promise<KubeObject | undefined> {
  try {
    return await context.cluster.get(context.outputs);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
