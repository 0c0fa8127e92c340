import { parseName, toFqdn } from "../../dns";
import type { PublicRecord, PublicZone } from "../cluster/driver";

const nameServers = ["ns1.alidns.com.", "ns2.alidns.com."];

/** A zone as a master file (RFC 1035, section 5). */
export function renderZone(zone: PublicZone, serial: number): string {
  const origin = absolute(zone.name);
  const lines = [
    `$ORIGIN ${origin}`,
    "$TTL 600",
    `@ IN SOA ${nameServers[0]} hostmaster.hichina.com. ${serial} 3600 1200 86400 600`,
    ...nameServers.map((server) => `@ IN NS ${server}`),
    ...zone.records.flatMap(renderRecord),
  ];
  return `${lines.join("\n")}\n`;
}

function renderRecord(record: PublicRecord): string[] {
  const data = renderData(record);
  return data === undefined ? [] : [`${record.rr} ${record.ttl} IN ${record.type} ${data}`];
}

function renderData({ type, value, priority }: PublicRecord): string | undefined {
  switch (type) {
    case "A":
    case "AAAA":
    case "CAA":
      return value;
    case "CNAME":
    case "NS":
    case "PTR":
      return absolute(value);
    case "MX":
      return `${priority ?? 10} ${absolute(value)}`;
    case "SRV": {
      const [target, ...rest] = value.trim().split(/\s+/).reverse();
      return [...rest.reverse(), absolute(target ?? "")].join(" ");
    }
    case "TXT":
      return quoteText(value);
    default:
      // Alibaba Cloud's own kinds (REDIRECT_URL, FORWARD_URL) are no DNS records.
      return undefined;
  }
}

/** Character strings hold 255 octets at most. */
function quoteText(value: string): string {
  const strings = value.match(/[^]{1,255}/g) ?? [""];
  return strings.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(" ");
}

function absolute(name: string): string {
  return toFqdn(parseName(name));
}
