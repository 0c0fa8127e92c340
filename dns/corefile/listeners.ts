import type { DomainName, NameError } from "../name";
import type { ExpandedBlock } from "./expand";
import type { CorefileFinding } from "./finding";
import type { Token } from "./syntax";
import { type CoreDnsVersion, isAtLeast } from "./version";
import { parseZoneKey, TRANSPORT_PORTS } from "./zone";

/** One zone that one server block serves at one address and port. */
export interface Listener {
  readonly block: ExpandedBlock;
  readonly key: Token;
  readonly transport: string;
  readonly zone: DomainName;
  readonly port: number;
  /** From `bind`; empty for all addresses. */
  readonly host: string;
  /** Whether a `view` leaves a part of the questions to other blocks. */
  readonly filtered: boolean;
}

const TRANSPORT_SINCE: Readonly<Record<string, string>> = { quic: "1.11.0", https3: "1.14.0" };
/** These don't start without a certificate; the others would speak in clear. */
const NEEDS_TLS = /^(quic|https3):\/\//;
const MAX_PORT = 65535;
const VIEWS_ANYWHERE = "1.14.3";
/** Far more than a server could open; keeps hostile input from multiplying. */
const MAX_LISTENERS = 20_000;

/**
 * What the server blocks of a file listen for, and what keeps CoreDNS from listening: keys that it
 * can't read, blocks that claim the same zone, transports that claim the same port.
 */
export function checkListeners(
  blocks: readonly ExpandedBlock[],
  version: CoreDnsVersion,
): { listeners: Listener[]; findings: CorefileFinding[] } {
  const findings: CorefileFinding[] = [];
  const report = (code: string, message: string, { line, column }: Token): void => {
    findings.push({ code, severity: "error", message, line, column });
  };
  const listeners = blocks.flatMap((block) => {
    if (block.keys.length === 0) {
      const at = (block.source.open ?? block.source.keys[0]) as Token;
      report("no-zone", "this server block has no zone; write '.' before it", at);
    }
    if (block.source.open !== undefined && block.source.close === undefined) {
      report("brace", "the last '}' of this server block is missing", block.source.open);
    }
    const bare = block.keys.find((key) => {
      const transport = NEEDS_TLS.exec(key.text)?.[1];
      return transport !== undefined && isAtLeast(version, TRANSPORT_SINCE[transport] as string);
    });
    if (bare !== undefined && !block.entries.some((entry) => entry.name.text === "tls")) {
      report("needs-tls", `${bare.text} needs the tls plugin with a certificate`, bare);
    }
    const hosts = hostsOf(block);
    if (hosts.length * block.keys.length > MAX_LISTENERS) {
      const [key] = block.keys as [Token];
      report("too-large", `this server block listens in more than ${MAX_LISTENERS} places`, key);
      return [];
    }
    const filtered = block.entries.some((entry) => entry.name.text === "view");
    return block.keys.flatMap((key) =>
      zonesOf(key, version, report).flatMap(({ zone, transport, port }) =>
        hosts.map((host) => ({ block, key, transport, zone, port, host, filtered })),
      ),
    );
  });
  for (const [listener, other] of overlaps(listeners, version)) {
    const where = `${listener.transport}://${listener.zone.text}:${listener.port}`;
    const message = `CoreDNS can't serve ${where} here, for the server block in line ${other.key.line} does so already; put both into one block`;
    report("duplicate-zone", message, listener.key);
  }
  for (const [listener, other] of clashes(listeners)) {
    const message = `port ${listener.port} is taken for ${other.transport} in line ${other.key.line} and can't serve ${listener.transport} too; give one of them another port`;
    report("port-clash", message, listener.key);
  }
  return { listeners, findings };
}

function hostsOf(block: ExpandedBlock): string[] {
  const binds = block.entries.filter((entry) => entry.name.text === "bind");
  const hosts = binds.flatMap((entry) => entry.args.map((arg) => arg.text));
  return hosts.length === 0 ? [""] : hosts;
}

