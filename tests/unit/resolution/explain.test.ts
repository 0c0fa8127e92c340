import { NameError } from "../../../dns";
import {
  type AskingPod,
  explain,
  type Explanation,
  formatExplanation,
} from "../../../dns/resolution";
import { block, compiled, FORWARD, RECORDS } from "./support";

const POD: AskingPod = { namespace: "shop", clusterDomain: "cluster.local" };
const COREFILE = block("kubernetes cluster.local", FORWARD);
const look = (
  name: string,
  pod: Partial<AskingPod> = {},
  corefile = COREFILE,
  zones = RECORDS.zones,
): Explanation => explain(name, { ...POD, ...pod }, corefile, { ...RECORDS, zones });
const namesOf = ({ lookups }: Explanation): string[] => lookups.map((each) => each.name);

describe("explaining a look-up", () => {
  it("finds a Service with the first suffix", () => {
    const { lookups, ...rest } = look("web");
    expect(rest).toEqual({
      name: "web",
      libc: "glibc",
      search: ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"],
      ndots: 5,
      outcome: "found",
      addresses: ["10.96.0.20", "fd00::20"],
      answeredBy: "web.shop.svc.cluster.local.",
      omitted: [],
    });
    expect(lookups).toHaveLength(1);
    expect(lookups[0]).toMatchObject({
      name: "web.shop.svc.cluster.local",
      suffix: "shop.svc.cluster.local",
      verdict: "found",
    });
    expect(lookups[0]?.questions[0]).toEqual({
      name: "web.shop.svc.cluster.local.",
      type: "A",
      block: ".:53",
      line: 1,
      steps: [],
      plugin: "kubernetes",
      rcode: "NOERROR",
      answers: [{ name: "web.shop.svc.cluster.local.", type: "A", ttl: 5, data: "10.96.0.20" }],
      dangling: false,
    });
  });

  it("goes through the search list before the public DNS", () => {
    const said = look("WWW.example.org");
    expect(namesOf(said)).toEqual([
      "www.example.org.shop.svc.cluster.local",
      "www.example.org.svc.cluster.local",
      "www.example.org.cluster.local",
      "www.example.org",
    ]);
    expect(said).toMatchObject({
      outcome: "found",
      addresses: ["192.0.2.1"],
      answeredBy: "www.example.org.",
    });
    expect(namesOf(look("www.example.org."))).toEqual(["www.example.org"]);
    expect(namesOf(look("www.example.org", { ndots: 2 }))).toEqual(["www.example.org"]);
  });

  it.each([
    ["gone.example.org", "noName"],
    ["example.org", "noData"],
    ["lost.example.org", "noName"],
    ["anything.test", "unknown"],
  ])("says how %s ends", (name, outcome) => {
    expect(look(name)).toMatchObject({ outcome, addresses: [], answeredBy: undefined });
  });

  it("takes names of the search list that nobody is known to hold for absent", () => {
    const said = look("www.example.org", { hostSearch: ["corp.test"] });
    expect(said.lookups.map((each) => each.verdict)).toEqual([
      "next",
      "next",
      "next",
      "unknown",
      "found",
    ]);
    expect(said.outcome).toBe("found");
    const unknown = look("gone.example.org", { hostSearch: ["corp.test"] });
    expect(unknown.outcome).toBe("unknown");
  });

  it("stops at a name as it is that is not known", () => {
    const said = look("anything.test", { ndots: 1 });
    expect(namesOf(said)).toEqual(["anything.test"]);
    expect(said.outcome).toBe("unknown");
  });

  it.each(["A", "AAAA"])("does not pass over an alias to nowhere known for %s alone", (type) => {
    const text = block(
      `template IN ${type} corp.test {\nanswer "{{ .Name }} CNAME elsewhere.test"\n}`,
      FORWARD,
    );
    const zones = [{ name: "web.corp.test", records: [] }];
    const pod = { searches: ["corp.test"], dnsPolicy: "None", asksCluster: true } as const;
    const said = look("web", pod, text, zones);
    expect(namesOf(said)).toEqual(["web.corp.test"]);
    expect(said.outcome).toBe("unknown");
  });

  it.each(["A", "AAAA"])("does not know a name whose %s is known not to exist alone", (type) => {
    const text = block(`template IN ${type} {\nrcode NXDOMAIN\n}`, FORWARD);
    expect(look("a.test.", {}, text)).toMatchObject({ outcome: "unknown", addresses: [] });
  });

  it("does not pass over an alias to a name that is not known", () => {
    const zones = [
      {
        name: "corp.test",
        records: [{ name: "web.example.corp.test", type: "CNAME", data: "elsewhere.test" }],
      },
    ];
    const said = look(
      "web.example",
      { searches: ["corp.test"], dnsPolicy: "None", asksCluster: true, ndots: 5 },
      COREFILE,
      zones,
    );
    expect(said.outcome).toBe("unknown");
    expect(said.lookups[0]?.questions[0]).toMatchObject({ dangling: true });
    expect(said.lookups).toHaveLength(1);
  });

  it("takes an address beside a question that is not known", () => {
    const text = block('template IN A {\nanswer "{{ .Name }} A 192.0.2.9"\n}', FORWARD);
    for (const libc of ["glibc", "musl"] as const) {
      const said = look("a.test.", { libc }, text);
      expect(said).toMatchObject({ outcome: "found", addresses: ["192.0.2.9"] });
    }
  });

  it("follows the alias of a Service to where the records end", () => {
    const services = [
      { namespace: "shop", name: "out", clusterIps: [], externalName: "elsewhere.test", ports: [] },
    ];
    const cluster = { ...RECORDS.cluster, services };
    const said = explain("out", POD, COREFILE, { ...RECORDS, cluster });
    expect(said.outcome).toBe("unknown");
    expect(said.lookups).toHaveLength(1);
    expect(said.lookups[0]?.questions[0]).toMatchObject({ plugin: "kubernetes", dangling: true });
  });

  it("does not ask CoreDNS for pods that ask others", () => {
    const said = look("www.example.org", { dnsPolicy: "Default" });
    expect(said).toMatchObject({ lookups: [], outcome: "unknown", addresses: [] });
    expect(formatExplanation(said)).toBe(
      [
        "www.example.org as glibc looks it up, ndots:1",
        "search list is empty",
        "",
        "This pod does not ask the cluster's DNS.",
        "",
        "www.example.org: its resolver asks other servers",
        "",
      ].join("\n"),
    );
  });

  const failing = (rcode: string): string =>
    block(
      `template ANY ANY one.test {\nrcode ${rcode}\n}`,
      "template ANY ANY two.test {\nrcode NXDOMAIN\n}",
      FORWARD,
    );
  const search: Partial<AskingPod> = {
    dnsPolicy: "None",
    asksCluster: true,
    searches: ["one.test", "two.test"],
    ndots: 2,
  };

  it.each([
    [
      "NOERROR",
      "gone.example.org",
      ["gone.example.org", "gone.example.org.one.test", "gone.example.org.two.test"],
      "noName",
    ],
    ["NOERROR", "gone", ["gone.one.test", "gone.two.test", "gone"], "noData"],
    ["SERVFAIL", "gone", ["gone.one.test", "gone.two.test", "gone"], "failed"],
    ["NXDOMAIN", "gone", ["gone.one.test", "gone.two.test", "gone"], "noName"],
    ["REFUSED", "gone", ["gone.one.test", "gone"], "failed"],
  ])("glibc after %s for %s", (rcode, name, names, outcome) => {
    const zones = [{ name: ".", records: [] }];
    const said = look(name, search, failing(rcode), zones);
    expect(namesOf(said)).toEqual(names);
    expect(said.outcome).toBe(outcome);
  });

  const rcodes = (first: string, second: string, last: string): string =>
    block(
      `template ANY ANY one.test {\nrcode ${first}\n}`,
      `template ANY ANY two.test {\nrcode ${second}\n}`,
      `template ANY ANY {\nrcode ${last}\n}`,
    );

  it.each([
    ["REFUSED", "REFUSED", "REFUSED", "failed"],
    ["SERVFAIL", "NXDOMAIN", "NOERROR", "failed"],
    ["NXDOMAIN", "NOERROR", "NXDOMAIN", "noData"],
    ["NXDOMAIN", "NXDOMAIN", "NOERROR", "noData"],
    ["NXDOMAIN", "NXDOMAIN", "REFUSED", "failed"],
  ])("glibc reports after %s, %s and %s that it %s", (first, second, last, outcome) => {
    expect(look("gone", search, rcodes(first, second, last)).outcome).toBe(outcome);
  });

  it.each([
    ["NOERROR", ["gone.one.test"], "noData"],
    ["SERVFAIL", ["gone.one.test"], "failed"],
    ["NXDOMAIN", ["gone.one.test", "gone.two.test", "gone"], "noName"],
  ])("musl after %s", (rcode, names, outcome) => {
    const said = look("gone", { ...search, libc: "musl" }, failing(rcode), [
      { name: ".", records: [] },
    ]);
    expect(namesOf(said)).toEqual(names);
    expect(said.outcome).toBe(outcome);
  });

  it("waits in vain for a reply to its question", () => {
    const text = block("rewrite continue name suffix .one.test .example.org", FORWARD);
    const said = look("www", { ...search, searches: ["one.test"] }, text);
    expect(said.lookups[0]?.questions[0]).toMatchObject({ rcode: "TIMEOUT", answers: [] });
    expect(namesOf(said)).toEqual(["www.one.test", "www"]);
  });

  it("waits in vain where CoreDNS sends no reply", () => {
    const silent = compiled(
      block("template IN A test {\nmatch ^never$\n}", FORWARD),
      {},
      { coreDnsVersion: "1.6.7" },
    );
    const said = silent.explain("a.test.", POD);
    expect(said.lookups[0]?.questions[0]).toMatchObject({
      rcode: "TIMEOUT",
      answers: [],
      dangling: false,
    });
    expect(formatExplanation(said)).toContain("A no reply  AAAA not known here");
  });

  it("tells what the model leaves out once", () => {
    expect(look("web", {}, block("acl", "kubernetes cluster.local")).omitted).toEqual([
      "acl (line 2)",
    ]);
  });

  it("keeps the resolver's configuration of a pod", () => {
    const corefile = compiled(COREFILE);
    expect(corefile.explain("web", POD)).toEqual(corefile.explain("web", POD));
  });

  it("refuses what is no name", () => {
    expect(() => look("a..b")).toThrow(NameError);
  });
});

