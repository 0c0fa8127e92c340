import { setTimeout as sleep } from "node:timers/promises";

import type { Cluster } from "../api/cluster";
import type { Log } from "../host";
import { annotation, annotationOf, namespaceOf, text, uidOf, type KubeObject } from "../objects";
import { cancelled, PartialError } from "./errors";

const intervalMs = 500;
const eventIntervalMs = 2000;
const defaultTimeoutSeconds = 600;

export interface WaitContext {
  cluster: Cluster;
  log: Log;
  signal: AbortSignal;
  /** What the program wants. */
  inputs: KubeObject;
  /** What the create or update answered. */
  outputs: KubeObject;
  /** The object before an update. */
  before?: KubeObject;
  serverVersion: { major: number; minor: number };
}

/** Follows one object until it is what its kind calls ready. */
export interface Readiness {
  /** Looks at the cluster once. Throws a PartialError when it can never be ready any more. */
  isReady(): Promise<boolean>;
  /** The object as it was seen last. */
  object(): KubeObject;
  /** What is missing, for people. */
  problems(): string[];
  /** Whether a wait that ends early may count as a success all the same. */
  isGoodEnough?(): boolean;
  /** The error for a wait that took too long, when it is not the usual one. */
  timeout?(): PartialError;
  /** For as long as this many seconds, when that is shorter than what the resource allows. */
  limitSeconds?: number;
}

/** The resource's own timeout, else its annotation's, else ten minutes. */
export function timeoutSecondsOf(requested: number, inputs: KubeObject): number {
  if (requested !== 0) return requested;
  const annotated = annotationOf(inputs, annotation.timeoutSeconds);
  return /^[+-]?\d+$/.test(annotated) ? Number(annotated) : defaultTimeoutSeconds;
}

export async function waitUntilReady(
  readiness: Readiness,
  context: Pick<WaitContext, "signal"> & Partial<Pick<WaitContext, "cluster" | "log">>,
  timeoutSeconds: number,
  onTimeout: () => Error,
): Promise<KubeObject> {
  const seconds = Math.min(timeoutSeconds, readiness.limitSeconds ?? Infinity);
  const deadline = Date.now() + seconds * 1000;
  const events = new EventLog(context);
  const isReady = async (): Promise<boolean> => {
    try {
      return await readiness.isReady();
    } catch (error) {
      if (error instanceof PartialError || context.signal.aborted) throw error;
      // The API server may be away for a moment; the deadline decides.
      context.log?.status("warning", error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  while (!(await isReady())) {
    await events.report(readiness.object());
    const left = deadline - Date.now();
    if (left <= 0) {
      if (readiness.isGoodEnough?.()) break;
      throw onTimeout();
    }
    try {
      await sleep(Math.min(intervalMs, left), undefined, { signal: context.signal });
    } catch {
      if (readiness.isGoodEnough?.()) break;
      throw cancelled(readiness.object(), readiness.problems());
    }
  }
  return readiness.object();
}

/** Shows the warnings that the cluster records about an object. */
class EventLog {
  private next = 0;

  constructor(private readonly context: Partial<Pick<WaitContext, "cluster" | "log">>) {}

  async report(object: KubeObject): Promise<void> {
    const { cluster, log } = this.context;
    if (!cluster || !log || Date.now() < this.next) return;
    this.next = Date.now() + eventIntervalMs;
    const gvk = { group: "", version: "v1", kind: "Event" };
    try {
      const selector = `involvedObject.uid=${uidOf(object)}`;
      for (const event of await cluster.list(gvk, namespaceOf(object), selector)) {
        if (text(event, "type") !== "Warning") continue;
        log.status("warning", `${text(event, "reason")}: ${text(event, "message")}`);
      }
    } catch {
      // Events are a comfort: whoever may not read them still gets the object.
    }
  }
}
