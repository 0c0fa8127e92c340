import { block, compiled, FORWARD, said } from "./support";

const legacy = { coreDnsVersion: "1.6.7" };

describe("the hosts plugin", () => {
  const files = {
    "/etc/hosts": "127.0.0.1 localhost\n192.0.2.50 www.example.org",
    "/own": "192.0.2.51 own.test",
  };
  const hosts = (lines: string[], options = {}, args = "") =>
    compiled(block(`hosts ${args} {`, ...lines, "}", FORWARD), { files }, options);
  const LINES = [
    "192.0.2.60 one.test two.test # both",
    "192.0.2.61 one.test",
    "fd00:0::1%eth0 six.test",
    "nonsense three.test",
    "fd00::zz three.test",
    "reload 5s",
    "192.0.2.62 *.wild.test",
  ];

  it.each([
    ["one.test", "NOERROR by hosts: A 192.0.2.60, A 192.0.2.61"],
    ["two.test", "NOERROR by hosts: A 192.0.2.60"],
    ["one.test AAAA", "NOERROR by hosts"],
    ["one.test TXT", "NOERROR by hosts"],
    ["six.test", "NOERROR by hosts"],
    ["six.test AAAA", "NOERROR by hosts: AAAA fd00::1"],
    ["three.test", "SERVFAIL by hosts"],
    ["x.wild.test", "NOERROR by hosts: A 192.0.2.62"],
    ["y.x.wild.test", "SERVFAIL by hosts"],
    ["test", "SERVFAIL by hosts"],
    ["localhost", "NOERROR by hosts: A 127.0.0.1"],
    ["60.2.0.192.in-addr.arpa PTR", "NOERROR by hosts: PTR one.test., PTR two.test."],
    ["62.2.0.192.in-addr.arpa PTR", "UNKNOWN by forward"],
    ["one.test PTR", "UNKNOWN by forward"],
  ])("answers %s", (question, expected) => {
    expect(said(hosts(LINES), question)).toBe(expected);
  });

  it("reads the file that it names, for its zones alone", () => {
    const own = hosts(["192.0.2.70 a.other", "reload 5s"], {}, "/own test");
    expect(said(own, "own.test")).toBe("NOERROR by hosts: A 192.0.2.51");
    expect(said(own, "a.other")).toBe("UNKNOWN by forward");
    expect(said(own, "70.2.0.192.in-addr.arpa PTR")).toBe("UNKNOWN by forward");
    expect(said(own, "51.2.0.192.in-addr.arpa PTR")).toBe("NOERROR by hosts: PTR own.test.");
    expect(said(hosts(["192.0.2.70 a.test"], {}, "/none"), "a.test")).toContain("192.0.2.70");
    expect(said(compiled(block("hosts", FORWARD), { files }), "www.example.org")).toContain(
      "192.0.2.50",
    );
  });

  it("lets names past that it does not hold, where it is told to", () => {
    const open = hosts([...LINES, "fallthrough"]);
    expect(said(open, "www.example.org TXT")).toBe("NOERROR by hosts");
    expect(said(open, "alias.example.org CNAME")).toContain("by forward");
    expect(open.ask("alias.example.org", "A", { namespace: "x" }).steps).toEqual([
      { plugin: "hosts", action: "fellThrough" },
      { plugin: "forward", action: "forwarded", detail: "/etc/resolv.conf" },
    ]);
    const some = hosts(["192.0.2.60 one.test", "fallthrough example.org"]);
    expect(said(some, "alias.example.org CNAME")).toContain("by forward");
    expect(said(some, "other.test")).toBe("SERVFAIL by hosts");
  });

  it("lets other types past where it is told to", () => {
    const open = hosts(["fd00::9 six.test", "fallthrough", "fallthrough_unsupported"]);
    expect(said(open, "six.test")).toBe("NOERROR by hosts");
    expect(said(open, "www.example.org TXT")).toBe('NOERROR by forward: TXT "hello"');
    expect(said(open, "www.example.org AAAA")).toBe("NOERROR by hosts");
  });

  it("in CoreDNS 1.6 lets a name past that holds the other address type, and has no wildcards", () => {
    const open = hosts(["192.0.2.60 one.test", "192.0.2.62 *.wild.test", "fallthrough"], legacy);
    expect(said(open, "one.test AAAA")).toBe("UNKNOWN by forward");
    expect(said(open, "x.wild.test")).toBe("UNKNOWN by forward");
    expect(said(open, "62.2.0.192.in-addr.arpa PTR")).toBe("NOERROR by hosts: PTR *.wild.test.");
    expect(said(hosts(["192.0.2.60 one.test"], legacy), "one.test AAAA")).toBe("NOERROR by hosts");
  });

  it("takes its time to live and leaves PTR out as it is told", () => {
    const own = hosts(["192.0.2.60 one.test", "ttl 60", "no_reverse"]);
    expect(own.ask("one.test", "A", { namespace: "x" }).message?.answers[0]?.ttl).toBe(60);
    expect(said(own, "60.2.0.192.in-addr.arpa PTR")).toBe("UNKNOWN by forward");
  });

  it("takes no time to live that CoreDNS would not start with", () => {
    for (const ttl of ["never", "5s", "s5", "0", "65536", ""]) {
      expect(() => hosts([`ttl ${ttl}`])).toThrow(
        `ttl ${ttl} of hosts is not a number of seconds from 1 to 65535`,
      );
    }
    const longest = hosts(["192.0.2.60 one.test", "ttl 65535"]);
    expect(longest.ask("one.test", "A", { namespace: "x" }).message?.answers[0]?.ttl).toBe(65535);
  });

  it("stands once in a block", () => {
    expect(() => compiled(block("hosts", "hosts"))).toThrow("hosts stands twice");
  });
});

