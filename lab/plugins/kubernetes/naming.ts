import { createHash, randomBytes } from "node:crypto";

import { annotation, assign, isAnnotated, isNamed, nameOf, type KubeObject } from "./objects";

const suffixLength = 8;

/** `prefix` and eight hexadecimal digits; the same ones for the same seed. */
export function uniqueName(prefix: string, seed?: Uint8Array): string {
  const hex =
    seed && seed.length > 0
      ? createHash("sha256").update(seed).update(prefix).digest("hex")
      : randomBytes(suffixLength / 2).toString("hex");
  return prefix + hex.slice(0, suffixLength);
}

export interface Autonaming {
  proposedName: string;
  disabled: boolean;
}

/** Names an object that has no name, and remembers that the name is ours to change. */
export function assignName(
  object: KubeObject,
  resourceName: string,
  seed: Uint8Array,
  autonaming: Autonaming | undefined,
): void {
  if (autonaming?.disabled) {
    throw new Error("autonaming is disabled, resource requires the .metadata.name field to be set");
  }
  const name = autonaming?.proposedName || uniqueName(`${resourceName}-`, seed);
  setName(object, name);
}

/** Keeps the name that an earlier run gave. */
export function adoptName(object: KubeObject, old: KubeObject): void {
  if (!isNamed(object) && isAnnotated(old, annotation.autonamed)) setName(object, nameOf(old));
}

function setName(object: KubeObject, name: string): void {
  assign(object, ["metadata", "name"], name);
  assign(object, ["metadata", "annotations", annotation.autonamed], "true");
}
