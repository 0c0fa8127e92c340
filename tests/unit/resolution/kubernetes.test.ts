import { CorefileError } from "../../../dns";
import { block, compiled, FORWARD, said } from "./support";

const NXDOMAIN = "NXDOMAIN by kubernetes";
const NODATA = "NOERROR by kubernetes";
const stanza = (...lines: string[]): string =>
  block("kubernetes cluster.local in-addr.arpa ip6.arpa {", ...lines, "}");
const legacy = { coreDnsVersion: "v1.6.7.1-aliyun" };

describe("the kubernetes plugin", () => {
  const plain = compiled(stanza());

  it.each([
    ["cluster.local", NODATA],
    ["svc.cluster.local", NODATA],
    ["pod.cluster.local", NODATA],
    ["shop.svc.cluster.local", NODATA],
    ["nowhere.svc.cluster.local", NXDOMAIN],
    ["shop.pod.cluster.local", NXDOMAIN],
    ["other.cluster.local", NXDOMAIN],
    ["xsvc.cluster.local", NXDOMAIN],
    ["web.shop.svc.cluster.local", `${NODATA}: A 10.96.0.20`],
    ["web.shop.svc.cluster.local AAAA", `${NODATA}: AAAA fd00::20`],
    ["nothing.shop.svc.cluster.local", NXDOMAIN],
    ["web.nowhere.svc.cluster.local", NXDOMAIN],
    ["secret.hidden.svc.cluster.local", NXDOMAIN],
    ["web.shop.svc.cluster.local MX", NODATA],
    ["ns.dns.shop.svc.cluster.local", NXDOMAIN],
    ["xx.dns.cluster.local", NXDOMAIN],
    ["web.shop.svc.cluster.local TXT", NODATA],
    ["nothing.shop.svc.cluster.local MX", NXDOMAIN],
    ["shop.svc.cluster.local TXT", NXDOMAIN],
    ["nothing.shop.svc.cluster.local TXT", NXDOMAIN],
    ["_http._tcp.web.shop.svc.cluster.local", `${NODATA}: A 10.96.0.20`],
    ["_http._udp.web.shop.svc.cluster.local", NXDOMAIN],
    ["_nope._tcp.web.shop.svc.cluster.local", NXDOMAIN],
    ["a.b.c.web.shop.svc.cluster.local", NXDOMAIN],
    ["10-244-0-8.web.shop.svc.cluster.local", `${NODATA}: A 10.244.0.8`],
    ["10-244-0-9.web.shop.svc.cluster.local", NXDOMAIN],
    ["*.shop.svc.cluster.local", NXDOMAIN],
    ["any.shop.svc.cluster.local", NXDOMAIN],
  ])("answers %s", (question, expected) => {
    expect(said(plain, question)).toBe(expected);
  });

  it.each([
    ["db.shop.svc.cluster.local", ": A 10.244.0.5, A 10.244.0.6"],
    ["db.shop.svc.cluster.local AAAA", ": AAAA fd00:10::7, AAAA fd00:10::"],
    ["db-0.db.shop.svc.cluster.local", ": A 10.244.0.5"],
    ["10-244-0-6.db.shop.svc.cluster.local", ": A 10.244.0.6"],
    ["fd00-10--7.db.shop.svc.cluster.local AAAA", ": AAAA fd00:10::7"],
    ["_sql._tcp.db.shop.svc.cluster.local", ": A 10.244.0.5, A 10.244.0.6"],
    ["fd00-10--0.db.shop.svc.cluster.local AAAA", ": AAAA fd00:10::"],
  ])("answers %s of a headless Service", (question, expected) => {
    expect(said(plain, question)).toBe(`${NODATA}${expected}`);
  });

  it("calls endpoints by their pods where it is told to", () => {
    const named = compiled(stanza("endpoint_pod_names"));
    expect(said(named, "db-pod.db.shop.svc.cluster.local")).toBe(`${NODATA}: A 10.244.0.6`);
    expect(said(named, "10-244-0-6.db.shop.svc.cluster.local")).toBe(NXDOMAIN);
  });

  it("knows no endpoints with noendpoints", () => {
    const without = compiled(stanza("noendpoints"), { coreDnsIps: ["10.244.9.9"] });
    expect(said(without, "db.shop.svc.cluster.local")).toBe(NXDOMAIN);
    expect(said(without, "6.0.244.10.in-addr.arpa PTR")).toBe(NXDOMAIN);
    expect(said(without, "cluster.local NS")).toBe(`${NODATA}: NS ns.dns.cluster.local.`);
  });

  it("hides Services without endpoints where it is told to, other kinds not", () => {
    const strict = compiled(stanza("ignore empty_service"));
    expect(said(strict, "web.shop.svc.cluster.local")).toBe(`${NODATA}: A 10.96.0.20`);
    expect(said(strict, "kubernetes.default.svc.cluster.local")).toBe(NXDOMAIN);
    expect(said(strict, "near.shop.svc.cluster.local CNAME")).toBe(
      `${NODATA}: CNAME web.shop.svc.cluster.local.`,
    );
    expect(said(strict, "db.shop.svc.cluster.local CNAME")).toBe(NODATA);
    const emptySlice = {
      namespaces: ["shop"],
      services: [{ namespace: "shop", name: "web", clusterIps: ["10.96.0.20"], ports: [] }],
      endpoints: [{ namespace: "shop", service: "web", endpoints: [], ports: [{ port: 80 }] }],
      pods: [],
    };
    const empty = compiled(stanza("ignore empty_service"), { cluster: emptySlice });
    expect(said(empty, "web.shop.svc.cluster.local")).toBe(NXDOMAIN);
  });

  it("calls an endpoint with an empty hostname by its address", () => {
    const cluster = {
      namespaces: ["shop"],
      services: [{ namespace: "shop", name: "db", clusterIps: ["None"], ports: [] }],
      endpoints: [
        {
          namespace: "shop",
          service: "db",
          endpoints: [{ ip: "10.244.0.5", hostname: "" }],
          ports: [{ port: 1 }],
        },
      ],
      pods: [],
    };
    expect(said(compiled(stanza(), { cluster }), "10-244-0-5.db.shop.svc.cluster.local")).toBe(
      `${NODATA}: A 10.244.0.5`,
    );
  });

  it("shows the namespaces that it is told to", () => {
    const some = compiled(stanza("namespaces default", "namespaces kube-system"));
    expect(said(some, "web.shop.svc.cluster.local")).toBe(NXDOMAIN);
    expect(said(some, "kubernetes.default.svc.cluster.local")).toContain("10.96.0.1");
    expect(said(some, "20.0.96.10.in-addr.arpa PTR")).toBe(NXDOMAIN);
    expect(said(some, "5.0.244.10.in-addr.arpa PTR")).toBe(NXDOMAIN);
    expect(said(some, "1.0.96.10.in-addr.arpa PTR")).toContain("kubernetes.default");
  });

  it.each([
    ["ext.shop.svc.cluster.local", "CNAME www.example.org., www.example.org. A 192.0.2.1"],
    ["ext.shop.svc.cluster.local AAAA", "CNAME www.example.org."],
    ["ext.shop.svc.cluster.local CNAME", "CNAME www.example.org."],
    [
      "near.shop.svc.cluster.local",
      "CNAME web.shop.svc.cluster.local., web.shop.svc.cluster.local. A 10.96.0.20",
    ],
    ["far.shop.svc.cluster.local CNAME", "CNAME ext.shop.svc.cluster.local."],
  ])("follows the alias of %s", (question, expected) => {
    const forwarding = compiled(block("kubernetes cluster.local", FORWARD));
    expect(said(forwarding, question)).toBe(`${NODATA}: ${expected}`);
  });

  it("gives nothing for aliases to nowhere, to themselves, in a circle or to an address", () => {
    for (const name of ["void", "self", "ping"]) {
      expect(said(plain, `${name}.shop.svc.cluster.local`)).toBe(NODATA);
    }
    expect(said(plain, "numeric.shop.svc.cluster.local")).toBe(NXDOMAIN);
    expect(said(plain, "_http._tcp.ext.shop.svc.cluster.local")).toBe(NXDOMAIN);
    expect(said(plain, "x.ext.shop.svc.cluster.local")).toBe(NXDOMAIN);
    expect(said(plain, "_._tcp.ext.shop.svc.cluster.local")).toBe(NXDOMAIN);
    expect(said(plain, "_http._.ext.shop.svc.cluster.local")).toBe(NXDOMAIN);
  });

  it("keeps apart what a name is in each of its zones", () => {
    const nested = compiled(block("kubernetes cluster.local web.shop.svc.cluster.local"));
    expect(said(nested, "near.shop.svc.cluster.local")).toContain("A 10.96.0.20");
    expect(said(nested, "web.shop.svc.cluster.local")).toBe(NODATA);
  });

  it("says where an alias leads to a name that is not known, not for the alias itself", () => {
    const cluster = {
      namespaces: ["shop"],
      services: [
        {
          namespace: "shop",
          name: "out",
          clusterIps: [],
          externalName: "elsewhere.test",
          ports: [],
        },
      ],
      endpoints: [],
      pods: [],
    };
    const forwarding = compiled(block("kubernetes cluster.local", FORWARD), { cluster });
    const dangling = (type: string) =>
      forwarding.ask("out.shop.svc.cluster.local", type, { namespace: "shop" }).message?.dangling;
    expect(dangling("A")).toBe(true);
    expect(dangling("CNAME")).toBe(false);
  });

  it("gives no alias whose target the server leaves without a reply", () => {
    const silent = compiled(
      block("kubernetes cluster.local", "template IN A example.org {", "match ^never$", "}"),
      {},
      legacy,
    );
    expect(said(silent, "ext.shop.svc.cluster.local")).toBe(NODATA);
  });

  it("follows no more than ten aliases in a row", () => {
    const services = Array.from({ length: 14 }, (_, index) => ({
      namespace: "shop",
      name: `s${index}`,
      clusterIps: index === 13 ? ["10.96.1.1"] : [],
      externalName: index === 13 ? undefined : `s${index + 1}.shop.svc.cluster.local`,
      ports: [{ port: 80 }],
    }));
    const cluster = { namespaces: ["shop"], services, endpoints: [], pods: [] };
    const chain = compiled(stanza(), { cluster });
    expect(said(chain, "s2.shop.svc.cluster.local")).toContain("A 10.96.1.1");
    expect(said(chain, "s1.shop.svc.cluster.local")).toBe(NODATA);
    const old = compiled(stanza(), { cluster }, legacy);
    expect(said(old, "s5.shop.svc.cluster.local")).toContain("A 10.96.1.1");
    expect(said(old, "s4.shop.svc.cluster.local")).toBe(NODATA);
  });

  it.each([
    ["_http._tcp.web.shop.svc.cluster.local SRV", "SRV 0 50 80 web.shop.svc.cluster.local."],
    [
      "web.shop.svc.cluster.local SRV",
      "SRV 0 12 80 web.shop.svc.cluster.local., SRV 0 12 53 web.shop.svc.cluster.local., SRV 0 12 8080 web.shop.svc.cluster.local.",
    ],
    ["_sql._tcp.db-0.db.shop.svc.cluster.local SRV", ""],
    ["db-0.db.shop.svc.cluster.local SRV", "SRV 0 100 5432 db-0.db.shop.svc.cluster.local."],
    ["lb.shop.svc.cluster.local SRV", ""],
    ["ext.shop.svc.cluster.local SRV", ""],
  ])("answers %s", (question, expected) => {
    const nothing = question.startsWith("_sql") ? NXDOMAIN : NODATA;
    expect(said(plain, question)).toBe(expected === "" ? nothing : `${NODATA}: ${expected}`);
  });

  it.each([
    ["1.0.96.10.in-addr.arpa PTR", ": PTR kubernetes.default.svc.cluster.local."],
    [
      "0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa PTR",
      ": PTR web.shop.svc.cluster.local.",
    ],
    [
      "5.0.244.10.in-addr.arpa PTR",
      ": PTR db-0.db.shop.svc.cluster.local., PTR 10-244-0-5.twin.shop.svc.cluster.local.",
    ],
    ["66.0.96.10.in-addr.arpa PTR", ": PTR secret.hidden.svc.cluster.local."],
    ["web.shop.svc.cluster.local PTR", ""],
  ])("answers %s", (question, expected) => {
    expect(said(plain, question)).toBe(`${NODATA}${expected}`);
  });

  it.each([
    "7.113.0.203.in-addr.arpa PTR",
    "9.9.96.10.in-addr.arpa PTR",
    "96.10.in-addr.arpa PTR",
    "x.0.96.10.in-addr.arpa PTR",
    "z.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa PTR",
    "1.0.0.0.ip6.arpa PTR",
    "1.ip6.arpa PTR",
    "_nope._tcp.db.shop.svc.cluster.local A",
    "svc.in-addr.arpa A",
    "a.svc.in-addr.arpa A",
    "web.shop.svc.in-addr.arpa A",
    "0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.cluster.local PTR",
    "nothing.shop.svc.cluster.local PTR",
  ])("does not know %s", (question) => {
    const expected = question.startsWith("svc.") ? NODATA : NXDOMAIN;
    expect(said(plain, question)).toBe(expected);
  });

  it("makes PTR answers in its first zone that is not below a reverse zone", () => {
    const second = compiled(block("kubernetes 10.96.0.0/16 old.test cluster.local"));
    expect(said(second, "1.0.96.10.in-addr.arpa PTR")).toContain(
      "kubernetes.default.svc.old.test.",
    );
    expect(said(second, "96.10.in-addr.arpa PTR")).toBe(NODATA);
    const whole = compiled(block("kubernetes in-addr.arpa cluster.local"));
    expect(said(whole, "1.0.96.10.in-addr.arpa PTR")).toContain("svc.in-addr.arpa.");
  });

  it("answers pods as the mode says", () => {
    const modes = (mode: string) => compiled(stanza(`pods ${mode}`));
    const known = "10-244-0-5.shop.pod.cluster.local";
    const unknown = "10-244-7-7.shop.pod.cluster.local";
    expect(said(compiled(stanza()), known)).toBe(NXDOMAIN);
    expect(said(modes("disabled"), known)).toBe(NXDOMAIN);
    expect(said(modes("insecure"), known)).toBe(`${NODATA}: A 10.244.0.5`);
    expect(said(modes("insecure"), unknown)).toBe(`${NODATA}: A 10.244.7.7`);
    expect(said(modes("insecure"), "fd00-10--5.shop.pod.cluster.local AAAA")).toContain(
      "fd00:10::5",
    );
    expect(said(modes("insecure"), "fd00-10-0-0-0-0-0-5.shop.pod.cluster.local AAAA")).toContain(
      "fd00:10::5",
    );
    expect(said(modes("insecure"), `${known} SRV`)).toBe(`${NODATA}: SRV 0 100 0 ${known}.`);
    expect(said(modes("insecure"), "not-an-ip.shop.pod.cluster.local")).toBe(NXDOMAIN);
    expect(said(modes("insecure"), "shop.pod.cluster.local")).toBe(NODATA);
    expect(said(modes("verified"), known)).toBe(`${NODATA}: A 10.244.0.5`);
    expect(said(modes("verified"), "10-244-0-5.default.pod.cluster.local")).toBe(NXDOMAIN);
    expect(said(modes("verified"), unknown)).toBe(NXDOMAIN);
    expect(said(modes("verified"), `x.y.${known}`)).toBe(`${NODATA}: A 10.244.0.5`);
  });

  it("names the version of the schema, its authority and its servers", () => {
    const found = compiled(stanza("ttl 30"), { coreDnsIps: ["10.244.9.9", "10.244.9.8"] });
    expect(said(found, "dns-version.cluster.local TXT")).toBe(`${NODATA}: TXT "1.1.0"`);
    expect(said(found, "cluster.local SOA")).toBe(
      `${NODATA}: SOA ns.dns.cluster.local. hostmaster.cluster.local. 0 7200 1800 86400 30`,
    );
    const soaTtl = (ttl: number) =>
      compiled(stanza(`ttl ${ttl}`)).ask("cluster.local", "SOA", { namespace: "x" }).message
        ?.answers[0]?.ttl;
    expect([soaTtl(30), soaTtl(3600)]).toEqual([30, 300]);
    expect(said(found, "web.shop.svc.cluster.local SOA")).toBe(NODATA);
    expect(said(found, "cluster.local NS")).toBe(
      `${NODATA}: NS kube-dns.kube-system.svc.cluster.local., NS 10-244-9-8.dns-headless.kube-system.svc.cluster.local.`,
    );
    expect(said(found, "web.shop.svc.cluster.local NS")).toBe(NODATA);
    expect(said(found, "cluster.local MX")).toBe(NODATA);
    expect(said(found, "ns.dns.cluster.local")).toBe(`${NODATA}: A 10.96.0.10, A 10.244.9.8`);
    expect(said(found, "ns.dns.cluster.local AAAA")).toBe(NODATA);
    expect(said(found, "ns.dns.cluster.local CNAME")).toBe(NODATA);
    expect(said(found, "ns.dns.cluster.local SRV")).toBe(NODATA);
    const dual = compiled(stanza(), { coreDnsIps: ["10.244.0.8"] });
    expect(said(dual, "ns.dns.cluster.local AAAA")).toBe(`${NODATA}: AAAA fd00::20`);
    const alone = compiled(stanza(), { coreDnsIps: ["10.9.9.9"] });
    expect(said(alone, "ns.dns.cluster.local")).toBe(`${NODATA}: A 10.9.9.9`);
    expect(said(alone, "cluster.local NS")).toBe(`${NODATA}: NS ns.dns.cluster.local.`);
    const orphan = compiled(stanza(), {
      coreDnsIps: ["10.244.6.6"],
      cluster: {
        namespaces: [],
        services: [],
        pods: [],
        endpoints: [{ namespace: "x", service: "y", endpoints: [{ ip: "10.244.6.6" }], ports: [] }],
      },
    });
    expect(said(orphan, "cluster.local NS")).toBe(NODATA);
  });

  it("lets names past that it does not know, where the list says so", () => {
    const listed = compiled(
      block(
        "kubernetes example.org cluster.local {",
        "fallthrough www.example.org cluster.local",
        "ttl 7",
        "}",
        FORWARD,
      ),
    );
    expect(said(listed, "www.example.org")).toBe("NOERROR by forward: A 192.0.2.1");
    expect(said(listed, "alias.example.org")).toBe(NXDOMAIN);
    expect(said(listed, "example.org")).toBe(NODATA);
    expect(listed.ask("www.example.org", "A", { namespace: "shop" }).steps).toEqual([
      { plugin: "kubernetes", action: "fellThrough", detail: "example.org." },
      { plugin: "forward", action: "forwarded", detail: "/etc/resolv.conf" },
    ]);
    const everything = compiled(block("kubernetes example.org {", "fallthrough", "}", FORWARD));
    expect(said(everything, "alias.example.org")).toContain("by forward");
    const answer = listed.ask("web.shop.svc.cluster.local", "A", { namespace: "shop" });
    expect(answer.message?.answers[0]?.ttl).toBe(7);
  });

  it("takes the longest of its zones, whatever their order", () => {
    for (const zones of ["svc.cluster.local cluster.local", "cluster.local svc.cluster.local"]) {
      const nested = compiled(block(`kubernetes ${zones}`));
      expect(said(nested, "web.shop.svc.cluster.local")).toBe(NXDOMAIN);
      expect(said(nested, "web.shop.svc.svc.cluster.local")).toContain("10.96.0.20");
      expect(said(nested, "pod.cluster.local")).toBe(NODATA);
    }
  });

  it("serves the zones of its block where it names none, the root too", () => {
    expect(said(compiled("old.test {\nkubernetes\n}"), "web.shop.svc.old.test")).toContain(
      "10.96.0.20",
    );
    const root = compiled(block("kubernetes"));
    expect(said(root, "web.shop.svc")).toBe(`${NODATA}: A 10.96.0.20`);
    expect(said(root, "svc")).toBe(NODATA);
    expect(said(root, "www.example.org")).toBe(NXDOMAIN);
  });

  it("says what it leaves out, and takes what says nothing of answers", () => {
    const { omitted } = compiled(
      stanza("labels app=web", "endpoint http://api", "kubeconfig a b"),
    ).ask("cluster.local", "A", { namespace: "x" });
    expect(omitted).toEqual(["kubernetes labels (line 3)"]);
  });

  it("takes what says how the API server is reached for no part of an answer", () => {
    const connection = [
      "endpoint http://api",
      "tls cert key ca",
      "kubeconfig a b",
      "resyncperiod 1m",
      "startup_timeout 5s",
      "apiserver_qps 1",
      "apiserver_burst 1",
      "apiserver_max_inflight 1",
      "upstream",
      "transfer to *",
    ];
    const quiet = compiled(stanza(...connection)).ask("cluster.local", "A", { namespace: "x" });
    expect(quiet.omitted).toEqual([]);
  });

  it("reports everything that CoreDNS would not start with at once", () => {
    const text = block(
      "kubernetes 10.0.0.0/8 {",
      "pods sometimes",
      "ttl never",
      "pods",
      "fallthrough a..b",
      "}",
      "kubernetes cluster.local",
    );
    const fail = (): unknown => compiled(text);
    expect(fail).toThrow(CorefileError);
    expect(fail).toThrow(
      /kubernetes stands twice.*\n.*needs a zone that is not a reverse zone.*\n.*pods sometimes is none of disabled, insecure, verified.*\n.*ttl never is not a number.*\n.*pods  is none of.*\n.*"a..b" is not a domain name/,
    );
    for (const ttl of ["3601", "5s", "s5"]) {
      expect(() => compiled(stanza(`ttl ${ttl}`))).toThrow(
        `ttl ${ttl} is not a number of seconds from 0 to 3600`,
      );
    }
  });
});

