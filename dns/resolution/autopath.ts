import type { Entry } from "../corefile/syntax";
import { isWithin, isWithinAny, longestZone } from "./fqdn";
import {
  type Build,
  type Handler,
  isUnwritten,
  type Message,
  type Outcome,
  type Query,
} from "./query";
import { type KubernetesConfig, kubernetesConfig } from "./kubernetesConfig";
import type { ResourceRecord } from "./records";
import { zonesOrBlock } from "./zoneArguments";

const NAME = "autopath";
const BROKEN: Outcome = { rcode: "SERVFAIL", plugin: NAME };

/**
 * The `autopath @kubernetes` plugin: for the first name of a pod's search list it walks the whole
 * list on the server, and answers with an alias to the first name that is not NXDOMAIN. The names
 * that it tries go past `rewrite`, which stands before it. It does nothing without `pods verified`.
 */
export function autopath(entries: readonly Entry[], next: Handler, build: Build): Handler {
  const entry = entries[entries.length - 1] as Entry;
  const source = entry.args[entry.args.length - 1];
  const zones = zonesOrBlock(entry.args.slice(0, -1), build);
  if (source?.text !== "@kubernetes") {
    build.omit(entry.name, `autopath ${source?.text ?? ""}`.trim());
    return next;
  }
  const stanza = build.block.find(({ name }) => name.text === "kubernetes");
  const ignore = (): void => undefined;
  const kubernetes = stanza && kubernetesConfig(stanza, { ...build, fault: ignore, omit: ignore });
  if (kubernetes?.pods !== "verified") return next;
  // CoreDNS 1.6 panics where a plugin behind it sends no reply at all.
  const stumbles = build.profile.legacy;
  return (query, steps) => {
    const search = isWithinAny(query.name, zones) ? searchOf(query, kubernetes, build) : undefined;
    if (search === undefined) return next(query, steps);
    const [first] = search;
    if (!isWithin(query.name, first)) return next(query, steps);
    if (query.name === first) return BROKEN;
    const base = query.name.slice(0, query.name.length - first.length);
    let firstOutcome: Outcome | undefined;
    for (const suffix of search) {
      const name = `${base}${suffix}`;
      const outcome = next({ ...query, name }, steps);
      if (outcome.failed === true) return { ...outcome, question: query.name, message: undefined };
      firstOutcome ??= outcome;
      const { message } = outcome;
      if (message === undefined && stumbles && !isUnwritten(outcome.rcode)) return BROKEN;
      if (isUnwritten(outcome.rcode) || message === undefined || isAbsent(message, suffix)) {
        continue;
      }
      steps.push({ plugin: NAME, action: "searched", detail: name });
      return { ...outcome, message: aliased(message, query.name) };
    }
    return firstOutcome as Outcome;
  };
}

/** A name that the search list made and that nobody is known to hold is taken not to exist. */
function isAbsent({ rcode }: Message, suffix: string): boolean {
  return rcode === "NXDOMAIN" || (rcode === "UNKNOWN" && suffix !== "");
}

/** The search list that CoreDNS takes the pod to have: made of the zone asked, not of the pod's own. */
function searchOf(
  query: Query,
  { zones }: KubernetesConfig,
  build: Build,
): readonly [string, ...string[]] | undefined {
  const zone = longestZone(query.name, zones);
  const { ip, namespace } = query.asker;
  const pod = ip === undefined ? { namespace } : build.cluster.pods.get(ip)?.[0];
  if (zone === undefined || pod === undefined) return undefined;
  return [`${pod.namespace}.svc.${zone}`, `svc.${zone}`, zone, ...build.coreDnsSearch, ""];
}

function aliased(message: Message, question: string): Message {
  const foreign = message.answers.find(({ name }) => name !== question);
  if (foreign === undefined) return { ...message, question };
  const alias: ResourceRecord = {
    name: question,
    type: "CNAME",
    ttl: foreign.ttl,
    data: foreign.name,
  };
  return { ...message, question, answers: [alias, ...message.answers] };
}
