import type { Cluster, WriteOptions } from "../api/cluster";
import { isForbidden, isNoMatch } from "../api/errors";
import { awaitReady } from "../await";
import { PartialError } from "../await/errors";
import { readCheckpoint, toObject, writeCheckpoint } from "../checkpoint";
import { messageOf } from "../connection";
import {
  fieldManagerOf,
  isPatchOf,
  isServed,
  requireCluster,
  type Context,
  type Target,
} from "../context";
import { parsePath } from "../diff/detailedDiff";
import { strategicPatch } from "../diff/strategic";
import { threeWayMerge } from "../diff/threeWay";
import { isBuiltIn } from "../kinds";
import { ownedPaths, takeOver } from "../managedFields";
import { normalize, structuredCopy } from "../normalize";
import {
  annotation,
  annotationOf,
  apiVersionOf,
  assign,
  gvkOf,
  idOf,
  isCrd,
  list,
  nameOf,
  pluck,
  remove,
  text,
  type KubeObject,
} from "../objects";
import { prune } from "../prune";
import { hasUnknown, type Properties } from "../../rpc/values";
import { InitError } from "./initError";
import { explainConflict, forces, relinquish, waitContext } from "./write";

export interface UpdateInput {
  oldState: Properties;
  news: Properties;
  ignoreChanges: string[];
  timeoutSeconds: number;
  preview: boolean;
}

/** Brings an object, or a patch resource's share of it, to what the program wants. */
export async function update(
  input: UpdateInput,
  target: Target,
  context: Context,
): Promise<Properties> {
  const { urn } = target;
  if (!input.preview) requireCluster(context);
  const wanted = await normalize(toObject(input.news), context.connection.cluster);
  if (input.preview && (hasUnknown(wanted) || !(await isServed(wanted, context)))) {
    return input.news;
  }
  const cluster = requireCluster(context);
  const old = readCheckpoint(input.oldState);
  const oldInputs = await forgetLastApplied(old.inputs, old.live, cluster);
  const initialApiVersion = old.initialApiVersion ?? apiVersionOf(oldInputs);
  const formerManager = fieldManagerOf(oldInputs, old.fieldManager, context);
  const fieldManager = fieldManagerOf(wanted, old.fieldManager, context);
  // What is sent is what is remembered: ignored fields that stay with others are not in it.
  const sent = structuredCopy(wanted);
  const checkpoint = (live: KubeObject): Properties =>
    writeCheckpoint(sent, live, input.news, initialApiVersion, fieldManager);

  let live: KubeObject;
  try {
    const before = await cluster.get(sent, nameOf(old.live));
    const writer: Writer = { cluster, fieldManager, oldInputs: prune(old.live, oldInputs) };
    live = await write(sent, before, writer, input, target, context);
    if (input.preview) return checkpoint(live);
    const seen = waitContext(cluster, target, context, { inputs: sent, outputs: live, before });
    live = await awaitReady(seen, input.timeoutSeconds);
  } catch (error) {
    if (input.preview && isForbidden(error)) return input.news;
    throw await explain(error, old.live, cluster, urn, checkpoint);
  }
  if (context.settings.serverSideApply && formerManager !== fieldManager) {
    await relinquish(cluster, live, formerManager);
  }
  return checkpoint(live);
}

/** Before version 4 the plugin kept the last inputs in an annotation: it goes with the next update. */
async function forgetLastApplied(
  inputs: KubeObject,
  live: KubeObject,
  cluster: Cluster,
): Promise<KubeObject> {
  const found = annotationOf(live, annotation.lastApplied);
  const copy = structuredCopy(inputs);
  if (found !== "") assign(copy, ["metadata", "annotations", annotation.lastApplied], found);
  return normalize(copy, cluster);
}

interface Writer {
  cluster: Cluster;
  fieldManager: string;
  /** The old inputs as the server last answered them. */
  oldInputs: KubeObject;
}

