import { isList, isMap, Unknown, type Properties, type Value } from "../rpc/values";

type Shape = "map" | "list" | "text" | "number" | "flag" | "none" | "unknown";

function shapeOf(value: Value): Shape {
  if (value === null) return "none";
  if (isList(value)) return "list";
  if (isMap(value)) return "map";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  return value instanceof Unknown ? "unknown" : "flag";
}

/**
 * What of a live object the inputs speak about: their keys, as many list elements as they have.
 * The server's defaults and what others added fall away, so that the rest can be compared.
 */
export function prune(live: Properties, inputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(live).flatMap(([key, value]): [string, Value][] => {
      const input = inputs[key];
      return input === undefined ? [] : [[key, pruneValue(value, input)]];
    }),
  );
}

function pruneValue(value: Value, input: Value): Value {
  if (isMap(value) && isMap(input)) return prune(value, input);
  if (isList(value) && isList(input)) return pruneList(value, input);
  return value;
}

function pruneList(live: Value[], inputs: Value[]): Value[] {
  const [first, firstInput] = [live[0], inputs[0]];
  if (first === undefined || firstInput === undefined) return [];
  // Lists of another kind have nothing in common: all of the live one counts.
  if (shapeOf(first) !== shapeOf(firstInput)) return live;
  return inputs.slice(0, live.length).map((input, index) => pruneValue(live[index] ?? null, input));
}
