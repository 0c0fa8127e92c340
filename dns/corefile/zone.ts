import { type DomainName, parseName, tryParseName } from "../name";
import { isCidr, isReverse, reverseZones } from "../reverse";
import { type ExpandedBlock, expandCorefile } from "./expand";
import { parseCorefile } from "./parser";
import type { Entry } from "./syntax";

/** What a server block listens for, taken apart. */
export interface ZoneKey {
  /** `dns` where the key names none. */
  readonly transport: string;
  /** More than one for a CIDR block whose prefix does not end on a label. */
  readonly zones: readonly DomainName[];
  /** As written, or the transport's own. */
  readonly port: number;
}

/** The transports of a server block's key and their ports. */
export const TRANSPORT_PORTS: Readonly<Record<string, number>> = {
  dns: 53,
  tls: 853,
  quic: 853,
  grpc: 443,
  https: 443,
  https3: 443,
};

/**
 * Takes a server block's key or a plugin's zone apart: `[transport://]zone[:port]`, where the zone
 * is a domain name or a CIDR block that stands for its reverse zones.
 * @throws NameError when the zone is no domain name.
 */
export function parseZoneKey(key: string): ZoneKey {
  const scheme = /^([a-z0-9]+):\/\/(.*)$/s.exec(key);
  const known = scheme?.[1] !== undefined && Object.hasOwn(TRANSPORT_PORTS, scheme[1]);
  const transport = known ? (scheme[1] as string) : "dns";
  const address = known ? (scheme[2] as string) : key;
  const ported = /^(.*):([0-9]+)$/s.exec(address);
  const zone = ported?.[1] ?? address;
  const port =
    ported?.[2] === undefined ? (TRANSPORT_PORTS[transport] as number) : Number(ported[2]);
  const zones = isCidr(zone) ? reverseZones(zone) : [parseName(zone)];
  return { transport, zones, port };
}

/** The lines of the `kubernetes` plugin with the block that each stands in, imports resolved. */
export function kubernetesStanzas(
  blocks: readonly ExpandedBlock[],
): { block: ExpandedBlock; entry: Entry }[] {
  return blocks.flatMap((block) =>
    block.entries
      .filter((entry) => entry.name.text === "kubernetes")
      .map((entry) => ({ block, entry })),
  );
}

/** The zones that a `kubernetes` line serves: its arguments, else the keys of its server block. */
export function zonesOfStanza(block: ExpandedBlock, entry: Entry): DomainName[] {
  const written = (entry.args.length > 0 ? entry.args : block.keys).map((token) => token.text);
  return written.flatMap((text) => {
    try {
      return [...parseZoneKey(text).zones];
    } catch {
      // CoreDNS leaves out what it can't read.
      return [];
    }
  });
}

/**
 * The forward zones that the `kubernetes` plugin serves anywhere in a Corefile, in order, each once,
 * lower case and without trailing dot. The first is the one that PTR answers name.
 * @throws CorefileSyntaxError when the text is not a Corefile.
 */
export function kubernetesZones(text: string): string[] {
  const { blocks } = expandCorefile(parseCorefile(text));
  const zones = kubernetesStanzas(blocks)
    .flatMap(({ block, entry }) => zonesOfStanza(block, entry))
    .filter((zone) => !isReverse(zone))
    .map((zone) => zone.text);
  return [...new Set(zones)];
}

/** Whether a plugin's argument is a reverse zone, as a name or as a CIDR block. */
export function isReverseArgument(text: string): boolean {
  const name = tryParseName(text);
  return isCidr(text) || (name !== undefined && isReverse(name));
}
