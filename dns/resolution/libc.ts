/**
 * Which names a program's C library asks for, in which order, and when it stops. glibc and musl
 * differ, and both differ from what people expect. Confirmed name by name against glibc 2.36
 * (`getent ahosts`) and musl 1.2.3; sources: glibc resolv/res_query.c, musl src/network/lookup_name.c.
 */

/** The C library of the container image: `glibc` (Debian, Alibaba Cloud Linux), `musl` (Alpine). */
export type Libc = "glibc" | "musl";

/** One name that the library asks for, as A and as AAAA. */
export interface Candidate {
  /** Without a trailing dot, in the case it was given. */
  readonly name: string;
  /** The suffix from the search list; undefined where the name goes out as it is. */
  readonly suffix?: string;
}

/** What came back for one question of a candidate. */
export interface Reply {
  /** `NOERROR`, `NXDOMAIN`, ...; `TIMEOUT` where nothing, or nothing that fits, came back. */
  readonly rcode: string;
  /** Whether the answer section held anything, aliases included. */
  readonly answered: boolean;
  /** Whether the library takes an address out of it. */
  readonly addressed: boolean;
}

/**
 * What the library does after the replies to one candidate:
 * `found` ends with addresses, `next` goes on with the next candidate, `asIs` leaves the rest of the
 * search list out and tries the bare name, the others end the look-up with that error.
 */
export type Verdict = "found" | "next" | "asIs" | "noData" | "noName" | "failed";

/** Longest search line, keyword included, that musl reads; it ignores a longer one entirely. */
export const MUSL_LINE_CHARACTERS = 254;
/** Both libraries cut `ndots` down to this. */
export const MAX_NDOTS = 15;
/** Longest name that goes into a query, in characters without the trailing dot (RFC 1035 2.3.4). */
const MAX_NAME_CHARACTERS = 253;
/** musl passes over suffixes that make a name longer than this; what lies between ends its search. */
const MUSL_BUFFER_CHARACTERS = 255;

/**
 * The names that a library asks for until one of them ends the look-up.
 *
 * @param name as the program gives it; a trailing dot switches the search list off.
 * @param search suffixes in the order of the pod's resolv.conf.
 * @param ndots of the pod's resolv.conf.
 * @returns glibc: with fewer dots than `ndots` the search list, then the bare name; else the bare
 * name, then the search list. musl: the same below `ndots`, else the bare name alone. Suffixes that
 * make the name too long for a query end the list.
 */
export function candidates(
  libc: Libc,
  name: string,
  search: readonly string[],
  ndots: number,
): Candidate[] {
  if (name.endsWith(".")) return [{ name: name.slice(0, -1) }];
  const bare = { name };
  const enough = name.split(".").length - 1 >= Math.min(ndots, MAX_NDOTS);
  const searched = search.map((suffix) => ({ name: `${name}.${suffix}`, suffix }));
  if (libc === "musl") {
    if (enough || `search ${search.join(" ")}`.length > MUSL_LINE_CHARACTERS) return [bare];
    const read = searched.filter((each) => each.name.length <= MUSL_BUFFER_CHARACTERS);
    const sent = untilTooLong(read);
    return sent.length < read.length ? sent : [...sent, bare];
  }
  const sent = untilTooLong(searched);
  return enough ? [bare, ...sent] : [...sent, bare];
}

function untilTooLong(list: readonly Candidate[]): Candidate[] {
  const end = list.findIndex(({ name }) => name.length > MAX_NAME_CHARACTERS);
  return list.slice(0, end === -1 ? list.length : end);
}

/**
 * What a library does once both questions of a candidate are answered.
 *
 * glibc goes on at NXDOMAIN, at an empty answer (a wildcard of another type must not hide a name
 * further on) and at SERVFAIL; any other failure makes it skip to the bare name. An answer section
 * that is not empty ends the look-up, even if it holds no more than an alias.
 * musl goes on at NXDOMAIN alone, and an empty answer or a failure ends the look-up: one server
 * block that answers SERVFAIL, or a suffix with the name but without an address, hides all the rest.
 */
export function verdict(libc: Libc, a: Reply, aaaa: Reply): Verdict {
  return libc === "musl" ? muslVerdict(a, aaaa) : glibcVerdict(a, aaaa);
}

function muslVerdict(a: Reply, aaaa: Reply): Verdict {
  for (const { rcode } of [a, aaaa]) {
    if (rcode === "NXDOMAIN") return "next";
    // Other codes are never taken: musl asks again until its time is up.
    if (rcode !== "NOERROR") return "failed";
  }
  return a.addressed || aaaa.addressed ? "found" : "noData";
}

function glibcVerdict(a: Reply, aaaa: Reply): Verdict {
  if (answers(a) || answers(aaaa)) return a.addressed || aaaa.addressed ? "found" : "noData";
  const rcode = a.rcode === "NOERROR" ? aaaa.rcode : a.rcode;
  return rcode === "NXDOMAIN" || rcode === "NOERROR" || rcode === "SERVFAIL" ? "next" : "asIs";
}

function answers({ rcode, answered }: Reply): boolean {
  return rcode === "NOERROR" && answered;
}
