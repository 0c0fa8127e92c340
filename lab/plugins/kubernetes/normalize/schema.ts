import { list, pluck, text, type GroupVersionKind, type KubeObject } from "../objects";
import { isList, isMap, type Properties, type Value } from "../../rpc/values";
import { emptyTextKept, zeroOmitted } from "./plainFields";
import { canonicalQuantity } from "./quantity";

class MisfitError extends Error {}

const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const intOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

/**
 * An object of a built-in kind as the server would spell what is in it: without fields that the
 * kind does not have, without empty values that the server never writes, quantities in their
 * canonical form. An object that does not fit its schema comes back as it is.
 */
export function fitSchema(object: KubeObject, gvk: GroupVersionKind, document: Value): KubeObject {
  const schemas = pluck(document, "components", "schemas");
  if (!isMap(schemas)) return object;
  const name = Object.keys(schemas).find((key) =>
    list(schemas[key], "x-kubernetes-group-version-kind").some(
      (entry) =>
        text(entry, "kind") === gvk.kind &&
        text(entry, "group") === gvk.group &&
        text(entry, "version") === gvk.version,
    ),
  );
  if (name === undefined) return object;
  try {
    const fitted = fitDefinition(object, name, schemas);
    return isMap(fitted) ? fitted : object;
  } catch (error) {
    if (error instanceof MisfitError) return object;
    throw error;
  }
}

function referenceIn(schema: Value): string | undefined {
  const reference = text(schema, "$ref") || text(pluck(schema, "allOf", 0), "$ref");
  return reference === "" ? undefined : reference.slice(reference.lastIndexOf("/") + 1);
}

function fitDefinition(value: Value, name: string, schemas: Properties): Value {
  if (name === quantity && (typeof value === "string" || typeof value === "number")) {
    const canonical = canonicalQuantity(value);
    if (canonical === undefined) throw new MisfitError();
    return canonical;
  }
  if (name === intOrString) return value;
  return fit(value, schemas[name] ?? null, schemas, name);
}

function fit(value: Value, schema: Value, schemas: Properties, name: string): Value {
  if (value === null) return null;
  const reference = referenceIn(schema);
  if (reference !== undefined) return fitDefinition(value, reference, schemas);

  const type = text(schema, "type");
  const fields = pluck(schema, "properties");
  if (isMap(fields)) {
    if (!isMap(value)) throw new MisfitError();
    return fitFields(value, schema, fields, schemas, name);
  }
  if (type === "array") {
    if (!isList(value)) throw new MisfitError();
    const items = pluck(schema, "items") ?? null;
    return value.map((item) => fit(item, items, schemas, name));
  }
  const values = pluck(schema, "additionalProperties");
  if (isMap(values)) {
    if (!isMap(value)) throw new MisfitError();
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fit(item, values, schemas, name)]),
    );
  }
  const expected = type === "integer" ? "number" : type;
  if (["string", "number", "boolean"].includes(expected) && typeof value !== expected) {
    throw new MisfitError();
  }
  return value;
}

function fitFields(
  value: Properties,
  schema: Value,
  fields: Properties,
  schemas: Properties,
  name: string,
): Properties {
  const required = new Set(list(schema, "required"));
  const fitted: Properties = {};
  for (const [key, item] of Object.entries(value)) {
    const field = fields[key];
    if (field === undefined) continue;
    const kept = fit(item, field, schemas, name);
    if (required.has(key) || !isOmitted(kept, key, field, name)) fitted[key] = kept;
  }
  return fitted;
}

function isOmitted(value: Value, key: string, schema: Value, name: string): boolean {
  if (value === null) return true;
  if (value === "") return !emptyTextKept[name]?.includes(key);
  if (value === 0 || value === false) return zeroOmitted[name]?.includes(key) ?? false;
  if (isList(value)) return value.length === 0;
  return (
    isMap(value) && Object.keys(value).length === 0 && isMap(pluck(schema, "additionalProperties"))
  );
}
