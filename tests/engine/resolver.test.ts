import { type AskingPod, compileCorefile, type Libc } from "../../dns/resolution";
import { scratch } from "./resolution/coredns";
import { type ResolverLab, startResolverLab } from "./resolution/namespace";

/** A reply to `<name>.<zone>`: per question a code, an address, or an alias. */
type Reply = { A?: string; AAAA?: string };

/** Names whose replies the table below needs; everything else is NXDOMAIN. */
const REPLIES: Readonly<Record<string, Reply>> = {
  "first.one.test.": { A: "10.0.0.1", AAAA: "fd00::1" },
  "second.two.test.": { A: "10.0.0.2", AAAA: "NOERROR" },
  "six.one.test.": { A: "NOERROR", AAAA: "fd00::6" },
  "empty.one.test.": { A: "NOERROR", AAAA: "NOERROR" },
  "empty.two.test.": { A: "10.0.0.3", AAAA: "NOERROR" },
  "halfgone.one.test.": { A: "10.0.0.4", AAAA: "NXDOMAIN" },
  "halfgone.two.test.": { A: "10.0.0.5", AAAA: "10.0.0.5" },
  "emptyhalf.one.test.": { A: "NOERROR", AAAA: "NXDOMAIN" },
  "emptyhalf.two.test.": { A: "10.0.0.6", AAAA: "NOERROR" },
  "broken.one.test.": { A: "SERVFAIL", AAAA: "SERVFAIL" },
  "broken.two.test.": { A: "10.0.0.7", AAAA: "NOERROR" },
  "halfbroken.one.test.": { A: "NOERROR", AAAA: "SERVFAIL" },
  "halfbroken.two.test.": { A: "10.0.0.8", AAAA: "NOERROR" },
  "refused.one.test.": { A: "REFUSED", AAAA: "REFUSED" },
  "refused.two.test.": { A: "10.0.0.9", AAAA: "NOERROR" },
  "refused.": { A: "10.0.0.10", AAAA: "NOERROR" },
  "alias.one.test.": { A: "elsewhere.invalid.", AAAA: "NOERROR" },
  "alias.two.test.": { A: "10.0.0.11", AAAA: "NOERROR" },
  "bare.": { A: "10.0.0.12", AAAA: "NOERROR" },
  "www.bare.": { A: "10.0.0.13", AAAA: "NOERROR" },
  "a.b.c.d.e.": { A: "10.0.0.14", AAAA: "NOERROR" },
  "a.b.c.d.f.one.test.": { A: "10.0.0.15", AAAA: "NOERROR" },
  "a.b.c.d.g.": { A: "NOERROR", AAAA: "NOERROR" },
  "a.b.c.d.g.two.test.": { A: "10.0.0.16", AAAA: "NOERROR" },
};

const NOBODY = { namespaces: [], services: [], endpoints: [], pods: [] };
const SEARCH = ["one.test", "two.test", "three.test"];

const NAMES = [
  "first",
  "second",
  "six",
  "empty",
  "halfgone",
  "emptyhalf",
  "broken",
  "halfbroken",
  "refused",
  "alias",
  "bare",
  "bare.",
  "www.bare",
  "second.",
  "nothing",
  "nothing.at.all",
  "a.b.c.d.e",
  "a.b.c.d.f",
  "a.b.c.d.g",
  "a.b.c.d.h",
];

const label = (length: number): string => "x".repeat(length);
/** 249 characters: with the first suffix 258. */
const LONG = [label(63), label(63), label(63), label(57)].join(".");
/** 245 characters: 254 with the first suffix, 253 with one that is a character shorter. */
const EDGE = [label(63), label(63), label(63), label(53)].join(".");

function corefile(): string {
  const templates = Object.entries(REPLIES).flatMap(([name, reply]) =>
    Object.entries(reply).map(([type, value]) => {
      const match = `match ^${name.replaceAll(".", "\\.")}$`;
      return `template IN ${type} . {\n${match}\n${replyLine(value)}\nfallthrough\n}`;
    }),
  );
  return `.:53 {\nlog\n${templates.join("\n")}\ntemplate ANY ANY . {\nrcode NXDOMAIN\n}\n}\n`;
}

function replyLine(value: string): string {
  if (/^[A-Z]+$/.test(value)) return `rcode ${value}`;
  const type = value.endsWith(".") ? "CNAME" : value.includes(":") ? "AAAA" : "A";
  return `answer "{{ .Name }} 60 IN ${type} ${value}"`;
}

describe.each<Libc>(["glibc", "musl"])("the names that %s asks for", (libc) => {
  let lab: ResolverLab;
  let remove: () => Promise<void>;
  const model = compileCorefile(corefile(), { cluster: NOBODY, zones: [] });

  beforeAll(async () => {
    const made = await scratch();
    remove = made.remove;
    lab = await startResolverLab("1.15.0", corefile(), made.dir);
  }, 60_000);
  afterAll(async () => {
    await lab.stop();
    await remove();
  });

  const check = async (name: string, search: readonly string[], ndots: number): Promise<void> => {
    const pod: AskingPod = {
      namespace: "default",
      clusterDomain: "",
      dnsPolicy: "None",
      asksCluster: true,
      searches: search,
      ndots,
      libc,
    };
    const said = model.explain(name, pod);
    const seen = await lab.lookUp(libc, name, search, ndots);
    expect({ names: seen.names, addresses: [...seen.addresses].sort() }).toEqual({
      names: said.lookups.map((each) => each.name),
      addresses: [...said.addresses].sort(),
    });
    if (seen.names.length > 0) expect([...seen.types].sort()).toEqual(["A", "AAAA"]);
  };

  it.each([1, 2, 5])(
    "with ndots:%d",
    async (ndots) => {
      for (const name of NAMES) await check(name, SEARCH, ndots);
    },
    240_000,
  );

  it("with names too long for a suffix", async () => {
    for (const name of [LONG, EDGE]) {
      for (const search of [SEARCH, ["on.test", "two.test"], ["two.test", "t"]]) {
        await check(name, search, 5);
      }
    }
  }, 120_000);

  it("with a search line of any length", async () => {
    const suffixes = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `suffix-number-${index}.test`);
    for (const count of [6, 11, 12, 13, 32]) await check("nothing", suffixes(count), 5);
  }, 120_000);

  it("with ndots beyond what a library takes", async () => {
    await check(`${"a.".repeat(15)}b`, SEARCH, 15);
    await check(`${"a.".repeat(14)}b`, SEARCH, 15);
    await check(`${"a.".repeat(15)}b`, SEARCH, 40);
  }, 120_000);
});