describe("an explanation as text", () => {
  it("has a line for each name, and the end", () => {
    expect(formatExplanation(look("www.example.org"))).toBe(
      [
        "www.example.org as glibc looks it up, ndots:5",
        "search shop.svc.cluster.local svc.cluster.local cluster.local",
        "",
        "1  www.example.org.shop.svc.cluster.local  A NXDOMAIN   AAAA NXDOMAIN    kubernetes in .:53 (line 1)",
        "2  www.example.org.svc.cluster.local       A NXDOMAIN   AAAA NXDOMAIN    kubernetes in .:53 (line 1)",
        "3  www.example.org.cluster.local           A NXDOMAIN   AAAA NXDOMAIN    kubernetes in .:53 (line 1)",
        "4  www.example.org                         A 192.0.2.1  AAAA no address  forwarded to /etc/resolv.conf in .:53 (line 1)",
        "",
        "www.example.org is 192.0.2.1",
        "",
      ].join("\n"),
    );
  });

  it("says which name answered in the place of another", () => {
    expect(formatExplanation(look("web"))).toContain(
      "\nweb is 10.96.0.20 fd00::20, the answer of web.shop.svc.cluster.local.\n",
    );
    expect(formatExplanation(look("www.example.org."))).toContain(
      "\nwww.example.org. is 192.0.2.1\n",
    );
  });

  const text = (name: string, corefile: string, pod: Partial<AskingPod> = {}): string =>
    formatExplanation(look(name, { dnsPolicy: "None", asksCluster: true, ...pod }, corefile));

  it.each([
    [
      "www.example.org",
      block("kubernetes example.org {\nfallthrough\n}", FORWARD),
      "past kubernetes, forwarded to /etc/resolv.conf in",
    ],
    [
      "old.test",
      block("rewrite name old.test www.example.org", FORWARD),
      "rewritten to www.example.org., forwarded to",
    ],
    [
      "www.example.org.shop.svc.cluster.local",
      block("autopath @kubernetes", "kubernetes cluster.local {\npods verified\n}", FORWARD),
      "forwarded to /etc/resolv.conf, autopath found www.example.org., forward in",
    ],
    [
      "a.test",
      block("template ANY ANY test {\nrcode NXDOMAIN\n}"),
      "template for test. in .:53 (line 1)",
    ],
    ["a.test", block("errors"), "no plugin left in .:53 (line 1)"],
    ["a.test", "b.test {\nerrors\n}", "A REFUSED  AAAA REFUSED  no server block"],
    [
      "a.test",
      block("template IN A {\nrcode NXDOMAIN\n}", FORWARD),
      "A NXDOMAIN  AAAA not known here  A: template for . in .:53 (line 1); AAAA: forwarded to",
    ],
    [
      "anything.test",
      block(FORWARD),
      "anything.test reaches the public DNS; what that answers is not known here",
    ],
    ["example.org", block(FORWARD), "example.org: the name exists, without an address"],
    ["gone.example.org", block(FORWARD), "gone.example.org: no such name"],
    ["gone.example.org", block("errors"), "gone.example.org: the DNS fails to answer"],
    [
      "alias.example.org",
      block(
        'template IN AAAA {\nanswer "{{ .Name }} CNAME lost.test"\nmatch ^alias\nfallthrough\n}',
        FORWARD,
      ),
      "A 192.0.2.1  AAAA alias of lost.test.",
    ],
    [
      "a.test",
      block(
        'template ANY ANY {\nanswer "{{ .Name }} CNAME gone.example.org"\nmatch ^a\nfallthrough\n}',
        FORWARD,
      ),
      "alias without address",
    ],
    [
      "web.shop.svc.cluster.local",
      block("acl", "kubernetes cluster.local"),
      "Not taken into account: acl (line 2).",
    ],
    [
      "web.shop.svc.cluster.local",
      block("acl", "dns64", "kubernetes cluster.local"),
      "Not taken into account: acl (line 2), dns64 (line 3).",
    ],
    [
      "db.shop.svc.cluster.local",
      block("kubernetes cluster.local"),
      "A 10.244.0.5 10.244.0.6  AAAA fd00:10::7 fd00:10::  kubernetes in",
    ],
    [
      "www.example.org",
      block("hosts {\nfallthrough\n}", FORWARD),
      "past hosts, forwarded to /etc/resolv.conf in",
    ],
  ])("of %s", (name, corefile, expected) => {
    expect(text(name, corefile)).toContain(expected);
  });

  it("says how it ends, although a name on the way is not known", () => {
    const said = look("example.org", { libc: "musl", hostSearch: ["corp.test"] });
    expect(said.lookups.map(({ verdict }) => verdict)).toContain("unknown");
    expect(formatExplanation(said)).toContain("example.org: the name exists, without an address");
  });

  it("says that no reply came", () => {
    const silent = block("rewrite continue name suffix .one.test .example.org", FORWARD);
    expect(text("www.one.test", silent)).toContain("A no reply");
  });

  it("is coloured where a terminal wants it", () => {
    const coloured = (name: string, corefile = COREFILE): string =>
      formatExplanation(look(name, {}, corefile), { colour: true });
    expect(coloured("www.example.org")).toContain("\x1b[1mwww.example.org\x1b[0m as glibc");
    expect(coloured("www.example.org")).toContain("\x1b[2msearch shop.svc.cluster.local ");
    expect(coloured("www.example.org")).toMatch(/\x1b\[2m1 {2}www.*NXDOMAIN.*\x1b\[0m\n/);
    expect(coloured("www.example.org")).toMatch(/\x1b\[32m4 {2}www.*192\.0\.2\.1.*\x1b\[0m\n/);
    expect(coloured("www.example.org")).toContain(
      "\x1b[32m\x1b[1mwww.example.org is 192.0.2.1\x1b[0m",
    );
    expect(coloured("gone.example.org")).toContain(
      "\x1b[31m\x1b[1mgone.example.org: no such name\x1b[0m",
    );
    expect(coloured("a.test")).toMatch(/\x1b\[33m4 {2}a\.test /);
    expect(coloured("a.test")).toContain("\x1b[32ma.test reaches");
    expect(coloured("web", block("acl", "kubernetes cluster.local"))).toContain(
      "\x1b[33mNot taken",
    );
    expect(formatExplanation(look("web"), { colour: false })).not.toContain("\x1b");
  });
});
