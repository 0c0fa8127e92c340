import type { KubeObject } from "../objects";
import { nameOf } from "../objects";

/** The server took the request, but the object did not become what was asked for. */
export class PartialError extends Error {
  constructor(
    message: string,
    readonly object: KubeObject,
    readonly details: string[] = [],
  ) {
    super(message);
  }
}

export function timedOut(object: KubeObject, details: string[]): PartialError {
  return new PartialError(`'${nameOf(object)}' timed out waiting to be Ready`, object, details);
}

export function cancelled(object: KubeObject, details: string[]): PartialError {
  return new PartialError(
    `Resource operation was cancelled for "${nameOf(object)}"`,
    object,
    details,
  );
}

export function notInitialized(object: KubeObject, details: string[]): PartialError {
  return new PartialError(
    `Resource '${nameOf(object)}' was created but failed to initialize`,
    object,
    details,
  );
}
