import { equal, isMap, Unknown, type Properties, type Value } from "../../rpc/values";

/** The JSON merge patch (RFC 7386) that turns `from` into `to`. Unknown values stay in it as such. */
export function mergePatch(from: Properties, to: Properties): Properties {
  const patch: Properties = {};
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    if (old === undefined) patch[key] = value;
    else if (isMap(old) && isMap(value)) {
      const inner = mergePatch(old, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (differs(old, value)) patch[key] = value;
  }
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  return patch;
}

function differs(old: Value, value: Value): boolean {
  return value instanceof Unknown || !equal(old, value);
}
