import { parse as parsePublicSuffix } from "tldts";

import { clusterDomainFaults } from "./clusterDomain";
import { type DomainName, nameEquals, tryParseName } from "./name";
import {
  type Known,
  type Organisation,
  OrganisationIndex,
  type Origin,
  ORIGINS,
} from "./organisation";
import { specialUseOf } from "./specialUse";

/** What makes a cluster domain unfit. The texts are stable: config and policy may name them. */
export type CollisionCode =
  | "grammar"
  | "too-long"
  | "equals-zone"
  | "equals-name"
  | "hides-zone"
  | "hides-name"
  | "inside-zone"
  | "inside-name"
  | "public-suffix"
  | "public-domain"
  | "unlisted-domain"
  | "special-use"
  | "clusterset"
  | "mdns"
  | "whole-domain"
  | "malformed-name";

/** One reason why a cluster domain is unfit, or doubtful. */
export interface Collision {
  /** Stable; see {@link CollisionCode}. */
  code: CollisionCode;
  /** An error must stop the deployment, a warning must be shown. */
  severity: "error" | "warning";
  /** The cluster domain as given. */
  clusterDomain: string;
  /** The zone, name or public domain that pods could no longer reach; the domain itself for a fault of form. */
  hides: string;
  /** Where that was seen: `public` is the public suffix list, `rule` a rule of DNS, Kubernetes or ACK. */
  origin: Origin | "public" | "rule";
  /** For people: the domain, what it hides, where that was seen, what would do. */
  message: string;
  /** Domains that are free of collisions against the same organisation, best first. */
  suggestions: string[];
}

/**
 * Every reason why `clusterDomain` is unfit for this organisation, errors first; none when it is
 * fit. A cluster domain hides names because the `kubernetes` plugin of CoreDNS answers every name in
 * its zones itself, with NXDOMAIN where there is no such Service, and never asks upstream.
 * Never throws: what is not a domain name is a fault of its own.
 * @param clusterDomain as the cluster would carry it, without trailing dot, such as `cluster.local`
 * @param organisation plain data, or an {@link OrganisationIndex} where many domains are checked
 */
export function findCollisions(
  clusterDomain: string,
  organisation: Organisation | OrganisationIndex,
): Collision[] {
  const index =
    organisation instanceof OrganisationIndex ? organisation : new OrganisationIndex(organisation);
  const faults = faultsOf(clusterDomain, index);
  if (faults.length === 0) return [];
  const suggestions = suggest(clusterDomain, index);
  const way =
    suggestions.length > 0
      ? `Take ${list(suggestions, "or")} instead.`
      : "Set a subtree aside for cluster domains, and take that.";
  return faults.map(({ message, ...fault }) => ({
    ...fault,
    clusterDomain,
    message: `${JSON.stringify(clusterDomain)} as cluster domain ${message}. ${way}`,
    suggestions,
  }));
}

/**
 * Whether a namespace of this name lets its Services answer for public names: the search list of a
 * pod turns `example.com` into `example.com.svc.<cluster domain>`, which is the Service `example`
 * in the namespace `com`. So it is for every public suffix of one label (publicsuffix.org).
 */
export function isHijackingNamespace(namespace: string): boolean {
  const name = tryParseName(namespace);
  if (name?.labels.length !== 1) return false;
  // The list's private part has no suffix of one label.
  return parsePublicSuffix(name.text).isIcann === true;
}

interface Fault {
  code: CollisionCode;
  severity: "error" | "warning";
  hides: string;
  origin: Origin | "public" | "rule";
  /** Follows `"D" as cluster domain `. */
  message: string;
}

function faultsOf(clusterDomain: string, index: OrganisationIndex): Fault[] {
  const faults: Fault[] = clusterDomainFaults(clusterDomain).map(({ code, reason }) => ({
    code,
    severity: "error",
    hides: clusterDomain,
    origin: "rule",
    message: reason,
  }));
  for (const text of index.malformed) {
    faults.push({
      code: "malformed-name",
      severity: "error",
      hides: text,
      origin: "rule",
      message: `can't be compared with ${JSON.stringify(text)}, which is not a domain name: correct it`,
    });
  }
  const domain = tryParseName(clusterDomain);
  if (domain === undefined || domain.labels.length === 0) return faults;
  // Only the last have warnings among them, and so errors come first.
  return [...faults, ...organisationFaults(domain, index), ...publicFaults(domain, index)];
}