describe("the template plugin", () => {
  const template = (head: string, lines: string[], options = {}) =>
    compiled(block(`template ${head} {`, ...lines, "}", FORWARD), {}, options);

  it("makes answers of the name, its groups, zone, type and class", () => {
    const made = template("IN A test", [
      'match "^ip-(?P<third>[0-9]+)-([0-9]+)\\.test\\.$" ^plain',
      "fallthrough other",
      'answer "{{ .Name }} 60 IN {{ .Type }} 10.0.{{ .Group.third }}.{{ index .Match 2 }}"',
    ]);
    expect(said(made, "ip-3-4.test")).toBe("NOERROR by template: A 10.0.3.4");
    expect(said(made, "plain.test")).toBe("SERVFAIL by template");
    expect(said(made, "ip-3-4.other")).toBe("UNKNOWN by forward");
    expect(said(made, "ip-3-4.test AAAA")).toBe("UNKNOWN by forward");
    const text = template("IN TXT .", [
      'answer "{{- .Zone }} {{ .Class }} TXT {{ index .Group \\"x\\" }} {{ .Remote }}!{{ .Class }}"',
    ]);
    expect(said(text, "a.test TXT")).toBe('NOERROR by template: . TXT "!IN"');
    expect(said(text, "a.test TXT", { ip: "192.0.2.3", namespace: "x" })).toBe(
      'NOERROR by template: . TXT "192.0.2.3!IN"',
    );
    expect(made.ask("ip-3-4.test", "A", { namespace: "x" }).omitted).toEqual([]);
    const groups = template("IN TXT .", [
      'match "^(a)(b)(c)(d)(e)(f)(g)(h)(i)(?P<last>j)\\."',
      'answer "{{ .Name }} TXT {{ index .Match 10 }}{{ index .Group \\"last\\" }}"',
    ]);
    expect(said(groups, "abcdefghij.test TXT")).toBe('NOERROR by template: TXT "jj"');
  });

  it("fails a query in CoreDNS 1.6 where its CNAME's target gets no reply", () => {
    const silent = (options = {}) =>
      compiled(
        block(
          "template IN A alias.test {",
          'answer "{{ .Name }} 60 IN CNAME x.other.test."',
          "}",
          "template IN A test {",
          "match ^never",
          "}",
          FORWARD,
        ),
        {},
        options,
      );
    expect(said(silent(legacy), "x.other.test")).toBe("silence by template");
    expect(said(silent(legacy), "alias.test")).toBe("SERVFAIL by template");
    expect(said(silent(), "alias.test")).toMatch(/^NOERROR by template: .*CNAME x\.other\.test/);
  });

  it("takes the blanks beside hyphens away, as text/template does", () => {
    const trimmed = template("IN TXT", [
      'answer "{{ .Name }} TXT a{{ .Class -}}  b  {{- .Type }}"',
    ]);
    expect(said(trimmed, "a.test TXT")).toBe('NOERROR by template: TXT "aINbTXT"');
    const quoted = template("IN TXT", [
      'answer "{{ .Name }} TXT \\"  {{- .Class }} {{ .Class -}}  \\""',
    ]);
    expect(said(quoted, "a.test TXT")).toBe('NOERROR by template: TXT "IN IN"');
  });

  it("answers a question for all types with the template's own", () => {
    const made = template("IN MX test", ['answer "{{ .Name }} IN {{ .Type }} 10 mx.test"']);
    expect(said(made, "a.test ANY")).toBe("NOERROR by template: MX 10 mx.test.");
    expect(said(template("IN ANY", ["rcode NXDOMAIN"]), "a.test TXT")).toBe("NXDOMAIN by template");
    const all = template("IN ANY", ['answer "{{ .Name }} {{ .Type }} text"']);
    expect(said(all, "a.test TXT")).toBe('NOERROR by template: TXT "text"');
  });

  it("looks the target of an alias up", () => {
    const lines = ["match ^t\\.", 'answer "{{ .Name }} CNAME www.example.org"', "fallthrough"];
    expect(said(template("IN A", lines), "t.test")).toBe(
      "NOERROR by template: CNAME www.example.org., www.example.org. A 192.0.2.1",
    );
    expect(said(template("IN CNAME", lines), "t.test CNAME")).toBe(
      "NOERROR by template: CNAME www.example.org.",
    );
    expect(said(template("IN ANY", lines), "t.test TXT")).toBe(
      "NOERROR by template: CNAME www.example.org.",
    );
    const six = compiled(
      block(
        "kubernetes cluster.local",
        "template IN AAAA test {",
        'answer "{{ .Name }} CNAME web.shop.svc.cluster.local"',
        "}",
      ),
    );
    expect(said(six, "t.test AAAA")).toBe(
      "NOERROR by template: CNAME web.shop.svc.cluster.local., web.shop.svc.cluster.local. AAAA fd00::20",
    );
    const circle = template("IN AAAA", ['answer "{{ .Name }} CNAME {{ .Name }}"']);
    expect(said(circle, "t.test AAAA")).toContain("CNAME t.test.");
  });

  it("says where an alias leads to one that ends at a name that is not known", () => {
    const zones = [
      { name: "a.test", records: [{ name: "a.test", type: "CNAME", data: "elsewhere.invalid" }] },
    ];
    const text = block(
      "template IN MX b.test {",
      'answer "{{ .Name }} CNAME a.test"',
      "}",
      FORWARD,
    );
    const { message } = compiled(text, { zones }).ask("b.test", "MX", { namespace: "x" });
    expect(message).toMatchObject({ rcode: "NOERROR", dangling: true });
  });

  it("ends where a pattern does not fit, unless the name may pass", () => {
    expect(said(template("IN A", ["match ^x"]), "a.test")).toBe("SERVFAIL by template");
    expect(said(template("IN A", ["match ^x"], legacy), "a.test")).toBe("silence by template");
    expect(said(template("IN A", ["match ^x", "fallthrough other"]), "a.test")).toBe(
      "SERVFAIL by template",
    );
    expect(said(template("IN A", ["match ^x", "fallthrough"]), "www.example.org")).toContain(
      "by forward",
    );
    const broken = template("IN A", ["rcode SERVFAIL", 'answer "{{ .Name }} A 192.0.2.1"']);
    expect(said(broken, "a.test")).toBe("SERVFAIL by template");
    expect(said(template("IN A", ["rcode"]), "a.test")).toBe(" by template");
  });

  it("tries the templates of a block in order", () => {
    const two = compiled(
      block(
        "template IN A {",
        "match ^a",
        "rcode NXDOMAIN",
        "fallthrough",
        "}",
        "template IN A",
        FORWARD,
      ),
    );
    expect(said(two, "a.test")).toBe("NXDOMAIN by template");
    expect(said(two, "b.test")).toBe("NOERROR by template");
  });

  it.each([
    ["{{ .Name }} A not-an-address", "SERVFAIL by template"],
    ["{{ .Name }} A 192.0.2.1 192.0.2.2", "SERVFAIL by template"],
    ["{{ .Name }} AAAA 192.0.2.1", "SERVFAIL by template"],
    ["{{ .Name }} AAAA fd00:0::1", "NOERROR by template: AAAA fd00::1"],
    ["{{ .Name }} IN 30 SRV 1 2 3 host.test", "NOERROR by template: SRV 1 2 3 host.test."],
    ["{{ .Name }} SRV a 2 3 host.test", "SERVFAIL by template"],
    ["{{ .Name }} SRV 1x 2 3 host.test", "SERVFAIL by template"],
    ["{{ .Name }} SRV x1 2 3 host.test", "SERVFAIL by template"],
    ["{{ .Name }} IN 30 CH A 192.0.2.1", "SERVFAIL by template"],
    ["{{ .Name }} 30x A 192.0.2.1", "SERVFAIL by template"],
    ["{{ .Name }} CH A 192.0.2.1", "NOERROR by template: A 192.0.2.1"],
    ["{{ .Name }} HS 30 A 192.0.2.1", "NOERROR by template: A 192.0.2.1"],
    ["{{ .Name }} 30 ANY A 192.0.2.1", "NOERROR by template: A 192.0.2.1"],
    ["{{ .Name }} XX A 192.0.2.1", "SERVFAIL by template"],
    ["{{ .Name }} x30 A 192.0.2.1", "SERVFAIL by template"],
    ["{{ .Name }} SRV 2 3 host.test", "SERVFAIL by template"],
    ["{{ .Name }} NS", "SERVFAIL by template"],
    ["{{ .Name }} PTR a..b", "SERVFAIL by template"],
    ["a..b A 192.0.2.1", "SERVFAIL by template"],
    ["{{ .Name }} TXT", "SERVFAIL by template"],
    ["{{ .Name }} TXT one two", 'NOERROR by template: TXT "one" "two"'],
    ["{{ .Name }} LOC somewhere", "SERVFAIL by template"],
    ["{{ .Name }}", "SERVFAIL by template"],
    ["", "SERVFAIL by template"],
  ])("reads the record %s", (answer, expected) => {
    expect(said(template("IN ANY", [`answer "${answer}"`]), "a.test")).toBe(expected);
  });

  it.each([
    ["", 3600],
    ["30", 30],
    ["1h5m", 3900],
    ["1H5M30", 3930],
    ["2d3s", 172803],
    ["15m", 900],
    ["1w", 604800],
  ])("reads the time to live %p", (written, ttl) => {
    const made = template("IN A", [`answer "{{ .Name }} ${written} IN A 192.0.2.1"`]);
    expect(made.ask("a.test", "A", { namespace: "x" }).message?.answers[0]?.ttl).toBe(ttl);
  });

  it("takes quoted text as it stands", () => {
    const quoted = template("IN TXT", ['answer "{{ .Name }} TXT \\"v=spf1 -all\\""']);
    expect(said(quoted, "a.test TXT")).toBe('NOERROR by template: TXT "v=spf1 -all"');
  });

  it("leaves what it can't express out and says so", () => {
    const made = template("IN A", [
      "match a(?=b)",
      'answer "{{ printf .Name }} A 192.0.2.1"',
      "expr true",
      "ederror 21",
      "var x y",
      'answer "{{ print .Group.a }} {{ index .Match 1 | html }}"',
    ]);
    expect(made.ask("a.test", "A", { namespace: "x" }).omitted).toEqual([
      "the regular expression a(?=b) (line 3)",
      "the template action {{ printf .Name }} (line 4)",
      "template expr (line 5)",
      "template var (line 7)",
      "the template action {{ print .Group.a }} (line 8)",
      "the template action {{ index .Match 1 | html }} (line 8)",
    ]);
    expect(said(made, "ab.test")).toBe("SERVFAIL by template");
    const asWritten = template("IN TXT", ['answer "{{ .Name }} TXT \\"{{ print 1 }}\\""']);
    expect(said(asWritten, "a.test TXT")).toBe('NOERROR by template: TXT "{{ print 1 }}"');
  });

  it("needs a type", () => {
    expect(() => compiled(block("template IN"))).toThrow("template needs a class and a type");
  });

  it.each([
    ["(?i)^A", "a.test", true],
    ["\\Aa[[:digit:]]\\.test\\.\\z", "a1.test", true],
    ["[[:nothing:]]", "x.test", false],
    ["(", "a.test", false],
    ["(a)\\1", "aa.test", false],
    ["(?im)^A\\.TEST\\.$", "a.test", true],
    ["none[(?i)]", "i.test", false],
    ["\\Atest", "a.test", false],
    ["a\\z", "a.test", false],
  ])("matches %s as Go does", (pattern, name, matches) => {
    const made = template("IN A", [`match ${pattern}`, "rcode NXDOMAIN"]);
    expect(said(made, name)).toBe(matches ? "NXDOMAIN by template" : "SERVFAIL by template");
  });
});

