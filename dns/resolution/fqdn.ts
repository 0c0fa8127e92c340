/**
 * Names in the form on which CoreDNS itself works: lower case, with a trailing dot. The model keeps
 * to it because plugins such as `rewrite` and `template` see that text, and because a look-up cuts
 * a name many times over. What enters the model goes through {@link parseName} first.
 */
import { type DomainName, MAX_LABEL, MAX_NAME, parseName, toFqdn } from "../name";

/** @throws NameError when the text is not a domain name. */
export function fqdn(text: string): string {
  // Nearly all names are in this form already, and look-ups come by the hundred thousand.
  if (text.length <= MAX_NAME && PLAIN.test(text)) return text.endsWith(".") ? text : `${text}.`;
  return toFqdn(parseName(text));
}

const PLAIN = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/;

/** Lower case and a trailing dot, whatever the text holds otherwise (plugin.Name.Normalize). */
export function normalized(text: string): string {
  const lower = text.toLowerCase();
  return lower.endsWith(".") ? lower : `${lower}.`;
}

/** Whether a text made by a plugin can go out as a name (dns.IsDomainName), escapes left aside. */
export function isSendable(name: string): boolean {
  if (name === ".") return true;
  const labels = name.slice(0, -1).split(".");
  return (
    name.length <= MAX_NAME + 1 && labels.every(({ length }) => length > 0 && length <= MAX_LABEL)
  );
}

/** Whether `name` is `zone` or lies under it; both complete, as CoreDNS's `dns.IsSubDomain`. */
export function isWithin(name: string, zone: string): boolean {
  if (zone === "." || name === zone) return true;
  const cut = name.length - zone.length - 1;
  return cut > 0 && name.charCodeAt(cut) === DOT && name.endsWith(zone);
}

/** The longest of `zones` that `name` lies in, as CoreDNS's `plugin.Zones.Matches`. */
export function longestZone(name: string, zones: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const zone of zones) {
    if (isWithin(name, zone) && (found === undefined || zone.length > found.length)) found = zone;
  }
  return found;
}

/** Whether `name` lies in any of `zones`. */
export function isWithinAny(name: string, zones: readonly string[]): boolean {
  for (const zone of zones) if (isWithin(name, zone)) return true;
  return false;
}

/** Whether more than `most` labels of `name` stand before `zone`; `name` lies below `zone`. */
export function hasMoreLabels(name: string, zone: string, most: number): boolean {
  const end = name.length - zone.length - 1;
  let at = -1;
  for (let count = 0; count < most; count++) {
    at = name.indexOf(".", at + 1);
    if (at >= end) return false;
  }
  return true;
}

/** The labels of `name` before `zone`, from the left; `name` lies below `zone`. */
export function labelsBefore(name: string, zone: string): string[] {
  const end = zone === "." ? name.length - 1 : name.length - zone.length - 1;
  return name.slice(0, end).split(".");
}

/** Where the next label of `name` starts, after the one at `at`; -1 behind the last. */
export function nextLabel(name: string, at: number): number {
  const next = name.indexOf(".", at) + 1;
  return next >= name.length ? -1 : next;
}

/** The complete form of a parsed name. */
export function fqdnOf(name: DomainName): string {
  return toFqdn(name);
}

const DOT = 46;
