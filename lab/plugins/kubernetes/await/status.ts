import { count, kindOf, list, text, type KubeObject } from "../objects";

export interface Status {
  state: "inProgress" | "current" | "failed" | "terminating";
  message: string;
}

const inProgress = (message: string): Status => ({ state: "inProgress", message });

/** What any object says of itself by the conventions that most controllers keep. */
export function computeStatus(object: KubeObject): Status {
  const kind = kindOf(object);
  if (text(object, "metadata", "deletionTimestamp") !== "") {
    return { state: "terminating", message: "Resource scheduled for deletion" };
  }
  const generation = count(object, "metadata", "generation");
  const observed = count(object, "status", "observedGeneration");
  if (generation !== undefined && observed !== undefined && observed !== generation) {
    return inProgress(
      `${kind} generation is ${generation}, but latest observed generation is ${observed}`,
    );
  }
  for (const condition of list(object, "status", "conditions")) {
    if (text(condition, "status") !== "True") continue;
    const message = text(condition, "message");
    if (text(condition, "type") === "Reconciling") return inProgress(message);
    if (text(condition, "type") === "Stalled") return { state: "failed", message };
  }
  if (kind === "DaemonSet") return daemonSetStatus(object, generation, observed);

  const ready = list(object, "status", "conditions").find((item) => text(item, "type") === "Ready");
  if (!ready) return { state: "current", message: "Resource is current" };
  return text(ready, "status") === "True"
    ? { state: "current", message: "Resource is Ready" }
    : inProgress(text(ready, "message"));
}

function daemonSetStatus(
  object: KubeObject,
  generation: number | undefined,
  observed: number | undefined,
): Status {
  if (generation === undefined) return inProgress("DaemonSet metadata.generation not found");
  if (observed === undefined) return inProgress("DaemonSet status.observedGeneration not found");
  const wanted = count(object, "status", "desiredNumberScheduled");
  if (wanted === undefined) return inProgress("Missing .status.desiredNumberScheduled");
  const counts = {
    Current: "currentNumberScheduled",
    Updated: "updatedNumberScheduled",
    Available: "numberAvailable",
    Ready: "numberReady",
  };
  for (const [label, field] of Object.entries(counts)) {
    const reached = count(object, "status", field) ?? 0;
    if (wanted > reached) return inProgress(`${label}: ${reached}/${wanted}`);
  }
  return {
    state: "current",
    message: `All replicas scheduled as expected. Replicas: ${wanted}`,
  };
}
