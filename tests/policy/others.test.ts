import * as fs from "node:fs";
import * as path from "node:path";

import type { PolicyResource } from "@pulumi/policy";

import { repository } from "../../lab/instance";
import { clusterProtected } from "../../policy/clusterProtected";
import { corednsOwnedByPatch } from "../../policy/corednsOwnedByPatch";
import { corednsPatchProtected } from "../../policy/corednsPatchProtected";
import { namespacePublicSuffix } from "../../policy/namespacePublicSuffix";
import { policies } from "../../policy/policies";
import {
  check,
  checkStack,
  clusterGiven,
  corefile,
  patchGiven,
  resource,
  type Given,
} from "./checked";

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

describe("cluster-protected, of the cluster domain", () => {
  test.each([["clusterDomain"], ["podCidr", "clusterDomain"], ["*"]])(
    "takes a cluster whose ignoreChanges has %s",
    async (...ignoreChanges) => {
      expect(await check(clusterProtected, { ...clusterGiven(), ignoreChanges })).toEqual([]);
    },
  );

  test.each([[[]], [["clusterDomains"]], [["clusterDomain.x"]]])(
    "refuses one whose ignoreChanges is %j, protected or not",
    async (ignoreChanges) => {
      expect(await check(clusterProtected, { ...clusterGiven(), ignoreChanges })).toEqual([
        'cluster "saas" (saas-ack): ignoreChanges lacks clusterDomain, which is create-only, so that a new value replaces the cluster: protect does not stop it where it comes in the same update. Add "clusterDomain" to the resource option ignoreChanges.',
      ]);
      expect(
        await check(clusterProtected, { ...clusterGiven({}, false), ignoreChanges }),
      ).toHaveLength(2);
    },
  );
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

describe("coredns-patch-protected", () => {
  const patch = patchGiven(corefile("cluster.local"));
  const bare: Given = { ...patch, protect: false };
  const kept = clusterGiven();
  const thrownAway = clusterGiven({ deletionProtection: false }, false);
  const said = (...given: Given[]): Promise<string[]> =>
    checkStack(corednsPatchProtected, given.map(resource));

  test("takes a patch that is protected, and one whose cluster is not either", async () => {
    expect(await said(kept, patch)).toEqual([]);
    expect(await said(thrownAway, patch)).toEqual([]);
    expect(await said(thrownAway, bare)).toEqual([]);
    expect(await said(clusterGiven({ deletionProtection: undefined }, false), bare)).toEqual([]);
  });

  test("refuses one that is not, in a cluster that stays", async () => {
    expect(await said(kept, bare)).toEqual([
      'corefile: ConfigMapPatch "kube-system/coredns" (corefile): protect is false, so that a destroy or a line removed gives up the Corefile of a cluster that stays. Set the resource option protect to true; only where the cluster\'s protect and deletionProtection are false may it be false.',
    ]);
    const stays: Given[][] = [
      [clusterGiven({ deletionProtection: false }, true)],
      [clusterGiven({ deletionProtection: true }, false)],
      [],
    ];
    for (const clusters of stays) expect(await said(...clusters, bare)).toHaveLength(1);
  });

  test("holds each patch against the cluster of its own component", async () => {
    const component = (name: string): PolicyResource =>
      resource({ type: "ack-cluster-dns:index:AckPlatform", name, props: {} });
    const [one, two] = [component("one"), component("two")];
    const within = (parent: PolicyResource, ...given: Given[]): Given[] =>
      given.map((each) => ({ ...each, parent }));
    expect(await said(...within(one, kept, patch), ...within(two, thrownAway, bare))).toEqual([]);
    expect(await said(...within(one, kept, bare), ...within(two, thrownAway, bare))).toHaveLength(
      1,
    );
  });

  test("is no matter of other patches, of plain ConfigMaps, and of what is not known yet", async () => {
    const metadata = { name: "other", namespace: "kube-system" };
    expect(await said(kept, { ...bare, props: { metadata } })).toEqual([]);
    expect(await said(kept, { ...bare, type: "kubernetes:core/v1:ConfigMap" })).toEqual([]);
    expect(await said(kept, { ...bare, props: {} })).toEqual([]);
  });
});

describe("the pack", () => {
  test("has every policy of its folder", () => {
    const folder = path.join(repository, "policy");
    const files = fs.readdirSync(folder).filter((file) => /(?<!index)\.ts$/.test(file));
    const found = files
      .flatMap((file) =>
        Object.values(jest.requireActual<Record<string, unknown>>(path.join(folder, file))),
      )
      .filter((value) => Object.hasOwn(Object(value) as object, "enforcementLevel"));
    expect(found).toHaveLength(policies.length);
    expect(policies).toEqual(expect.arrayContaining(found));
  });

  test("names are kebab-case and unlike, and every policy says what to do", () => {
    const names = policies.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const policy of policies) {
      expect(policy.name).toMatch(/^[a-z]+(-[a-z]+)+$/);
      const level = policy.name.endsWith("-warning") ? "advisory" : "mandatory";
      expect(policy.enforcementLevel).toBe(level);
      expect(policy.description).toMatch(/\.$/);
      expect(policy.remediationSteps).toMatch(/\.$/);
    }
  });
});
