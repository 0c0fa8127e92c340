import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong in what the user asked for. */
export interface Fault {
  /** Where, as the user wrote it, without the name of the project: `cluster.clusterDomain`. */
  key: string;
  /** The value that is wrong; undefined when it is missing. */
  value?: unknown;
  /** The rule that it breaks: one clause. */
  rule: string;
  /** What to do instead: one sentence; undefined when the rule says it. */
  wayOut?: string;
}

/** One line: key, value, rule, way out. */
export function describeFault({ key, value, rule, wayOut }: Fault): string {
  const place = key.includes(":") ? key : `ack-cluster-dns:${key}`;
  const found = value === undefined ? "" : ` value ${JSON.stringify(value)}:`;
  return `${place}:${found} ${sentence(rule)}${wayOut === undefined ? "" : ` ${sentence(wayOut)}`}`;
}

/** The whole message for one fault or more. */
export function describeFaults(faults: readonly Fault[]): string {
  const lines = faults.map(describeFault);
  if (lines.length === 1) return lines.join();
  return [`${lines.length} faults:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}

/**
 * Refuses `faults`, if any, on behalf of `resource`.
 * @throws pulumi.ResourceError with all of them, shown without a stack trace.
 */
export function refuse(resource: pulumi.Resource, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new pulumi.ResourceError(describeFaults(faults), resource, true);
}

/** A function that adds a fault of a field of `key` to `faults` where a rule does not hold. */
export function checker(key: string, faults: Fault[]) {
  return (holds: boolean, field: string, value: unknown, rule: string, wayOut: string): void => {
    if (!holds) faults.push({ key: `${key}.${field}`, value, rule, wayOut });
  };
}

/** A fault for each value that occurred before in the list. */
export function duplicateFaults(
  values: readonly string[],
  keyOf: (index: number) => string,
): Fault[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (first === index) return [];
    return [
      { key: keyOf(index), value, rule: `${keyOf(first)} has it already`, wayOut: "Use it once" },
    ];
  });
}
