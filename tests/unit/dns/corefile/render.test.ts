import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";

import {
  checkCorefile,
  CorefileError,
  type CorefileRequest,
  kubernetesZones,
  renderCorefile,
} from "../../../../dns";
import { runs } from "../../../support/runs";

const RUNS = runs(300);

const GOLDEN = join(__dirname, "../../../golden/corefile");

const request = (changes: Partial<CorefileRequest> = {}): CorefileRequest => ({
  clusterDomain: "cluster.local",
  legacyClusterDomains: [],
  organisationNames: [],
  coreDnsVersion: "1.15.0",
  ...changes,
});
const moving: Partial<CorefileRequest> = {
  legacyClusterDomains: ["oneprocloud.com"],
  organisationNames: ["downloads.oneprocloud.com", "www.baidu.com"],
};
const faults = (changes: Partial<CorefileRequest>): string[] => {
  try {
    renderCorefile(request(changes));
  } catch (error) {
    if (!(error instanceof CorefileError)) throw error;
    expect(error.name).toBe("CorefileError");
    for (const { severity, code } of error.findings) {
      expect(severity).toBe(code.startsWith("missing-") ? "warning" : "error");
    }
    return error.message.split("\n");
  }
  return [];
};

const BASE = `# ours
.:5300 {
    bind 127.0.0.1
    errors # keep
    health :8081 {
        lameduck 15s
    }
    ready
    log
    kubernetes old.org\tin-addr.arpa 10.0.0.0/8 { # served
        pods verified
        ttl 5
        fallthrough   old.org in-addr.arpa
    }
    prometheus :9153
    forward . 10.0.0.2
    cache 60
    loop
    reload 5s
}
# end
`;

