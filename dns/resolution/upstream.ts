import { NameError } from "../name";
import { fqdn, isWithin, nextLabel } from "./fqdn";
import type { ResourceRecord, Zone, ZoneRecord } from "./records";

/** What the DNS behind `forward` answers. */
export interface UpstreamAnswer {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL` for a loop of aliases, `UNKNOWN` for names outside the records. */
  readonly rcode: string;
  readonly answers: readonly ResourceRecord[];
  /** The last alias leads to a name that the records don't hold. */
  readonly dangling?: boolean;
}

/** A resolver over a set of zones. */
export type Upstream = (name: string, type: string) => UpstreamAnswer;

const DEFAULT_TTL = 600;
const MAX_ALIASES = 8;
/** Types whose data is, or ends in, a name. */
const NAMED = new Set(["CNAME", "NS", "PTR", "MX", "SRV"]);

type Node = Map<string, ResourceRecord[]>;

interface ZoneIndex {
  readonly complete: boolean;
  /** Every owner, and with no records each name that only has names below it. */
  readonly nodes: Map<string, Node>;
}

const UNKNOWN: UpstreamAnswer = { rcode: "UNKNOWN", answers: [] };
const NAME_ERROR: UpstreamAnswer = { rcode: "NXDOMAIN", answers: [] };
const NO_DATA: UpstreamAnswer = { rcode: "NOERROR", answers: [] };

/**
 * The answers of a recursive resolver that knows these zones and nothing else: longest zone, exact
 * name, empty non-terminals (NODATA, RFC 8020), the wildcard at the closest encloser (RFC 4592),
 * aliases followed across zones with the code of their end (RFC 6604).
 * @throws NameError when a zone or an owner is not a domain name.
 */
export function compileUpstream(zones: readonly Zone[]): Upstream {
  const index = new Map(zones.map((zone) => [fqdn(zone.name), indexZone(zone)]));
  return (name, type) => resolve(index, name, type);
}

function indexZone(zone: Zone): ZoneIndex {
  const apex = fqdn(zone.name);
  const nodes = new Map<string, Node>([[apex, new Map()]]);
  for (const record of zone.records) {
    const name = fqdn(record.name);
    if (!isWithin(name, apex)) {
      throw new NameError(record.name, `it does not lie in its zone ${zone.name}; move it`);
    }
    for (let at = 0; name.slice(at) !== apex; at = nextLabel(name, at)) {
      if (!nodes.has(name.slice(at))) nodes.set(name.slice(at), new Map());
    }
    const node = nodes.get(name) as Node;
    const type = record.type.toUpperCase();
    node.set(type, [...(node.get(type) ?? []), toRecord(name, type, record)]);
  }
  return { complete: zone.complete ?? true, nodes };
}

function toRecord(name: string, type: string, { ttl, data }: ZoneRecord): ResourceRecord {
  return { name, type, ttl: ttl ?? DEFAULT_TTL, data: NAMED.has(type) ? completeLast(data) : data };
}

function completeLast(data: string): string {
  const words = data.trim().split(/\s+/);
  return [...words.slice(0, -1), fqdn(words[words.length - 1] as string)].join(" ");
}

function resolve(index: Map<string, ZoneIndex>, name: string, type: string): UpstreamAnswer {
  let found = find(index, name, type);
  if (!isAlias(found, type)) return found;
  const answers = [...found.answers];
  for (let hops = 0; hops < MAX_ALIASES; hops++) {
    found = find(index, (answers[answers.length - 1] as ResourceRecord).data, type);
    answers.push(...found.answers);
    if (isAlias(found, type)) continue;
    const dangling = found.rcode === "UNKNOWN";
    return { rcode: dangling ? "NOERROR" : found.rcode, answers, dangling };
  }
  return { rcode: "SERVFAIL", answers: [] };
}

function isAlias({ answers }: UpstreamAnswer, type: string): boolean {
  return type !== "CNAME" && answers[0]?.type === "CNAME";
}

function find(index: Map<string, ZoneIndex>, name: string, type: string): UpstreamAnswer {
  const zone = zoneOf(index, name);
  if (zone === undefined) return UNKNOWN;
  const exact = zone.nodes.get(name);
  if (exact !== undefined) {
    // In a zone that is known in part, more may stand at a name between others.
    return exact.size === 0 && !zone.complete ? UNKNOWN : fromNode(exact, type);
  }
  const wildcard = zone.nodes.get(`*.${closestEncloser(zone, name)}`);
  if (wildcard !== undefined) return renamed(fromNode(wildcard, type), name);
  return zone.complete ? NAME_ERROR : UNKNOWN;
}

/** The longest existing ancestor (RFC 4592 3.3.1); empty for the root, so that `*.` fits before it. */
function closestEncloser(zone: ZoneIndex, name: string): string {
  for (let at = nextLabel(name, 0); at !== -1; at = nextLabel(name, at)) {
    if (zone.nodes.has(name.slice(at))) return name.slice(at);
  }
  return "";
}

function zoneOf(index: Map<string, ZoneIndex>, name: string): ZoneIndex | undefined {
  for (let at = 0; at !== -1; at = nextLabel(name, at)) {
    const zone = index.get(name.slice(at));
    if (zone !== undefined) return zone;
  }
  return index.get(".");
}

function fromNode(node: Node, type: string): UpstreamAnswer {
  const records = node.get(type) ?? node.get("CNAME");
  return records === undefined ? NO_DATA : { rcode: "NOERROR", answers: records };
}

function renamed({ rcode, answers }: UpstreamAnswer, name: string): UpstreamAnswer {
  return { rcode, answers: answers.map((record) => ({ ...record, name })) };
}
