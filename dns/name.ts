import { domainToASCII } from "node:url";

/** A domain name, parsed: compare and cut it with the functions of this module, never as text. */
export interface DomainName {
  /** Presentation format (RFC 1035 5.1), lower case, no trailing dot; the root is `.`. */
  readonly text: string;
  /** The labels from the left, one character an octet, lower case; none for the root. */
  readonly labels: readonly string[];
}

/** The text is not a domain name. The message names it, the rule and the way out. */
export class NameError extends Error {
  override readonly name = "NameError";
  constructor(
    /** The text as given. */
    readonly value: string,
    /** The rule it breaks and what to do. */
    readonly reason: string,
  ) {
    super(`${JSON.stringify(value)} is not a domain name: ${reason}`);
  }
}

/** RFC 1035 2.3.4. */
export const MAX_LABEL = 63;
/** RFC 1035 2.3.4: 255 octets on the wire, which is 253 characters without trailing dot. */
export const MAX_NAME = 253;

/** The name above all others. */
export const ROOT: DomainName = { text: ".", labels: [] };

/** A name that needs nothing but lower case: most of them, so they get the short way. */
const PLAIN = /^[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)*\.?$/;
/** UTS 46 takes the ideographic full stops for dots. */
const DOTS = /[.\u3002\uff0e\uff61]/;

/**
 * Reads a domain name: ASCII in any case, a trailing dot or none, escapes `\.` and `\DDD`
 * (RFC 1035 5.1), and labels in any script, which become A-labels (UTS 46, non-transitional).
 * Any octet may stand in a label (RFC 2181 11), so `_dmarc` and `*` are labels too.
 * @throws NameError for an empty text or label, a label over 63 or a name over 253 octets, a bad
 *   escape, or a label that IDNA refuses.
 */
export function parseName(text: string): DomainName {
  return checked(PLAIN.test(text) ? plainLabels(text) : anyLabels(text), text);
}

/** As {@link parseName}, but `undefined` for what is not a domain name. */
export function tryParseName(text: string): DomainName | undefined {
  try {
    return parseName(text);
  } catch {
    return undefined;
  }
}

/** Whether two names are the same (RFC 4343: case does not count). */
export function nameEquals(a: DomainName, b: DomainName): boolean {
  return a.text === b.text;
}

/** Whether `name` is `ancestor` or lies under it (RFC 8499: subdomain). All names lie under the root. */
export function isSubdomainOf(name: DomainName, ancestor: DomainName): boolean {
  const skip = name.labels.length - ancestor.labels.length;
  // Where the ancestor is longer, its first label has none to be equal to.
  return ancestor.labels.every((label, index) => label === name.labels[skip + index]);
}

/** Whether `name` lies under `ancestor` and is not `ancestor` itself. */
export function isBelow(name: DomainName, ancestor: DomainName): boolean {
  return name.labels.length > ancestor.labels.length && isSubdomainOf(name, ancestor);
}

/** The name without its first label; `undefined` for the root. */
export function parentOf(name: DomainName): DomainName | undefined {
  return name.labels.length === 0 ? undefined : nameOf(name.labels.slice(1));
}

/** The name and each of its ancestors up to the top-level domain, longest first. */
export function lineage(name: DomainName): DomainName[] {
  return name.labels.map((_, index) => nameOf(name.labels.slice(index)));
}

/**
 * `prefix` put before `suffix`: the way a search list is applied.
 * @throws NameError when the whole is over 253 octets.
 */
export function joinNames(prefix: DomainName, suffix: DomainName): DomainName {
  if (prefix.labels.length === 0) return suffix;
  if (suffix.labels.length === 0) return prefix;
  return checked([...prefix.labels, ...suffix.labels], `${prefix.text}.${suffix.text}`);
}

/**
 * `name` as a zone file or Alibaba Cloud DNS writes it inside `zone`: `@` for the zone itself, else
 * the labels before the zone.
 * @throws NameError when the name does not lie in the zone.
 */
export function relativeTo(name: DomainName, zone: DomainName): string {
  if (!isSubdomainOf(name, zone)) {
    throw new NameError(name.text, `it does not lie in the zone ${zone.text}; take another zone`);
  }
  if (name.labels.length === zone.labels.length) return "@";
  return nameOf(name.labels.slice(0, name.labels.length - zone.labels.length)).text;
}

/** The text with a trailing dot, as resolvers and zone files write a complete name. */
export function toFqdn(name: DomainName): string {
  return name.labels.length === 0 ? "." : `${name.text}.`;
}

