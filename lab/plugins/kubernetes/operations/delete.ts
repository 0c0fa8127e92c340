import { isInvalid, isNoMatch, isNotFound, apiErrorIn } from "../api/errors";
import { awaitDeleted } from "../await";
import { PartialError } from "../await/errors";
import { readCheckpoint, writeCheckpoint } from "../checkpoint";
import { messageOf } from "../connection";
import {
  fieldManagerOf,
  isPatchOf,
  unreachableAdvice,
  type Context,
  type Target,
} from "../context";
import { annotation, annotationOf, idOf, parseId, type KubeObject } from "../objects";
import type { Properties } from "../../rpc/values";
import { InitError } from "./initError";
import { relinquish } from "./write";

export interface DeleteInput {
  id: string;
  oldState: Properties;
  timeoutSeconds: number;
}

/** Deletes an object and waits until it is gone; a patch resource gives its fields up instead. */
export async function remove(input: DeleteInput, target: Target, context: Context): Promise<void> {
  const { settings, connection, signal } = context;
  const { cluster } = connection;
  const { log, urn } = target;
  if (!cluster) return removeUnreachable(target, context);

  const { inputs, live, ...known } = readCheckpoint(input.oldState);
  const fieldManager = fieldManagerOf(inputs, known.fieldManager, context);
  const isPatch = isPatchOf(urn, inputs);
  try {
    if (settings.serverSideApply && isPatch) {
      await relinquish(cluster, live, fieldManager);
      return;
    }
    await cluster.delete(live, parseId(input.id).name, propagationOf(inputs));
    await awaitDeleted({ cluster, log, signal, inputs, outputs: live }, input.timeoutSeconds);
  } catch (error) {
    // Without its definition no object of a kind is left.
    if (isNoMatch(error) || (isNotFound(error) && !isPatch)) return;
    const required = isPatch && isInvalid(error) ? apiErrorIn(error)?.requiredField : undefined;
    if (required !== undefined) {
      throw new Error(
        "this Patch resource is currently managing a required field, so it can't be deleted " +
          "directly. Either set the `retainOnDelete` resource option, or transfer ownership of " +
          `the field before deleting: ${required}`,
      );
    }
    if (!(error instanceof PartialError)) throw new Error(messageOf(error), { cause: error });
    const last = error.object;
    throw new InitError(error.message, {
      id: idOf(last),
      state: writeCheckpoint(
        live,
        last,
        input.oldState,
        known.initialApiVersion ?? "",
        fieldManager,
      ),
      details: error.details,
    });
  }
}

function propagationOf(inputs: KubeObject): string {
  const policy = annotationOf(inputs, annotation.deletionPropagation).toLowerCase();
  return { orphan: "Orphan", background: "Background" }[policy] ?? "Foreground";
}

function removeUnreachable({ log }: Target, { connection, settings }: Context): void {
  const unreachable = "configured Kubernetes cluster is unreachable";
  log.log("warning", `${unreachable}: ${connection.unreachableReason}`);
  if (!settings.deleteUnreachable) {
    throw new Error(`${unreachable}. If the cluster was deleted, ${unreachableAdvice}`);
  }
  log.log(
    "info",
    `${unreachable} and the \`deleteUnreachable\` option is enabled. ` +
      "Deleting the unreachable resource from Pulumi state",
  );
}