describe("the forward plugin", () => {
  it("takes names in its zone that are not excepted", () => {
    const some = compiled(
      block("forward example.org 10.0.0.1 10.0.0.2 {", "except www.example.org example.org", "}"),
    );
    expect(said(some, "alias.example.org")).toBe("SERVFAIL by server");
    expect(said(some, "example.org")).toBe("NOERROR by forward");
    expect(said(some, "www.example.com")).toBe("SERVFAIL by server");
    expect(some.ask("example.org", "A", { namespace: "x" }).steps).toEqual([
      { plugin: "forward", action: "forwarded", detail: "10.0.0.1 10.0.0.2" },
    ]);
    const [head, name] = ["forward . tls://10.0.0.1 {", "tls_servername example.org"];
    const tls = compiled(block(head, name, "except alias.example.org", "}"));
    expect(said(tls, "www.example.org")).toBe("NOERROR by forward: A 192.0.2.1");
    expect(said(tls, "alias.example.org")).toBe("SERVFAIL by server");
    const path = compiled(block("forward . /etc/../run/resolv.conf"));
    expect(said(path, "www.example.org")).toBe("NOERROR by forward: A 192.0.2.1");
  });

  it("asks the next one at the codes that it is told", () => {
    const [first, second] = ["forward . 10.0.0.1 {", "forward . 10.0.0.2"];
    const stepsOf = (name: string, ...lines: string[]) =>
      compiled(block(first, ...lines, "}", second)).ask(name, "A", {
        namespace: "x",
      }).steps;
    const asked = (to: string) => [{ plugin: "forward", action: "forwarded", detail: to }];
    expect(stepsOf("gone.example.org", "next nxdomain")).toEqual(asked("10.0.0.2"));
    expect(stepsOf("gone.example.org")).toEqual(asked("10.0.0.1"));
    expect(stepsOf("example.org", "next_on_nodata")).toEqual(asked("10.0.0.2"));
    expect(stepsOf("www.example.org", "next_on_nodata")).toEqual(asked("10.0.0.1"));
    expect(stepsOf("gone.example.org", "next_on_nodata")).toEqual(asked("10.0.0.1"));
    expect(stepsOf("gone.example.org", "next servfail", "tls_servername nxdomain")).toEqual(
      asked("10.0.0.1"),
    );
    expect(stepsOf("example.org")).toEqual(asked("10.0.0.1"));
    expect(stepsOf("example.org", "next nxdomain")).toEqual(asked("10.0.0.1"));
    const last = compiled(block("forward . 10.0.0.1 {", "next NXDOMAIN", "}"));
    expect(said(last, "gone.example.org")).toBe("NXDOMAIN by forward");
  });

  it("stands once in a block of CoreDNS 1.6, and needs a zone and a resolver", () => {
    expect(() => compiled(block(FORWARD, FORWARD), {}, legacy)).toThrow(
      "takes one forward in a server block",
    );
    expect(() => compiled(block("forward"))).toThrow("forward needs a zone and a resolver");
    expect(() => compiled(block("forward ."))).toThrow("forward needs a zone and a resolver");
    expect(() => compiled(block("forward a..b 10.0.0.1"))).toThrow('"a..b" is not a domain name');
  });
});

