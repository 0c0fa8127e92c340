import { CorefileError, CorefileSyntaxError, NameError } from "../../../dns";
import { compileCorefile } from "../../../dns/resolution";
import { compiled, FORWARD, RECORDS, said } from "./support";

const answering = (text: string): string =>
  `template ANY ANY {\nanswer "{{ .Name }} TXT ${text}"\n}`;
const blocks = (...each: [keys: string, ...lines: string[]][]): string =>
  each.map(([keys, ...lines]) => `${keys} {\n${lines.join("\n")}\n}\n`).join("");
const asked = { ip: "10.0.0.7", namespace: "shop" };

describe("the server block that takes a question", () => {
  it("is that of the longest zone", () => {
    const corefile = compiled(
      blocks([".", answering("root")], ["b.test", answering("b")], ["a.b.test", answering("a")]),
    );
    expect(said(corefile, "x.a.b.test TXT")).toContain('"a"');
    expect(said(corefile, "b.test TXT")).toContain('"b"');
    for (const name of ["xb.test", "xxb.test", "test"]) {
      expect(said(corefile, `${name} TXT`)).toContain('"root"');
    }
    expect(said(corefile, ". TXT")).toContain('"root"');
  });

  it("has all keys of a block, CIDR blocks among them", () => {
    const corefile = compiled(blocks(["a.test, 10.96.0.0/14 fd00::/8", answering("here")]));
    expect(said(corefile, "x.a.test TXT")).toContain('"here"');
    expect(said(corefile, "1.0.99.10.in-addr.arpa TXT")).toContain('"here"');
    expect(said(corefile, "1.d.f.ip6.arpa TXT")).toContain('"here"');
    expect(said(corefile, "1.0.100.10.in-addr.arpa TXT")).toBe("REFUSED by server");
    expect(corefile.ask("x.a.test", "TXT", asked)).toMatchObject({
      block: "a.test 10.96.0.0/14 fd00::/8",
      line: 1,
    });
  });

  it("has the addresses of a CIDR block in CoreDNS 1.6, in the zone that it grew to", () => {
    const old = compiled(
      blocks(
        ["dns://10.96.0.0/12:53", answering("v4")],
        ["fd00:10::/30", answering("v6")],
        ["10.in-addr.arpa", answering("rest")],
      ),
      {},
      { coreDnsVersion: "1.6.7" },
    );
    expect(said(old, "1.0.111.10.in-addr.arpa TXT")).toContain('"v4"');
    expect(said(old, "1.0.112.10.in-addr.arpa TXT")).toContain('"rest"');
    expect(said(old, "x.10.in-addr.arpa TXT")).toContain('"v4"');
    const v6 = (nibble: number): string =>
      said(old, `${"0.".repeat(24)}${nibble}.1.0.0.0.0.d.f.ip6.arpa TXT`);
    expect(v6(3)).toContain('"v6"');
    expect(v6(4)).toBe("REFUSED by server");
    expect(said(old, "1.0.0.0.0.d.f.ip6.arpa TXT")).toContain('"v6"');
    expect(said(old, "2.0.0.0.0.d.f.ip6.arpa TXT")).toBe("REFUSED by server");
  });

  it("listens on the port, over plain DNS", () => {
    const text = blocks(
      [".:5353", answering("high")],
      ["tls://.:53", answering("tls")],
      ["dns://a.test", answering("plain")],
    );
    expect(said(compiled(text), "x.a.test TXT")).toContain('"plain"');
    expect(said(compiled(text), "b.test TXT")).toBe("REFUSED by server");
    expect(said(compiled(text, {}, { port: 5353 }), "b.test TXT")).toContain('"high"');
  });

  it("passes views over that do not take it", () => {
    const view = (condition: string): string => `view v {\nexpr ${condition}\n}`;
    const corefile = compiled(
      blocks(
        ["a.test", view("name() == 'a.test.'"), answering("apex")],
        ["a.test", view("type() == 'TXT'"), view("name() startsWith 'x'"), answering("x")],
        [".", answering("root")],
      ),
    );
    expect(said(corefile, "a.test TXT")).toContain('"apex"');
    expect(said(corefile, "x.a.test TXT")).toContain('"x"');
    expect(said(corefile, "y.a.test TXT")).toContain('"x"');
    expect(said(corefile, "y.a.test MX")).toContain('"root"');
    expect(said(compiled(blocks([".", "view all", answering("all")])), "a.test TXT")).toContain(
      '"all"',
    );
  });

  it.each([
    ["name() == 'web.test.'", true],
    ["name() == `web.test.`", true],
    ["name() != 'web.test.'", false],
    ["name() in ['a.test.', 'web.test.']", true],
    ["name() not in ['a.test.', 'web.test.']", false],
    ["name() not in ['a.test.']", true],
    ["name() not contains 'web'", false],
    ["name() not endsWith '.org.'", true],
    ["name() != 'a.test.'", true],
    ["name() endsWith 'test.'", true],
    ["name() startsWith 'web'", true],
    ["name() startsWith 'eb'", false],
    ['(name()=="web.test.")', true],
    ['(name()=="web\\\\"test.")', false],
    ["false", false],
    ["true and false", false],
    ["10 == 10", true],
    ["5 == 6", false],
    ["'a5' contains 5", false],
    ["!incidr(client_ip(), 'fd00::/8')", true],
    ['"true "', true],
    ["'it\\\\'s' == `it's`", true],
    ["name() matches `^w\\\\.b`", false],
    ["not (name() in [])", true],
    ["type() == 'A' && class() == 'IN' && proto() == 'udp'", true],
    ["false || true", true],
    ["true and false or true", true],
    ["!(name() startsWith 'web') or name() endsWith '.org.'", false],
    ["name() contains 'eb.t'", true],
    ["name() matches '^w.b\\\\.'", true],
    ["name() matches '('", false],
    ["name() contains 5", false],
    ["5 == 5", true],
    ["name()", false],
    ["not name()", false],
    ["name() && true", false],
    ["incidr(client_ip(), '10.0.0.0/8')", true],
    ["incidr(client_ip(), '10.1.0.0/16')", false],
    ["incidr(client_ip(), 'fd00::/8')", false],
    ["incidr(client_ip(), 'nonsense')", false],
    ["incidr(name(), '10.0.0.0/8')", false],
    ["name() in 'web.test.'", false],
    ["'it\\\\'s' == 'it\\\\'s'", true],
  ])("is evaluated from %s", (condition, takes) => {
    const corefile = compiled(
      `. {\nview v {\nexpr ${condition.replace(/\\\\/g, "\\")}\n}\n${answering("yes")}\n}\n`,
    );
    expect(corefile.ask("web.test", "A", asked).omitted).toEqual([]);
    expect(said(corefile, "web.test", asked)).toBe(
      takes ? 'NOERROR by template: TXT "yes"' : "REFUSED by server",
    );
  });

  it("does not know the address of a client without one", () => {
    const corefile = compiled(
      blocks([".", "view v {\nexpr client_ip() == ''\n}", answering("yes")]),
    );
    expect(said(corefile, "web.test")).toContain('"yes"');
  });

  it.each([
    "metadata('a/b') == 'c'",
    "name() ==",
    "name() == 'a' 'b'",
    "(name() == 'a'",
    "['a', == 'b']",
    "[ 'a' 'b' ] == name()",
    "name() ~ 'a'",
    "incidr(client_ip())",
    "name('a') == 'b'",
    "",
    "not",
    "true or",
    "true and",
    "true and ) or true",
    ") or true",
    ") and true",
    "name",
    "name() in [==]",
    "name() not == 'a'",
    "a5 == 5",
    "nonesuch()",
    "inrange(client_ip(), '10.0.0.0/8')",
  ])("leaves the condition %p out and says so", (condition) => {
    const text = blocks(
      ["a.test", answering("a")],
      ["test", `view v {\nexpr ${condition}\n}`, answering("never")],
      [".", "acl", answering("root")],
    );
    const corefile = compiled(text);
    const omitted = (name: string) => corefile.ask(name, "TXT", asked).omitted;
    const view = `the view condition ${condition} (line 8)`;
    expect(said(corefile, "b.test TXT")).toContain('"root"');
    expect(omitted("b.test")).toEqual([view, "acl (line 15)"]);
    expect(said(corefile, "a.test TXT")).toContain('"a"');
    expect(omitted("a.test")).toEqual([]);
  });

  it("does not tell of a condition where another one decides", () => {
    const view = "view v {\nexpr name() == 'a.test.'\nexpr metadata('a/b') == 'c'\n}";
    const corefile = compiled(blocks([".", view, answering("never")]));
    expect(corefile.ask("b.test", "A", asked).omitted).toEqual([]);
    expect(corefile.ask("a.test", "A", asked)).toMatchObject({
      plugin: "server",
      omitted: ["the view condition metadata('a/b') == 'c' (line 4)"],
    });
  });
});

