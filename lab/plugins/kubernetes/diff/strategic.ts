import type { GroupVersionKind } from "../objects";
import { pluck, text } from "../objects";
import { Schemas, type Place } from "../openapi";
import { equal, isList, isMap, type Properties, type Value } from "../../rpc/values";

interface Sides<T> {
  /** What the program said before. */
  before: T;
  wanted: T;
  live: T;
}

/**
 * The strategic merge patch that brings `live` to `wanted`: lists whose elements have a key are
 * merged by it, so that elements of others stay. Undefined when the server does not describe the
 * kind.
 */
export function strategicPatch(
  sides: Sides<Properties>,
  gvk: GroupVersionKind,
  document: Value,
): Properties | undefined {
  const schemas = new Schemas(document);
  const place = schemas.kind(gvk);
  return place && new StrategicPatch(schemas).map(sides, place);
}

class StrategicPatch {
  constructor(private readonly schemas: Schemas) {}

  map({ before, wanted, live }: Sides<Properties>, place: Place): Properties {
    const patch: Properties = {};
    const resolved = this.schemas.resolve(place);
    for (const [key, value] of Object.entries(wanted)) {
      const sides = { before: before[key] ?? null, wanted: value, live: live[key] ?? null };
      Object.assign(patch, this.field(key, sides, fieldOf(resolved, key)));
    }
    for (const key of Object.keys(before)) {
      if (!(key in wanted) && key in live) patch[key] = null;
    }
    return patch;
  }

  private field(key: string, { before, wanted, live }: Sides<Value>, place: Place): Properties {
    if (isMap(wanted) && isMap(live)) {
      const inner = this.map({ before: isMap(before) ? before : {}, wanted, live }, place);
      return Object.keys(inner).length > 0 ? { [key]: inner } : {};
    }
    const isMerged = text(place.schema, "x-kubernetes-patch-strategy").split(",").includes("merge");
    if (isMerged && isList(wanted) && isList(live)) {
      const sides = { before: isList(before) ? before : [], wanted, live };
      const mergeKey = text(place.schema, "x-kubernetes-patch-merge-key");
      if (mergeKey === "") return primitives(key, sides);
      const items = { ...place, schema: pluck(place.schema, "items") ?? null };
      const elements = this.elements(sides, mergeKey, items);
      return elements.length > 0 ? { [key]: elements } : {};
    }
    return equal(wanted, live) ? {} : { [key]: wanted };
  }

  private elements(sides: Sides<Value[]>, mergeKey: string, place: Place): Value[] {
    const keyOf = (element: Value): Value => pluck(element, mergeKey) ?? null;
    const sameAs = (element: Value) => (other: Value) => equal(keyOf(element), keyOf(other));
    const elements: Value[] = [];
    for (const wanted of sides.wanted) {
      const live = sides.live.find(sameAs(wanted));
      const before = sides.before.find(sameAs(wanted));
      if (!isMap(wanted) || !isMap(live)) elements.push(wanted);
      else {
        const inner = this.map({ before: isMap(before) ? before : {}, wanted, live }, place);
        if (Object.keys(inner).length > 0) elements.push({ [mergeKey]: keyOf(wanted), ...inner });
      }
    }
    for (const before of sides.before) {
      const isGone = !sides.wanted.some(sameAs(before)) && sides.live.some(sameAs(before));
      if (isGone) elements.push({ $patch: "delete", [mergeKey]: keyOf(before) });
    }
    return elements;
  }
}

function primitives(key: string, { before, wanted, live }: Sides<Value[]>): Properties {
  const added = wanted.filter((value) => !live.includes(value));
  const removed = before.filter((value) => !wanted.includes(value) && live.includes(value));
  return {
    ...(added.length > 0 && { [key]: added }),
    ...(removed.length > 0 && { [`$deleteFromPrimitiveList/${key}`]: removed }),
  };
}

function fieldOf({ schema, definition }: Place, key: string): Place {
  const field = pluck(schema, "properties", key) ?? pluck(schema, "additionalProperties") ?? null;
  return { schema: field, definition };
}
