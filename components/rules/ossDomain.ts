import {
  type DomainName,
  isBelow,
  isSubdomainOf,
  nameEquals,
  parseName,
  tryParseName,
} from "../../dns";
import type { OssDomainSettings } from "../ossCustomDomain";
import { hostnameFaults } from "./domain";
import { checker, type Fault } from "./faults";

/** The zone of `zones` that a domain's records belong to: the longest that it lies in; undefined when there is none. */
export function zoneOf(domain: string, zones: readonly string[]): string | undefined {
  const name = tryParseName(domain);
  if (name === undefined) return undefined;
  return zones
    .map((zone) => tryParseName(zone))
    .filter((zone): zone is DomainName => zone !== undefined && isSubdomainOf(name, zone))
    .sort((a, b) => b.labels.length - a.labels.length)[0]?.text;
}

/** The faults of one domain of a bucket. */
export function ossDomainFaults(key: string, settings: OssDomainSettings): Fault[] {
  const { bucket, region, ttl = 600, certificateId, ownershipRecord = 1 } = settings;
  const faults = domainFaults(key, settings);
  const check = checker(key, faults);
  check(
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket),
    "bucket",
    bucket,
    "a bucket's name has 3 to 63 lower-case letters, digits and hyphens, with no hyphen at its ends",
    "Correct the name",
  );
  check(
    region === undefined || /^[a-z]{2}(-[a-z0-9]+)+$/.test(region),
    "region",
    region,
    "it is not the ID of a region",
    'Write for example "cn-beijing"',
  );
  check(
    Number.isInteger(ttl) && ttl >= 600 && ttl <= 86400,
    "ttl",
    ttl,
    "Alibaba Cloud DNS keeps records for 600 to 86400 seconds in its free edition",
    "Write a whole number from 600 to 86400, or remove the line for 600",
  );
  check(
    Number.isInteger(ownershipRecord) && ownershipRecord >= 0 && ownershipRecord <= 1000,
    "ownershipRecord",
    ownershipRecord,
    "ownership records are numbered from 1, and 0 stands for none",
    "Raise it by one after the domain was unbound, write 0 for a domain that was bound already, or remove the line for 1",
  );
  check(
    certificateId === undefined || /^[0-9]+(-[a-z0-9-]+)?$/.test(certificateId),
    "certificateId",
    certificateId,
    "it is not the ID of a certificate",
    'Copy the ID from Certificate Management Service, for example "12345678-cn-hangzhou"',
  );
  return faults;
}

function domainFaults(key: string, { domain, zone }: OssDomainSettings): Fault[] {
  const fault = (rule: string, wayOut: string): Fault[] => [
    { key: `${key}.domain`, value: domain, rule, wayOut },
  ];
  if (domain.startsWith("*")) return fault("OSS binds no wildcard", "Bind each name");
  if (/[^\x20-\x7e]|(^|\.)xn--/i.test(domain))
    return fault("OSS binds no international domain name", "Take a name in ASCII");
  const malformed = hostnameFaults(`${key}.domain`, domain);
  if (malformed.length > 0 || zone === undefined) return malformed;
  const malformedZone = hostnameFaults(`${key}.zone`, zone);
  if (malformedZone.length > 0) return malformedZone;
  const [name, parent] = [parseName(domain), parseName(zone)];
  if (nameEquals(name, parent)) {
    return fault(
      "it is the apex of its zone, where a CNAME record cannot stand beside the zone's own records (RFC 1034 3.6.2)",
      `Take a name in the zone, such as "www.${domain}"`,
    );
  }
  if (!isBelow(name, parent))
    return fault(
      `it does not lie in zone ${JSON.stringify(zone)}`,
      "Correct the domain or the zone",
    );
  return [];
}
