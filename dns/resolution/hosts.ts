import type { Entry, Token } from "../corefile/syntax";
import { addressType, canonicalAddress } from "./cluster";
import { isWithinAny, nextLabel, normalized } from "./fqdn";
import { addressOf } from "./kubernetesReverse";
import { type Build, type Handler, type Query, written } from "./query";
import type { ResourceRecord } from "./records";
import { fallthroughZones, zonesOrBlock } from "./zoneArguments";

const NAME = "hosts";
const DEFAULT_FILE = "/etc/hosts";
const DEFAULT_TTL = 3600;
const MAX_TTL = 65535;

/** Names and addresses of a hosts file and of the lines in the Corefile. */
interface Table {
  /** Addresses by record type and name; wildcards under their own name. */
  readonly addresses: Map<string, string[]>;
  readonly names: Map<string, string[]>;
}

interface Config {
  readonly zones: readonly string[];
  readonly fallthrough: readonly string[];
  /** Types that hosts knows nothing of fall through even where the name exists. */
  readonly otherTypesFallThrough: boolean;
  readonly ttl: number;
  readonly legacy: boolean;
  readonly table: Table;
}

/**
 * The `hosts` plugin. A name that it does not hold is SERVFAIL, not NXDOMAIN, unless it falls
 * through. CoreDNS 1.6 also lets a name fall through that holds no more than the other address type.
 */
export function hosts(entries: readonly Entry[], next: Handler, build: Build): Handler {
  const [entry, second] = entries as [Entry, Entry?];
  if (second !== undefined) {
    build.fault(second.name, "hosts stands twice in this server block; merge the two");
  }
  const config = read(entry, build);
  return (query, steps) => {
    const { type, name } = query;
    if (type !== "PTR" && !isWithinAny(name, config.zones)) return next(query, steps);
    const answers = type === "PTR" ? pointers(query, config) : addresses(query, config);
    if (type === "PTR" && answers.length === 0) return next(query, steps);
    const falls = isWithinAny(name, config.fallthrough);
    const known = answers.length > 0 || (isHeld(name, config) && !(falls && skips(type, config)));
    if (known) return written(query, NAME, "NOERROR", answers);
    if (!falls) return { rcode: "SERVFAIL", plugin: NAME };
    steps.push({ plugin: NAME, action: "fellThrough" });
    return next(query, steps);
  };
}

function skips(type: string, { legacy, otherTypesFallThrough }: Config): boolean {
  return legacy || (otherTypesFallThrough && type !== "A" && type !== "AAAA");
}

function read(entry: Entry, build: Build): Config {
  const [file, ...zoneArgs] = entry.args;
  const zones = zonesOrBlock(zoneArgs, build);
  const lines = (build.files[file?.text ?? DEFAULT_FILE] ?? "").split("\n");
  let fallthrough: readonly string[] = [];
  let ttl = DEFAULT_TTL;
  const flags = new Set<string>();
  for (const { name, args } of entry.block?.entries ?? []) {
    if (name.text === "fallthrough") fallthrough = fallthroughZones(args, build);
    else if (name.text === "ttl") ttl = ttlOf(name, args[0]?.text ?? "", build);
    else if (name.text === "no_reverse" || name.text === "fallthrough_unsupported")
      flags.add(name.text);
    // What begins with no address, such as the line of "reload", is passed over later.
    else lines.push([name, ...args].map(({ text }) => text).join(" "));
  }
  const { legacy } = build.profile;
  const table = tableOf(lines, zones, !flags.has("no_reverse"), legacy);
  const otherTypesFallThrough = flags.has("fallthrough_unsupported");
  return { zones, fallthrough, otherTypesFallThrough, ttl, legacy, table };
}

function ttlOf(name: Token, value: string, build: Build): number {
  const ttl = /^\d+$/.test(value) ? Number(value) : 0;
  if (ttl === 0 || ttl > MAX_TTL) {
    const way = `is not a number of seconds from 1 to ${MAX_TTL}; correct it`;
    build.fault(name, `ttl ${value} of hosts ${way}`);
  }
  return ttl;
}

function tableOf(
  lines: readonly string[],
  zones: readonly string[],
  reverse: boolean,
  legacy: boolean,
): Table {
  const table: Table = { addresses: new Map(), names: new Map() };
  for (const line of lines) {
    const [first, ...names] = line.replace(/#.*/, "").trim().split(/\s+/) as [string, ...string[]];
    const ip = first.replace(/%.*/, "");
    const type = addressType(ip);
    if (type === undefined) continue;
    const address = canonicalAddress(ip);
    for (const name of names.map(normalized)) {
      if (!isWithinAny(name, zones)) continue;
      append(table.addresses, `${type} ${name}`, address);
      if (reverse && (legacy || !name.startsWith("*."))) append(table.names, address, name);
    }
  }
  return table;
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}

function lookUp(type: string, name: string, { table, legacy }: Config): string[] {
  const exact = table.addresses.get(`${type} ${name}`);
  if (exact !== undefined || legacy) return exact ?? [];
  const at = nextLabel(name, 0);
  return at === -1 ? [] : (table.addresses.get(`${type} *.${name.slice(at)}`) ?? []);
}

function isHeld(name: string, config: Config): boolean {
  return lookUp("A", name, config).length > 0 || lookUp("AAAA", name, config).length > 0;
}

function addresses({ type, name }: Query, config: Config): ResourceRecord[] {
  return lookUp(type, name, config).map((data) => ({ name, type, ttl: config.ttl, data }));
}

function pointers({ name }: Query, { table, ttl }: Config): ResourceRecord[] {
  const names = table.names.get(addressOf(name) ?? "") ?? [];
  return names.map((data) => ({ name, type: "PTR", ttl, data }));
}
