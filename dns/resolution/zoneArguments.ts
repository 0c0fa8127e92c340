import type { NameError } from "../name";
import { isCidr, reverseName } from "../reverse";
import type { Token } from "../corefile/syntax";
import { parseZoneKey } from "../corefile/zone";
import { fqdnOf } from "./fqdn";
import type { Build } from "./query";

/** A key of a server block as the server takes it. */
export interface ListenKey {
  readonly transport: string;
  readonly port: number;
  /** Complete names. */
  readonly zones: readonly string[];
  /** The CIDR block that is but a part of the zone made of it: a server block takes no address beside it. */
  readonly cidr?: string;
}

/**
 * Reads a key or a plugin's zone. CoreDNS 1.6 makes one zone of a CIDR block and lets it grow to
 * where a label ends, of which a server block takes the addresses in the CIDR block alone; newer ones
 * make several.
 * @throws NameError when the zone is neither a domain name nor a CIDR block.
 */
function listenKey(text: string, legacy: boolean): ListenKey {
  const { transport, zones, port } = parseZoneKey(text);
  const host = text.replace(/^[a-z0-9]+:\/\//, "").replace(/:\d+$/, "");
  if (!legacy || !isCidr(host)) return { transport, port, zones: zones.map(fqdnOf) };
  return { transport, port, zones: [grownReverseZone(host)], cidr: host };
}

function grownReverseZone(cidr: string): string {
  const [address, prefix] = cidr.split("/") as [string, string];
  const { labels } = reverseName(address);
  const [bits, bitsPerLabel] = address.includes(":") ? [128, 4] : [32, 8];
  const free = bits - Number(prefix);
  const cut = Math.floor((free + (free % bitsPerLabel)) / bitsPerLabel);
  return `${labels.slice(cut).join(".")}.`;
}

/** The zones in a plugin's arguments, or those of its server block where it names none. */
export function zonesOrBlock(args: readonly Token[], build: Build): readonly string[] {
  return args.length === 0 ? build.zones : zonesIn(args, build);
}

/** What `fallthrough` lets through: the zones it names, everything where it names none. */
export function fallthroughZones(args: readonly Token[], build: Build): readonly string[] {
  return args.length === 0 ? ["."] : zonesIn(args, build);
}

function zonesIn(args: readonly Token[], { profile, fault }: Build): string[] {
  return listenKeys(args, profile.legacy, fault).flatMap(({ zones }) => zones);
}

/** The keys that can be read; the others are reported. */
export function listenKeys(
  tokens: readonly Token[],
  legacy: boolean,
  fault: Build["fault"],
): ListenKey[] {
  return tokens.flatMap((token) => {
    try {
      return [listenKey(token.text, legacy)];
    } catch (error) {
      fault(token, (error as NameError).message);
      return [];
    }
  });
}
