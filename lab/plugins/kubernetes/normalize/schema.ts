import type { GroupVersionKind, KubeObject } from "../objects";
import { list, pluck, text } from "../objects";
import { Schemas, type Place } from "../openapi";
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
  const schemas = new Schemas(document);
  const place = schemas.kind(gvk);
  if (!place) return object;
  try {
    const fitted = fit(object, place, schemas);
    return isMap(fitted) ? fitted : object;
  } catch (error) {
    if (error instanceof MisfitError) return object;
    throw error;
  }
}

function fit(value: Value, place: Place, schemas: Schemas): Value {
  if (value === null) return null;
  const { schema, definition } = schemas.resolve(place);
  if (definition === intOrString) return value;
  if (definition === quantity) return fitQuantity(value);

  const type = text(schema, "type");
  const fields = pluck(schema, "properties");
  if (isMap(fields)) {
    if (!isMap(value)) throw new MisfitError();
    return fitFields(value, fields, { schema, definition }, schemas);
  }
  if (type === "array") {
    if (!isList(value)) throw new MisfitError();
    const items = { schema: pluck(schema, "items") ?? null, definition };
    return value.map((item) => fit(item, items, schemas));
  }
  const values = pluck(schema, "additionalProperties");
  if (isMap(values)) {
    if (!isMap(value)) throw new MisfitError();
    const every = { schema: values, definition };
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fit(item, every, schemas)]),
    );
  }
  const expected = type === "integer" ? "number" : type;
  if (["string", "number", "boolean"].includes(expected) && typeof value !== expected) {
    throw new MisfitError();
  }
  return value;
}

function fitQuantity(value: Value): Value {
  if (typeof value !== "string" && typeof value !== "number") return value;
  const canonical = canonicalQuantity(value);
  if (canonical === undefined) throw new MisfitError();
  return canonical;
}

function fitFields(
  value: Properties,
  fields: Properties,
  { schema, definition }: Place,
  schemas: Schemas,
): Properties {
  const required = new Set(list(schema, "required"));
  const fitted: Properties = {};
  for (const [key, item] of Object.entries(value)) {
    const field = fields[key];
    if (field === undefined) continue;
    const kept = fit(item, { schema: field, definition }, schemas);
    if (required.has(key) || !isOmitted(kept, key, field, definition)) fitted[key] = kept;
  }
  return fitted;
}

function isOmitted(value: Value, key: string, schema: Value, definition: string): boolean {
  if (value === null) return true;
  if (value === "") return !emptyTextKept[definition]?.includes(key);
  if (value === 0 || value === false) return zeroOmitted[definition]?.includes(key) ?? false;
  if (isList(value)) return value.length === 0;
  return (
    isMap(value) && Object.keys(value).length === 0 && isMap(pluck(schema, "additionalProperties"))
  );
}
