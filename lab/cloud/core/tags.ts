import { Params } from "./params";

export type Tags = Record<string, string>;

/** `Tag.N.Key` and `Tag.N.Value`. */
export function tagsOf(params: Params): Tags {
  const entries = params.records("Tag").map((tag) => [tag.Key ?? "", tag.Value ?? ""] as const);
  return Object.fromEntries(entries.filter(([key]) => key !== ""));
}

// Clients differ in which pair of names they read.
export const tagList = (tags: Tags) =>
  Object.keys(tags)
    .sort()
    .map((key) => ({ Key: key, Value: tags[key], TagKey: key, TagValue: tags[key] }));

export function withoutTags(tags: Tags, removed: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.includes(key)));
}
