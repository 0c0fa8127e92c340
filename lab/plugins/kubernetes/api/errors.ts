import { list, pluck, text } from "../objects";
import type { Value } from "../../rpc/values";

/** An answer of the API server that says no. */
export class ApiError extends Error {
  readonly reason: string;
  constructor(
    readonly code: number,
    readonly status: Value,
    fallback: string,
  ) {
    super(text(status, "message") || fallback);
    this.reason = text(status, "reason");
  }

  get detailsKind(): string {
    return text(this.status, "details", "kind");
  }

  /** The field that the server misses, when that is why it says no. */
  get requiredField(): string | undefined {
    const cause = list(this.status, "details", "causes").find(
      (item) => text(item, "reason") === "FieldValueRequired",
    );
    const field = pluck(cause, "field");
    return typeof field === "string" ? field : undefined;
  }

  get retryAfterSeconds(): number | undefined {
    const seconds = pluck(this.status, "details", "retryAfterSeconds");
    return typeof seconds === "number" ? seconds : undefined;
  }
}

/** The API server serves no such kind. */
export class NoMatchError extends Error {
  constructor(kind: string, groupVersion: string) {
    super(`no matches for kind "${kind}" in version "${groupVersion}"`);
  }
}

/** The cause chain of an error, the error first. */
function* causes(error: unknown): Generator {
  for (let current = error; current instanceof Error; current = current.cause) yield current;
}

export function apiErrorIn(error: unknown): ApiError | undefined {
  for (const cause of causes(error)) if (cause instanceof ApiError) return cause;
  return undefined;
}

const hasReason = (reason: string, code?: number) => (error: unknown) => {
  const found = apiErrorIn(error);
  return found !== undefined && (found.reason === reason || (!found.reason && found.code === code));
};

export const isNotFound = hasReason("NotFound", 404);
export const isAlreadyExists = hasReason("AlreadyExists");
export const isConflict = hasReason("Conflict", 409);
export const isForbidden = hasReason("Forbidden", 403);
export const isInvalid = hasReason("Invalid", 422);

export function isNoMatch(error: unknown): boolean {
  for (const cause of causes(error)) if (cause instanceof NoMatchError) return true;
  return false;
}

export function isNamespaceNotFound(error: unknown): boolean {
  return isNotFound(error) && apiErrorIn(error)?.detailsKind === "namespaces";
}

export function isDryRunDisabled(error: unknown): boolean {
  const found = apiErrorIn(error);
  return (
    found?.code === 400 &&
    (/^the dryRun (alpha|beta) feature is disabled$/.test(found.message) ||
      found.message.includes("does not support dry run"))
  );
}
