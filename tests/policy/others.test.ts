import { clusterProtected } from "../../policy/clusterProtected";
import { corednsOwnedByPatch } from "../../policy/corednsOwnedByPatch";
import { namespacePublicSuffix } from "../../policy/namespacePublicSuffix";
import { policies } from "../../policy/policies";
import { check, clusterGiven, corefile, patchGiven, type Given } from "./checked";

describe("cluster-protected", () => {
  test("takes a cluster that Pulumi and ACK both protect", async () => {
    expect(await check(clusterProtected, clusterGiven())).toEqual([]);
    expect(await check(clusterProtected, { type: "a:b:C", props: {}, protect: false })).toEqual([]);
  });

  test("names each guard that is missing", async () => {
    expect(await check(clusterProtected, clusterGiven({}, false))).toEqual([
      expect.stringMatching(/^cluster "saas" \(saas-ack\): protect is false/),
    ]);
    expect(await check(clusterProtected, clusterGiven({ deletionProtection: false }))).toEqual([
      expect.stringContaining("deletionProtection is false"),
    ]);
    expect(
      await check(clusterProtected, clusterGiven({ deletionProtection: undefined }, false)),
    ).toEqual([expect.any(String), expect.stringContaining("deletionProtection is unset")]);
  });
});

describe("namespace-public-suffix", () => {
  const namespace = (name?: string): Given => ({
    type: "kubernetes:core/v1:Namespace",
    name: "ns",
    props: name === undefined ? {} : { metadata: { name } },
  });

  test.each(["com", "cn", "io", "xn--fiqs8s"])("refuses %s", async (name) => {
    expect(await check(namespacePublicSuffix, namespace(name))).toEqual([
      expect.stringMatching(`^Namespace "${name}" \\(ns\\): "${name}" is a public suffix`),
    ]);
  });

  test.each(["default", "kube-system", "example-com", undefined])("takes %s", async (name) => {
    expect(await check(namespacePublicSuffix, namespace(name))).toEqual([]);
  });
});

describe("coredns-owned-by-patch", () => {
  const good = patchGiven(corefile("cluster.local"));

  test("takes the patch that the component makes", async () => {
    expect(await check(corednsOwnedByPatch, good)).toEqual([]);
  });

  test("refuses a plain ConfigMap of that name in that namespace, and no other", async () => {
    const plain = { ...good, type: "kubernetes:core/v1:ConfigMap" };
    expect(await check(corednsOwnedByPatch, plain)).toEqual([
      'ConfigMap "kube-system/coredns" (corefile): a ConfigMap resource would delete the Corefile before it writes another. Use ConfigMapPatch with retainOnDelete.',
    ]);
    for (const metadata of [
      { name: "coredns", namespace: "default" },
      { name: "coredns-custom", namespace: "kube-system" },
      undefined,
    ]) {
      expect(await check(corednsOwnedByPatch, { ...plain, props: { metadata } })).toEqual([]);
    }
  });

  test("asks for a fixed field manager and for force", async () => {
    const bare = patchGiven("", { metadata: { name: "coredns", namespace: "kube-system" } });
    expect(await check(corednsOwnedByPatch, bare)).toEqual([
      expect.stringContaining("pulumi.com/patchFieldManager is missing"),
      expect.stringContaining('pulumi.com/patchForce is "missing"'),
    ]);
  });
});

describe("the pack", () => {
  test("names are kebab-case and unlike, and every policy says what to do", () => {
    const names = policies.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const policy of policies) {
      expect(policy.name).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(policy.enforcementLevel).toBe("mandatory");
      expect(policy.description).toMatch(/\.$/);
      expect(policy.remediationSteps).toMatch(/\.$/);
    }
  });
});
