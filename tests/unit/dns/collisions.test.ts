import fc from "fast-check";

import {
  type Collision,
  findCollisions,
  isHijackingNamespace,
  type Organisation,
  OrganisationIndex,
} from "../../../dns";
import { clusterDomainFaults, MAX_CLUSTER_DOMAIN } from "../../../dns/clusterDomain";
import { runs } from "../../support/runs";

const company: Organisation = {
  zones: [
    { zone: "oneprocloud.com", origin: "alidns" },
    { zone: "corp.internal", origin: "pvtz" },
  ],
  names: [{ name: "downloads.oneprocloud.com", origin: "oss" }],
  reserved: ["k8s.oneprocloud.com"],
};
const nobody: Organisation = { zones: [], names: [] };

const short = ({ severity, code, hides, origin }: Collision): string =>
  [severity, code, hides, origin].join(" ");
const found = (domain: string, organisation: Organisation = company): string[] =>
  findCollisions(domain, organisation).map(short);

describe("findCollisions", () => {
  it.each<[string, string[]]>([
    ["cluster.local", []],
    ["a.cluster.local", []],
    ["k8s.internal", []],
    ["k8s.home.arpa", []],
    ["k8s.test", []],
    ["k8s.invalid", []],
    ["k8s.example", []],
    ["k8s.oneprocloud.com", []],
    [
      "oneprocloud.com",
      [
        "error equals-zone oneprocloud.com alidns",
        "error hides-name downloads.oneprocloud.com oss",
      ],
    ],
    [
      "downloads.oneprocloud.com",
      [
        "error equals-name downloads.oneprocloud.com oss",
        "error inside-zone oneprocloud.com alidns",
      ],
    ],
    [
      "com",
      [
        "error hides-zone oneprocloud.com alidns",
        "error hides-name downloads.oneprocloud.com oss",
        "error public-suffix com public",
      ],
    ],
    ["prod.oneprocloud.com", ["error inside-zone oneprocloud.com alidns"]],
    ["a.k8s.oneprocloud.com", ["error inside-zone oneprocloud.com alidns"]],
    ["a.downloads.oneprocloud.com", ["error inside-name downloads.oneprocloud.com oss"]],
    ["a.corp.internal", ["error inside-zone corp.internal pvtz"]],
    ["internal", ["error hides-zone corp.internal pvtz", "warning whole-domain internal rule"]],
    ["home.arpa", ["warning whole-domain home.arpa rule"]],
    ["example.org", ["error public-domain example.org public"]],
    ["k8s.example.org", ["error public-domain example.org public"]],
    ["k8s.example.com.cn", ["error public-domain example.com.cn public"]],
    ["com.cn", ["error public-suffix com.cn public"]],
    ["dev", ["error public-suffix dev public"]],
    ["github.io", ["error public-suffix github.io public"]],
    ["me.github.io", ["error public-domain me.github.io public"]],
    ["cluster.prodlan", ["error unlisted-domain prodlan public"]],
    ["prodlan", ["error unlisted-domain prodlan public"]],
    ["foo.local", ["warning mdns local rule"]],
    ["local", ["error mdns local rule"]],
    ["clusterset.local", ["error clusterset clusterset.local rule"]],
    ["a.clusterset.local", ["error clusterset clusterset.local rule"]],
    ["a.localhost", ["error special-use localhost rule"]],
    ["onion", ["error special-use onion rule"]],
    ["a.alt", ["error special-use alt rule"]],
    ["10.in-addr.arpa", ["error special-use arpa rule"]],
    ["Cluster.Local", ["error grammar Cluster.Local rule"]],
    ["cluster.local.", ["error grammar cluster.local. rule"]],
    ["a_b.local", ["error grammar a_b.local rule", "warning mdns local rule"]],
    ["a..b", ["error grammar a..b rule"]],
    ["", ["error grammar  rule"]],
    [".", ["error grammar . rule"]],
  ])("finds in %j %j", (domain, expected) => {
    expect(found(domain)).toEqual(expected);
  });

  it("names the domain, what it hides, where that was seen, and what would do", () => {
    const [collision] = findCollisions("oneprocloud.com", {
      zones: [
        { zone: "OneProCloud.com.", origin: "alidns" },
        { zone: "oneprocloud.com", origin: "config" },
      ],
      names: [],
    });
    expect(collision).toEqual({
      code: "equals-zone",
      severity: "error",
      clusterDomain: "oneprocloud.com",
      hides: "oneprocloud.com",
      origin: "config",
      message:
        '"oneprocloud.com" as cluster domain is and so hides the zone oneprocloud.com (seen in the config and Alibaba Cloud DNS). Take cluster.local, cluster.internal or k8s.internal instead.',
      suggestions: ["cluster.local", "cluster.internal", "k8s.internal"],
    });
  });

  it.each<[string, string]>([
    [
      "prod.oneprocloud.com",
      "lies in and so hides a part of the zone oneprocloud.com (seen in Alibaba Cloud DNS)",
    ],
    [
      "downloads.oneprocloud.com",
      "is and so hides the name downloads.oneprocloud.com (seen in the domains of OSS buckets)",
    ],
    [
      "a.corp.internal",
      "lies in and so hides a part of the zone corp.internal (seen in PrivateZone)",
    ],
    ["com", "lies above and so hides the zone oneprocloud.com (seen in Alibaba Cloud DNS)"],
    ["dev", "is a public suffix and so hides every name that anybody has in it (publicsuffix.org)"],
    [
      "k8s.example.org",
      "lies in or is example.org, which somebody else has or can have, for org is a public suffix (publicsuffix.org)",
    ],
    [
      "a.prodlan",
      "lies in .prodlan, which nobody has today and anybody may get tomorrow (it is in no registry of special-use names)",
    ],
    [
      "foo.local",
      "lies in or is .local: hosts with multicast DNS don't send it to a DNS server (RFC 6762)",
    ],
    ["internal", "lies above and so hides the zone corp.internal (seen in PrivateZone)"],
    ["test", "takes the whole of test, which leaves nothing for others; put a label before it"],
    [
      "clusterset.local",
      "lies in or is clusterset.local, and multi-cluster services use it (KEP-1645)",
    ],
    ["onion", "lies in or is onion, and resolvers refuse it, it belongs to Tor (RFC 7686)"],
    [
      "localhost",
      "lies in or is localhost, and resolvers answer it with the loopback address themselves (RFC 6761)",
    ],
    ["alt", "lies in or is alt, and it is not resolved by DNS (RFC 9476)"],
    [
      "arpa",
      "lies in or is arpa, and it holds the infrastructure of DNS, the reverse zones among it (RFC 3172)",
    ],
    [
      "Cluster.Local",
      'breaks ACK\'s grammar at "Cluster", "Local": each label must have 1 to 63 characters from a-z, 0-9 and "-", and begin and end with a letter or digit; write cluster.local',
    ],
    [
      "a_b.test",
      'breaks ACK\'s grammar at "a_b": each label must have 1 to 63 characters from a-z, 0-9 and "-", and begin and end with a letter or digit',
    ],
  ])("says why %s is unfit", (domain, why) => {
    expect(findCollisions(domain, company)[0]?.message).toBe(
      `${JSON.stringify(domain)} as cluster domain ${why}. Take cluster.local, cluster.internal or k8s.internal instead.`,
    );
  });

  it("finds wildcard records above, below and as flags of a zone", () => {
    const wild: Organisation = {
      zones: [{ zone: "a.org", origin: "config", wildcard: true }],
      names: [{ name: "*.apps.b.org", origin: "pvtz" }],
      reserved: ["k8s.apps.b.org"],
    };
    expect(found("a.org", wild)).toEqual([
      "error equals-zone a.org config",
      "error hides-name *.a.org config",
    ]);
    expect(findCollisions("a.org", wild)[1]?.message).toContain(
      "lies above and so hides the name *.a.org (seen in the config)",
    );
    expect(found("x.apps.b.org", wild)).toEqual(["error inside-name *.apps.b.org pvtz"]);
    expect(findCollisions("x.apps.b.org", wild)[0]?.message).toContain(
      "lies in and so hides a part of the wildcard record *.apps.b.org (seen in PrivateZone)",
    );
    expect(found("k8s.apps.b.org", wild)).toEqual([]);
  });

  it("takes no zone for a wildcard record", () => {
    const zone: Organisation = { zones: [{ zone: "*.b.test", origin: "pvtz" }], names: [] };
    expect(found("x.b.test", zone)).toEqual([]);
  });

  it("sets nothing aside unasked", () => {
    expect(new OrganisationIndex(nobody).reserved).toEqual([]);
  });

  it("takes a reserved subtree only while nothing lies in it", () => {
    const used = {
      ...company,
      names: [{ name: "www.k8s.oneprocloud.com", origin: "alidns" as const }],
    };
    expect(found("k8s.oneprocloud.com", used)).toEqual([
      "error hides-name www.k8s.oneprocloud.com alidns",
    ]);
  });

  it("names the first five below and counts the others", () => {
    const names = Array.from({ length: 12 }, (_, index) => ({
      name: `h${index}.a.org`,
      origin: "config" as const,
    }));
    const collisions = findCollisions("a.org", {
      zones: [],
      names: [...names, ...names].reverse(),
    });
    expect(collisions.map(({ hides }) => hides)).toEqual([
      "h0.a.org",
      "h1.a.org",
      "h10.a.org",
      "h11.a.org",
      "h2.a.org",
      "a.org",
    ]);
    expect(collisions[4]?.message).toContain(
      "h2.a.org (seen in the config), and 7 more below it. Take",
    );
    expect(collisions[3]?.message).toContain("h11.a.org (seen in the config). Take");
    expect(
      findCollisions("a.org", { zones: [], names: names.slice(0, 5) })[4]?.message,
    ).not.toContain("more below");
  });

  it("lists a zone before a name of the same text, each with all origins", () => {
    const both: Organisation = {
      zones: [{ zone: "x.a.org", origin: "pvtz" }],
      names: [
        { name: "x.a.org", origin: "oss" },
        { name: "x.a.org", origin: "config" },
        { name: "x.a.org", origin: "oss" },
      ],
    };
    expect(found("a.org", both)).toEqual([
      "error hides-zone x.a.org pvtz",
      "error hides-name x.a.org config",
      "error public-domain a.org public",
    ]);
    expect(found("x.a.org", both)).toEqual([
      "error equals-zone x.a.org pvtz",
      "error equals-name x.a.org config",
    ]);
    expect(findCollisions("a.org", both)[1]?.message).toContain(
      "(seen in the config and the domains of OSS buckets)",
    );
    expect(new OrganisationIndex(both).below({ text: "a.org", labels: ["a", "org"] }).count).toBe(
      2,
    );
  });

  it("reports names that it can't compare", () => {
    const bad: Organisation = {
      zones: [
        { zone: "a..b", origin: "config" },
        { zone: ".", origin: "config" },
      ],
      names: [{ name: "", origin: "alidns" }],
      reserved: ["x..y"],
    };
    const collisions = findCollisions("cluster.local", bad);
    expect(collisions.map(short)).toEqual(
      ["a..b", ".", "", "x..y"].map((text) => `error malformed-name ${text} rule`),
    );
    expect(collisions[0]?.message).toBe(
      '"cluster.local" as cluster domain can\'t be compared with "a..b", which is not a domain name: correct it. Take cluster.internal, k8s.internal or cluster.home.arpa instead.',
    );
  });

  it("suggests only what collides with nothing itself", () => {
    const crowded: Organisation = {
      zones: ["local", "internal", "home.arpa", "test"].map((zone) => ({
        zone,
        origin: "config" as const,
      })),
      names: [],
      reserved: ["k8s.internal", "used.internal"],
    };
    expect(findCollisions("dev", crowded)[0]?.suggestions).toEqual([
      "k8s.internal",
      "used.internal",
    ]);
    const [collision] = findCollisions("dev", { ...crowded, reserved: [] });
    expect(collision?.suggestions).toEqual([]);
    expect(collision?.message).toMatch(
      /\. Set a subtree aside for cluster domains, and take that\.$/,
    );
    const one = findCollisions("dev", { ...crowded, reserved: ["k8s.internal"] })[0];
    expect(one?.message).toMatch(/\. Take k8s\.internal instead\.$/);
  });

  it("suggests the right spelling first", () => {
    expect(findCollisions("K8s.Internal", nobody)[0]?.suggestions).toEqual([
      "k8s.internal",
      "cluster.local",
      "cluster.internal",
    ]);
  });

  it("answers the same from a loaded index", () => {
    const index = new OrganisationIndex(company);
    for (const domain of ["com", "oneprocloud.com", "a.b", "cluster.local"]) {
      expect(findCollisions(domain, index)).toEqual(findCollisions(domain, company));
    }
  });

  it("lets no domain pass that a plain reading of the rules refuses", () => {
    const labels = fc.constantFrom("a", "b", "k8s", "oneprocloud", "com", "local", "internal");
    const names = fc.array(labels, { minLength: 1, maxLength: 4 }).map((each) => each.join("."));
    fc.assert(
      fc.property(
        names,
        fc.array(names, { maxLength: 6 }),
        fc.array(names, { maxLength: 2 }),
        (domain, zones, reserved) => {
          const organisation = {
            zones: zones.map((zone) => ({ zone, origin: "config" as const })),
            names: [],
            reserved,
          };
          const related = zones.some(
            (zone) =>
              zone === domain ||
              zone.endsWith(`.${domain}`) ||
              (domain.endsWith(`.${zone}`) && !reserved.includes(domain)),
          );
          const hit = findCollisions(domain, organisation).some(
            ({ origin }) => origin === "config",
          );
          expect(hit).toBe(related);
          for (const { suggestions } of findCollisions(domain, organisation)) {
            for (const each of suggestions) expect(findCollisions(each, organisation)).toEqual([]);
          }
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

describe("the grammar of ACK", () => {
  it("leaves room for the longest Service", () => {
    const longest = [60, 60].map((size) => "a".repeat(size)).join(".");
    expect(longest).toHaveLength(MAX_CLUSTER_DOMAIN);
    expect(`${"s".repeat(63)}.${"n".repeat(63)}.svc.${longest}`).toHaveLength(253);
    expect(clusterDomainFaults(longest)).toEqual([]);
    expect(clusterDomainFaults(`${longest}a`)).toEqual([
      {
        code: "too-long",
        reason:
          "leaves no room for the longest name of a Service: it has 122 characters, at most 121 are allowed",
      },
    ]);
  });

  it.each(["a", "a-b", "0", "a.b-c.d", "a".repeat(63)])("takes %s", (domain) => {
    expect(clusterDomainFaults(domain)).toEqual([]);
  });

  it.each(["-a", "a-", "a_b", "A", "a b", "ü", "a".repeat(64), "a..b", ".a", "a."])(
    "refuses %s",
    (domain) => {
      expect(clusterDomainFaults(domain).map(({ code }) => code)).toEqual(["grammar"]);
    },
  );

  it("writes the domain out where only its form is wrong", () => {
    const hint = (domain: string): string | undefined =>
      /; write (.*)$/.exec(clusterDomainFaults(domain)[0]?.reason ?? "")?.[1];
    expect(hint("Bücher.Test.")).toBe("xn--bcher-kva.test");
    expect(hint("a_b.Test")).toBeUndefined();
    expect(hint("a..b")).toBeUndefined();
    expect(hint("a-.b")).toBeUndefined();
  });
});

describe("isHijackingNamespace", () => {
  it.each(["com", "cn", "COM", "dev", "xn--fiqs8s", "app"])("is true for %s", (namespace) => {
    expect(isHijackingNamespace(namespace)).toBe(true);
  });

  it.each(["default", "kube-system", "oneprocloud", "com.cn", "", "local"])(
    "is false for %j",
    (namespace) => {
      expect(isHijackingNamespace(namespace)).toBe(false);
    },
  );
});
