import { isIP } from "node:net";

import { tryParseName } from "../../name";
import { isCidr } from "../../reverse";
import { goRegexpFault } from "../goRegexp";
import { parseZoneKey } from "../zone";

/** What one word in a Corefile must be. */
export interface Value {
  /** For messages: "must be <what>". */
  readonly what: string;
  readonly test: (text: string) => boolean;
  /** The CoreDNS version that first takes a word at this place. */
  readonly since?: string;
}

const value = (what: string, test: (text: string) => boolean): Value => ({ what, test });

/** Marks a word that only newer versions take. */
export const since = (version: string, each: Value): Value => ({ ...each, since: version });

/** Any word but an empty one, which is what an environment reference to nothing leaves. */
export const word = value("a word that is not empty", (text) => text !== "");

/**
 * A word of a command. CoreDNS joins the words and splits them again as a shell does, where quotes must have an end and
 * a comment is nothing.
 */
export const commandWord = value("a word without quotes, backslashes and #", (text) =>
  /^[^"'\\#]+$/.test(text),
);

/** One of a few words. */
export const oneOf = (...words: string[]): Value =>
  value(`one of ${words.join(", ")}`, (text) => words.includes(text));

/** As {@link oneOf}, in any case. */
export const anyCase = (...words: string[]): Value =>
  value(`one of ${words.join(", ")}`, (text) => words.includes(text.toLowerCase()));

/** A whole number as Go's strconv.Atoi reads it. */
export const integer = (min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Value => {
  const what =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${min}`
      : `a number from ${min} to ${max}`;
  return value(min === Number.MIN_SAFE_INTEGER ? "a whole number" : what, (text) => {
    const number = /^[+-]?[0-9]+$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max;
  });
};

/** A decimal number in bounds. */
export const decimal = (min: number, max: number): Value =>
  value(`a number from ${min} to ${max}`, (text) => {
    const number = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max;
  });

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
/** 290 years, where Go's time.Duration ends. */
const MAX_SECONDS = 9.2e9;

/** Seconds of a duration as Go's time.ParseDuration reads it (`1h30m`, `250ms`); NaN for other text. */
export function parseDuration(text: string): number {
  if (text === "0" || text === "+0" || text === "-0") return 0;
  const whole = /^([+-]?)((?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (whole === null) return NaN;
  let seconds = 0;
  for (const [, number, unit] of (whole[2] as string).matchAll(/([0-9.]+)([a-zµμ]+)/g)) {
    seconds += Number(number) * (SECONDS[unit as string] as number);
  }
  if (seconds > MAX_SECONDS) return NaN;
  return whole[1] === "-" ? -seconds : seconds;
}

/** A duration in bounds, given in seconds. */
export const duration = (min = -Infinity, max = Infinity): Value => {
  const low = min === -Infinity ? "" : ` of at least ${min}s`;
  const high = max === Infinity ? "" : ` and at most ${max}s`;
  return value(`a duration such as 30s${low}${high}`, (text) => {
    const seconds = parseDuration(text);
    return seconds >= min && seconds <= max;
  });
};

/** A duration, or seconds as a bare number. */
export const durationOrSeconds = (min: number, max: number): Value =>
  value(`a duration such as 30s, from ${min}s to ${max}s`, (text) => {
    const seconds = parseDuration(/^[0-9]+$/.test(text) ? `${text}s` : text);
    return seconds >= min && seconds <= max;
  });

/** `host:port`; the host may be missing. */
export const address = value("an address with a port, such as :9153", (text) => {
  const parts = /^(\[[^[\]]*\]|[^:[\]]*):([0-9]{1,5})$/.exec(text);
  return parts !== null && Number(parts[2]) <= 65535;
});

/** An IPv4 or IPv6 address. */
export const ip = value("an IP address", (text) => isIP(text) !== 0 && !text.includes("%"));

/** An address, or the name of a network interface, which can't be told from a slip here. */
export const ipOrInterface = value(
  "an IP address or the name of a network interface",
  (text) => isIP(text) !== 0 || /^[A-Za-z][A-Za-z0-9._-]{0,14}$/.test(text),
);

/** A network in CIDR notation. */
export const cidr = value("a network such as 10.0.0.0/8", isCidr);

/** A network, or an address that stands for itself. */
export const cidrOrIp = value(
  "a network such as 10.0.0.0/8, an address, or *",
  (text) => text === "*" || isCidr(text) || ip.test(text),
);

/** A zone, as a name or a CIDR block, in whatever form a server block's key may have. */
export const zone = value("a domain name or a network in CIDR notation", (text) => {
  try {
    parseZoneKey(text);
    return true;
  } catch {
    return false;
  }
});

/** A domain name. */
export const name = value("a domain name", (text) => tryParseName(text) !== undefined);

/** A regular expression of Go (RE2). */
export const regexp = value(
  "a regular expression of Go (RE2), without look-around and back-references",
  (text) => goRegexpFault(text) === undefined,
);

/** A percentage with its sign. */
export const percentage = value("a percentage from 10% to 90%", (text) => {
  const number = Number(/^([0-9]+)%$/.exec(text)?.[1]);
  return number >= 10 && number <= 90;
});

const RCODES =
  "NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE BADSIG BADKEY BADTIME BADMODE BADNAME BADALG BADTRUNC BADCOOKIE".split(
    " ",
  );

/** A response code by name, upper case. */
export const rcode = oneOf(...RCODES);

/** A response code by name, in any case. */
export const rcodeAnyCase = anyCase(...RCODES.map((each) => each.toLowerCase()));

/** A record type by name (IANA), `ANY` among them. */
export const recordType = oneOf(
  ..."A AAAA AFSDB AMTRELAY ANY APL AVC AXFR CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DLV DNAME DNSKEY DS EID EUI48 EUI64 GID GPOS HINFO HIP HTTPS ISDN IXFR KEY KX L32 L64 LOC LP MAILA MAILB MB MD MF MG MINFO MR MX NAPTR NID NIMLOC NINFO NS NSAP-PTR NSEC NSEC3 NSEC3PARAM NULL NXT OPENPGPKEY OPT PTR PX RKEY RP RRSIG RT SIG SMIMEA SOA SPF SRV SSHFP SVCB TA TALINK TKEY TLSA TSIG TXT UID UINFO UNSPEC URI X25 ZONEMD".split(
    " ",
  ),
);

/** A record class by name. */
export const recordClass = oneOf("IN", "CS", "CH", "HS", "NONE", "ANY");

/**
 * An upstream: an address with or without port and transport, or a file such as /etc/resolv.conf.
 * Host names are refused, as all versions but the newest do.
 */
export const upstream = (...transports: string[]): Value =>
  value(
    `an IP address, with a port and one of ${transports.map((each) => `${each}://`).join(", ")} where needed, or a file such as /etc/resolv.conf`,
    (text) => {
      const scheme = /^([a-z0-9]+):\/\/(.*)/s.exec(text);
      if (scheme === null) return isHost(text) || /^\.{0,2}\/[^:]+$/.test(text);
      return transports.includes(scheme[1] as string) && isHost(scheme[2] as string);
    },
  );

/** An address, with a port where needed; then an IPv6 address stands in brackets. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const ported = /^(?:\[([^[\]]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  if (ported === null) return false;
  return isIP((ported[1] ?? ported[2]) as string) !== 0 && Number(ported[3]) <= 65535;
}
