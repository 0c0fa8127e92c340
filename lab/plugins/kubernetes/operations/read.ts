import { isNoMatch, isNotFound } from "../api/errors";
import { checkReady } from "../await";
import { PartialError } from "../await/errors";
import { readCheckpoint, toObject, withSecrets, writeCheckpoint } from "../checkpoint";
import { fieldManagerOf, unreachableAdvice, type Context, type Target } from "../context";
import { isBuiltIn } from "../kinds";
import { normalize, structuredCopy } from "../normalize";
import {
  annotation,
  apiVersionOf,
  assign,
  groupVersion,
  gvkOfType,
  idOf,
  kindOf,
  nameOf,
  namespaceOf,
  parseId,
  remove,
  typeOfUrn,
  type KubeObject,
} from "../objects";
import { prune } from "../prune";
import type { Properties } from "../../rpc/values";
import { InitError } from "./initError";
import { waitContext } from "./write";

export interface ReadInput {
  id: string;
  oldState: Properties;
  oldInputs: Properties;
}

export interface ReadResult {
  id: string;
  state: Properties;
  inputs: Properties;
}

/** Reads an object back; undefined when it is gone. */
export async function read(
  input: ReadInput,
  target: Target,
  context: Context,
): Promise<ReadResult | undefined> {
  const { cluster } = context.connection;
  if (!cluster) return readUnreachable(input, target, context);
  const { namespace, name } = parseId(input.id);
  if (name === "") {
    throw new Error(
      "failed to read resource because of a failure to parse resource name from request ID: " +
        input.id,
    );
  }
  const checkpoint = readCheckpoint(input.oldState);
  const inputs = await normalize(toObject(input.oldInputs), cluster);
  const isNew = identify(inputs, checkpoint.live, namespace, name, target.urn);
  const initialApiVersion = checkpoint.initialApiVersion ?? apiVersionOf(inputs);
  const fieldManager = fieldManagerOf(inputs, checkpoint.fieldManager, context);

  let live: KubeObject;
  let failure: PartialError | undefined;
  try {
    live = await cluster.get(inputs, name);
    if (!isNew) {
      const seen = waitContext(cluster, target, context, { inputs, outputs: live });
      await checkReady(seen).catch((error: unknown) => {
        if (!(error instanceof PartialError)) throw error;
        failure = error;
        live = error.object;
      });
    }
  } catch (error) {
    if (isNoMatch(error) || isNotFound(error)) return undefined;
    throw error;
  }

  const liveInputs = prune(live, inputs);
  if (isNew) addInputs(liveInputs, live);
  const result: ReadResult = {
    id: input.id || idOf(live),
    state: writeCheckpoint(liveInputs, live, input.oldInputs, initialApiVersion, fieldManager),
    inputs: withSecrets(liveInputs, input.oldInputs),
  };
  if (!failure) return result;
  throw new InitError(failure.message, { ...result, details: failure.details });
}

/** Fills in what a bare id leaves open. Says whether nothing but the id is known. */
function identify(
  inputs: KubeObject,
  live: KubeObject,
  namespace: string,
  name: string,
  urn: string,
): boolean {
  if (apiVersionOf(inputs) !== "" || kindOf(inputs) !== "") return false;
  const isNew = apiVersionOf(live) === "" && kindOf(live) === "";
  const gvk = gvkOfType(typeOfUrn(urn));
  inputs["apiVersion"] = isNew ? groupVersion(gvk) : apiVersionOf(live);
  inputs["kind"] = isNew ? gvk.kind : kindOf(live);
  if (nameOf(inputs) === "") assign(inputs, ["metadata", "name"], name);
  if (namespaceOf(inputs) === "" && namespace !== "") {
    assign(inputs, ["metadata", "namespace"], namespace);
  }
  return isNew;
}

/** An import takes all that a program could have said from the cluster; of other kinds the name. */
function addInputs(inputs: KubeObject, live: KubeObject): void {
  if (isBuiltIn(apiVersionOf(live))) {
    Object.assign(inputs, structuredCopy(live));
    delete inputs["status"];
  }
  for (const field of [
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
  ]) {
    remove(inputs, "metadata", field);
  }
  remove(inputs, "metadata", "annotations", "deployment.kubernetes.io/revision");
  remove(inputs, "metadata", "annotations", annotation.lastApplied);
}

function readUnreachable(
  input: ReadInput,
  { log }: Target,
  { connection, settings }: Context,
): ReadResult | undefined {
  const unreachable = "configured Kubernetes cluster is unreachable";
  log.log("warning", `${unreachable}: ${connection.unreachableReason}`);
  if (settings.deleteUnreachable) {
    log.log(
      "info",
      `${unreachable} and the \`deleteUnreachable\` option is enabled. ` +
        "Deleting the unreachable resource from Pulumi state",
    );
    return undefined;
  }
  if (settings.skipUpdateUnreachable) {
    log.log(
      "info",
      `${unreachable} and the \`skipUnreachable\` option is enabled. ` +
        "Returned data could not reflect the actual cluster configuration.",
    );
    return { id: input.id, state: input.oldState, inputs: input.oldInputs };
  }
  throw new Error(
    "failed to read resource state due to unreachable cluster. If the cluster was deleted, " +
      unreachableAdvice,
  );
}
