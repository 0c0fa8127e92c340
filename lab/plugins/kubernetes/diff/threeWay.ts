import { isMap, type Properties } from "../../rpc/values";
import { mergePatch } from "./mergePatch";

/**
 * The merge patch that brings `live` to `wanted`: what the program says now, and a deletion of what
 * it said before and says no more. What others added to `live` stays.
 */
export function threeWayMerge(
  before: Properties,
  wanted: Properties,
  live: Properties,
): Properties {
  return combine(withoutDeletions(mergePatch(live, wanted)), deletions(mergePatch(before, wanted)));
}

function withoutDeletions(patch: Properties): Properties {
  const result: Properties = {};
  for (const [key, value] of Object.entries(patch)) {
    if (isMap(value)) result[key] = withoutDeletions(value);
    else if (value !== null) result[key] = value;
  }
  return result;
}

function deletions(patch: Properties): Properties {
  const result: Properties = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result[key] = null;
    else if (isMap(value)) {
      const inner = deletions(value);
      if (Object.keys(inner).length > 0) result[key] = inner;
    }
  }
  return result;
}

function combine(one: Properties, other: Properties): Properties {
  const result: Properties = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const mine = result[key];
    result[key] = isMap(mine) && isMap(value) ? combine(mine, value) : value;
  }
  return result;
}