describe("renderCorefile", () => {
  it.each<[string, Partial<CorefileRequest>]>([
    ["fresh", {}],
    ["moving", moving],
    ["ack-1.9.3", { ...moving, coreDnsVersion: "v1.9.3.10-7dfca203-aliyun" }],
    [
      "ack-1.12.1",
      {
        ...moving,
        organisationNames: ["oneprocloud.com", "*.apps.oneprocloud.com"],
        coreDnsVersion: "v1.12.1.3-0a1b2c3d-aliyun",
      },
    ],
    ["ack-1.6.7", { coreDnsVersion: "v1.6.7-26a9a7aea-aliyun" }],
    ["forwarded", { ...moving, zonesForwarded: ["oneprocloud.com"] }],
    ["own-base", { ...moving, base: BASE }],
    ["own-base-apex", { ...moving, organisationNames: ["oneprocloud.com"], base: BASE }],
    ["own-base-forwarded", { ...moving, zonesForwarded: ["oneprocloud.com"], base: BASE }],
    [
      "two-legacy",
      {
        legacyClusterDomains: ["b.test", "a.test"],
        organisationNames: ["x.a.test", "x.b.test", "b.test"],
        zonesForwarded: ["a.test"],
      },
    ],
  ])("writes what the reviewed file %s says, and writes it again from there", (name, changes) => {
    const text = renderCorefile(request(changes));
    const path = join(GOLDEN, `render-${name}.Corefile`);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, "utf8"));
    expect(renderCorefile(request({ ...changes, base: text }))).toBe(text);
    const { coreDnsVersion } = request(changes);
    expect(
      checkCorefile(text, coreDnsVersion).filter(({ severity }) => severity === "error"),
    ).toEqual([]);
  });

  it("puts the domain in force first and reverse zones last, whatever stood there", () => {
    const text = renderCorefile(request({ ...moving, base: BASE }));
    expect(text).toContain(
      "    kubernetes cluster.local\toneprocloud.com in-addr.arpa 10.0.0.0/8 { # served\n",
    );
    expect(text).toContain("        fallthrough   in-addr.arpa downloads.oneprocloud.com\n");
    expect(kubernetesZones(text)).toEqual(["cluster.local", "oneprocloud.com"]);
  });

  it("keeps every other byte of the base", () => {
    const edited = /kubernetes .*|fallthrough .*/g;
    expect(renderCorefile(request({ ...moving, base: BASE })).replaceAll(edited, "")).toBe(
      BASE.replaceAll(edited, ""),
    );
    const crlf = BASE.replaceAll("\n", "\r\n");
    const text = renderCorefile(
      request({ ...moving, zonesForwarded: ["oneprocloud.com"], base: crlf }),
    );
    expect(text.replaceAll("\r\n", "\n")).toBe(
      renderCorefile(request({ ...moving, zonesForwarded: ["oneprocloud.com"], base: BASE })),
    );
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
  });

  it("goes back when the legacy domain is given up", () => {
    for (const changes of [
      moving,
      { ...moving, zonesForwarded: ["oneprocloud.com"] },
      { ...moving, organisationNames: ["oneprocloud.com"] },
    ]) {
      expect(renderCorefile(request({ base: renderCorefile(request(changes)) }))).toBe(
        renderCorefile(request()),
      );
    }
  });

  const minimal = (inside: string): string =>
    `. {\n  ready\n  reload\n  forward . 1.1.1.1\n${inside}}\n`;

  it.each<[string, Partial<CorefileRequest>, string, string]>([
    [
      "adds fallthrough to a block without",
      moving,
      "  kubernetes a.b {\n    ttl 5\n  }\n",
      "  kubernetes cluster.local oneprocloud.com {\n    ttl 5\n    fallthrough downloads.oneprocloud.com\n  }\n",
    ],
    [
      "adds a block where there is none",
      moving,
      "  kubernetes a.b ip6.arpa\n",
      "  kubernetes cluster.local oneprocloud.com ip6.arpa {\n      fallthrough ip6.arpa downloads.oneprocloud.com\n  }\n",
    ],
    ["adds zones where there are none", {}, "  kubernetes\n", "  kubernetes cluster.local\n"],
    [
      "leaves a line without fallthrough alone",
      {},
      "  kubernetes a.b {\n    ttl 5\n  }\n",
      "  kubernetes cluster.local {\n    ttl 5\n  }\n",
    ],
    [
      "leaves a bare fallthrough to the base",
      {},
      "  kubernetes a.b {\n    fallthrough\n  }\n",
      "  kubernetes cluster.local {\n    fallthrough\n  }\n",
    ],
    [
      "adds no fallthrough that nothing needs",
      { legacyClusterDomains: ["old.test"] },
      "  kubernetes a.b in-addr.arpa {\n    ttl 5\n  }\n",
      "  kubernetes cluster.local old.test in-addr.arpa {\n    ttl 5\n  }\n",
    ],
    [
      "takes a word for a snippet's name after import only",
      {},
      "  log inner\n  kubernetes a.b\n}\n(inner) {\n  kubernetes c.d\n",
      "  log inner\n  kubernetes cluster.local\n}\n(inner) {\n  kubernetes c.d\n",
    ],
    [
      "narrows a bare fallthrough while there is a legacy domain",
      { legacyClusterDomains: ["old.test"] },
      "  kubernetes a.b in-addr.arpa {\n    fallthrough\n  }\n",
      "  kubernetes cluster.local old.test in-addr.arpa {\n    fallthrough in-addr.arpa\n  }\n",
    ],
    [
      "takes a fallthrough out that has nothing left",
      {},
      "  kubernetes a.b {\n    fallthrough old.org\n  }\n",
      "  kubernetes cluster.local {\n  }\n",
    ],
    [
      "takes the reverse zones for a fallthrough that had none",
      moving,
      "  kubernetes a.b ip6.arpa {\n    fallthrough old.org\n  }\n",
      "  kubernetes cluster.local oneprocloud.com ip6.arpa {\n    fallthrough ip6.arpa downloads.oneprocloud.com\n  }\n",
    ],
  ])("%s", (_, changes, before, after) => {
    expect(renderCorefile(request({ ...changes, base: minimal(before) }))).toBe(minimal(after));
  });

  it("edits the line in a snippet that the main block imports", () => {
    const base = (zones: string): string =>
      `(inner) {\n  kubernetes ${zones}\n}\n(outer) {\n  import inner\n}\n${minimal("  import outer\n")}`;
    expect(
      renderCorefile(request({ legacyClusterDomains: ["a.test"], base: base("old.org") })),
    ).toBe(base("cluster.local a.test"));
    const loop = "(a) {\n  import a\n}\n";
    expect(
      faults({ base: `${loop}${minimal("  import a\n  import\n  import nothing\n")}` }),
    ).toEqual(["the base has no kubernetes plugin; add it to the block of '.' (no-kubernetes)"]);
  });

  it("takes the block of '.' for the main one, else the first", () => {
    const own = "cluster.local old.test {\n  kubernetes old.test\n}\n";
    const both = `${own}${minimal("  kubernetes other.test\n")}`;
    expect(faults({ base: both })).toEqual([]);
    expect(renderCorefile(request({ base: both }))).toBe(
      `${own}${minimal("  kubernetes cluster.local\n")}`,
    );
    const only = `local {\n  ready\n  reload\n  forward . 1.1.1.1\n  kubernetes a.local\n}\n`;
    expect(renderCorefile(request({ base: only }))).toBe(only.replace("a.local", "cluster.local"));
    const generated = "svc.old.test pod.old.test {\n  kubernetes old.test\n}\n";
    expect(renderCorefile(request({ base: generated + only }))).toBe(
      only.replace("a.local", "cluster.local"),
    );
  });

  it("gives the blocks of legacy domains the ports and transports of '.'", () => {
    const base = minimal("  kubernetes a.b\n").replace(". {", ". dns://.:54 x.test {");
    const text = renderCorefile(request({ ...moving, zonesForwarded: ["oneprocloud.com"], base }));
    expect(text).toContain(
      "\nsvc.oneprocloud.com dns://svc.oneprocloud.com:54 pod.oneprocloud.com dns://pod.oneprocloud.com:54 {\n",
    );
  });

  it("replaces blocks of its own that no longer fit and leaves the others", () => {
    const foreign =
      "svc.x.test {\n  kubernetes y.test\n}\nsvc.z.test {\n  forward . 1.1.1.1\n}\nz.test {\n  kubernetes z.test q.test\n}\nsvc.q.test {\n  kubernetes q.test r.test\n}\n";
    const stale =
      "pod.older.test {\n  kubernetes older.test\n}\nsvc.old.test pod.old.test {\n  kubernetes old.test\n}\ngone.test {\n  view organisation-apex {\n    expr name() == 'gone.test.'\n  }\n}\n";
    const base = minimal("  kubernetes a.b\n") + foreign + stale;
    expect(renderCorefile(request({ base }))).toBe(
      minimal("  kubernetes cluster.local\n") + foreign,
    );
  });

  it("leaves blocks of its own that still fit where they are", () => {
    const forwarding = (...zones: string[]): Partial<CorefileRequest> => ({
      legacyClusterDomains: zones,
      zonesForwarded: zones,
    });
    const both = forwarding("a.test", "b.test");
    const own = "z.test {\n    whoami\n}\n";
    const base = renderCorefile(request(both)) + own;
    for (const text of [base, base.replaceAll("\n", "\r\n")]) {
      expect(renderCorefile(request({ ...both, base: text }))).toBe(text);
    }
    expect(renderCorefile(request({ ...forwarding("b.test"), base }))).toBe(
      renderCorefile(request(forwarding("b.test"))) + own,
    );
  });

  it("writes its blocks in the same order whatever the base went through", () => {
    const before = { legacyClusterDomains: ["a.test"], organisationNames: ["a.test"] };
    const after = {
      ...before,
      legacyClusterDomains: ["b.a.test", "a.test"],
      zonesForwarded: ["b.a.test"],
    };
    expect(renderCorefile(request({ ...after, base: renderCorefile(request(before)) }))).toBe(
      renderCorefile(request(after)),
    );
  });

  it("caches what it lets pass as the block of '.' does", () => {
    const base = minimal("  cache\n  kubernetes a.b\n");
    const text = renderCorefile(
      request({ ...moving, organisationNames: ["oneprocloud.com"], base }),
    );
    expect(text).toBe(
      `${minimal("  cache\n  kubernetes cluster.local oneprocloud.com\n")}oneprocloud.com {
    view organisation-apex {
        expr name() == 'oneprocloud.com.'
    }
    ready
    forward . 1.1.1.1
    cache
}
`,
    );
  });

  it.each<[string, Partial<CorefileRequest>, string[]]>([
    [
      "bad names",
      { legacyClusterDomains: ["a..b"], organisationNames: ["x..y"], wildcardZones: [""] },
      [
        '"a..b" is not a domain name: it has an empty label; leave out the dot too many (bad-name)',
        "\"\" is not a domain name: it is empty; the root is written '.' (bad-name)",
        '"x..y" is not a domain name: it has an empty label; leave out the dot too many (bad-name)',
        '"a..b" as cluster domain breaks ACK\'s grammar at "": each label must have 1 to 63 characters from a-z, 0-9 and "-", and begin and end with a letter or digit (bad-domain)',
      ],
    ],
    [
      "a bad domain in force",
      { clusterDomain: "a b..c", ...moving, organisationNames: ["x.svc.oneprocloud.com"] },
      [
        '"a b..c" is not a domain name: it has an empty label; leave out the dot too many (bad-name)',
        '"a b..c" as cluster domain breaks ACK\'s grammar at "a b", "": each label must have 1 to 63 characters from a-z, 0-9 and "-", and begin and end with a letter or digit (bad-domain)',
        "the organisation name x.svc.oneprocloud.com lies where Services and pods of oneprocloud.com have their names; it can be reached once that domain is given up (name-among-services)",
      ],
    ],
    [
      "a domain both in force and legacy",
      { legacyClusterDomains: ["cluster.local"] },
      [
        "cluster.local is both the cluster domain in force and a legacy one; take it out of the legacy domains (duplicate-domain)",
      ],
    ],
    [
      "a zone to forward that is no legacy domain",
      { zonesForwarded: ["a.test"] },
      [
        "a.test is to be forwarded but is no legacy cluster domain; take it out, it goes upstream anyway (not-legacy)",
      ],
    ],
    [
      "a wildcard in a zone to forward",
      { ...moving, zonesForwarded: ["oneprocloud.com"], wildcardZones: ["OneProCloud.com"] },
      [
        "oneprocloud.com can't be forwarded as a whole: the wildcard record in oneprocloud.com would then answer every name that running pods look up, for their search list ends in oneprocloud.com; list the names that must be reached instead (wildcard-trap)",
      ],
    ],
    [
      "a wildcard below or above it",
      {
        legacyClusterDomains: ["b.a.test", "c.test"],
        zonesForwarded: ["b.a.test", "c.test"],
        wildcardZones: ["d.test", "com.c.test", "a.test"],
      },
      [
        "b.a.test can't be forwarded as a whole: the wildcard record in a.test would then answer every name that running pods look up, for their search list ends in b.a.test; list the names that must be reached instead (wildcard-trap)",
        "c.test can't be forwarded as a whole: the wildcard record in com.c.test would then answer every name that running pods look up, for their search list ends in c.test; list the names that must be reached instead (wildcard-trap)",
      ],
    ],
    [
      "names among Services and pods",
      { ...moving, organisationNames: ["svc.oneprocloud.com", "x.pod.oneprocloud.com"] },
      [
        "the organisation name svc.oneprocloud.com lies where Services and pods of oneprocloud.com have their names; it can be reached once that domain is given up (name-among-services)",
        "the organisation name x.pod.oneprocloud.com lies where Services and pods of oneprocloud.com have their names; it can be reached once that domain is given up (name-among-services)",
      ],
    ],
    [
      "an apex without views",
      { ...moving, organisationNames: ["oneprocloud.com"], coreDnsVersion: "1.9.4" },
      [
        "oneprocloud.com itself can be reached only through the view plugin, which CoreDNS has since 1.10.0, and this is 1.9.4; upgrade the add-on, or forward the whole zone (apex-needs-view)",
      ],
    ],
    [
      "an unknown version",
      { coreDnsVersion: "latest", ...moving, organisationNames: ["oneprocloud.com"] },
      ['"latest" is no CoreDNS version; write one from 1.6.7 to 1.15.0 (unknown-version)'],
    ],
    [
      "a base that is no Corefile",
      { base: ". {\n" },
      ["Corefile 1:3: this '{' is never closed (syntax)"],
    ],
    [
      "a base without kubernetes",
      { base: ". {\n}\n" },
      ["the base has no kubernetes plugin; add it to the block of '.' (no-kubernetes)"],
    ],
    [
      "a block that the zones never reach",
      { ...moving, base: "a..b old.test {\n kubernetes old.test\n}\n" },
      [
        "Corefile 1:1: questions for cluster.local never reach the kubernetes plugin, for its block serves only a..b, old.test; put the plugin into the block of '.' (unreachable-zone)",
        "Corefile 1:1: questions for oneprocloud.com never reach the kubernetes plugin, for its block serves only a..b, old.test; put the plugin into the block of '.' (unreachable-zone)",
      ],
    ],
    [
      "a block without keys",
      { base: "{\n kubernetes old.test\n}\n" },
      [
        "questions for cluster.local never reach the kubernetes plugin, for its block serves only ; put the plugin into the block of '.' (unreachable-zone)",
      ],
    ],
    [
      "other blocks that CoreDNS can't read",
      {
        base: `a..b {\n kubernetes x.test\n}\n${minimal("  kubernetes a.b\n")}y.test {\n view\n}\nsvc.z.test {\n kubernetes z..test {\n  ttl x\n }\n}\n`,
      },
      [
        'Corefile 1:1: "a..b" is no zone: it has an empty label; leave out the dot too many (zone)',
        "Corefile 11:2: view needs 1 word: next must be a word that is not empty (arguments)",
        'Corefile 14:13: kubernetes has "z..test", which must be a domain name or a network in CIDR notation (arguments)',
        'Corefile 15:7: kubernetes ttl has "x", which must be a number from 0 to 3600 (arguments)',
      ],
    ],
    [
      "what CoreDNS would refuse",
      {
        base: ".:53 {\n ready\n reload\n forward . 1.1.1.1\n kubernetes a.b {\n  upstream\n }\n}\n",
      },
      [
        "Corefile 6:3: CoreDNS 1.15.0 no longer has the option kubernetes upstream: take it out: CoreDNS asks itself (removed-option)",
      ],
    ],
    [
      "what production can't do without",
      { base: ".:53 {\n kubernetes a.b\n}\n" },
      [
        "Corefile 1:1: ready is missing: the readiness probe of the Deployment fails; add it (missing-ready)",
        "Corefile 1:1: reload is missing: a change counts only from the next restart; add it (missing-reload)",
        "Corefile 1:1: forward is missing: no name outside can be resolved; add it (missing-forward)",
      ],
    ],
  ])("refuses %s", (_, changes, expected) => {
    expect(faults(changes)).toEqual(expected);
  });

  it("lists only names that need it", () => {
    const listed = (changes: Partial<CorefileRequest>): string | undefined =>
      /fallthrough in-addr.arpa ip6.arpa ?(.*)/.exec(renderCorefile(request(changes)))?.[1];
    expect(
      listed({
        ...moving,
        organisationNames: [
          "B.oneprocloud.com.",
          "a.oneprocloud.com",
          "b.oneprocloud.com",
          "*.oneprocloud.com",
          "*.c.oneprocloud.com",
          "c.oneprocloud.com",
          "x.org",
        ],
      }),
    ).toBe("a.oneprocloud.com b.oneprocloud.com c.oneprocloud.com");
    expect(
      listed({
        clusterDomain: "oneprocloud.com",
        organisationNames: ["downloads.oneprocloud.com"],
      }),
    ).toBe("");
    expect(
      listed({
        clusterDomain: "k8s.a.test",
        legacyClusterDomains: ["a.test"],
        organisationNames: ["x.k8s.a.test", "x.a.test"],
      }),
    ).toBe("x.a.test");
    expect(
      listed({
        clusterDomain: "a.test",
        legacyClusterDomains: ["old.a.test"],
        organisationNames: ["x.old.a.test", "x.svc.a.test"],
      }),
    ).toBe("x.old.a.test");
  });

  it("is the same again from any outcome, whatever is asked", () => {
    const domain = fc.constantFrom(
      "cluster.local",
      "a.test",
      "b.a.test",
      "oneprocloud.com",
      "x.internal",
    );
    const name = fc.constantFrom(
      "x.a.test",
      "a.test",
      "y.b.a.test",
      "downloads.oneprocloud.com",
      "oneprocloud.com",
      "*.z.oneprocloud.com",
    );
    const any = fc.record({
      clusterDomain: domain,
      legacyClusterDomains: fc.uniqueArray(domain, { maxLength: 2 }),
      organisationNames: fc.uniqueArray(name, { maxLength: 4 }),
      zonesForwarded: fc.uniqueArray(domain, { maxLength: 1 }),
      coreDnsVersion: fc.constantFrom("1.15.0", "1.11.3", "v1.9.3.10-7dfca203-aliyun"),
    });
    const render = (given: CorefileRequest): string | undefined => {
      try {
        return renderCorefile(given);
      } catch (error) {
        expect(error).toBeInstanceOf(CorefileError);
        return undefined;
      }
    };
    let rendered = 0;
    fc.assert(
      fc.property(any, any, (first, second) => {
        const text = render(first);
        if (text === undefined) return;
        rendered++;
        expect(render({ ...first, base: text })).toBe(text);
        const forwarded = second.zonesForwarded.filter((zone) =>
          second.legacyClusterDomains.includes(zone),
        );
        const next = { ...second, zonesForwarded: forwarded, coreDnsVersion: first.coreDnsVersion };
        const moved = render({ ...next, base: text });
        if (moved !== undefined) expect(moved).toBe(render(next));
      }),
      { numRuns: RUNS },
    );
    expect(rendered).toBeGreaterThan(RUNS / 15);
  });
});
