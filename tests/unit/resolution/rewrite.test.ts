import { block, compiled, FORWARD, said } from "./support";

const KUBERNETES = "kubernetes cluster.local";
const with_ = (...rules: string[]) => compiled(block(...rules, KUBERNETES, FORWARD));
const legacy = { coreDnsVersion: "1.6.7" };
const old = (...rules: string[]) => compiled(block(...rules, KUBERNETES, FORWARD), {}, legacy);
const WEB = "NOERROR by kubernetes: A 10.96.0.20";
const FOREIGN = "NOERROR by kubernetes: web.shop.svc.cluster.local. A 10.96.0.20";

describe("the rewrite plugin", () => {
  it.each([
    ["name old.test web.shop.svc.cluster.local", "old.test", WEB],
    ["name exact OLD.test. web.shop.svc.cluster.local", "old.test", WEB],
    ["name exact old.test web.shop.svc.cluster.local", "x.old.test", "UNKNOWN by forward"],
    ["name exact www gone", "www.example.org", "NOERROR by forward: A 192.0.2.1"],
    ["name prefix shop. nowhere.", "web.shop.svc.cluster.local", WEB],
    [
      "name exact old.test web.shop.svc.cluster.local",
      "old.test SRV",
      "NOERROR by kubernetes: SRV 0 12 80 old.test., SRV 0 12 53 old.test., SRV 0 12 8080 old.test.",
    ],
    [
      "name exact alias.test www.example.org answer value .* changed.test",
      "alias.test",
      "NOERROR by forward: A 192.0.2.1",
    ],
    ["name suffix .svc.old.test .svc.cluster.local", "web.shop.svc.old.test", FOREIGN],
    ["name suffix .svc.old.test .svc.cluster.local answer auto", "web.shop.svc.old.test", WEB],
    ["name prefix legacy. web.", "legacy.shop.svc.cluster.local", FOREIGN],
    ["name prefix legacy. web. answer auto", "legacy.shop.svc.cluster.local", WEB],
    ["name substring old.test cluster.local", "web.shop.svc.old.test", FOREIGN],
    ["name substring old.test cluster.local answer auto", "web.shop.svc.old.test", WEB],
    ["name regex ^(.*)\\.old\\.test\\.$ {1}.svc.cluster.local", "web.shop.old.test", FOREIGN],
    [
      "name regex ^(.*)\\.old\\.test\\.$ {1}.svc.cluster.local answer auto",
      "web.shop.old.test",
      WEB,
    ],
    [
      "name regex ^(.*)\\.old\\.test\\.$ {1}.svc.cluster.local answer name (.*)\\.svc\\.cluster\\.local {1}.old.test",
      "web.shop.old.test",
      WEB,
    ],
    [
      "name regex ^(a)?(.*)\\.old\\.test\\.$ {1}{2}.svc.cluster.local answer auto",
      "web.shop.old.test",
      WEB,
    ],
    ["name regex ^(.*)\\.gone\\.test\\.$ {1}..test", "web.gone.test", "SERVFAIL by rewrite"],
    ["type MX A", "web.shop.svc.cluster.local MX", WEB],
    ["type MX A", "web.shop.svc.cluster.local TXT", "NOERROR by kubernetes"],
    [
      "rcode suffix cluster.local NXDOMAIN NOERROR",
      "no.shop.svc.cluster.local",
      "NOERROR by kubernetes",
    ],
    ["rcode no.shop.svc.cluster.local 3 5", "no.shop.svc.cluster.local", "REFUSED by kubernetes"],
    [
      "rcode suffix cluster.local SERVFAIL NOERROR",
      "no.shop.svc.cluster.local",
      "NXDOMAIN by kubernetes",
    ],
    ["rcode other.test NXDOMAIN NOERROR", "no.shop.svc.cluster.local", "NXDOMAIN by kubernetes"],
    ["name prefix legacy. web.", "other.test", "UNKNOWN by forward"],
    ["name substring legacy web", "other.test", "UNKNOWN by forward"],
    ["name regex ^legacy web", "other.test", "UNKNOWN by forward"],
    ["rcode regex ^web NXDOMAIN NOERROR", "web.shop.svc.cluster.local", WEB],
    [
      "name regex ^(.*)\\.old\\.test\\.$ {1}.svc.cluster.local answer name (.*)\\.svc\\.cluster\\.local {1}.old.test value nothing {0}",
      "near.shop.old.test",
      "NOERROR by kubernetes: CNAME web.shop.svc.cluster.local., web.shop.old.test. A 10.96.0.20",
    ],
    [
      "name suffix .old.test .svc.cluster.local answer auto",
      "ext.shop.old.test",
      "NOERROR by kubernetes: CNAME www.example.org., www.example.org. A 192.0.2.1",
    ],
  ])("%s: %s", (rule, question, expected) => {
    expect(said(with_(`rewrite ${rule}`), question)).toBe(expected);
  });

  it("puts the values of answers right as well", () => {
    const auto = with_("rewrite name suffix .old.test .cluster.local answer auto");
    expect(said(auto, "_http._tcp.web.shop.svc.old.test SRV")).toBe(
      "NOERROR by kubernetes: SRV 0 50 80 web.shop.svc.old.test.",
    );
    expect(said(auto, "near.shop.svc.old.test")).toBe(
      "NOERROR by kubernetes: CNAME web.shop.svc.old.test., web.shop.svc.old.test. A 10.96.0.20",
    );
    const value = with_(
      "rewrite name exact alias.test alias.example.org answer value www\\.example\\.(.*)\\. www.{1}",
    );
    expect(said(value, "alias.test")).toBe(
      "NOERROR by forward: CNAME www.org., www.example.org. A 192.0.2.1",
    );
    const below = with_("rewrite name prefix old. near. answer auto");
    expect(said(below, "old.shop.svc.cluster.local")).toBe(
      "NOERROR by kubernetes: CNAME web.shop.svc.cluster.local., web.shop.svc.cluster.local. A 10.96.0.20",
    );
    const subdomain = with_(
      "rewrite name prefix a. b. answer auto",
      "template IN A . {",
      'answer "x.{{ .Name }} A 192.0.2.9"',
      "}",
    );
    expect(said(subdomain, "a.test")).toBe("NOERROR by template: x.a.test. A 192.0.2.9");
  });

  it.each([
    ["MX", "10 mx"],
    ["NS", "ns"],
    ["PTR", "host"],
    ["CNAME", "alias"],
    ["SRV", "1 2 3 host"],
  ])("puts the name in %s right", (type, data) => {
    const made = with_(
      "rewrite name suffix .old.test .new.test answer auto",
      `template IN ${type} new.test {`,
      `answer "{{ .Name }} ${type} ${data}.new.test"`,
      "}",
    );
    expect(said(made, `a.old.test ${type}`)).toBe(`NOERROR by template: ${type} ${data}.old.test.`);
  });

  it("stops at the first rule that matches, unless the rule says continue", () => {
    const first = "name suffix .a.test .b.test";
    const second = "name suffix .b.test .svc.cluster.local answer auto";
    expect(said(with_(`rewrite ${first}`, `rewrite ${second}`), "web.shop.a.test")).toBe(
      "UNKNOWN by forward",
    );
    expect(
      said(with_(`rewrite continue ${first}`, `rewrite stop ${second}`), "web.shop.a.test"),
    ).toBe("NOERROR by kubernetes: web.shop.b.test. A 10.96.0.20");
    expect(
      said(with_(`rewrite continue ${first} answer auto`, `rewrite ${second}`), "web.shop.a.test"),
    ).toBe(WEB);
  });

  it("restores what a rule that says continue restores, with no rule behind it", () => {
    const rule = "rewrite continue name suffix .a.test .svc.cluster.local answer auto";
    expect(said(with_(rule), "web.shop.a.test")).toBe(WEB);
    const { message } = with_(rule).ask("web.shop.a.test", "A", { namespace: "shop" });
    expect(message?.question).toBe("web.shop.a.test.");
  });

  it("tells of rules that change the question, and of no others", () => {
    const steps = (rule: string, question: string, type: string) =>
      with_(`rewrite ${rule}`).ask(question, type, { namespace: "shop" }).steps;
    expect(steps("type MX A", "web.shop.svc.cluster.local", "MX")).toEqual([
      { plugin: "rewrite", action: "rewrote", detail: "A" },
    ]);
    expect(steps("name old.test web.shop.svc.cluster.local", "old.test", "A")).toEqual([
      { plugin: "rewrite", action: "rewrote", detail: "web.shop.svc.cluster.local." },
    ]);
    expect(steps("ttl web.shop.svc.cluster.local 7", "web.shop.svc.cluster.local", "A")).toEqual(
      [],
    );
  });

  it("sends names and labels of full length, none beyond", () => {
    const label = (length: number): string => "x".repeat(length);
    const to = (name: string): string =>
      said(with_(`rewrite name regex ^old\\.test\\.$ ${name}`), "old.test");
    const name = (last: number): string => [63, 63, 63, last].map(label).join(".");
    expect(to(`${label(63)}.test`)).toBe("UNKNOWN by forward");
    expect(to(`${label(64)}.test`)).toBe("SERVFAIL by rewrite");
    expect(to(name(61))).toBe("UNKNOWN by forward");
    expect(to(name(62))).toBe("SERVFAIL by rewrite");
  });

  it("leaves the changed name in the question where nothing restores it", () => {
    const question = (corefile: ReturnType<typeof with_>, name: string) =>
      corefile.ask(name, "A", { namespace: "shop" }).message?.question;
    const rule = "name suffix .old.test .svc.cluster.local";
    expect(question(with_(`rewrite continue ${rule}`), "web.shop.old.test")).toBe(
      "web.shop.svc.cluster.local.",
    );
    expect(question(with_(`rewrite ${rule}`), "web.shop.old.test")).toBe("web.shop.old.test.");
    const failing = (mode: string, version: object) =>
      question(compiled(block(`rewrite ${mode} ${rule}`), {}, version), "web.shop.old.test");
    expect(failing("continue", {})).toBe("web.shop.svc.cluster.local.");
    expect(failing("stop", {})).toBe("web.shop.old.test.");
    expect(failing("stop", legacy)).toBe("web.shop.svc.cluster.local.");
    const twice = compiled(
      block(
        `rewrite continue ${rule}`,
        "autopath @kubernetes",
        "kubernetes cluster.local {",
        "pods verified",
        "}",
      ),
    );
    expect(question(twice, "shop.old.test")).toBe("shop.svc.cluster.local.");
  });

  it("reads rules in braces as if they stood on one line", () => {
    const braces = with_(
      "rewrite stop {",
      "name suffix .svc.old.test .svc.cluster.local",
      "answer auto",
      "}",
    );
    expect(said(braces, "web.shop.svc.old.test")).toBe(WEB);
    expect(
      said(with_("rewrite {", "name old.test web.shop.svc.cluster.local", "}"), "old.test"),
    ).toBe(WEB);
  });

  it.each([
    ["www.example.org 7", 7],
    ["suffix .example.org 5-30", 30],
    ["prefix www. 900-", 900],
    ["substring example -100", 100],
    ["regex .* 300-700", 600],
    ["exact other.test 7", 600],
  ])("sets times to live with ttl %s", (rule, ttl) => {
    const { message } = with_(`rewrite ttl ${rule}`).ask("www.example.org", "A", {
      namespace: "x",
    });
    expect(message?.answers[0]?.ttl).toBe(ttl);
  });

  it("restores a reply that the server would have to write", () => {
    const refused = compiled(
      block("rewrite name old.test new.test", "template IN A . {", "match ^x", "}"),
    );
    expect(said(refused, "old.test")).toBe("SERVFAIL by template");
    const coded = compiled(block("rewrite rcode old.test SERVFAIL NXDOMAIN"));
    expect(said(coded, "old.test")).toBe("NXDOMAIN by server");
    const silent = compiled(
      block("rewrite name old.test new.test", "template IN A . {", "match ^x", "}"),
      {},
      legacy,
    );
    expect(said(silent, "old.test")).toBe("silence by template");
  });

  it("leaves a rule of another kind out and says so", () => {
    const { omitted } = with_("rewrite edns0 local set 0xffee 0x61", "rewrite").ask("a.test", "A", {
      namespace: "x",
    });
    expect(omitted).toEqual(["rewrite edns0 (line 2)", "rewrite  (line 3)"]);
  });

  const NAME = "write name, one of exact, prefix, suffix, substring, regex, and two names";
  const PATTERN = "correct the regular expression or the answer part";
  const TYPE = "write type and two record types";
  const TTL = "write ttl, a name and seconds such as 30 or 5-60";
  const RCODE = "write rcode, a name and two codes such as NXDOMAIN NOERROR";
  it.each([
    ["name", NAME],
    ["name exact", NAME],
    ["name sideways a.test b.test", NAME],
    ["name exact a.test *.b.test", PATTERN],
    ["name regex a.test b.test name c d", PATTERN],
    ["name regex ( b.test", PATTERN],
    ["name regex a.test b.test answer", PATTERN],
    ["name regex a.test b.test answer sideways c d", PATTERN],
    ["name exact a.test b.test answer name a", PATTERN],
    ["name exact a.test b.test answer value ( a.test", PATTERN],
    ["type A", TYPE],
    ["type A B C", TYPE],
    ["ttl", TTL],
    ["ttl a.test", TTL],
    ["ttl a.test -", TTL],
    ["ttl a.test soon", TTL],
    ["ttl a.test 5s", TTL],
    ["ttl a.test s5", TTL],
    ["ttl a.test 5-10-20", TTL],
    ['ttl a.test ""', TTL],
    ["ttl sideways a.test 5", TTL],
    ["rcode", RCODE],
    ["rcode a.test NXDOMAIN", RCODE],
    ["rcode regex ( NXDOMAIN NOERROR", RCODE],
  ])("refuses the rule %s", (rule, way) => {
    const args = rule.replaceAll('"', "").split(" ").slice(1).join(" ");
    expect(() => with_(`rewrite ${rule}`)).toThrow(`CoreDNS can't read the rule "${args}": ${way}`);
  });
});

