import { ANSWER_PLUGINS } from "./answer";
import { CACHE_PLUGINS } from "./cache";
import { KUBERNETES_PLUGINS } from "./kubernetes";
import { SERVER_PLUGINS } from "./server";
import type { PluginSpec } from "./spec";
import { UPSTREAM_PLUGINS } from "./upstream";

/**
 * Every plugin of CoreDNS 1.6.7 to 1.15.0 and of ACK's build with what may stand in its lines.
 * Source: plugin.cfg and plugin/<name>/setup.go of github.com/coredns/coredns at each release tag.
 */
export const PLUGINS: ReadonlyMap<string, PluginSpec> = new Map(
  Object.entries({
    ...SERVER_PLUGINS,
    ...ANSWER_PLUGINS,
    ...CACHE_PLUGINS,
    ...KUBERNETES_PLUGINS,
    ...UPSTREAM_PLUGINS,
  }),
);
