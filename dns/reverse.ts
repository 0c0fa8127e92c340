import { isIP } from "node:net";

import ipaddr from "ipaddr.js";

import { type DomainName, isSubdomainOf, NameError, parseName } from "./name";

const IPV4_REVERSE = parseName("in-addr.arpa");
const IPV6_REVERSE = parseName("ip6.arpa");

/** Whether a name lies in the reverse zones for IPv4 (RFC 1035 3.5) or IPv6 (RFC 3596 2.5). */
export function isReverse(name: DomainName): boolean {
  return isSubdomainOf(name, IPV4_REVERSE) || isSubdomainOf(name, IPV6_REVERSE);
}

/**
 * The name that holds an address's PTR record.
 * @throws NameError when the text is not an address.
 */
export function reverseName(address: string): DomainName {
  if (isIP(address) === 0 || address.includes("%")) {
    throw new NameError(address, "an IPv4 or IPv6 address is needed here");
  }
  const parsed = ipaddr.parse(address);
  return reverseOf(parsed, parsed.toByteArray().length * 8);
}

/**
 * The reverse zones that together cover a CIDR block, as CoreDNS makes them of a zone in CIDR
 * notation: one where the prefix ends on a label (8 bits for IPv4, 4 for IPv6), else up to 128.
 * @throws NameError when the text is not a CIDR block.
 */
export function reverseZones(cidr: string): DomainName[] {
  if (!isCidr(cidr)) {
    throw new NameError(cidr, "a CIDR block such as 10.0.0.0/8 is needed here");
  }
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const bitsPerLabel = address.kind() === "ipv4" ? 8 : 4;
  const wide = Math.ceil(prefix / bitsPerLabel) * bitsPerLabel;
  const count = 2 ** (wide - prefix);
  const bytes = masked(address.toByteArray(), prefix);
  const last = Math.ceil(wide / 8) - 1;
  const step = 2 ** ((last + 1) * 8 - wide);
  return Array.from({ length: count }, (_, index) => {
    const each = bytes.map((byte, at) => (at === last ? byte + index * step : byte));
    return reverseOf(ipaddr.fromByteArray(each), wide);
  });
}

/** Whether the text is a CIDR block in full notation: four decimal parts, or IPv6, and a prefix. */
export function isCidr(text: string): boolean {
  const found = /^([^/%]+)\/([0-9]{1,3})$/.exec(text);
  if (found === null) return false;
  const version = isIP(found[1] as string);
  return version !== 0 && Number(found[2]) <= (version === 4 ? 32 : 128);
}

function masked(bytes: number[], prefix: number): number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - kept));
  });
}

function reverseOf(address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number): DomainName {
  const bytes = address.toByteArray();
  if (address.kind() === "ipv4") {
    const labels = bytes.slice(0, prefix / 8).map(String);
    return parseName([...labels.reverse(), "in-addr.arpa"].join("."));
  }
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]).slice(0, prefix / 4);
  const labels = nibbles.map((nibble) => nibble.toString(16));
  return parseName([...labels.reverse(), "ip6.arpa"].join("."));
}