async function write(
  wanted: KubeObject,
  before: KubeObject,
  { cluster, fieldManager, oldInputs }: Writer,
  { preview, ignoreChanges }: UpdateInput,
  { urn }: Target,
  context: Context,
): Promise<KubeObject> {
  const options = { fieldManager, dryRun: preview };
  if (isCrd(wanted)) {
    // Replaced in place: deleting a definition would delete all objects of its kind.
    const version = text(before, "metadata", "resourceVersion");
    assign(wanted, ["metadata", "resourceVersion"], version);
    return cluster.replace(wanted, options);
  }
  if (!context.settings.serverSideApply) {
    keepLive(wanted, before, ignoreChanges);
    return clientSideApply({ before: oldInputs, wanted, live: before }, cluster, options);
  }

  let live = before;
  const managers = list(before, "metadata", "managedFields");
  // A patch resource has no claim on what others wrote.
  if (!preview && managers.length > 0 && !isPatchOf(urn, wanted)) {
    const taken = takeOver(before, fieldManager);
    if (taken) {
      const path = "/metadata/managedFields";
      live = await cluster.patch(before, "application/json-patch+json", [
        { op: "replace", path, value: taken },
      ]);
    }
  }
  ignoreFields(wanted, live, fieldManager, ignoreChanges);
  try {
    const force = forces(wanted, live, preview, context);
    return await cluster.apply(nameOf(live), wanted, { ...options, force });
  } catch (error) {
    throw explainConflict(error, fieldManager);
  }
}

/** Without server-side apply the patch is made here; the kind says how lists are merged. */
async function clientSideApply(
  sides: { before: KubeObject; wanted: KubeObject; live: KubeObject },
  cluster: Cluster,
  options: WriteOptions,
): Promise<KubeObject> {
  const { before, wanted, live } = sides;
  const gvk = gvkOf(wanted);
  const strategic = isBuiltIn(apiVersionOf(wanted))
    ? strategicPatch(sides, gvk, await cluster.schema(gvk))
    : undefined;
  const patch = strategic ?? threeWayMerge(before, wanted, live);
  const type = strategic ? "strategic-merge-patch" : "merge-patch";
  return cluster.patch(live, `application/${type}+json`, patch, options);
}

function keepLive(wanted: KubeObject, live: KubeObject, paths: string[]): void {
  for (const path of paths) {
    const steps = parsePath(path);
    const value = pluck(live, ...steps);
    if (value !== undefined && steps.every((step) => typeof step === "string")) {
      assign(wanted, steps, structuredClone(value));
    }
  }
}

/**
 * An ignored field that others own alone is left out of what is sent, so that it stays theirs.
 * Any other one is sent as it is, since what an apply leaves out is removed.
 */
function ignoreFields(
  wanted: KubeObject,
  live: KubeObject,
  fieldManager: string,
  paths: string[],
): void {
  if (paths.length === 0) return;
  const ours = new Set<string>();
  const theirs = new Set<string>();
  for (const entry of list(live, "metadata", "managedFields")) {
    const side = text(entry, "manager") === fieldManager ? ours : theirs;
    for (const path of ownedPaths(entry)) side.add(path);
  }
  for (const path of paths) {
    const steps = parsePath(path).map(String);
    const key = steps.join("\0");
    if (theirs.has(key) && !ours.has(key)) remove(wanted, ...steps);
    else keepLive(wanted, live, [path]);
  }
}

/** An object that can still be read is kept in the state as it is, with the reason beside it. */
async function explain(
  error: unknown,
  oldLive: KubeObject,
  cluster: Cluster,
  urn: string,
  checkpoint: (live: KubeObject) => Properties,
): Promise<Error> {
  if (isNoMatch(error)) {
    return new Error(
      `update of resource "${urn}" failed because the Kubernetes API server reported that the ` +
        "apiVersion for this resource does not exist. Verify that any required CRDs have been " +
        `created: ${messageOf(error)}`,
    );
  }
  try {
    const live = await cluster.get(oldLive);
    return new InitError(
      `the Kubernetes API server reported that "${idOf(live)}" failed to fully initialize or ` +
        `become live: ${messageOf(error)}`,
      {
        id: idOf(live),
        state: checkpoint(live),
        details: error instanceof PartialError ? error.details : [],
      },
    );
  } catch (readError) {
    return new Error(
      `update of resource "${urn}" failed: ${messageOf(error)}\n` +
        `unable to get cluster state: ${messageOf(readError)}`,
    );
  }
}