describe("the rewrite plugin of CoreDNS 1.6", () => {
  it.each([
    [
      "name old.test near.shop.svc.cluster.local",
      "old.test",
      "NOERROR by kubernetes: CNAME web.shop.svc.cluster.local., web.shop.svc.cluster.local. A 10.96.0.20",
    ],
    ["name old.test web.shop.svc.cluster.local", "old.test", WEB],
    ["name suffix .svc.old.test .svc.cluster.local", "web.shop.svc.old.test", FOREIGN],
    ["name regex ^(.*)\\.old\\.test\\.$ {1}.svc.cluster.local", "web.shop.old.test", FOREIGN],
    [
      "name regex ^(.*)\\.old\\.test\\.$ {1}.svc.cluster.local answer name (.*)\\.svc\\.cluster\\.local {1}.old.test",
      "web.shop.old.test",
      WEB,
    ],
    ["name suffix .svc.old.test .svc.cluster.local", "web.other.test", "UNKNOWN by forward"],
    [
      "name old.test web.shop.svc.cluster.local",
      "old.test SRV",
      "NOERROR by kubernetes: SRV 0 25 80 web.shop.svc.cluster.local., SRV 0 25 53 web.shop.svc.cluster.local., SRV 0 25 8080 web.shop.svc.cluster.local.",
    ],
  ])("%s: %s", (rule, question, expected) => {
    expect(said(old(`rewrite ${rule}`), question)).toBe(expected);
  });

  it.each([
    "name exact a.test b.test answer name b.test c.test",
    "name suffix a.test b.test answer auto",
    "name prefix a.test b.test answer name b.test a.test",
    "name regex (.*)a.test {1}b.test answer auto",
    "name regex (.*)a.test {1}b.test answer value b.test a.test",
    "name regex (.*)a.test {1}b.test answer name b.test a.test value b.test a.test",
  ])("refuses the rule %s", (rule) => {
    expect(() => old(`rewrite ${rule}`)).toThrow(
      "this CoreDNS takes an answer part behind regex alone, as answer name FROM TO",
    );
  });
});
