/** Something that a check found in a Corefile or in what was asked of it. */
export interface CorefileFinding {
  /** Stable, such as `unknown-plugin`. */
  readonly code: string;
  /** With an error CoreDNS does not start, or production is not safe; a warning must be shown. */
  readonly severity: "error" | "warning";
  /** What is wrong, why, and what to do. */
  readonly message: string;
  /** Line in the Corefile, from 1; 0 where the fault lies in the request and not in a text. */
  readonly line: number;
  /** Column in UTF-16 units, from 1; 0 as for `line`. */
  readonly column: number;
}

/** A Corefile can't be rendered, or would not do: every fault at once. */
export class CorefileError extends Error {
  override readonly name = "CorefileError";
  constructor(
    /** All faults, errors only. */
    readonly findings: readonly CorefileFinding[],
  ) {
    super(findings.map(formatFinding).join("\n"));
  }
}

/** `line:column: message (code)` for people; without position where there is none. */
export function formatFinding({ code, message, line, column }: CorefileFinding): string {
  return line === 0 ? `${message} (${code})` : `Corefile ${line}:${column}: ${message} (${code})`;
}
