import { isMap, mapValues, Secret, Unknown, type Properties, type Value } from "../rpc/values";
import type { Field, ObjectType } from "./schema";

export interface Failure {
  property: string;
  reason: string;
}

function nameOf(value: Value): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "map[string]interface {}";
}

function expected(field: Field): string {
  const element = field.element === "any" ? "interface {}" : "string";
  if (field.kind === "list") return `[]${element}`;
  if (field.kind === "map") return `map[string]${element}`;
  return field.object?.name ?? field.enumeration ?? field.kind;
}

const without = (value: Value): Value => (value instanceof Secret ? without(value.value) : value);

function checkValue(value: Value, key: string, field: Field, type: ObjectType): Failure[] {
  const given = without(value);
  if (given instanceof Unknown || field.kind === "any" || field.kind === "source") return [];
  const wrong = (place = key, want = expected(field), got: Value = given): Failure[] => [
    {
      property: place,
      reason: `Field '${place}' on '${type.name}' must be a '${want}'; got '${nameOf(got)}' instead`,
    },
  ];
  const undecodable = (cause: string): Failure[] => [
    {
      property: key,
      reason: `An error occurred decoding '${type.name.replace(/^.*\./, "")}.${key}': ${cause}`,
    },
  ];

  if (isMap(given)) {
    if (field.kind === "object" && field.object) {
      const inner = checkObject(given, field.object);
      if (inner.length === 0) return [];
      const lines = inner.map(({ property, reason }) => `\n\t${property}: ${reason}`);
      return undecodable(`${inner.length} failures decoding:${lines.join("")}`);
    }
    if (field.kind !== "map") {
      return undecodable(
        `Cannot decode Object{} to type ${expected(field)}; ` +
          "it isn't a struct, and no custom decoder exists",
      );
    }
    return Object.entries(given).flatMap(([name, item]) =>
      checkElement(item, field, (got) => wrong(`${key}[${name}] value`, "string", got)),
    );
  }
  if (Array.isArray(given)) {
    if (field.kind !== "list") return wrong();
    return given.flatMap((item, index) =>
      checkElement(item, field, (got) => wrong(`${key}[${index}]`, "string", got)),
    );
  }
  const kinds: Record<string, string[]> = {
    string: ["string"],
    boolean: ["bool"],
    number: ["float64", "int"],
  };
  return kinds[typeof given]?.includes(field.kind) ? [] : wrong();
}

function checkElement(item: Value, field: Field, wrong: (got: Value) => Failure[]): Failure[] {
  const given = without(item);
  const fits = field.element === "any" || typeof given === "string" || given instanceof Unknown;
  return fits ? [] : wrong(given);
}

/** Every fault of an object, the known fields in their order, then the unknown ones by name. */
export function checkObject(given: Properties, type: ObjectType): Failure[] {
  const faults = Object.entries(type.fields).flatMap(([key, field]) => {
    const value = given[key];
    if (value !== undefined && value !== null) return checkValue(value, key, field, type);
    const reason = `Missing required field '${key}' on '${type.name}'`;
    return field.required ? [{ property: key, reason }] : [];
  });
  const strangers = Object.keys(given)
    .filter((key) => !(key in type.fields) && given[key] !== null)
    .sort();
  return [
    ...faults,
    ...strangers.map((key) => ({
      property: key,
      reason: `Unrecognized field '${key}' on '${type.name}'`,
    })),
  ];
}

function within(value: Value, change: (value: Value) => Value): Value {
  return value instanceof Secret ? new Secret(within(value.value, change)) : change(value);
}

/** Adds the defaults of an object and of the objects in it. */
export function applyDefaults(given: Properties, type: ObjectType): Properties {
  const filled: Properties = { ...given };
  for (const [key, field] of Object.entries(type.fields)) {
    const value = filled[key];
    const { object } = field;
    if (value === undefined || value === null) {
      if (field.default !== undefined) filled[key] = field.default;
    } else if (object) {
      filled[key] = within(value, (inner) => (isMap(inner) ? applyDefaults(inner, object) : inner));
    }
  }
  return filled;
}

/** Marks as secret what the schema says is secret, in an object that may be malformed. */
export function applySecrets(given: Properties, type: ObjectType): Properties {
  const mark = (value: Value, field: Field | undefined): Value => {
    const object = field?.object;
    const marked = object
      ? within(value, (inner) => (isMap(inner) ? applySecrets(inner, object) : inner))
      : value;
    return field?.secret && !(marked instanceof Secret) ? new Secret(marked) : marked;
  };
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, mark(value, type.fields[key])]),
  );
}

/** A copy without the nulls, which to the engine are absent. */
export function dropNulls(properties: Properties): Properties {
  const drop = (value: Value): Value => {
    if (value instanceof Secret) return new Secret(drop(value.value));
    if (Array.isArray(value)) return value.map(drop);
    return isMap(value) ? dropNulls(value) : value;
  };
  const present = Object.entries(properties).filter(([, value]) => value !== null);
  return mapValues(Object.fromEntries(present), drop);
}
