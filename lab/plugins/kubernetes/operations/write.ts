import { isConflict } from "../api/errors";
import type { Cluster } from "../api/cluster";
import type { WaitContext } from "../await/waiter";
import type { Context, Target } from "../context";
import { annotation, isAnnotated, list, pluck, text, type KubeObject } from "../objects";
import { messageOf } from "../connection";

const formerManagers = ["pulumi-resource-kubernetes", "pulumi-kubernetes", "pulumi-kubernetes.exe"];

/**
 * Whether a server-side apply takes fields away from other managers.
 * @param live undefined when there is no object yet.
 */
export function forces(
  inputs: KubeObject,
  live: KubeObject | undefined,
  preview: boolean,
  { settings }: Context,
): boolean {
  if (isAnnotated(inputs, annotation.patchForce) || settings.patchForce) return true;
  const managers = live ? list(live, "metadata", "managedFields") : [];
  if (preview) {
    // A replacement's preview meets the object that is to go: that is no conflict.
    if (!live) return true;
    // These change hands just before the real update.
    const former = managers.some(
      (entry) =>
        text(entry, "operation") === "Update" && formerManagers.includes(text(entry, "manager")),
    );
    if (former) return true;
  }
  // Nobody is known to own anything of an object from before server-side apply.
  return live !== undefined && managers.length === 0;
}

/** Says where to read on, and who met whom. */
export function explainConflict(error: unknown, fieldManager: string): unknown {
  if (!isConflict(error)) return error;
  return new Error(
    "server-side apply field conflict detected, see https://www.pulumi.com/registry/packages/" +
      "kubernetes/how-to-guides/managing-resources-with-server-side-apply/" +
      "#handle-field-conflicts-on-existing-resources for troubleshooting help\n" +
      `The resource managed by field manager "${fieldManager}" had an apply conflict: ` +
      messageOf(error),
    { cause: error },
  );
}

/** Gives a manager's fields up: those that nobody else owns go. */
export async function relinquish(
  cluster: Cluster,
  object: KubeObject,
  fieldManager: string,
): Promise<void> {
  const name = text(object, "metadata", "name");
  const namespace = text(object, "metadata", "namespace");
  const bare: KubeObject = {
    apiVersion: pluck(object, "apiVersion") ?? null,
    kind: pluck(object, "kind") ?? null,
    metadata: { name, ...(namespace !== "" && { namespace }) },
  };
  await cluster.apply(name, bare, { fieldManager, dryRun: false, force: false });
}

export function waitContext(
  cluster: Cluster,
  { log }: Target,
  { connection, signal }: Context,
  objects: Pick<WaitContext, "inputs" | "outputs" | "before">,
): WaitContext {
  return { cluster, log, signal, serverVersion: connection.serverVersion, ...objects };
}
