import { isList, isMap, type Value } from "../../rpc/values";

type Step =
  | { kind: "name"; name: string }
  | { kind: "index"; index: number }
  | { kind: "all" }
  | { kind: "filter"; path: string[]; operator: "==" | "!=" | "exists"; expected: Value };

const steps = new RegExp(
  [
    String.raw`\.(?<dot>[A-Za-z_][\w-]*)`,
    String.raw`\.(?<star>\*)`,
    String.raw`\[\s*(?<quote>['"])(?<name>.*?)\k<quote>\s*\]`,
    String.raw`\[\s*(?<index>-?\d+)\s*\]`,
    String.raw`\[\s*(?<every>\*)\s*\]`,
    String.raw`\[\s*\?\s*\(?\s*@(?<path>(?:\.[A-Za-z_][\w-]*)+)\s*` +
      String.raw`(?:(?<operator>==|!=)\s*(?<literal>'[^']*'|"[^"]*"|-?[\d.]+|true|false|null)\s*)?\)?\s*\]`,
  ].join("|"),
  "y",
);

/** The common part of JSONPath: names, indexes, `*`, and filters that compare one field. */
export class JsonPath {
  private readonly steps: Step[] = [];

  constructor(text: string) {
    const source = text.startsWith("$") ? text.slice(1) : text;
    const pattern = new RegExp(steps);
    while (pattern.lastIndex < source.length) {
      const groups = pattern.exec(source)?.groups;
      if (!groups) throw new Error(`parsing "${text}": unexpected input`);
      this.steps.push(toStep(groups));
    }
  }

  select(root: Value): Value[] {
    return this.steps.reduce<Value[]>(
      (values, step) => values.flatMap((value) => advance(value, step)),
      [root],
    );
  }
}

function toStep(groups: Record<string, string | undefined>): Step {
  const name = groups["dot"] ?? groups["name"];
  if (name !== undefined) return { kind: "name", name };
  if (groups["index"] !== undefined) return { kind: "index", index: Number(groups["index"]) };
  if (groups["path"] === undefined) return { kind: "all" };
  const path = groups["path"].slice(1).split(".");
  const literal = groups["literal"];
  if (literal === undefined) return { kind: "filter", path, operator: "exists", expected: null };
  const operator = groups["operator"] === "!=" ? "!=" : "==";
  const expected = /^['"]/.test(literal) ? literal.slice(1, -1) : (JSON.parse(literal) as Value);
  return { kind: "filter", path, operator, expected };
}

function advance(value: Value, step: Step): Value[] {
  const found = (item: Value | undefined): Value[] => (item === undefined ? [] : [item]);
  const children = isList(value) ? value : isMap(value) ? Object.values(value) : [];
  switch (step.kind) {
    case "name":
      return isMap(value) ? found(value[step.name]) : [];
    case "index":
      return isList(value) ? found(value.at(step.index)) : [];
    case "all":
      return children;
    case "filter":
      return children.filter((child) => {
        const actual = step.path.reduce<Value | undefined>(
          (current, key) => (isMap(current) ? current[key] : undefined),
          child,
        );
        if (step.operator === "exists") return actual !== undefined;
        return (actual === step.expected) === (step.operator === "==");
      });
  }
}
