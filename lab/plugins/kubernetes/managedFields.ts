import { list, text, type KubeObject } from "./objects";
import { equal, isMap, type Properties, type Value } from "../rpc/values";

// Who wrote before the resource's own field manager, and as what. Names match by their beginning.
const predecessors: [manager: string, operation: string][] = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];

function isPredecessor(entry: Value): boolean {
  return (
    text(entry, "subresource") === "" &&
    predecessors.some(
      ([manager, operation]) =>
        text(entry, "manager").startsWith(manager) && text(entry, "operation") === operation,
    )
  );
}

function union(one: Properties, other: Properties): Properties {
  const result: Properties = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const mine = result[key];
    result[key] = isMap(mine) && isMap(value) ? union(mine, value) : value;
  }
  return result;
}

/**
 * The object's managers with all that its predecessors own in the hands of `fieldManager`, so that
 * its apply meets no conflict with them. Undefined when they own nothing.
 */
export function takeOver(object: KubeObject, fieldManager: string): Value[] | undefined {
  const entries = list(object, "metadata", "managedFields");
  const isOwn = (entry: Value): boolean =>
    text(entry, "manager") === fieldManager && text(entry, "operation") === "Apply";
  const own = entries.find(isOwn);
  const taken = entries.filter((entry) => !equal(entry, own) && isPredecessor(entry));
  if (taken.length === 0) return undefined;

  const merged = [...(own === undefined ? [] : [own]), ...taken].reduce<Properties>(
    (result, entry) => {
      if (!isMap(entry)) return result;
      const fields = result["fieldsV1"];
      const more = entry["fieldsV1"];
      if (!isMap(fields)) return { ...entry };
      return { ...result, fieldsV1: isMap(more) ? union(fields, more) : fields };
    },
    {},
  );
  const rest = entries.filter((entry) => entry !== own && !taken.includes(entry));
  return [...rest, { ...merged, manager: fieldManager, operation: "Apply" }];
}

/** The paths that a manager's entry owns, each with its parents, as `a.b` keys. */
export function ownedPaths(entry: Value): Set<string> {
  const owned = new Set<string>();
  const walk = (fields: Value, prefix: string): void => {
    if (!isMap(fields)) return;
    for (const [key, value] of Object.entries(fields)) {
      if (!key.startsWith("f:")) continue;
      const path = prefix === "" ? key.slice(2) : `${prefix}\0${key.slice(2)}`;
      owned.add(path);
      walk(value, path);
    }
  };
  if (isMap(entry)) walk(entry["fieldsV1"] ?? null, "");
  return owned;
}
