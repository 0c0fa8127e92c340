import { candidates, type Libc, type Reply, verdict } from "../../../dns/resolution";

const SEARCH = ["one.test", "two.test"];
const namesOf = (libc: Libc, name: string, ndots: number, search = SEARCH): string[] =>
  candidates(libc, name, search, ndots).map((each) => each.name);
const label = (length: number): string => "x".repeat(length);

describe("the names that a C library asks for", () => {
  it.each<Libc>(["glibc", "musl"])("%s tries the search list first below ndots", (libc) => {
    expect(candidates(libc, "web.shop", SEARCH, 5)).toEqual([
      { name: "web.shop.one.test", suffix: "one.test" },
      { name: "web.shop.two.test", suffix: "two.test" },
      { name: "web.shop" },
    ]);
  });

  it("glibc tries the name first from ndots on, and the search list after it", () => {
    expect(namesOf("glibc", "a.b.c", 2)).toEqual(["a.b.c", "a.b.c.one.test", "a.b.c.two.test"]);
    expect(namesOf("glibc", "a.b.c", 3)[0]).toBe("a.b.c.one.test");
  });

  it("musl tries nothing but the name from ndots on", () => {
    expect(namesOf("musl", "a.b.c", 2)).toEqual(["a.b.c"]);
    expect(namesOf("musl", "a.b.c", 3)).toHaveLength(3);
  });

  it.each<Libc>(["glibc", "musl"])("%s leaves the search list at a trailing dot", (libc) => {
    expect(namesOf(libc, "web.", 5)).toEqual(["web"]);
  });

  it.each<Libc>(["glibc", "musl"])("%s takes no ndots beyond 15", (libc) => {
    expect(namesOf(libc, `${"a.".repeat(15)}b`, 40)[0]).toBe(`${"a.".repeat(15)}b`);
    expect(namesOf(libc, `${"a.".repeat(14)}b`, 40)[0]).toBe(`${"a.".repeat(14)}b.one.test`);
  });

  it("musl ignores a search line that does not fit its buffer", () => {
    const suffixes = (length: number): string[] => ["a.test", "s".repeat(length)];
    const fitting = 254 - "search a.test ".length;
    expect(namesOf("musl", "web", 5, suffixes(fitting))).toHaveLength(3);
    expect(namesOf("musl", "web", 5, suffixes(fitting + 1))).toEqual(["web"]);
    expect(namesOf("glibc", "web", 5, suffixes(fitting + 1))).toHaveLength(3);
  });

  it("stops at a suffix that makes the name too long for a query", () => {
    const name = [label(63), label(63), label(63), label(53)].join(".");
    // 245 characters: 254 with the first suffix, 253 with the second.
    expect(name).toHaveLength(245);
    expect(namesOf("glibc", name, 5, ["eight.tt", "sev.tes"])).toEqual([name]);
    expect(namesOf("glibc", name, 5, ["sev.tes", "eight.tt"])).toEqual([`${name}.sev.tes`, name]);
    expect(namesOf("glibc", name, 3, ["sev.tes"])).toEqual([name, `${name}.sev.tes`]);
    expect(namesOf("musl", name, 5, ["sev.tes", "eight.tt"])).toEqual([`${name}.sev.tes`]);
    // 255 characters are the most that musl does not pass over.
    expect(namesOf("musl", name, 5, ["nine.test", "sev.tes"])).toEqual([]);
    expect(namesOf("musl", name, 5, ["ten.a.test", "sev.tes"])).toEqual([`${name}.sev.tes`, name]);
    expect(namesOf("musl", name, 5, ["way.too.long.test", "sev.tes"])).toEqual([
      `${name}.sev.tes`,
      name,
    ]);
  });
});

const reply = (rcode: string, answered = false, addressed = false): Reply => ({
  rcode,
  answered,
  addressed,
});
const ADDRESS = reply("NOERROR", true, true);
const ALIAS = reply("NOERROR", true);
const EMPTY = reply("NOERROR");
const GONE = reply("NXDOMAIN");
const BROKEN = reply("SERVFAIL");
const REFUSED = reply("REFUSED");
const SILENT = reply("TIMEOUT");

describe("what a C library does next", () => {
  it.each([
    ["an address", ADDRESS, EMPTY, "found", "found"],
    ["an IPv6 address", EMPTY, ADDRESS, "found", "found"],
    ["an alias without address", ALIAS, EMPTY, "noData", "noData"],
    ["no such name", GONE, GONE, "next", "next"],
    ["no data", EMPTY, EMPTY, "next", "noData"],
    ["no data and no such name", EMPTY, GONE, "next", "next"],
    ["an address and no such name", ADDRESS, GONE, "found", "next"],
    ["an alias to nowhere", reply("NXDOMAIN", true), GONE, "next", "next"],
    ["a failure", BROKEN, BROKEN, "next", "failed"],
    ["no data and a failure", EMPTY, BROKEN, "next", "failed"],
    ["a refusal", REFUSED, REFUSED, "asIs", "failed"],
    ["no data and a refusal", EMPTY, REFUSED, "asIs", "failed"],
    ["a refusal and no data", REFUSED, EMPTY, "asIs", "failed"],
    ["no such name and a refusal", GONE, REFUSED, "next", "next"],
    ["a refusal and no such name", REFUSED, GONE, "asIs", "failed"],
    ["silence", SILENT, SILENT, "asIs", "failed"],
  ])("after %s", (_, a, aaaa, glibc, musl) => {
    expect(verdict("glibc", a, aaaa)).toBe(glibc);
    expect(verdict("musl", a, aaaa)).toBe(musl);
  });
});
