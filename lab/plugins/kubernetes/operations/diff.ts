import { isJobComplete } from "../await/job";
import { readCheckpoint, toObject } from "../checkpoint";
import { isPatchOf, type Context, type Target } from "../context";
import { detailedDiff, ignore, type Changes } from "../diff/detailedDiff";
import { forceNewPatterns, identity } from "../diff/forceNew";
import { mergePatch } from "../diff/mergePatch";
import { isNamespacedKind } from "../kinds";
import { normalize } from "../normalize";
import {
  annotation,
  apiVersionOf,
  assign,
  gvkOf,
  isAnnotated,
  isNamed,
  kindOf,
  nameOf,
  namespaceOf,
  pluck,
  remove,
  type KubeObject,
} from "../objects";
import { prune } from "../prune";
import { Unknown, type Properties } from "../../rpc/values";

export interface DiffInput {
  oldState: Properties;
  news: Properties;
  ignoreChanges: string[];
}

export interface DiffResult {
  changed: boolean;
  changes: Changes;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/**
 * Compares what the program wants with what the server last answered, as far as the program
 * speaks about it: so drift shows as well as a changed program.
 */
export async function diff(
  input: DiffInput,
  target: Target,
  context: Context,
): Promise<DiffResult> {
  const { settings, connection } = context;
  const { cluster } = connection;
  const checkpoint = readCheckpoint(input.oldState);
  const { live } = checkpoint;
  const oldInputs = await normalize(checkpoint.inputs, cluster);
  const wanted = await normalize(toObject(input.news), cluster);
  const old = prune(live, oldInputs);

  const gvk = gvkOf(wanted);
  if (isNamespacedKind(gvk, cluster)) {
    for (const object of [old, wanted]) setNamespace(object, namespaceOf(object) || "default");
  } else {
    for (const object of [old, wanted]) remove(object, "metadata", "namespace");
  }
  if (apiVersionOf(old) === "" && kindOf(old) === "") {
    old["apiVersion"] = apiVersionOf(wanted);
    old["kind"] = kindOf(wanted);
  }
  if (settings.serverSideApply) remove(old, "metadata", "resourceVersion");
  if (nameOf(wanted) !== "") assign(old, ["metadata", "name"], nameOf(live));

  const forceNew = isPatchOf(target.urn, wanted) ? identity : forceNewPatterns(wanted, settings);
  const changes = ignore(
    detailedDiff(mergePatch(old, wanted), old, wanted, forceNew),
    input.ignoreChanges,
  );
  const replaces = [...changes]
    .filter(([path, { kind, replace }]) => replace || (kind === "delete" && path === "metadata"))
    .map(([path]) => path);

  if (await mustReplaceUnready(wanted, live, target, context)) {
    replaces.push(`.metadata.annotations["${annotation.replaceUnready}"]`);
  }
  return {
    changed: changes.size > 0 || replaces.length > 0,
    changes,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && keepsItsName(wanted, live),
  };
}

function setNamespace(object: KubeObject, namespace: string): void {
  if (pluck(object, "metadata", "namespace") instanceof Unknown) return;
  assign(object, ["metadata", "namespace"], namespace);
}

/** The new object can only be made once the old one has given its name free. */
function keepsItsName(wanted: KubeObject, live: KubeObject): boolean {
  return (
    isNamed(wanted) &&
    !isAnnotated(wanted, annotation.autonamed) &&
    nameOf(wanted) === nameOf(live) &&
    namespaceOf(wanted) === namespaceOf(live)
  );
}

async function mustReplaceUnready(
  wanted: KubeObject,
  live: KubeObject,
  { log }: Target,
  { connection }: Context,
): Promise<boolean> {
  if (!isAnnotated(wanted, annotation.replaceUnready)) return false;
  if (!connection.cluster) {
    log.log("warning", "Cluster is unreachable, skipping replaceUnready check");
    return false;
  }
  if (kindOf(wanted) !== "Job") {
    log.log("warning", "replaceUnready annotation is not supported for this resource");
    return false;
  }
  try {
    return !isJobComplete(await connection.cluster.get(live));
  } catch {
    // A job that cannot be read is no job that has failed.
    return false;
  }
}