describe("compiling a Corefile", () => {
  it("puts snippets and the environment in", () => {
    const text = `(common) {\nforward {$ZONE} {%TO%}\n}\n. {\nimport common\n}\n`;
    const corefile = compiled(text, {}, { environment: { ZONE: "example.org", TO: "10.0.0.1" } });
    expect(corefile.ask("www.example.org", "A", asked).steps).toEqual([
      { plugin: "forward", action: "forwarded", detail: "10.0.0.1" },
    ]);
    expect(said(corefile, "a.test")).toBe("SERVFAIL by server");
  });

  it("fails with what is wrong and where", () => {
    expect(() => compiled(". {")).toThrow(CorefileSyntaxError);
    expect(() => compiled("a..b {\nerrors\n}")).toThrow(
      new RegExp('Corefile 1:1: "a..b" is not a domain name'),
    );
    expect(() => compiled(". {\n  hosts\n  hosts\n}")).toThrow(
      expect.objectContaining({
        findings: [
          {
            code: "refused",
            severity: "error",
            message: "hosts stands twice in this server block; merge the two",
            line: 3,
            column: 3,
          },
        ],
      }) as CorefileError,
    );
    expect(() => compiled(". {\nkubernetes c..d {\nfallthrough e..f\n}\n}")).toThrow(CorefileError);
    expect(() =>
      compileCorefile(". {\n}", { ...RECORDS, zones: [{ name: "a..b", records: [] }] }),
    ).toThrow(NameError);
    expect(() => compiled(`. {\n${FORWARD}\n}`).ask("a..b", "A", asked)).toThrow(NameError);
  });

  it("takes a block without a key for one that serves nothing", () => {
    expect(said(compiled("{\nerrors\n}\n"), "a.test")).toBe("REFUSED by server");
  });

  it("follows its own answers to a depth", () => {
    const names = Array.from(
      { length: 12 },
      (_, index) =>
        `template IN A n${index}.test {\nanswer "{{ .Name }} CNAME n${index + 1}.test"\n}`,
    );
    const corefile = compiled(`. {\n${names.join("\n")}\n${FORWARD}\n}`);
    const { message } = corefile.ask("n0.test", "A", asked);
    expect(message?.answers).toHaveLength(9);
  });

  it("refuses names beyond 253 octets", () => {
    const name = (last: number): string =>
      [63, 63, 63, last].map((size) => "x".repeat(size)).join(".");
    const corefile = compiled(`. {\n${FORWARD}\n}`);
    expect(said(corefile, name(61))).toBe("UNKNOWN by forward");
    expect(() => corefile.ask(name(62), "A", asked)).toThrow(NameError);
  });

  it("takes versions between those that it was held against for new", () => {
    const text = ". {\nkubernetes cluster.local\n}";
    for (const [coreDnsVersion, legacy] of [
      ["1.6.9", true],
      ["1.7.0", false],
      ["v1.9.3.10-7dfca203-aliyun", false],
      ["none", false],
    ] as const) {
      const corefile = compiled(text, {}, { coreDnsVersion });
      expect(said(corefile, "*.default.svc.cluster.local").startsWith("NOERROR")).toBe(legacy);
    }
  });
});
