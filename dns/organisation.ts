import { compareNames, type DomainName, isWildcard, lineage, parentOf, tryParseName } from "./name";

/** Where a zone or name was learned: the stack's config, Alibaba Cloud DNS, PrivateZone, an OSS bucket. */
export type Origin = "config" | "alidns" | "pvtz" | "oss";

/** A DNS zone that the organisation answers for. */
export interface OrganisationZone {
  /** The zone's name, such as `oneprocloud.com`. */
  zone: string;
  /** Where it was seen. */
  origin: Origin;
  /** Whether the zone holds a `*` record, which answers for names that don't exist (RFC 4592). */
  wildcard?: boolean;
}

/** One name that workloads must reach. */
export interface OrganisationName {
  /** The whole name, such as `downloads.oneprocloud.com`; a first label `*` is a wildcard record. */
  name: string;
  /** Where it was seen. */
  origin: Origin;
}

/** What the organisation has in DNS, as far as it is known. */
export interface Organisation {
  zones: OrganisationZone[];
  names: OrganisationName[];
  /** Subtrees that the organisation sets aside for cluster domains, such as `k8s.oneprocloud.com`. */
  reserved?: string[];
}

export const ORIGINS: readonly Origin[] = ["config", "alidns", "pvtz", "oss"];

/** A zone or name in the index. */
export interface Known {
  readonly name: DomainName;
  readonly kind: "zone" | "name" | "wildcard";
  /** In the order of {@link ORIGINS}. */
  readonly origins: readonly Origin[];
}

interface Place {
  readonly parent?: Place;
  zone?: Known;
  name?: Known;
  wildcard?: Known;
  /** How many zones and names lie below, and the first few of them in order. */
  below: number;
  first: Known[];
}

/** How many of the zones and names below a domain are named one by one. */
const SHOWN = 5;

/**
 * An organisation's zones and names, loaded once and asked many times. A question takes time by the
 * number of labels asked for, not by the number of names loaded.
 */
export class OrganisationIndex {
  private readonly places = new Map<string, Place>();
  private readonly reservedNames = new Map<string, DomainName>();
  /** What is not a domain name, as given. */
  readonly malformed: readonly string[];

  constructor(organisation: Organisation) {
    const malformed: string[] = [];
    const add = (text: string, kind: "zone" | "name", origin: Origin): void => {
      const name = tryParseName(text);
      if (name === undefined || name.labels.length === 0) malformed.push(text);
      else this.add(name, kind, origin);
    };
    for (const { zone, origin, wildcard } of organisation.zones) {
      add(zone, "zone", origin);
      if (wildcard) add(`*.${zone}`, "name", origin);
    }
    for (const { name, origin } of organisation.names) add(name, "name", origin);
    for (const text of organisation.reserved ?? []) {
      const name = tryParseName(text);
      if (name === undefined) malformed.push(text);
      else this.reservedNames.set(name.text, name);
    }
    this.malformed = malformed;
  }

  /** The zones and names that are `domain` itself. */
  at(domain: DomainName): Known[] {
    const place = this.places.get(domain.text);
    return [place?.zone, place?.name].filter((known) => known !== undefined);
  }

  /** The nearest zone, name or wildcard record that `domain` lies in and is not itself. */
  above(domain: DomainName): Known | undefined {
    for (const ancestor of lineage(domain).slice(1)) {
      const place = this.places.get(ancestor.text);
      const known = place?.zone ?? place?.wildcard ?? place?.name;
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** How many zones and names lie below `domain`, wildcard records among them, and the first few. */
  below(domain: DomainName): { count: number; first: readonly Known[] } {
    const place = this.places.get(domain.text);
    return { count: place?.below ?? 0, first: place?.first ?? [] };
  }

  /** Whether exactly this subtree is set aside for cluster domains. */
  isReserved(domain: DomainName): boolean {
    return this.reservedNames.has(domain.text);
  }

  /** The subtrees that are set aside, in the order given. */
  get reserved(): DomainName[] {
    return [...this.reservedNames.values()];
  }

  private add(name: DomainName, kind: "zone" | "name", origin: Origin): void {
    const place = this.place(name);
    const before = place[kind];
    const known: Known = { name, kind, origins: merge(before, origin) };
    place[kind] = known;
    if (kind === "name" && isWildcard(name)) {
      (place.parent as Place).wildcard = { ...known, kind: "wildcard" };
    }
    for (let above = place.parent; above !== undefined; above = above.parent) {
      if (before === undefined) above.below++;
      else above.first = above.first.filter((each) => each !== before);
      keepFirst(above.first, known);
    }
  }

  private place(name: DomainName): Place {
    const found = this.places.get(name.text);
    if (found !== undefined) return found;
    const parent = parentOf(name);
    const made: Place = { parent: parent && this.place(parent), below: 0, first: [] };
    this.places.set(name.text, made);
    return made;
  }
}

function merge(before: Known | undefined, origin: Origin): readonly Origin[] {
  return ORIGINS.filter((each) => each === origin || before?.origins.includes(each));
}

/** Puts one into a short list in order, if it belongs among the first. */
function keepFirst(first: Known[], known: Known): void {
  const last = first[SHOWN - 1];
  if (last !== undefined && compareKnown(known, last) > 0) return;
  first.push(known);
  first.sort(compareKnown).splice(SHOWN);
}

function compareKnown(a: Known, b: Known): number {
  return compareNames(a.name, b.name) || b.kind.localeCompare(a.kind);
}
