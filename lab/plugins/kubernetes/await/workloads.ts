import { count, list, nameOf, pluck, text, uidOf, isOwnedBy, type KubeObject } from "../objects";
import { PartialError } from "./errors";
import { podState } from "./podMessages";
import { currentOf, listIn, podsOf } from "./related";
import { computeStatus } from "./status";
import type { Readiness, WaitContext } from "./waiter";

const generationOf = (object: KubeObject): number => count(object, "metadata", "generation") ?? 0;

/** A DaemonSet is ready when every node that wants a pod has an up-to-date, available one. */
export class DaemonSetReadiness implements Readiness {
  private daemonSet: KubeObject;
  private warnings: string[] = [];

  constructor(private readonly context: WaitContext) {
    this.daemonSet = context.outputs;
  }

  async isReady(): Promise<boolean> {
    const { log, outputs } = this.context;
    const current = await currentOf(this.context);
    if (!current || generationOf(current) < generationOf(outputs)) return false;
    this.daemonSet = current;
    const status = computeStatus(current);
    const isDone = status.state === "current";
    log.status("info", status.message);
    if (isDone) return true;
    const pods = await podsOf(this.context, current);
    this.warnings = pods.flatMap((pod) => podState(pod).warnings);
    for (const message of this.warnings) log.status("warning", message);
    return false;
  }

  object(): KubeObject {
    return this.daemonSet;
  }

  // The official plugin tells pods' warnings while it waits, and none of them in the error.
  problems(): string[] {
    return [];
  }

  timeout(): PartialError {
    return new PartialError("timed out waiting for the condition", this.daemonSet);
  }
}

/** A StatefulSet is ready when all its replicas are, in the newest revision. */
export class StatefulSetReadiness implements Readiness {
  private set: KubeObject;
  private pods: KubeObject[] = [];
  private revisionReady = false;
  private replicasReady = false;
  private ready = 0;
  private wanted = 0;

  constructor(private readonly context: WaitContext) {
    this.set = context.outputs;
  }

  async isReady(): Promise<boolean> {
    const { log, outputs } = this.context;
    const set = await currentOf(this.context);
    this.revisionReady = this.replicasReady = false;
    if (set && generationOf(set) >= generationOf(outputs)) this.look(set);
    if (this.replicasReady && this.revisionReady) {
      log.status("info", "StatefulSet initialization complete");
      return true;
    }
    const share = `(${this.ready}/${this.wanted} Pods ready)`;
    if (generationOf(this.set) <= 1) {
      log.status("info", `[1/2] Waiting for StatefulSet to create Pods ${share}`);
    } else if (!this.replicasReady) {
      log.status("info", `[1/3] Waiting for StatefulSet update to roll out ${share}`);
    } else {
      log.status("info", "[2/3] Waiting for StatefulSet to update .status.currentRevision");
    }
    this.pods = await podsOf(this.context, this.set);
    return false;
  }

  object(): KubeObject {
    return this.set;
  }

  problems(): string[] {
    const problems: string[] = [];
    if (!this.replicasReady) {
      problems.push(`${this.ready} out of ${this.wanted} replicas succeeded readiness checks`);
    }
    if (!this.revisionReady) {
      problems.push(
        "StatefulSet controller failed to advance from revision " +
          `"${text(this.set, "status", "currentRevision")}" to revision ` +
          `"${text(this.set, "status", "updateRevision")}"`,
      );
    }
    return [...problems, ...this.pods.flatMap((pod) => podState(pod).warnings)];
  }

  private look(set: KubeObject): void {
    this.set = set;
    const generation = generationOf(set);
    const observed = count(set, "status", "observedGeneration");
    // A status from before the change says nothing of it.
    if (generation === 0 || observed === undefined || observed < generation) return;
    const replicas = (field: string): number => count(set, "status", field) ?? 0;
    const revision = text(set, "status", "currentRevision");
    const ready = replicas("readyReplicas");
    this.wanted = count(set, "spec", "replicas") ?? 0;
    const allReady = this.wanted === replicas("replicas") && this.wanted === ready;
    if (generation > 1 && text(set, "spec", "updateStrategy", "type") === "OnDelete") {
      this.revisionReady = true;
      this.replicasReady = allReady;
    } else {
      this.revisionReady = revision !== "" && revision === text(set, "status", "updateRevision");
      this.replicasReady = allReady && this.wanted === replicas("currentReplicas");
    }
    this.ready = this.revisionReady ? ready : Math.min(ready, replicas("updatedReplicas"));
  }
}

const revisionOf = (object: KubeObject | undefined): string =>
  text(object, "metadata", "annotations", "deployment.kubernetes.io/revision");

/** A Deployment is ready when it is available and its newest ReplicaSet has all its pods. */
export class DeploymentReadiness implements Readiness {
  private deployment: KubeObject;
  private replicaSet: KubeObject | undefined;
  private pods: KubeObject[] = [];
  private unboundClaims: string[] = [];
  private readonly failures = new Map<string, string>();
  private available = false;
  private rolledOut = false;
  private replicaSetReady = false;

  /** @param mustBeObserved false looks at the object as it is, as a refresh does. */
  constructor(
    private readonly context: WaitContext,
    private readonly mustBeObserved: boolean,
  ) {
    this.deployment = context.outputs;
  }

