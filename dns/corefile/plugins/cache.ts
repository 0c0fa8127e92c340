import { isAtLeast } from "../version";
import { any, type Context, none, type PluginSpec, words } from "./spec";
import { anyCase, duration, integer, oneOf, parseDuration, percentage, word, zone } from "./value";

/** The plugin that keeps answers. */
export const CACHE_PLUGINS: Readonly<Record<string, PluginSpec>> = {
  cache: {
    line: {
      ...any(word),
      judge: ([first, ...zones]) => {
        if (first === undefined) return undefined;
        const isTtl = integer().test(first);
        if (isTtl && Number(first) <= 0) return `has ${first}, and a TTL must be more than 0`;
        const bad = (isTtl ? zones : [first, ...zones]).find((each) => !zone.test(each));
        return bad && `has ${JSON.stringify(bad)}, which must be ${zone.what}`;
      },
    },
    properties: {
      success: { required: [integer()], optional: [integer(1), integer(0)] },
      denial: { required: [integer()], optional: [integer(1), integer(0)] },
      prefetch: { required: [integer(0)], optional: [duration(), percentage] },
      serve_stale: { ...any(word), judge: serveStale },
      serve_stale_policy: { ...words(anyCase("prefer_positive")), since: "1.14.7", once: true },
      servfail: { ...words(duration(0, 300)), since: "1.9.4" },
      disable: { required: [oneOf("success", "denial")], optional: [], rest: zone, since: "1.9.4" },
      keepttl: { ...none, since: "1.10.1" },
    },
    whole: (properties) =>
      properties.has("serve_stale_policy") && !properties.has("serve_stale")
        ? "needs serve_stale beside serve_stale_policy"
        : undefined,
    repeat: "refused",
  },
};

function serveStale(args: readonly string[], { version }: Context): string | undefined {
  const [upTo, mode, ...more] = args;
  const most = isAtLeast(version, "1.14.4") ? 5 : isAtLeast(version, "1.9.2") ? 2 : 1;
  if (args.length > most) return `has ${args.length} words and takes ${most} or less`;
  const bad = [upTo, ...more].find((each) => each !== undefined && !(parseDuration(each) >= 0));
  if (bad !== undefined) return `has ${JSON.stringify(bad)}, which must be a duration such as 1h`;
  if (mode !== undefined && !["immediate", "verify"].includes(mode.toLowerCase())) {
    return `has ${JSON.stringify(mode)}, which must be immediate or verify`;
  }
  const [ttl, recheck] = mode?.toLowerCase() === "verify" ? more.slice(1) : more;
  if (mode?.toLowerCase() !== "verify" && more.length > 2)
    return "takes 4 words or less with immediate";
  const seconds = ttl === undefined ? 0 : parseDuration(ttl);
  if (!Number.isInteger(seconds)) return `has ${JSON.stringify(ttl)}, which must be whole seconds`;
  return recheck !== undefined && parseDuration(recheck) > 300
    ? `has ${JSON.stringify(recheck)}, which must be at most 5m`
    : undefined;
}
