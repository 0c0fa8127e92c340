import { equal, isList, isMap, Unknown, type Properties, type Value } from "../../rpc/values";
import { touches, type Pattern } from "./forceNew";

export interface PropertyChange {
  kind: "add" | "update" | "delete";
  replace: boolean;
  /** The change is one of the program's own words: it is not in them any more. */
  inputDiff: boolean;
}

export type Changes = Map<string, PropertyChange>;
type Path = (string | number)[];

interface Sides {
  /** Before: the live object, cut to what the old inputs speak about. */
  old: Value | undefined;
  /** After: the new inputs. */
  input: Value | undefined;
}

/** Which properties a merge patch adds, updates and deletes, and which of them force a new object. */
export function detailedDiff(
  patch: Properties,
  old: Properties,
  input: Properties,
  forceNew: Pattern[],
): Changes {
  const changes: Changes = new Map();

  const record = (path: Path, patched: Value, change: Omit<PropertyChange, "replace">): void => {
    const replace = forceNew.some((pattern) => touches(path, patched, pattern));
    changes.set(formatPath(path), { ...change, replace });
  };

  const addValue = (path: Path, patched: Value, sides: Sides, inList: boolean): void => {
    const { old, input } = sides;
    // Neither the program nor the state says anything of it.
    if (input === undefined && (patched !== null || old === undefined)) return;
    if (input instanceof Unknown) {
      record(path, patched, { kind: old === undefined ? "add" : "update", inputDiff: false });
    } else if (patched === null) record(path, patched, { kind: "delete", inputDiff: true });
    else if (old === undefined) record(path, patched, { kind: "add", inputDiff: false });
    else if (isMap(patched) && isMap(old)) {
      addMap(path, patched, old, isMap(input) ? input : {}, inList);
    } else if (isList(patched) && isList(old)) {
      addList(path, patched, old, isList(input) ? input : []);
    } else if (!equal(patched, old)) record(path, patched, { kind: "update", inputDiff: false });
  };

  const addMap = (
    path: Path,
    patched: Properties,
    old: Properties,
    input: Properties,
    inList: boolean,
  ): void => {
    for (const [key, value] of Object.entries(patched)) {
      addValue([...path, key], value, { old: old[key], input: input[key] }, inList);
    }
    if (!inList) return;
    // A patch replaces lists whole, so that it does not name what is gone from their elements.
    for (const [key, value] of Object.entries(old)) {
      if (key in patched) continue;
      addValue([...path, key], null, { old: value, input: input[key] }, inList);
    }
  };

  const addList = (path: Path, patched: Value[], old: Value[], input: Value[]): void => {
    for (let index = 0; index < Math.max(patched.length, old.length); index++) {
      const sides = { old: old[index], input: input[index] ?? null };
      addValue([...path, index], patched[index] ?? null, sides, true);
    }
  };

  addMap([], patch, old, input, false);
  return changes;
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (/[."[\]]/.test(step)) return `${text}["${step.replaceAll('"', '\\"')}"]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** A property path as the engine writes it, in steps; `*` stands for any one. */
export function parsePath(text: string): Path {
  const steps: Path = [];
  const pattern = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|\.?([^.[\]]+)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw new Error(`failed to parse ignore path: ${text}`);
    const [, quoted, index, plain] = match;
    if (quoted !== undefined) steps.push(quoted.replaceAll('\\"', '"'));
    else if (index !== undefined) steps.push(index === "*" ? index : Number(index));
    else if (plain !== undefined) steps.push(plain);
  }
  return steps;
}

/** Leaves out every change at or below one of the ignored paths. */
export function ignore(changes: Changes, ignored: string[]): Changes {
  const prefixes = ignored.map(parsePath);
  const covers = (prefix: Path, path: Path): boolean =>
    prefix.length <= path.length &&
    prefix.every((step, index) => step === "*" || step === path[index]);
  return new Map(
    [...changes].filter(([text]) => !prefixes.some((prefix) => covers(prefix, parsePath(text)))),
  );
}
