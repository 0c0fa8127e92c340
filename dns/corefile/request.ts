import { clusterDomainFaults } from "../clusterDomain";
import {
  compareNames,
  type DomainName,
  isBelow,
  isSubdomainOf,
  isWildcard,
  joinNames,
  NameError,
  parentOf,
  parseName,
} from "../name";
import type { CorefileFinding } from "./finding";
import { isAtLeast, parseVersion } from "./version";

/** What a Corefile must do. */
export interface CorefileRequest {
  /** The domain in force: CoreDNS answers it, and PTR answers name it. Without trailing dot. */
  clusterDomain: string;
  /** Earlier cluster domains that CoreDNS still answers while pods carry them. */
  legacyClusterDomains: string[];
  /**
   * Names that workloads must reach. Those below a legacy domain are let past the `kubernetes`
   * plugin; the legacy domain itself needs CoreDNS 1.10 or newer; others need nothing here. Of a
   * wildcard `*.apps.<legacy>` all of `apps.<legacy>` goes upstream; `*.<legacy>` is left out, since
   * it would answer for every search list: name what must be reached.
   */
  organisationNames: string[];
  /** The Corefile to start from; ACK's own for the version by default. */
  base?: string;
  /** Such as `1.15.0` or `v1.9.3.10-7dfca203-aliyun`. */
  coreDnsVersion: string;
  /**
   * Legacy domains with too many names to list: all of it goes upstream but Services and pods.
   * Refused where a wildcard record would then answer for the search lists of running pods.
   */
  zonesForwarded?: string[];
  /** Zones known to hold a wildcard record. */
  wildcardZones?: string[];
}

/** A request that holds together. */
export interface Plan {
  readonly clusterDomain: DomainName;
  /** Legacy domains that the main `kubernetes` line serves. */
  readonly listed: readonly DomainName[];
  /** Legacy domains of which only Services and pods are served, by a block of their own. */
  readonly forwarded: readonly DomainName[];
  /** What `fallthrough` lists beside reverse zones, in a stable order. */
  readonly names: readonly DomainName[];
  /** Listed legacy domains that must be reached themselves. */
  readonly apexes: readonly DomainName[];
}

/** Checks a request and brings it into order. */
export function planOf(request: CorefileRequest): { plan: Plan; faults: CorefileFinding[] } {
  const faults: CorefileFinding[] = [];
  const report = (code: string, message: string): void => {
    faults.push({ code, severity: "error", message, line: 0, column: 0 });
  };
  const parse = (texts: readonly string[]): DomainName[] => {
    const names = new Map<string, DomainName>();
    for (const text of texts) {
      try {
        const name = parseName(text);
        names.set(name.text, name);
      } catch (error) {
        report("bad-name", (error as NameError).message);
      }
    }
    return [...names.values()];
  };

  const [clusterDomain] = parse([request.clusterDomain]);
  const legacy = parse(request.legacyClusterDomains);
  const zonesForwarded = parse(request.zonesForwarded ?? []);
  const wildcards = parse(request.wildcardZones ?? []);
  const organisation = parse(request.organisationNames);
  for (const domain of [request.clusterDomain, ...request.legacyClusterDomains]) {
    for (const { reason } of clusterDomainFaults(domain)) {
      report("bad-domain", `${JSON.stringify(domain)} as cluster domain ${reason}`);
    }
  }
  const isIn = (names: readonly DomainName[], name: DomainName): boolean =>
    names.some((each) => each.text === name.text);
  if (clusterDomain !== undefined && isIn(legacy, clusterDomain)) {
    const what = `${clusterDomain.text} is both the cluster domain in force and a legacy one`;
    report("duplicate-domain", `${what}; take it out of the legacy domains`);
  }
  const forwarded = legacy.filter((domain) => isIn(zonesForwarded, domain));
  const listed = legacy.filter((domain) => !isIn(forwarded, domain));
  for (const zone of zonesForwarded.filter((each) => !isIn(legacy, each))) {
    const what = `${zone.text} is to be forwarded but is no legacy cluster domain`;
    report("not-legacy", `${what}; take it out, it goes upstream anyway`);
  }
  for (const zone of forwarded) {
    const wildcard = wildcards.find((w) => isSubdomainOf(w, zone) || isSubdomainOf(zone, w));
    if (wildcard === undefined) continue;
    const trap = `the wildcard record in ${wildcard.text} would then answer every name that running pods look up, for their search list ends in ${zone.text}`;
    report(
      "wildcard-trap",
      `${zone.text} can't be forwarded as a whole: ${trap}; list the names that must be reached instead`,
    );
  }

  const inForce = (name: DomainName, domain: DomainName): boolean =>
    clusterDomain === undefined ||
    !isSubdomainOf(name, clusterDomain) ||
    isBelow(domain, clusterDomain);
  for (const domain of legacy) {
    for (const name of organisation) {
      const taken = ["svc", "pod"].map((label) => joinNames(parseName(label), domain));
      if (!inForce(name, domain) || !taken.some((each) => isSubdomainOf(name, each))) continue;
      const what = `the organisation name ${name.text} lies where Services and pods of ${domain.text} have their names`;
      report("name-among-services", `${what}; it can be reached once that domain is given up`);
    }
  }
  const apexes = listed.filter((domain) => isIn(organisation, domain));
  const version = parseVersion(request.coreDnsVersion);
  if (version !== undefined && !isAtLeast(version, "1.10.0")) {
    for (const domain of apexes) {
      const what = `${domain.text} itself can be reached only through the view plugin, which CoreDNS has since 1.10.0, and this is ${request.coreDnsVersion}`;
      report("apex-needs-view", `${what}; upgrade the add-on, or forward the whole zone`);
    }
  }
  const names = organisation
    .map((name) => (isWildcard(name) ? (parentOf(name) as DomainName) : name))
    .filter((name) => listed.some((domain) => isBelow(name, domain) && inForce(name, domain)))
    .sort(compareNames);
  const plan = {
    clusterDomain: clusterDomain as DomainName,
    listed,
    forwarded,
    names: names.filter((name, index) => name.text !== names[index - 1]?.text),
    apexes,
  };
  return { plan, faults };
}
