import { count, list, text, type KubeObject } from "../objects";
import { notInitialized } from "./errors";
import { podState, qualifiedName } from "./podMessages";
import { currentOf, podsOf } from "./related";
import type { Readiness, WaitContext } from "./waiter";

function conditionOf(
  job: KubeObject,
  type: string,
): { reason: string; message: string } | undefined {
  const found = list(job, "status", "conditions").find(
    (item) => text(item, "type") === type && text(item, "status") === "True",
  );
  return found ? { reason: text(found, "reason"), message: text(found, "message") } : undefined;
}

/** Why a job will never complete, if that is so. */
export function jobFailure(job: KubeObject): string | undefined {
  const failed = conditionOf(job, "Failed");
  const isFinal = failed && /^(BackoffLimitExceeded|DeadlineExceeded)$/.test(failed.reason);
  return isFinal ? `[${failed.reason}] ${failed.message}` : undefined;
}

export function isJobComplete(job: KubeObject): boolean {
  return (
    text(job, "status", "startTime") !== "" &&
    jobFailure(job) === undefined &&
    conditionOf(job, "Complete") !== undefined
  );
}

/** A job is ready when it has run to its end. */
export class JobReadiness implements Readiness {
  private job: KubeObject;
  private readonly said = new Set<string>();

  constructor(private readonly context: WaitContext) {
    this.job = context.outputs;
  }

  async isReady(): Promise<boolean> {
    const job = await currentOf(this.context);
    if (!job) return false;
    this.job = job;
    if (isJobComplete(job)) return true;
    this.showProgress(job);
    await this.collectPodMessages(job);

    const failure = jobFailure(job);
    if (failure !== undefined) {
      this.said.add(failure);
      throw notInitialized(job, this.problems());
    }
    return false;
  }

  object(): KubeObject {
    return this.job;
  }

  problems(): string[] {
    return [...this.said];
  }

  private showProgress(job: KubeObject): void {
    const { log } = this.context;
    const name = qualifiedName(job);
    log.status("info", `Waiting for Job "${name}" to start`);
    if (text(job, "status", "startTime") === "") return;
    const part = (field: string): number => count(job, "status", field) ?? 0;
    log.status(
      "info",
      `Waiting for Job "${name}" to succeed (Active: ${part("active")} | ` +
        `Succeeded: ${part("succeeded")} | Failed: ${part("failed")})`,
    );
  }

  private async collectPodMessages(job: KubeObject): Promise<void> {
    for (const pod of await podsOf(this.context, job)) {
      for (const message of podState(pod).warnings) {
        this.said.add(message);
        // Part of every job's life; it is told only when the job fails.
        if (message.includes("containers with unready status")) continue;
        this.context.log.status("warning", message);
      }
    }
  }
}