function organisationFaults(domain: DomainName, index: OrganisationIndex): Fault[] {
  const faults = index
    .at(domain)
    .map((known) =>
      hiding(known, known.kind === "zone" ? "equals-zone" : "equals-name", "is and so hides"),
    );
  const { count, first } = index.below(domain);
  first.forEach((known, at) => {
    const more = at === first.length - 1 ? count - first.length : 0;
    const code = known.kind === "zone" ? "hides-zone" : "hides-name";
    faults.push(hiding(known, code, "lies above and so hides", more));
  });
  const above = index.above(domain);
  if (above !== undefined && !index.isReserved(domain)) {
    const code = above.kind === "zone" ? "inside-zone" : "inside-name";
    faults.push(hiding(above, code, "lies in and so hides a part of"));
  }
  return faults;
}

function hiding(known: Known, code: CollisionCode, verb: string, more = 0): Fault {
  const what = { zone: "zone", name: "name", wildcard: "wildcard record" }[known.kind];
  const seen = list(known.origins.map((origin) => ORIGIN_NAMES[origin]));
  const others = more > 0 ? `, and ${more} more below it` : "";
  return {
    code,
    severity: "error",
    hides: known.name.text,
    origin: ORIGINS.find((origin) => known.origins.includes(origin)) as Origin,
    message: `${verb} the ${what} ${known.name.text} (seen in ${seen})${others}`,
  };
}

const ORIGIN_NAMES: Record<Origin, string> = {
  config: "the config",
  alidns: "Alibaba Cloud DNS",
  pvtz: "PrivateZone",
  oss: "the domains of OSS buckets",
};

function publicFaults(domain: DomainName, index: OrganisationIndex): Fault[] {
  const special = specialUseOf(domain);
  if (special !== undefined) return specialFaults(domain, special);
  // What the organisation owns, nobody else can.
  if (index.at(domain).length > 0 || index.above(domain) !== undefined) return [];
  const found = parsePublicSuffix(domain.text, { allowPrivateDomains: true });
  const fault = (code: CollisionCode, hides: string, message: string): Fault[] => [
    { code, severity: "error", hides, origin: "public", message },
  ];
  if (!found.isIcann && !found.isPrivate) {
    const top = domain.labels.at(-1) as string;
    return fault(
      "unlisted-domain",
      top,
      `lies in .${top}, which nobody has today and anybody may get tomorrow (it is in no registry of special-use names)`,
    );
  }
  if (found.domain === null) {
    return fault(
      "public-suffix",
      domain.text,
      `is a public suffix and so hides every name that anybody has in it (publicsuffix.org)`,
    );
  }
  return fault(
    "public-domain",
    found.domain,
    `lies in or is ${found.domain}, which somebody else has or can have, for ${found.publicSuffix} is a public suffix (publicsuffix.org)`,
  );
}

function specialFaults(
  domain: DomainName,
  special: NonNullable<ReturnType<typeof specialUseOf>>,
): Fault[] {
  const { name, use, why, itself } = special;
  const base = { hides: name.text, origin: "rule" } as const;
  if (use === "taken") {
    const code = name.text === "clusterset.local" ? "clusterset" : "special-use";
    const message = `lies in or is ${name.text}, and ${why}`;
    return [{ ...base, code, severity: "error", message }];
  }
  if (use === "mdns") {
    const message = `lies in or is .local: ${why}`;
    return [{ ...base, code: "mdns", severity: itself ? "error" : "warning", message }];
  }
  // Below cluster.local is no standard either, but nothing is lost there.
  if (itself && !nameEquals(domain, CLUSTER_LOCAL)) {
    const message = `takes the whole of ${name.text}, which leaves nothing for others; put a label before it`;
    return [{ ...base, code: "whole-domain", severity: "warning", message }];
  }
  return [];
}

const CLUSTER_LOCAL = tryParseName("cluster.local") as DomainName;
const CANDIDATES = [
  "cluster.local",
  "cluster.internal",
  "k8s.internal",
  "cluster.home.arpa",
  "cluster.test",
];
const MAX_SUGGESTIONS = 3;

function suggest(clusterDomain: string, index: OrganisationIndex): string[] {
  const written = tryParseName(clusterDomain)?.text ?? "";
  const candidates = [written, ...CANDIDATES, ...index.reserved.map((name) => name.text)];
  const fit = candidates.filter(
    (each, at) =>
      each !== clusterDomain &&
      candidates.indexOf(each) === at &&
      faultsOf(each, index).every(({ code }) => code === "malformed-name"),
  );
  return fit.slice(0, MAX_SUGGESTIONS);
}

function list(items: readonly string[], word = "and"): string {
  const last = items.at(-1) as string;
  return items.length === 1 ? last : `${items.slice(0, -1).join(", ")} ${word} ${last}`;
}