describe("the kubernetes plugin of CoreDNS 1.6", () => {
  const old = (...lines: string[]) =>
    compiled(stanza(...lines), { coreDnsIps: ["10.244.9.9"] }, legacy);

  it.each([
    ["*.kube-system.svc.cluster.local", ": A 10.96.0.10, A 10.244.9.8"],
    ["any.default.svc.cluster.local", ": A 10.96.0.1"],
    ["kubernetes.*.svc.cluster.local", ": A 10.96.0.1"],
    ["*.web.shop.svc.cluster.local", ": A 10.244.0.8"],
    ["_any._tcp.web.shop.svc.cluster.local", ": A 10.96.0.20"],
    ["*.hidden.svc.cluster.local", "NXDOMAIN"],
    ["nothing.*.svc.cluster.local", "NXDOMAIN"],
    ["_http._tcp.ext.shop.svc.cluster.local CNAME", ": CNAME www.example.org."],
    ["x.ext.shop.svc.cluster.local CNAME", "NXDOMAIN"],
    ["nothing.shop.svc.cluster.local TXT", ""],
    [
      "nothing.shop.svc.cluster.local SOA",
      ": cluster.local. SOA ns.dns.cluster.local. hostmaster.cluster.local. 0 7200 1800 86400 5",
    ],
    ["7.113.0.203.in-addr.arpa PTR", ": PTR lb.shop.svc.cluster.local."],
    ["5.0.244.10.in-addr.arpa PTR", ": PTR db-0.db.shop.svc.cluster.local."],
    ["cluster.local NS", ": NS kube-dns.kube-system.svc.cluster.local."],
    ["lb.shop.svc.cluster.local SRV", ""],
    ["_._tcp.web.shop.svc.cluster.local SRV", ": SRV 0 100 8080 web.shop.svc.cluster.local."],
  ])("answers %s", (question, expected) => {
    expect(said(old(), question)).toBe(expected === "NXDOMAIN" ? NXDOMAIN : `${NODATA}${expected}`);
  });

  it("takes one address of a Service, and the first of a pod", () => {
    expect(said(old(), "web.shop.svc.cluster.local AAAA")).toBe(NODATA);
    const dual = compiled(stanza(), { coreDnsIps: ["10.244.0.8"] }, legacy);
    expect(said(dual, "ns.dns.cluster.local")).toBe(`${NODATA}: A 10.96.0.20`);
    expect(said(dual, "ns.dns.cluster.local AAAA")).toBe(NODATA);
    expect(said(old("pods verified"), "fd00-10--5.shop.pod.cluster.local AAAA")).toBe(NXDOMAIN);
    expect(said(old("pods verified"), "10-244-0-5.*.pod.cluster.local")).toContain("10.244.0.5");
    expect(said(old("pods verified", "namespaces default"), "10-244-0-5.*.pod.cluster.local")).toBe(
      NXDOMAIN,
    );
    expect(said(old("pods verified"), "*.shop.pod.cluster.local")).toBe(NODATA);
    expect(said(old("pods verified"), "*.*.pod.cluster.local")).toBe(NXDOMAIN);
  });

  it("finds nothing for a wildcard in a namespace without Services, which exists", () => {
    const cluster = { namespaces: ["empty"], services: [], endpoints: [], pods: [] };
    const bare = compiled(stanza(), { cluster }, legacy);
    expect(said(bare, "*.empty.svc.cluster.local")).toBe(NODATA);
    expect(said(bare, "*.*.svc.cluster.local")).toBe(NXDOMAIN);
  });

  it("counts the endpoints of the whole cluster for a wildcard", () => {
    expect(said(old("ignore empty_service"), "*.default.svc.cluster.local")).toContain("10.96.0.1");
    expect(said(old("ignore empty_service"), "kubernetes.default.svc.cluster.local")).toBe(
      NXDOMAIN,
    );
  });

  it("lets weights of SRV fall to nothing", () => {
    const ports = Array.from({ length: 101 }, (_, index) => ({
      name: `p${index}`,
      port: index + 1,
    }));
    const services = [{ namespace: "shop", name: "many", clusterIps: ["10.96.5.5"], ports }];
    const cluster = { namespaces: ["shop"], services, endpoints: [], pods: [] };
    const question = "many.shop.svc.cluster.local SRV";
    expect(said(compiled(stanza(), { cluster }, legacy), question)).toContain("SRV 0 0 1 many");
    expect(said(compiled(stanza(), { cluster }), question)).toContain("SRV 0 1 1 many");
  });

  it("names itself where its endpoints have no Service", () => {
    const cluster = {
      namespaces: [],
      services: [],
      pods: [],
      endpoints: [{ namespace: "x", service: "y", endpoints: [{ ip: "10.244.6.6" }], ports: [] }],
    };
    const orphan = compiled(stanza(), { cluster, coreDnsIps: ["10.244.6.6"] }, legacy);
    expect(said(orphan, "cluster.local NS")).toBe(`${NODATA}: NS ns.dns.cluster.local.`);
  });

  it("makes one zone of a CIDR block", () => {
    const cidr = (text: string) => compiled(block(`kubernetes ${text} cluster.local`), {}, legacy);
    expect(said(cidr("10.96.0.0/14"), "1.0.96.10.in-addr.arpa PTR")).toContain(
      "kubernetes.default",
    );
    expect(said(cidr("10.97.0.0/16"), "1.0.96.10.in-addr.arpa PTR")).toBe("SERVFAIL by server");
    expect(said(cidr("10.96.0.0/12"), "5.0.244.10.in-addr.arpa PTR")).toContain("db-0.db.shop");
    expect(
      said(compiled(block("kubernetes 10.96.0.0/12 cluster.local")), "5.0.244.10.in-addr.arpa PTR"),
    ).toBe("SERVFAIL by server");
    expect(
      said(
        cidr("fd00::/16"),
        "0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa PTR",
      ),
    ).toBe(`${NODATA}: PTR web.shop.svc.cluster.local.`);
  });
});
