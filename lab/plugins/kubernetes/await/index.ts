import { setTimeout as sleep } from "node:timers/promises";

import { isNotFound } from "../api/errors";
import {
  annotation,
  annotationOf,
  apiVersionOf,
  isAnnotated,
  kindOf,
  list,
  nameOf,
  uidOf,
  type KubeObject,
} from "../objects";
import { notInitialized, PartialError, timedOut } from "./errors";
import { JobReadiness } from "./job";
import { IngressReadiness, ServiceReadiness } from "./network";
import {
  isClaimReady,
  isQuotaReady,
  isSecretReady,
  isServiceAccountReady,
  isVolumeReady,
  PlainReadiness,
  PodReadiness,
} from "./plain";
import { computeStatus } from "./status";
import { CustomReadiness } from "./waitFor";
import { timeoutSecondsOf, waitUntilReady, type Readiness, type WaitContext } from "./waiter";
import {
  DaemonSetReadiness,
  DeploymentReadiness,
  ReplicationControllerReadiness,
  StatefulSetReadiness,
} from "./workloads";

interface Awaiter {
  /** @param atOnce is true for a refresh, which looks once. */
  make(context: WaitContext, atOnce: boolean): Readiness;
  /** A refresh says when the object is not ready. */
  onRead: boolean;
}

const watched = (make: Awaiter["make"]): Awaiter => ({ make, onRead: true });
const plain = (
  limitSeconds: number,
  test: ConstructorParameters<typeof PlainReadiness>[2],
): Awaiter => ({
  make: (context) => new PlainReadiness(context, limitSeconds, test),
  onRead: false,
});

const deployment = watched((context, atOnce) => new DeploymentReadiness(context, !atOnce));
const statefulSet = watched((context) => new StatefulSetReadiness(context));
const daemonSet = watched((context) => new DaemonSetReadiness(context));
const ingress = watched((context, atOnce) => new IngressReadiness(context, atOnce));

const awaiters: Record<string, Awaiter> = {
  "apps/v1/DaemonSet": daemonSet,
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "batch/v1/Job": watched((context) => new JobReadiness(context)),
  "networking.k8s.io/v1/Ingress": ingress,
  "networking.k8s.io/v1beta1/Ingress": ingress,
  "v1/PersistentVolume": plain(300, isVolumeReady),
  "v1/PersistentVolumeClaim": plain(300, isClaimReady),
  "v1/Pod": watched((context) => new PodReadiness(context)),
  "v1/ReplicationController": {
    make: (context) => new ReplicationControllerReadiness(context),
    onRead: false,
  },
  "v1/ResourceQuota": plain(60, isQuotaReady),
  "v1/Secret": plain(5, isSecretReady),
  "v1/Service": watched((context, atOnce) => new ServiceReadiness(context, atOnce)),
  "v1/ServiceAccount": plain(300, isServiceAccountReady),
};

function awaiterFor(object: KubeObject): Awaiter | undefined {
  return awaiters[`${apiVersionOf(object)}/${kindOf(object)}`];
}

/** Waits until the object is ready, as its kind or its annotations say. */
export async function awaitReady(
  context: WaitContext,
  timeoutSeconds: number,
): Promise<KubeObject> {
  const { inputs, outputs, log } = context;
  if (isAnnotated(inputs, annotation.skipAwait)) {
    log.status("info", "Skipping await logic");
    return outputs;
  }
  const custom = annotationOf(outputs, annotation.waitFor);
  const awaiter = awaiterFor(outputs);
  if (custom === "" && !awaiter) return outputs;
  const readiness =
    custom === "" && awaiter ? awaiter.make(context, false) : new CustomReadiness(context, custom);
  const seconds = timeoutSecondsOf(timeoutSeconds, inputs);
  const live = await waitUntilReady(
    readiness,
    context,
    seconds,
    () => readiness.timeout?.() ?? timedOut(readiness.object(), readiness.problems()),
  );
  log.status("info", "");
  return live;
}

/** Looks once whether an object that is being refreshed is ready; throws when it is not. */
export async function checkReady(context: WaitContext): Promise<void> {
  const awaiter = awaiterFor(context.outputs);
  if (!awaiter?.onRead || isAnnotated(context.inputs, annotation.skipAwait)) return;
  const readiness = awaiter.make(context, true);
  try {
    if (await readiness.isReady()) return;
  } catch (error) {
    if (!(error instanceof PartialError)) throw error;
  }
  throw notInitialized(readiness.object(), readiness.problems());
}

const mayGoUnwatched = new Set([
  "v1/Namespace",
  "v1/Pod",
  "v1/ReplicationController",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "batch/v1/Job",
]);

/** Waits until an object whose deletion was asked for is gone. */
export async function awaitDeleted(
  context: Omit<WaitContext, "serverVersion">,
  timeoutSeconds: number,
): Promise<void> {
  const { inputs, outputs, log, cluster, signal } = context;
  const kind = `${apiVersionOf(inputs)}/${kindOf(inputs)}`;
  if (isAnnotated(inputs, annotation.skipAwait) && mayGoUnwatched.has(kind)) {
    log.status("info", "Skipping await logic");
    return;
  }
  const deadline = Date.now() + timeoutSecondsOf(timeoutSeconds, inputs) * 1000;
  let live = outputs;
  for (;;) {
    try {
      live = await cluster.get(outputs, nameOf(outputs));
      if (uidOf(outputs) !== "" && uidOf(live) !== uidOf(outputs)) break;
      const { message } = computeStatus(live);
      if (message !== "") log.status("info", message);
    } catch (error) {
      if (isNotFound(error)) break;
      const reason = error instanceof Error ? error.message : String(error);
      log.status("warning", `unexpected error while checking cluster state: ${reason}`);
    }
    if (Date.now() >= deadline || signal.aborted) {
      const finalizers = list(live, "metadata", "finalizers")
        .filter((name) => typeof name === "string")
        .join(", ");
      log.log("warning", `finalizers might be preventing deletion (${finalizers})`);
      throw new PartialError("timed out waiting for the condition", live);
    }
    await sleep(250, undefined, { signal }).catch(() => undefined);
  }
  log.status("info", "");
}
