import {
  clusterDomainCollision as policy,
  clusterDomainWarning,
} from "../../policy/clusterDomainCollision";
import {
  check,
  clusterGiven,
  corefile,
  organisationConfig,
  patchGiven,
  setStackConfig,
} from "./checked";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("cluster-domain-collision", () => {
  beforeEach(() => setStackConfig({}));

  test("takes a domain that hides nothing, and the default", async () => {
    expect(await check(policy, clusterGiven(), organisationConfig)).toEqual([]);
    const silent = clusterGiven({ clusterDomain: undefined });
    expect(await check(policy, silent, organisationConfig)).toEqual([]);
  });

  test.each(["oneprocloud.com", "com", "k8s.oneprocloud.com", "example.net", "clusterset.local"])(
    "refuses %s, and names cluster, value and a way out",
    async (clusterDomain) => {
      const [said] = await check(policy, clusterGiven({ clusterDomain }), organisationConfig);
      expect(said).toMatch(`cluster "saas" (saas-ack): "${clusterDomain}" as cluster domain`);
      expect(said).toMatch(/Take cluster\.local/);
    },
  );

  test("learns zones, names and bucket domains from the stack's config", async () => {
    const domain = clusterGiven({ clusterDomain: "corp.internal" });
    expect(await check(policy, domain)).toEqual([]);
    for (const sections of [
      { organisation: { zones: ["corp.internal"] } },
      { organisation: { zones: [], names: ["a.corp.internal"] } },
      { organisation: { wildcardZones: ["corp.internal"] } },
      { ossDomains: [{ domain: "files.corp.internal", bucket: "b" }] },
    ]) {
      setStackConfig(sections);
      const said = await check(policy, domain);
      expect(said[0]).toMatch(/"corp\.internal" as cluster domain .* hides/);
    }
  });

  test("a reserved zone is free", async () => {
    setStackConfig({ organisation: { zones: ["a.internal"], reserved: ["k8s.a.internal"] } });
    expect(await check(policy, clusterGiven({ clusterDomain: "k8s.a.internal" }))).toEqual([]);
  });

  test("config that the program will refuse stops nothing here", async () => {
    setStackConfig({ organisation: ["x"], ossDomains: { a: 1 }, cluster: "c" });
    expect(await check(policy, clusterGiven(), organisationConfig)).toEqual([]);
  });

  test("the recorded domain of a cluster that moved on is no collision", async () => {
    const cluster = clusterGiven({ clusterDomain: "oneprocloud.com" });
    expect(await check(policy, cluster, { ...organisationConfig, recorded: [] })).toHaveLength(1);
    const recorded = { ...organisationConfig, recorded: ["oneprocloud.com"] };
    expect(await check(policy, cluster, recorded)).toEqual([]);
    setStackConfig({
      organisation: organisationConfig,
      cluster: { clusterDomain: "cluster.local", provisionedClusterDomain: "oneprocloud.com" },
    });
    expect(await check(policy, cluster)).toEqual([]);
    setStackConfig({
      organisation: organisationConfig,
      cluster: { clusterDomain: "oneprocloud.com", provisionedClusterDomain: "oneprocloud.com" },
    });
    expect(await check(policy, cluster)).toHaveLength(1);
  });

  test("the first zone of CoreDNS counts, later ones are legacy", async () => {
    const good = patchGiven(corefile("cluster.local", "oneprocloud.com"));
    expect(await check(policy, good, organisationConfig)).toEqual([]);
    const [said] = await check(
      policy,
      patchGiven(corefile("oneprocloud.com", "cluster.local")),
      organisationConfig,
    );
    expect(said).toMatch(/^ConfigMapPatch "kube-system\/coredns" \(corefile\): "oneprocloud.com"/);
  });

  test("only the policy's own config accepts a collision", async () => {
    const cluster = clusterGiven({ clusterDomain: "oneprocloud.com" });
    setStackConfig({
      organisation: organisationConfig,
      cluster: { clusterDomain: "oneprocloud.com", acceptCollidingDomain: "oneprocloud.com" },
    });
    expect(await check(policy, cluster)).toHaveLength(1);
    expect(await check(policy, cluster, { accepted: ["oneprocloud.com"] })).toEqual([]);
  });

  test("a Corefile that cannot be read is refused", async () => {
    const [said] = await check(policy, patchGiven(".:53 {\n"), organisationConfig);
    expect(said).toMatch(/^ConfigMapPatch .*Corefile \d+:\d+: .*Correct it/);
  });

  test("other resources and other ConfigMaps are nobody's business", async () => {
    const other = patchGiven(corefile("com"), { metadata: { name: "mine", namespace: "default" } });
    expect(await check(policy, other, organisationConfig)).toEqual([]);
    expect(await check(policy, { type: "a:b:C", props: { clusterDomain: "com" } })).toEqual([]);
  });

  test("unknown values beside the ones it reads do not stop it", async () => {
    const cluster = clusterGiven({
      clusterDomain: "example.net",
      vpcId: unknown,
      vswitchIds: [unknown],
    });
    expect(await check(policy, cluster, organisationConfig)).toHaveLength(1);
  });
});

describe("cluster-domain-warning", () => {
  beforeEach(() => setStackConfig({}));
  const warned = (domain: string, config: object = {}): Promise<string[]> =>
    check(clusterDomainWarning, clusterGiven({ clusterDomain: domain }), config);

  test.each(["k8s.local", "internal"])(
    "shows the doubt about %s, and stops nothing",
    async (domain) => {
      expect(clusterDomainWarning.enforcementLevel).toBe("advisory");
      expect(await warned(domain)).toEqual([
        expect.stringMatching(
          `^cluster "saas" \\(saas-ack\\): "${domain}" as cluster domain .* Take `,
        ),
      ]);
      expect(await check(policy, clusterGiven({ clusterDomain: domain }))).toEqual([]);
      expect(await warned(domain, { accepted: [domain] })).toEqual([]);
      expect(await warned(domain, { recorded: [domain] })).toEqual([]);
    },
  );

  test("leaves refusals, and a Corefile that cannot be read, to cluster-domain-collision", async () => {
    expect(await warned("com")).toEqual([]);
    expect(await warned("cluster.local")).toEqual([]);
    expect(await check(clusterDomainWarning, patchGiven(".:53 {\n"))).toEqual([]);
    expect(await check(clusterDomainWarning, patchGiven(corefile("k8s.local")))).toHaveLength(1);
  });
});
