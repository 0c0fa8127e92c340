import { setTimeout as sleep } from "node:timers/promises";

import type { Cluster } from "../api/cluster";
import {
  isAlreadyExists,
  isDryRunDisabled,
  isForbidden,
  isInvalid,
  isNamespaceNotFound,
  isNoMatch,
  isNotFound,
} from "../api/errors";
import { awaitReady } from "../await";
import { PartialError } from "../await/errors";
import { toObject, writeCheckpoint } from "../checkpoint";
import { messageOf } from "../connection";
import {
  fieldManagerOf,
  isPatchOf,
  isServed,
  requireCluster,
  type Context,
  type Target,
} from "../context";
import { removalNotice } from "../deprecations";
import { uniqueName } from "../naming";
import { structuredCopy } from "../normalize";
import {
  apiVersionOf,
  assign,
  gvkOf,
  gvkOfType,
  groupVersion,
  idOf,
  isCrd,
  nameOf,
  typeOfUrn,
  type KubeObject,
} from "../objects";
import { hasUnknown, type Properties } from "../../rpc/values";
import { InitError } from "./initError";
import { explainConflict, forces, waitContext } from "./write";

const maxTries = 6;

export interface CreateInput {
  properties: Properties;
  timeoutSeconds: number;
  preview: boolean;
}

export interface CreateResult {
  id: string;
  state: Properties;
}

/** Makes an object, or takes over the fields that a patch resource names. */
export async function create(
  input: CreateInput,
  target: Target,
  context: Context,
): Promise<CreateResult> {
  const { settings } = context;
  const { urn } = target;
  if (!input.preview) requireCluster(context);
  const object = toObject(input.properties);
  const asGiven: CreateResult = { id: "", state: input.properties };
  const patch = isPatchOf(urn, object);
  if (input.preview) {
    const canAsk =
      settings.serverSideApply &&
      !patch &&
      !hasUnknown(object) &&
      (await isServed(object, context));
    if (!canAsk) return asGiven;
  }

  const cluster = requireCluster(context);
  const initialApiVersion = apiVersionOf(object);
  const fieldManager = fieldManagerOf(object, undefined, context);
  const checkpoint = (live: KubeObject): Properties =>
    writeCheckpoint(object, live, input.properties, initialApiVersion, fieldManager);

  let live: KubeObject;
  try {
    live = await send(object, { cluster, fieldManager, patch }, input.preview, target, context);
  } catch (error) {
    if (input.preview && (isForbidden(error) || isDryRunDisabled(error))) return asGiven;
    if (input.preview && (isNamespaceNotFound(error) || isAlreadyExists(error))) return asGiven;
    throw explain(error, urn);
  }
  if (input.preview) {
    delete live["status"];
    return { id: "", state: checkpoint(live) };
  }
  target.log.status("info", "");
  try {
    const seen = waitContext(cluster, target, context, { inputs: object, outputs: live });
    live = await awaitReady(seen, input.timeoutSeconds);
  } catch (error) {
    if (!(error instanceof PartialError)) throw explain(error, urn);
    throw new InitError(
      `resource "${urn}" was successfully created, but the Kubernetes API server reported that ` +
        `it failed to fully initialize or become live: ${error.message}`,
      { id: idOf(error.object), state: checkpoint(error.object), details: error.details },
    );
  }
  if (isCrd(object)) await cluster.discover();
  return { id: idOf(live), state: checkpoint(live) };
}

interface Writer {
  cluster: Cluster;
  fieldManager: string;
  patch: boolean;
}

/** Repeats what fails because a namespace or a definition is still on its way. */
async function send(
  object: KubeObject,
  writer: Writer,
  preview: boolean,
  { urn, log }: Target,
  context: Context,
): Promise<KubeObject> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sendOnce(object, writer, preview, { urn, log }, context);
    } catch (error) {
      const waitsForNamespace = preview && isNamespaceNotFound(error);
      if (!waitsForNamespace)
        log.status("info", `Retry #${attempt}; creation failed: ${messageOf(error)}`);
      const removal = removalNotice(gvkOf(object), context.connection.serverVersion);
      if (isNoMatch(error) && removal !== undefined) throw new Error(removal, { cause: error });
      const mayCome = (isNotFound(error) || isNoMatch(error)) && !waitsForNamespace;
      if (!mayCome || attempt + 1 >= maxTries) throw error;
      await sleep(1000 * 2 ** attempt, undefined, { signal: context.signal });
    }
  }
}

async function sendOnce(
  object: KubeObject,
  { cluster, fieldManager, patch }: Writer,
  preview: boolean,
  { log }: Target,
  context: Context,
): Promise<KubeObject> {
  const { serverSideApply, upsertExistingObjects } = context.settings;
  if (!serverSideApply || !(upsertExistingObjects || patch)) {
    // The first update moves these fields to the field manager of the resource.
    return cluster.create(object, { fieldManager: "pulumi-kubernetes", dryRun: preview });
  }
  const apply = (sent: KubeObject): Promise<KubeObject> =>
    cluster.apply(nameOf(sent), sent, {
      fieldManager,
      dryRun: preview,
      force: forces(sent, undefined, preview, context),
      fieldValidation: "Warn",
    });
  try {
    return await apply(object);
  } catch (error) {
    const isImmutable = isInvalid(error) && messageOf(error).includes("field is immutable");
    if (!preview || !isImmutable) throw explainConflict(error, fieldManager);
    // The object that is in the way will be gone by then: ask about another name.
    const renamed = structuredCopy(object);
    const name = uniqueName(nameOf(object)).slice(0, -3);
    assign(renamed, ["metadata", "name"], name);
    log.log(
      "info",
      `Preview creation failed due to immutable fields; retrying with name "${name}"`,
    );
    return apply(renamed);
  }
}

function explain(error: unknown, urn: string): Error {
  if (isNoMatch(error)) {
    const gvk = gvkOfType(typeOfUrn(urn));
    return new Error(
      `creation of resource "${urn}" with kind ${groupVersion(gvk)}/${gvk.kind} failed because ` +
        "the Kubernetes API server reported that the apiVersion for this resource does not exist. " +
        `Verify that any required CRDs have been created: ${messageOf(error)}`,
    );
  }
  const advice = isAlreadyExists(error) ? `\n\n${alreadyExistsAdvice}` : "";
  return new Error(
    `resource "${urn}" was not successfully created by the Kubernetes API server: ` +
      messageOf(error) +
      advice,
  );
}

const alreadyExistsAdvice = `The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use \`pulumi import\`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create.`;