/** Whether every label could be a host's or a Service's: letters, digits, hyphens inside (RFC 1123 2.1). */
export function isHostname(name: DomainName): boolean {
  return name.labels.length > 0 && name.labels.every((label) => HOST_LABEL.test(label));
}

/** Whether the first label is `*`, which makes a record answer for names that don't exist (RFC 4592). */
export function isWildcard(name: DomainName): boolean {
  return name.labels[0] === "*";
}

/** A stable order: by top-level domain first, then down label by label. Zones sort before what is in them. */
export function compareNames(a: DomainName, b: DomainName): number {
  const shared = Math.min(a.labels.length, b.labels.length);
  for (let index = 1; index <= shared; index++) {
    const left = a.labels[a.labels.length - index] as string;
    const right = b.labels[b.labels.length - index] as string;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.labels.length - b.labels.length;
}

const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

function nameOf(labels: readonly string[]): DomainName {
  return labels.length === 0 ? ROOT : { text: labels.map(present).join("."), labels };
}

function checked(labels: readonly string[], text: string): DomainName {
  const long = labels.find((label) => label.length > MAX_LABEL);
  if (long !== undefined) {
    const size = `the label ${JSON.stringify(long)} has ${long.length} octets`;
    throw new NameError(text, `${size}, at most ${MAX_LABEL} are allowed; shorten it`);
  }
  const length = labels.reduce((sum, label) => sum + label.length + 1, -1);
  if (length > MAX_NAME) {
    throw new NameError(
      text,
      `it has ${length} octets, at most ${MAX_NAME} are allowed; shorten it`,
    );
  }
  return nameOf(labels);
}

/** RFC 1035 5.1: what a zone file would misread is escaped. */
function present(label: string): string {
  if (/^[a-z0-9_*-]+$/.test(label)) return label;
  return label
    .replace(/[.\\"();@$]/g, "\\$&")
    .replace(/[^!-~]/g, (octet) => `\\${octet.charCodeAt(0).toString().padStart(3, "0")}`);
}

function plainLabels(text: string): string[] {
  return (text.endsWith(".") ? text.slice(0, -1) : text).toLowerCase().split(".");
}

function anyLabels(text: string): string[] {
  if (text === ".") return [];
  if (text === "") throw new NameError(text, "it is empty; the root is written '.'");
  const labels: string[] = [];
  let label = "";
  let foreign = false;
  let escaped = false;
  const finish = (): void => {
    if (label === "") {
      throw new NameError(text, "it has an empty label; leave out the dot too many");
    }
    if (foreign && escaped) {
      throw new NameError(text, "it mixes escapes with letters beyond ASCII; write it as A-labels");
    }
    labels.push(foreign ? toAscii(label, text) : label.replace(/[A-Z]/g, (c) => c.toLowerCase()));
    label = "";
    foreign = false;
    escaped = false;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (DOTS.test(character)) {
      finish();
    } else if (character === "\\") {
      const [octet, width] = unescape(text, at + 1);
      label += octet;
      escaped = true;
      at += width;
    } else {
      foreign ||= character > "\x7f";
      label += character;
    }
  }
  if (label !== "") finish();
  return labels;
}

function unescape(text: string, at: number): [octet: string, width: number] {
  // NaN, which is no octet, where fewer than three digits follow.
  const octet = Number(/[0-9]{3}/.exec(text.slice(at, at + 3))?.[0]);
  if (octet <= 255) return [String.fromCharCode(octet), 3];
  const next = text[at];
  if (next === undefined || /[0-9]/.test(next) || next > "\x7f") {
    const way = "write \\DDD with three decimal digits up to 255, or \\ before a punctuation mark";
    throw new NameError(text, `it has a bad escape; ${way}`);
  }
  return [next, 1];
}

function toAscii(label: string, text: string): string {
  // A second label keeps the URL rules from taking digits for an IPv4 address.
  const [ascii, rest] = domainToASCII(`${label}.a`).split(".") as [string, string?];
  // Nothing is left of a label of characters that IDNA ignores, such as the soft hyphen. What a URL
  // would end at, drop or decode is no part of a host's name.
  if (rest !== "a" || ascii === "" || /[\t\n\r%]/.test(label)) {
    throw new NameError(
      text,
      `IDNA refuses the label ${JSON.stringify(label)}; write it otherwise`,
    );
  }
  return ascii;
}
