import { list, nameOf, namespaceOf, pluck, text, type KubeObject } from "../objects";
import type { Value } from "../../rpc/values";

function condition(pod: KubeObject, type: string): Value | undefined {
  return list(pod, "status", "conditions").find((item) => text(item, "type") === type);
}

export function qualifiedName(object: KubeObject): string {
  const namespace = namespaceOf(object);
  const short = namespace === "" || namespace === "default";
  return short ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

function trimImageMessage(message: string): string {
  return message
    .replace(/^rpc error: code = Unknown desc = Error response from daemon: /, "")
    .replace(/: manifest unknown$/, "");
}

function containerProblems(status: Value): string[] {
  if (pluck(status, "ready") === true) return [];
  const name = text(status, "name");
  const problems: string[] = [];

  const waiting = pluck(status, "state", "waiting");
  const reason = text(waiting, "reason");
  if (waiting && reason !== "ContainerCreating") {
    problems.push(`[${reason}] ${trimImageMessage(text(waiting, "message"))}`);
  }

  const ended = pluck(status, "state", "terminated");
  if (text(ended, "reason") !== "") {
    const message = text(ended, "message");
    problems.push(
      message === ""
        ? `container "${name}" completed with exit code ${Number(pluck(ended, "exitCode") ?? 0)}`
        : `[${text(ended, "reason")}] ${trimImageMessage(message)}`,
    );
  }

  const last = pluck(status, "lastState", "terminated");
  if (last) {
    problems.push(
      `container "${name}" terminated at ${text(last, "finishedAt")} ` +
        `(${text(last, "reason")}: exit code ${Number(pluck(last, "exitCode") ?? 0)})`,
    );
    if (text(last, "message") !== "") problems.push(text(last, "message"));
  }
  return problems;
}

export interface PodState {
  ready: boolean;
  /** The steps on the way, up to the first that is not done. */
  steps: string[];
  /** What keeps the pod from being ready. */
  warnings: string[];
}

export function podState(pod: KubeObject): PodState {
  const name = qualifiedName(pod);
  const steps = [`Waiting for Pod "${name}" to be scheduled`];
  if (text(condition(pod, "PodScheduled"), "status") !== "True") {
    return { ready: false, steps, warnings: [] };
  }

  const blocked = (found: Value | undefined): string[] => {
    if (!found) return [];
    const problems = list(pod, "status", "containerStatuses").flatMap(containerProblems);
    const message = text(found, "message");
    if (problems.length === 0 && message === "") return [];
    const said = text(found, "reason") === "" ? "" : message;
    return [`[Pod ${name}]: ${said}${problems.join("\n")}`];
  };

  steps.push(`Waiting for Pod "${name}" to be initialized`);
  const initialized = condition(pod, "Initialized");
  if (text(initialized, "status") !== "True") {
    return { ready: false, steps, warnings: blocked(initialized) };
  }

  steps.push(`Waiting for Pod "${name}" to be ready`);
  const ready = condition(pod, "Ready");
  const isReady =
    ready !== undefined &&
    (text(ready, "status") === "True" || text(pod, "status", "phase") === "Succeeded");
  return { ready: isReady, steps, warnings: isReady ? [] : blocked(ready) };
}
