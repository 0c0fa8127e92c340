import { isIPv4, isIPv6 } from "node:net";
import { badRequest } from "../core/errors";

/** What a record is judged by: its place, its kind and its worth. */
export interface RecordData {
  rr: string;
  type: string;
  value: string;
  ttl: number;
  line: string;
  priority?: number;
}

export const recordTypes = ["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "CAA"] as const;

const hostRecordPattern =
  /^(@|(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*)$/i;
const hostPattern =
  /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.?$/i;

/** Throws the refusal of Alibaba Cloud DNS for a record that is wrong by itself. */
export function checkRecord(record: RecordData, minimumTtl: number): void {
  if (!(recordTypes as readonly string[]).includes(record.type)) {
    throw badRequest(
      "InvalidType.Malformed",
      `The DNS record type ${record.type} is not supported.`,
    );
  }
  if (!isHostRecord(record.rr)) {
    throw badRequest("DomainRecordFormatError", `The host record ${record.rr} is not valid.`);
  }
  if (!isValue(record.type, record.value)) {
    throw badRequest(
      "SubDomainInvalid.Value",
      `The DNS record value ${record.value} is not valid for type ${record.type}.`,
    );
  }
  if (record.ttl < minimumTtl || record.ttl > 86400) {
    throw badRequest(
      "QuotaExceeded.TTL",
      `The TTL ${record.ttl} is outside of what this edition allows: ${minimumTtl} to 86400 seconds.`,
    );
  }
  if (record.type === "MX" && !(record.priority && record.priority >= 1 && record.priority <= 50)) {
    throw badRequest("InvalidPriority.Malformed", "An MX record needs a priority of 1 to 50.");
  }
}

const isHostRecord = (rr: string): boolean => rr.length <= 253 && hostRecordPattern.test(rr);

function isValue(type: string, value: string): boolean {
  switch (type) {
    case "A":
      return isIPv4(value);
    case "AAAA":
      return isIPv6(value);
    case "CNAME":
    case "NS":
    case "MX":
      return value.length <= 254 && hostPattern.test(value);
    case "TXT":
      return value.length > 0 && value.length <= 512;
    default:
      return value.length > 0;
  }
}

const samePlace = (a: RecordData, b: RecordData) =>
  a.rr.toLowerCase() === b.rr.toLowerCase() && a.line === b.line;

const sameWorth = (a: RecordData, b: RecordData) =>
  a.type === b.type && a.value === b.value && a.priority === b.priority;

/** Throws where a record cannot stand beside those that are there. */
export function checkNeighbours(record: RecordData, others: RecordData[]): void {
  const neighbours = others.filter((other) => samePlace(record, other));
  if (neighbours.some((other) => sameWorth(record, other))) {
    throw badRequest("DomainRecordDuplicate", "The DNS record already exists.");
  }
  const conflict = neighbours.find((other) => record.type === "CNAME" || other.type === "CNAME");
  if (conflict) {
    throw badRequest(
      "DomainRecordConflict",
      `The DNS record ${record.rr} ${record.type} conflicts with the ${conflict.type} record that exists.`,
    );
  }
}