function zonesOf(
  key: Token,
  version: CoreDnsVersion,
  report: (code: string, message: string, token: Token) => void,
): { zone: DomainName; transport: string; port: number }[] {
  const written = JSON.stringify(key.text);
  try {
    const { transport, zones, port } = parseZoneKey(key.text);
    const since = TRANSPORT_SINCE[transport];
    if (since !== undefined && !isAtLeast(version, since)) {
      report(
        "transport",
        `CoreDNS ${version.text} has no ${transport}://, it came with ${since}`,
        key,
      );
    }
    if (port > MAX_PORT) report("port", `${written} names no port; ports go to ${MAX_PORT}`, key);
    const odd = zones.find((zone) => !isPlain(zone));
    if (odd !== undefined) {
      const message = `${written} is no zone: write a domain name or a network such as 10.0.0.0/8, with a port behind and a transport before it where needed`;
      report("zone", message, key);
    }
    return zones.map((zone) => ({ zone, transport, port }));
  } catch (error) {
    report("zone", `${written} is no zone: ${(error as NameError).reason}`, key);
    return [];
  }
}

/** CoreDNS takes any octets for a zone, and so a slip in a port, a transport or a brace. */
function isPlain(zone: DomainName): boolean {
  const inReverse = zone.labels.at(-1) === "arpa";
  const label = inReverse ? /^[a-z0-9_*/-]+$/ : /^[a-z0-9_*-]+$/;
  return zone.labels.every((each) => label.test(each));
}

/** Pairs that claim the same zone at the same address. */
function overlaps(listeners: readonly Listener[], version: CoreDnsVersion): [Listener, Listener][] {
  const taken = new Places();
  // Before, a block with a view had to stand before the one without.
  const viewsAnywhere = isAtLeast(version, VIEWS_ANYWHERE);
  return listeners.flatMap((listener): [Listener, Listener][] => {
    const place = `${listener.transport} ${listener.zone.text} ${listener.port}`;
    const other = taken.find(place, listener.host);
    if (!listener.filtered) taken.add(place, listener);
    const apart = listener.filtered && other?.host === listener.host && viewsAnywhere;
    const shared = other !== undefined && !apart;
    return shared ? [[listener, other]] : [];
  });
}

/** Pairs that need the same socket for different transports. */
function clashes(listeners: readonly Listener[]): [Listener, Listener][] {
  const taken = new Places();
  return listeners.flatMap((listener): [Listener, Listener][] => {
    const { transport, port, host } = listener;
    const sockets = SOCKETS[transport] ?? ["tcp"];
    const others = Object.keys(TRANSPORT_PORTS).filter((each) => each !== transport);
    const other = sockets
      .flatMap((socket) => others.map((each) => taken.find(`${socket} ${port} ${each}`, host)))
      .find((each) => each !== undefined);
    for (const socket of sockets) taken.add(`${socket} ${port} ${transport}`, listener);
    return other === undefined ? [] : [[listener, other]];
  });
}

const SOCKETS: Readonly<Record<string, readonly string[]>> = {
  dns: ["tcp", "udp"],
  quic: ["udp"],
  https3: ["udp"],
};

/** Who is where first, by place and address; no address stands for all of them. */
class Places {
  private readonly hosts = new Map<string, Map<string, Listener>>();

  add(place: string, listener: Listener): void {
    const hosts = this.hosts.get(place) ?? new Map<string, Listener>();
    this.hosts.set(place, hosts);
    if (!hosts.has(listener.host)) hosts.set(listener.host, listener);
  }

  find(place: string, host: string): Listener | undefined {
    const hosts = this.hosts.get(place);
    const [first] = hosts?.values() ?? [];
    return hosts?.get(host) ?? hosts?.get("") ?? (host === "" ? first : undefined);
  }
}
