import { recordName } from "../dns/recordName";
import { isObject, Json, JsonObject } from "../core/json";
import { CloudState } from "../core/state";

/** A path that leads nowhere, or to several places. */
export class PathError extends Error {}

type Labels = (state: CloudState, object: JsonObject) => string[];

const byName: Labels = (_state, object) => [text(object.name)];
const recordLabels = (rr: string, zone: string, type: string) => {
  const name = recordName(rr, zone).text;
  return [`${name}:${type}`, name];
};

/** What an object may be called beside its id. */
const labels: Partial<Record<keyof CloudState, Labels>> = {
  vpcs: byName,
  vswitches: byName,
  securityGroups: byName,
  commands: byName,
  privateZones: byName,
  clusters: byName,
  nodes: (_state, node) => [text(node.nodeName)],
  nodePools: (_state, pool) => [isObject(pool.nodepool_info) ? text(pool.nodepool_info.name) : ""],
  domainRecords: (_state, record) =>
    recordLabels(text(record.rr), text(record.domain), text(record.type)),
  privateRecords: (state, record) =>
    recordLabels(
      text(record.rr),
      state.privateZones[text(record.zoneId)]?.name ?? ".",
      text(record.type),
    ),
};

const text = (value: Json | undefined) => (typeof value === "string" ? value : "");

export interface Place {
  parent: JsonObject | Json[];
  key: string;
}

/** `domainRecords/www.example.com:A/value`: ids or names, joined by slashes. */
export function resolvePath(state: CloudState, path: string): Place {
  const parts = path.split("/").filter((part) => part !== "");
  const last = parts.pop();
  if (last === undefined) throw new PathError("A path is needed, such as domainRecords.");
  const walked: string[] = [];
  let node: Json | undefined = state as unknown as JsonObject;
  for (const part of [...parts]) {
    const key = keyOf(state, node, walked, part);
    node = childOf(node, key);
    walked.push(key);
    if (node === undefined) throw nothingAt(walked, state);
  }
  if (!isObject(node) && !Array.isArray(node)) {
    throw new PathError(`${walked.join("/")} is a single value: nothing lies below it.`);
  }
  return { parent: node, key: keyOf(state, node, walked, last) };
}

function childOf(node: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(node)) return node[Number(key)];
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
}

function keyOf(state: CloudState, node: Json | undefined, walked: string[], part: string): string {
  const collection = walked.length === 1 ? labels[walked[0] as keyof CloudState] : undefined;
  if (!collection || !isObject(node) || Object.hasOwn(node, part)) return part;
  const found = Object.entries(node).flatMap(([id, object]) =>
    isObject(object) && collection(state, object).includes(part) ? [id] : [],
  );
  if (found.length > 1) {
    throw new PathError(`"${part}" is the name of several: ${found.join(", ")}.`);
  }
  return found[0] ?? part;
}

function nothingAt(walked: string[], state: CloudState): PathError {
  const hint = walked.length === 1 ? ` There is: ${Object.keys(state).join(", ")}.` : "";
  return new PathError(`There is nothing at ${walked.join("/")}.${hint}`);
}

export function readPlace({ parent, key }: Place): Json | undefined {
  return childOf(parent, key);
}

/** Where text stands now, text is taken as it is; elsewhere the value is read as JSON if it is JSON. */
export function writePlace(place: Place, value: string): void {
  const { parent, key } = place;
  const next = typeof readPlace(place) === "string" ? value : jsonOrText(value);
  if (Array.isArray(parent)) parent[Number(key)] = next;
  else parent[key] = next;
}

function jsonOrText(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

export function removePlace({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

const secrets = ["kubeconfig", "login_password"];

export function withoutSecrets(object: JsonObject): JsonObject {
  const shown: JsonObject = {};
  for (const [key, member] of Object.entries(object)) {
    if (member === undefined) continue;
    shown[key] = secrets.includes(key) && member ? "(secret)" : shownValue(member);
  }
  return shown;
}

function shownValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(shownValue);
  return isObject(value) ? withoutSecrets(value) : value;
}