  async isReady(): Promise<boolean> {
    const deployment = await currentOf(this.context);
    if (!deployment || generationOf(deployment) < generationOf(this.context.outputs)) return false;
    this.deployment = deployment;
    const observed = count(deployment, "status", "observedGeneration");
    if (this.mustBeObserved && observed !== generationOf(deployment)) return false;

    this.readConditions(deployment);
    await this.readReplicaSet(deployment);
    await this.readClaims(deployment);
    const isDone =
      this.available &&
      this.replicaSetReady &&
      (this.rolledOut || revisionOf(deployment) === "1") &&
      this.unboundClaims.length === 0;
    if (isDone) this.context.log.status("info", "Deployment initialization complete");
    else await this.showPods();
    return isDone;
  }

  object(): KubeObject {
    return this.deployment;
  }

  problems(): string[] {
    const problems = [...this.failures.values()];
    if (this.unboundClaims.length > 0) {
      problems.push(`Failed to bind PersistentVolumeClaim(s): "${this.unboundClaims.join(",")}"`);
    }
    const isFirst = revisionOf(this.deployment) === "1";
    if (!this.available) problems.push("Minimum number of live Pods was not attained");
    else if (isFirst ? !this.replicaSetReady : !this.rolledOut) {
      problems.push("Minimum number of Pods to consider the application live was not attained");
    } else if (!this.replicaSetReady) {
      problems.push(
        "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live",
      );
    }
    return [...problems, ...this.pods.flatMap((pod) => podState(pod).warnings)];
  }

  private readConditions(deployment: KubeObject): void {
    this.failures.clear();
    if (revisionOf(deployment) === "") return;
    for (const condition of list(deployment, "status", "conditions")) {
      const type = text(condition, "type");
      if (type !== "Progressing" && type !== "Available") continue;
      const isTrue = text(condition, "status") === "True";
      const reason = text(condition, "reason");
      if (type === "Available") this.available = isTrue;
      else this.rolledOut = isTrue && reason === "NewReplicaSetAvailable";
      const message = text(condition, "message");
      if (isTrue || reason === "" || message === "") continue;
      this.failures.set(reason, `[${reason}] ${message}`);
      this.context.log.status("warning", `[${reason}] ${message}`);
    }
  }

  private async readReplicaSet(deployment: KubeObject): Promise<void> {
    const { log, before, outputs } = this.context;
    const revision = revisionOf(deployment);
    const replicaSets = await listIn(this.context, "apps", "ReplicaSet");
    this.replicaSet = replicaSets.find(
      (item) => isOwnedBy(item, outputs) && revisionOf(item) === revision,
    );
    if (revision === "" || !this.replicaSet) return;

    // The live count, not the program's: a person may have scaled in between.
    const wanted = count(this.replicaSet, "spec", "replicas") ?? 1;
    const ready = count(this.replicaSet, "status", "readyReplicas");
    const enough = ready === undefined ? wanted === 0 : ready >= wanted;
    const rollsOut = !before || revision !== revisionOf(before);
    this.replicaSetReady = enough && (!rollsOut || revision !== revisionOf(before));
    if (!this.replicaSetReady) {
      log.status(
        "info",
        `Waiting for app ReplicaSet to be available (${ready ?? 0}/${wanted} Pods available)`,
      );
    } else if (wanted === 0) {
      log.status("warning", `Replicas scaled to 0 for Deployment "${nameOf(deployment)}"`);
    }
  }

  private async readClaims(deployment: KubeObject): Promise<void> {
    const names = list(deployment, "spec", "template", "spec", "volumes")
      .map((volume) => text(volume, "persistentVolumeClaim", "claimName"))
      .filter((name) => name !== "");
    this.unboundClaims = [];
    if (names.length === 0) return;
    for (const claim of await listIn(this.context, "", "PersistentVolumeClaim")) {
      const phase = text(claim, "status", "phase");
      if (!names.includes(nameOf(claim)) || phase === "Bound") continue;
      this.unboundClaims.push(nameOf(claim));
      this.context.log.status(
        "warning",
        `PersistentVolumeClaim: [${nameOf(claim)}] is not ready. status.phase currently at: ${phase}`,
      );
    }
  }

  private async showPods(): Promise<void> {
    if (!this.replicaSet || uidOf(this.replicaSet) === "") return;
    this.pods = await podsOf(this.context, this.replicaSet);
    for (const message of this.pods.flatMap((pod) => podState(pod).warnings)) {
      this.context.log.status("warning", message);
    }
  }
}

/** A ReplicationController is ready when as many pods are available as it wants. */
export class ReplicationControllerReadiness implements Readiness {
  readonly limitSeconds = 600;
  private controller: KubeObject;

  constructor(private readonly context: WaitContext) {
    this.controller = context.outputs;
  }

  async isReady(): Promise<boolean> {
    this.controller = (await currentOf(this.context)) ?? this.controller;
    const wanted = pluck(this.controller, "spec", "replicas");
    return wanted !== undefined && wanted === pluck(this.controller, "status", "availableReplicas");
  }

  object(): KubeObject {
    return this.controller;
  }

  problems(): string[] {
    return [];
  }
}