describe("the autopath plugin", () => {
  const VERIFIED = ["kubernetes cluster.local {", "pods verified", "}"];
  const auto = (...lines: string[]) =>
    compiled(block(...lines, FORWARD), { coreDnsSearch: ["corp.test."] });
  const on = auto("autopath @kubernetes", ...VERIFIED);

  it.each([
    ["web.shop.svc.cluster.local", "NOERROR by kubernetes: A 10.96.0.20"],
    [
      "kubernetes.default.shop.svc.cluster.local",
      "NOERROR by kubernetes: CNAME kubernetes.default.svc.cluster.local., kubernetes.default.svc.cluster.local. A 10.96.0.1",
    ],
    [
      "www.example.org.shop.svc.cluster.local",
      "NOERROR by forward: CNAME www.example.org., www.example.org. A 192.0.2.1",
    ],
    ["www.example.org.shop.svc.cluster.local AAAA", "NOERROR by forward"],
    ["gone.example.org.shop.svc.cluster.local", "NXDOMAIN by kubernetes"],
    ["anything.test.shop.svc.cluster.local", "UNKNOWN by forward"],
    ["web.default.svc.cluster.local", "NXDOMAIN by kubernetes"],
    ["shop.svc.cluster.local", "SERVFAIL by autopath"],
    ["www.example.org", "NOERROR by forward: A 192.0.2.1"],
  ])("answers %s", (question, expected) => {
    expect(said(on, question)).toBe(expected);
  });

  it("looks at the pod behind the address", () => {
    const question = "kubernetes.default.svc.cluster.local";
    const short = "kubernetes.default.svc.cluster.local";
    expect(said(on, `x.${short}`, { ip: "10.244.0.9", namespace: "shop" })).toContain("by");
    expect(
      said(on, `web.shop.${"default.svc.cluster.local"}`, { ip: "10.244.0.9", namespace: "shop" }),
    ).toBe(
      "NOERROR by kubernetes: CNAME web.shop.svc.cluster.local., web.shop.svc.cluster.local. A 10.96.0.20",
    );
    expect(
      said(on, "web.shop.default.svc.cluster.local", { ip: "10.9.9.9", namespace: "default" }),
    ).toBe("NXDOMAIN by kubernetes");
    expect(said(on, question)).toContain("10.96.0.1");
  });

  it("gives the first reply back when every name fails", () => {
    const closed = compiled(
      block("autopath @kubernetes", ...VERIFIED, "template ANY ANY . {", "rcode NXDOMAIN", "}"),
    );
    expect(said(closed, "gone.shop.svc.cluster.local")).toBe("NXDOMAIN by template");
    const broken = compiled(
      block(
        "autopath @kubernetes",
        "template ANY ANY cluster.local {",
        "match ^gone\\.shop",
        "rcode SERVFAIL",
        "fallthrough",
        "}",
        "template ANY ANY gone {",
        "rcode NXDOMAIN",
        "}",
        ...VERIFIED,
        "template ANY ANY corp.test {",
        "rcode NXDOMAIN",
        "}",
      ),
    );
    expect(said(broken, "gone.shop.svc.cluster.local")).toBe("SERVFAIL by template");
  });

  it("passes over a plugin that sends no reply, and breaks on it in CoreDNS 1.6", () => {
    const text = block(
      "autopath @kubernetes",
      ...VERIFIED,
      "template ANY ANY cluster.local {",
      "match ^x",
      "}",
      FORWARD,
    );
    const question = "www.example.org.shop.svc.cluster.local";
    expect(said(compiled(text), question)).toBe(
      "NOERROR by forward: CNAME www.example.org., www.example.org. A 192.0.2.1",
    );
    expect(said(compiled(text, {}, legacy), question)).toBe("SERVFAIL by autopath");
  });

  it.each(["REFUSED", "FORMERR", "NOTIMP"])(
    "goes on after %s, which counts as no reply",
    (rcode) => {
      const text = block(
        "autopath @kubernetes",
        ...VERIFIED,
        "template ANY ANY svc.cluster.local {",
        `rcode ${rcode}`,
        "}",
        FORWARD,
      );
      expect(said(compiled(text), "www.example.org.shop.svc.cluster.local")).toBe(
        "NOERROR by forward: CNAME www.example.org., www.example.org. A 192.0.2.1",
      );
    },
  );

  it("searches in CoreDNS 1.6 too", () => {
    const text = block("autopath @kubernetes", ...VERIFIED, FORWARD);
    expect(said(compiled(text, {}, legacy), "kubernetes.default.shop.svc.cluster.local")).toContain(
      "A 10.96.0.1",
    );
  });

  it("ends at an error of a plugin behind it", () => {
    const misread = block(
      "autopath @kubernetes",
      ...VERIFIED,
      "template IN A shop.svc.cluster.local {",
      'answer "nonsense"',
      "}",
      FORWARD,
    );
    expect(said(compiled(misread), "www.example.org.shop.svc.cluster.local")).toBe(
      "SERVFAIL by template",
    );
    const unserved = compiled(block("autopath @kubernetes", ...VERIFIED));
    expect(said(unserved, "gone.shop.svc.cluster.local")).toBe("SERVFAIL by server");
  });

  it("does nothing outside of its zones, without verified pods, or without the plugin", () => {
    expect(
      said(
        auto("autopath other.test @kubernetes", ...VERIFIED),
        "www.example.org.shop.svc.cluster.local",
      ),
    ).toBe("NXDOMAIN by kubernetes");
    expect(
      said(
        auto("autopath @kubernetes", "kubernetes cluster.local"),
        "www.example.org.shop.svc.cluster.local",
      ),
    ).toBe("NXDOMAIN by kubernetes");
    expect(said(auto("autopath @kubernetes"), "www.example.org")).toContain("by forward");
    const other = auto("autopath /etc/resolv.conf", "kubernetes cluster.local");
    expect(other.ask("a.test", "A", { namespace: "x" }).omitted).toEqual([
      "autopath /etc/resolv.conf (line 2)",
    ]);
    expect(auto("autopath").ask("a.test", "A", { namespace: "x" }).omitted).toEqual([
      "autopath (line 2)",
    ]);
  });
});

describe("the plugins of a block", () => {
  it("answers any with RFC 8482", () => {
    const any = compiled(block("any", FORWARD));
    expect(said(any, "www.example.org ANY")).toBe(
      'NOERROR by any: HINFO "ANY obsoleted" "See RFC 8482"',
    );
    expect(said(any, "www.example.org")).toContain("by forward");
  });

  it("refuses questions where nothing handles them", () => {
    const bare = "ready\nreload";
    expect(said(compiled(block(bare)), "a.test")).toBe("REFUSED by server");
    expect(said(compiled(block(bare), {}, legacy), "a.test")).toBe("REFUSED by server");
    expect(said(compiled(`a.test {\n${bare}\n}`, {}, legacy), "a.test")).toBe("SERVFAIL by server");
    expect(said(compiled(block("errors")), "a.test")).toBe("SERVFAIL by server");
    expect(said(compiled(block(bare, FORWARD)), "www.example.org")).toContain("192.0.2.1");
  });

  it("says which plugins are left out", () => {
    const { omitted } = compiled(block("acl", "cache", "dns64")).ask("a.test", "A", {
      namespace: "x",
    });
    expect(omitted).toEqual(["acl (line 2)", "dns64 (line 4)"]);
  });
});
