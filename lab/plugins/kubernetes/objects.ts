import { isList, isMap, Unknown, type Properties, type Value } from "../rpc/values";

/** A Kubernetes object as JSON, without secret marks. */
export type KubeObject = Properties;

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export const annotation = {
  autonamed: "pulumi.com/autonamed",
  skipAwait: "pulumi.com/skipAwait",
  waitFor: "pulumi.com/waitFor",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  replaceUnready: "pulumi.com/replaceUnready",
  patchForce: "pulumi.com/patchForce",
  patchFieldManager: "pulumi.com/patchFieldManager",
  deletionPropagation: "pulumi.com/deletionPropagationPolicy",
  lastApplied: "kubectl.kubernetes.io/last-applied-configuration",
} as const;

export function pluck(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let current = value;
  for (const step of path) {
    if (typeof step === "number") current = isList(current) ? current[step] : undefined;
    else current = isMap(current) ? current[step] : undefined;
  }
  return current;
}

export function text(value: Value | undefined, ...path: string[]): string {
  const found = pluck(value, ...path);
  return typeof found === "string" ? found : "";
}

export function count(value: Value | undefined, ...path: string[]): number | undefined {
  const found = pluck(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function list(value: Value | undefined, ...path: string[]): Value[] {
  const found = pluck(value, ...path);
  return isList(found) ? found : [];
}

export const kindOf = (object: KubeObject): string => text(object, "kind");
export const apiVersionOf = (object: KubeObject): string => text(object, "apiVersion");
export const nameOf = (object: KubeObject): string => text(object, "metadata", "name");
export const namespaceOf = (object: KubeObject): string => text(object, "metadata", "namespace");
export const uidOf = (object: KubeObject): string => text(object, "metadata", "uid");

export function annotationOf(object: KubeObject, key: string): string {
  return text(object, "metadata", "annotations", key);
}

export function isAnnotated(object: KubeObject, key: string): boolean {
  return annotationOf(object, key) === "true";
}

/** Sets a nested field unless something on the way is unknown or no map. */
export function assign(object: KubeObject, path: string[], value: Value): void {
  let current: Properties = object;
  for (const key of path.slice(0, -1)) {
    const next = (current[key] ??= {});
    if (!isMap(next)) return;
    current = next;
  }
  const last = path[path.length - 1];
  if (last !== undefined) current[last] = value;
}

export function remove(object: KubeObject, ...path: string[]): void {
  const parent = pluck(object, ...path.slice(0, -1));
  const last = path[path.length - 1];
  if (isMap(parent) && last !== undefined) delete parent[last];
}

function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  return { group: group === "core" ? "" : group, version: apiVersion.slice(slash + 1) };
}

export function gvkOf(object: KubeObject): GroupVersionKind {
  return { ...parseApiVersion(apiVersionOf(object)), kind: kindOf(object) };
}

export function groupVersion({ group, version }: GroupVersionKind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** What a type token such as `kubernetes:apps/v1:Deployment` names. */
export function gvkOfType(type: string): GroupVersionKind {
  const [pkg, module, kind] = type.split(":");
  if (pkg !== "kubernetes" || module === undefined || kind === undefined) {
    throw new Error(`unrecognized resource type: "${type}" for this provider`);
  }
  if (module.split("/").length !== 2) {
    throw new Error(`apiVersion does not have both a group and a version: "${module}"`);
  }
  return { ...parseApiVersion(module), kind };
}

export function typeOfUrn(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

export function nameOfUrn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A patch resource shares an object with other writers: it owns fields, not the object. */
export function isPatch(urn: string, kind: string): boolean {
  return typeOfUrn(urn).split(":")[2] === `${kind}Patch`;
}

export function idOf(object: KubeObject): string {
  const namespace = namespaceOf(object);
  return namespace === "" ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

export function parseId(id: string): { namespace: string; name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { namespace: "", name: first } : { namespace: first, name: second };
}

export function isCrd(object: KubeObject): boolean {
  return (
    kindOf(object) === "CustomResourceDefinition" &&
    apiVersionOf(object).startsWith("apiextensions.k8s.io/")
  );
}

/** The name is given, or will be once it is known. */
export function isNamed(object: KubeObject): boolean {
  return nameOf(object) !== "" || pluck(object, "metadata", "name") instanceof Unknown;
}

export function isOwnedBy(object: KubeObject, owner: KubeObject | undefined): boolean {
  return (
    owner !== undefined &&
    list(object, "metadata", "ownerReferences").some(
      (reference) => text(reference, "uid") === uidOf(owner),
    )
  );
}
