import type { PolicyResource } from "@pulumi/policy";

import { toUserData } from "../../node";
import { clusterDomainAgreement as policy } from "../../policy/clusterDomainAgreement";
import {
  checkStack,
  clusterGiven,
  corefile,
  patchGiven,
  poolGiven,
  resource,
  setStackConfig,
  type Given,
} from "./checked";

const stack = (...given: Given[]): PolicyResource[] => given.map(resource);
const moved = clusterGiven({ clusterDomain: "oneprocloud.com" });
const both = patchGiven(corefile("cluster.local", "oneprocloud.com"));

describe("cluster-domain-agreement", () => {
  test("takes what the components make, before and after a move", async () => {
    const before = patchGiven(corefile("cluster.local"));
    expect(
      await checkStack(policy, stack(clusterGiven(), before, poolGiven("cluster.local"))),
    ).toEqual([]);
    expect(await checkStack(policy, stack(moved, both, poolGiven("cluster.local")))).toEqual([]);
  });

  test("takes pools without scripts while the recorded domain is in force", async () => {
    expect(await checkStack(policy, stack(clusterGiven(), poolGiven(undefined)))).toEqual([]);
  });

  test("refuses scripts that set another domain, and says which and which instead", async () => {
    expect(await checkStack(policy, stack(moved, both, poolGiven("oneprocloud.com")))).toEqual([
      'workers-pool: node pool "workers" (workers-pool): preUserData gives kubelet --cluster-domain=oneprocloud.com, but the cluster domain in force is cluster.local. Make it cluster.local.',
      'workers-pool: node pool "workers" (workers-pool): userData gives kubelet --cluster-domain=oneprocloud.com, but the cluster domain in force is cluster.local. Make it cluster.local.',
    ]);
  });

  test("reads user data of other people's making", async () => {
    const userData = toUserData('sed -i "s/--cluster-domain=a.b/--cluster-domain=c.local/" /x\n');
    const said = await checkStack(
      policy,
      stack(moved, both, poolGiven("cluster.local", { userData })),
    );
    expect(said.map((text) => /--cluster-domain=\S+(?=,)/.exec(text)?.[0])).toEqual([
      "--cluster-domain=a.b",
      "--cluster-domain=c.local",
    ]);
  });

  test("refuses a pool without scripts in a cluster that moved", async () => {
    expect(await checkStack(policy, stack(moved, both, poolGiven(undefined)))).toEqual([
      expect.stringContaining("preUserData does not set kubelet's --cluster-domain"),
    ]);
  });

  test("a comment gives nodes no domain, and text that is not encoded does", async () => {
    const comment = "#!/bin/sh\n# kubelet --cluster-domain=cluster.local\n";
    for (const preUserData of [comment, toUserData(comment)]) {
      const pool = poolGiven(undefined, { preUserData });
      expect(await checkStack(policy, stack(moved, both, pool))).toEqual([
        expect.stringContaining("preUserData does not set kubelet's --cluster-domain"),
      ]);
    }
    const preUserData = "#!/bin/sh\necho --cluster-domain=other.local >/etc/x\n";
    expect(
      await checkStack(policy, stack(moved, both, poolGiven(undefined, { preUserData }))),
    ).toEqual([expect.stringContaining("preUserData gives kubelet --cluster-domain=other.local")]);
  });

  test("without a Corefile the recorded domain is in force", async () => {
    const said = await checkStack(policy, stack(clusterGiven(), poolGiven("other.local")));
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/in force is cluster\.local/);
  });

  test("before there is a cluster, the stack's config says what is in force", async () => {
    const unknown = { ...patchGiven(""), props: {} };
    setStackConfig({ cluster: { clusterDomain: "cluster.local" } });
    expect(await checkStack(policy, stack(moved, unknown, poolGiven("cluster.local")))).toEqual([]);
    expect(await checkStack(policy, stack(moved, unknown, poolGiven("other.local")))).toHaveLength(
      2,
    );
    setStackConfig({});
    expect(await checkStack(policy, stack(moved, unknown, poolGiven("other.local")))).toEqual([]);
  });

  test("refuses two Corefiles that disagree", async () => {
    const other = { ...patchGiven(corefile("other.local")), name: "other" };
    expect(await checkStack(policy, stack(both, other))).toEqual([
      expect.stringMatching(/^other: .*first zone is other\.local.*has cluster\.local/),
    ]);
  });

  test("holds each of several clusters against its own Corefile", async () => {
    const platform = (name: string): PolicyResource =>
      resource({ type: "ack-cluster-dns:index:AckPlatform", name, props: {} });
    const [one, two] = [platform("one"), platform("two")];
    const within = (parent: PolicyResource, ...given: Given[]): PolicyResource[] =>
      given.map((each) => resource({ ...each, parent }));
    const resources = [
      ...within(one, clusterGiven(), patchGiven(corefile("a.local")), poolGiven("a.local")),
      ...within(two, clusterGiven(), patchGiven(corefile("b.local")), poolGiven("b.local")),
    ];
    expect(await checkStack(policy, resources)).toEqual([]);
    expect(
      await checkStack(policy, [...resources, ...within(two, poolGiven("a.local"))]),
    ).toHaveLength(2);
  });

  test("leaves an unreadable Corefile to cluster-domain-collision, and a stack without clusters alone", async () => {
    expect(await checkStack(policy, stack(clusterGiven(), patchGiven("{{")))).toEqual([]);
    expect(await checkStack(policy, stack(poolGiven("a.local")))).toEqual([]);
  });
});
