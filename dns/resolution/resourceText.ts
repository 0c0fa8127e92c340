import { addressType, canonicalAddress } from "./cluster";
import { isSendable, normalized } from "./fqdn";
import type { ResourceRecord } from "./records";

const DEFAULT_TTL = 3600;
const TTL = /^\d[\dsmhdw]*$/i;
const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86400, w: 604800 };
const CLASSES = new Set(["IN", "CH", "HS", "ANY"]);
/** Words of data before the name that ends it. */
const NUMBERS_BEFORE_NAME: Readonly<Record<string, number>> = {
  CNAME: 0,
  NS: 0,
  PTR: 0,
  MX: 1,
  SRV: 3,
};

/**
 * Reads one record as it stands in a zone file (RFC 1035 5.1): owner, then TTL and class in any
 * order or left out, type, data. For the types that templates are written for.
 * @returns undefined where it can't be read.
 */
export function parseRecord(text: string): ResourceRecord | undefined {
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const [owner = "", ...rest] = words;
  let ttl = DEFAULT_TTL;
  let at = 0;
  for (let seen = 0; seen < 2; seen++) {
    const word = rest[at] ?? "";
    if (TTL.test(word)) ttl = secondsOf(word);
    else if (!CLASSES.has(word.toUpperCase())) break;
    at++;
  }
  const type = (rest[at] ?? "").toUpperCase();
  const name = normalized(owner);
  const data = dataOf(type, rest.slice(at + 1));
  return data === undefined || !isSendable(name) ? undefined : { name, type, ttl, data };
}

function dataOf(type: string, words: readonly string[]): string | undefined {
  const [first = ""] = words;
  if (type === "A" || type === "AAAA") {
    const fits = words.length === 1 && addressType(first) === type;
    return fits ? canonicalAddress(first) : undefined;
  }
  if (type === "TXT") return words.length === 0 ? undefined : words.map(quoted).join(" ");
  if (words.length - 1 !== NUMBERS_BEFORE_NAME[type]) return undefined;
  const before = words.slice(0, -1);
  const name = normalized(words[words.length - 1] as string);
  if (!before.every((word) => /^\d+$/.test(word)) || !isSendable(name)) return undefined;
  return [...before, name].join(" ");
}

/** BIND's way to write a time to live, which CoreDNS reads too: `1h30m` beside `5400`. */
function secondsOf(ttl: string): number {
  return [...ttl.matchAll(/\d+\D?/g)].reduce(
    (sum, [part]) => sum + parseInt(part, 10) * (SECONDS[part.slice(-1).toLowerCase()] ?? 1),
    0,
  );
}

function quoted(word: string): string {
  return word.startsWith('"') ? word : `"${word}"`;
}
