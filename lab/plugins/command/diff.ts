import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";

import {
  equal,
  isArchive,
  isAsset,
  isList,
  isMap,
  type Properties,
  type Value,
} from "../rpc/values";
import type { ObjectType } from "./schema";

type Change = "add" | "delete" | "update";

const kinds: Record<Change, [plain: PropertyDiff.Kind, replace: PropertyDiff.Kind]> = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
};

function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

const isPlainMap = (value: Value | undefined): value is Properties =>
  isMap(value) && !isAsset(value) && !isArchive(value);

/** The paths at which two property maps differ. */
export function changes(before: Properties, after: Properties): Map<string, Change> {
  const found = new Map<string, Change>();
  const compare = (path: string, old: Value | undefined, now: Value | undefined): void => {
    if (old === undefined || now === undefined) {
      if (old !== now) found.set(path, old === undefined ? "add" : "delete");
    } else if (isList(old) && isList(now)) {
      const length = Math.max(old.length, now.length);
      for (let index = 0; index < length; index++) {
        compare(join(path, index), old[index], now[index]);
      }
    } else if (isPlainMap(old) && isPlainMap(now)) {
      for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
        compare(join(path, key), old[key], now[key]);
      }
    } else if (!equal(old, now)) {
      found.set(path, "update");
    }
  };
  compare("", before, after);
  return found;
}

/**
 * What the engine is told of a change of inputs.
 *
 * As with the official provider, an input replaces the resource only when it changes as a whole;
 * for elements of `triggers` the SDK asks the engine for the replacement.
 */
export function diffResponse(
  before: Properties,
  after: Properties,
  type: ObjectType,
  updatable: boolean,
): DiffResponse {
  const response = new DiffResponse();
  const found = changes(before, after);
  const heads = new Set<string>();
  const replaced = new Set<string>();
  for (const [path, change] of found) {
    const head = path.replace(/[.[].*$/s, "");
    const replace = !updatable || type.fields[path]?.replaceOnChanges === true;
    heads.add(head);
    if (replace) replaced.add(head);
    const diff = new PropertyDiff();
    diff.setKind(kinds[change][replace ? 1 : 0]);
    response.getDetaileddiffMap().set(path, diff);
  }
  response.setHasdetaileddiff(true);
  response.setDiffsList([...heads]);
  response.setReplacesList([...replaced]);
  response.setChanges(
    found.size > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE,
  );
  return response;
}
