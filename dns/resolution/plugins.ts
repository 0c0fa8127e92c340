import type { Entry } from "../corefile/syntax";
import { autopath } from "./autopath";
import { forward } from "./forward";
import { hosts } from "./hosts";
import { kubernetes } from "./kubernetes";
import { type Build, endOfChain, type Handler, type Plugin, written } from "./query";
import { rewrite } from "./rewrite";
import { template } from "./template";

/** The plugins that answer or change questions, in the order that every CoreDNS has compiled in. */
const ANSWERING: readonly (readonly [name: string, plugin: Plugin])[] = [
  ["any", any],
  ["rewrite", rewrite],
  ["autopath", autopath],
  ["template", template],
  ["hosts", hosts],
  ["kubernetes", kubernetes],
  ["forward", forward],
];

/** Change neither question nor answer, only how fast, how often or in which order it comes. */
const TRANSPARENT = new Set(
  (
    "bind bufsize cache cancel chaos debug dnssec dnstap errors health k8s_event kubeapi loadbalance log loop " +
    "metadata minimal multisocket nsid on pprof prometheus ready reload root timeouts tls trace transfer view"
  ).split(" "),
);

/** Set the server up and handle no questions. A block with nothing else answers none. */
const SETUP = new Set(
  "bind debug health k8s_event kubeapi multisocket on pprof ready reload root timeouts tls".split(
    " ",
  ),
);

/** The plugins of a server block as one handler. The order in the Corefile does not count. */
export function chainOf(entries: readonly Entry[], build: Build): Handler {
  if (entries.every(({ name }) => SETUP.has(name.text))) return refusing(build);
  const known = new Set([...TRANSPARENT, ...ANSWERING.map(([name]) => name)]);
  for (const { name } of entries) if (!known.has(name.text)) build.omit(name, name.text);
  return ANSWERING.reduceRight<Handler>((next, [name, plugin]) => {
    const own = entries.filter((entry) => entry.name.text === name);
    return own.length === 0 ? next : plugin(own, next, build);
  }, endOfChain);
}

/** CoreDNS 1.6 stumbles over such a block and answers SERVFAIL, unless it is the last resort. */
function refusing({ profile, zones }: Build): Handler {
  const rcode = profile.legacy && !zones.includes(".") ? "SERVFAIL" : "REFUSED";
  return () => ({ rcode, plugin: "server" });
}

/** RFC 8482: the question for all types gets one small answer. */
function any(_entries: readonly Entry[], next: Handler): Handler {
  return (query, steps) => {
    if (query.type !== "ANY") return next(query, steps);
    const { name } = query;
    const data = '"ANY obsoleted" "See RFC 8482"';
    return written(query, "any", "NOERROR", [{ name, type: "HINFO", ttl: 8482, data }]);
  };
}
