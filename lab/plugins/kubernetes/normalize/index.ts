import type { Cluster } from "../api/cluster";
import { apiVersionOf, gvkOf, isCrd, pluck, remove, type KubeObject } from "../objects";
import { isBuiltIn } from "../kinds";
import { hasUnknown, isList, isMap, type Properties } from "../../rpc/values";
import { fitSchema } from "./schema";

const serverOwned = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/** Inputs in the form in which they can be compared with what the server answers. */
export async function normalize(
  object: KubeObject,
  cluster: Cluster | undefined,
): Promise<KubeObject> {
  let result = structuredCopy(object);
  if (!hasUnknown(object) && isBuiltIn(apiVersionOf(object))) {
    if (isCrd(result)) normalizeCrd(result);
    else if (isSecret(result)) normalizeSecret(result);
    else if (cluster) {
      const gvk = gvkOf(result);
      result = fitSchema(result, gvk, await cluster.schema(gvk));
    }
  }
  for (const field of serverOwned) remove(result, "metadata", field);
  return result;
}

export function structuredCopy(object: KubeObject): KubeObject {
  const copy = (value: KubeObject[string]): KubeObject[string] => {
    if (isList(value)) return value.map(copy);
    return isMap(value) ? structuredCopy(value) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, copy(value)]));
}

function isSecret(object: KubeObject): boolean {
  const { group, kind } = gvkOf(object);
  return group === "" && kind === "Secret";
}

function normalizeCrd(crd: KubeObject): void {
  if (pluck(crd, "spec", "preserveUnknownFields") === false) {
    remove(crd, "spec", "preserveUnknownFields");
  }
  remove(crd, "status");
}

/** The server keeps `stringData` as base64 in `data`, and base64 in one spelling. */
function normalizeSecret(secret: KubeObject): void {
  const texts = secret["stringData"];
  const data: Properties = isMap(secret["data"]) ? secret["data"] : {};
  if (isMap(texts) && Object.values(texts).every((value) => typeof value === "string")) {
    for (const [key, value] of Object.entries(texts)) {
      if (typeof value === "string") data[key] = Buffer.from(value, "utf8").toString("base64");
    }
    if (Object.keys(texts).length > 0) {
      secret["data"] = data;
      delete secret["stringData"];
      return;
    }
  }
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== "string" || !/^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/.test(value)) continue;
    data[key] = Buffer.from(value, "base64").toString("base64");
  }
}
