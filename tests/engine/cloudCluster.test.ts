import { parse } from "yaml";
import { getFromCloud, setInCloud } from "../../lab/cloud/admin";
import { CloudFixture } from "./support/cloudFixture";
import { Properties, Resource } from "./support/providerPlugin";
import { lifecycle, quiet, remove, runScenarios } from "./support/scenarios";

const clusterType = "alicloud:cs/managedKubernetes:ManagedKubernetes";
const nodePoolType = "alicloud:cs/nodePool:NodePool";
const addonType = "alicloud:cs/kubernetesAddon:KubernetesAddon";
const commandType = "alicloud:ecs/command:Command";
const invocationType = "alicloud:ecs/ecsInvocation:EcsInvocation";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const clusterInputs = (name: string, more: Properties = {}): Properties => ({
  name,
  clusterSpec: "ack.pro.small",
  vswitchIds: ["vsw-laba", "vsw-labb"],
  serviceCidr: "10.96.0.0/16",
  podCidr: "10.244.0.0/16",
  newNatGateway: false,
  slbInternetEnabled: true,
  skipSetCertificateAuthority: true,
  clusterDomain: "cluster.local",
  ...more,
});

const poolInputs = (clusterId: string, name: string, more: Properties = {}): Properties => ({
  clusterId,
  nodePoolName: name,
  vswitchIds: ["vsw-laba"],
  instanceTypes: ["ecs.g7.large"],
  systemDiskCategory: "cloud_essd",
  systemDiskSize: 40,
  desiredSize: "1",
  keyName: "lab",
  ...more,
});

const makeCluster = ({ provider }: CloudFixture, name: string, more: Properties = {}) =>
  provider.create(clusterType, name, clusterInputs(name, more));

const nodesOf = (fixture: CloudFixture, pool: Resource) =>
  [...fixture.driver.nodes.values()].filter((node) => pool.id.endsWith(node.nodePoolId));

async function updated(fixture: CloudFixture, name: string, before: Properties, after: Properties) {
  const { provider } = fixture;
  const cluster = await makeCluster(fixture, name, before);
  const changed = await provider.update(cluster, clusterInputs(name, after));
  await quiet(fixture, changed, clusterInputs(name, after));
  return changed;
}

runScenarios("cloud-cluster", {
  async "a cluster, from its creation to its end"(fixture) {
    const inputs = clusterInputs("whole", {
      clusterDomain: "whole.internal",
      tags: { team: "a" },
      apiAudiences: ["https://kubernetes.default.svc"],
      addons: [{ name: "flannel" }, { name: "metrics-server", disabled: true }],
    });
    const cluster = await fixture.provider.create(clusterType, "whole", inputs);
    expect(fixture.driver.clusters.get(cluster.id)).toMatchObject({
      clusterDomain: "whole.internal",
      serviceCidr: "10.96.0.0/16",
      podCidr: "10.244.0.0/16",
      nodeCidrMask: 24,
    });
    const read = await quiet(fixture, cluster, inputs);
    expect(read.state).toMatchObject({
      clusterDomain: "whole.internal",
      tags: { team: "a" },
      vpcId: "vpc-lab",
      slbIntranet: "10.240.0.10",
    });
    const installed = await fixture.provider.invoke(
      "alicloud:cs/getKubernetesAddons:getKubernetesAddons",
      { clusterId: cluster.id },
    );
    const present = (installed.addons as { name: string; currentVersion: string }[])
      .filter((addon) => addon.currentVersion !== "")
      .map((addon) => addon.name);
    expect(present.sort()).toEqual(["coredns", "flannel", "kube-proxy"]);
    await remove(fixture, cluster);
    expect(fixture.driver.clusters.has(cluster.id)).toBe(false);
  },

  async "a cluster that is protected, and how it changes"(fixture) {
    const { provider } = fixture;
    const cluster = await makeCluster(fixture, "guarded", { deletionProtection: true });
    await expect(provider.delete(cluster)).rejects.toThrow("ErrorClusterDeletionProtection");
    const after = clusterInputs("unguarded", {
      deletionProtection: false,
      customSan: "kubernetes.default.svc.cluster.local,api.example.test",
    });
    expect(await provider.diff(cluster, after)).toMatchObject({ replaces: [] });
    const changed = await provider.update(cluster, after);
    await quiet(fixture, changed, after);
    expect(fixture.driver.clusters.get(cluster.id)?.certificateSans).toEqual([
      "kubernetes.default.svc.cluster.local",
      "api.example.test",
    ]);
  },

  async "another cluster domain needs another cluster"(fixture) {
    const cluster = await makeCluster(fixture, "fixed", { clusterDomain: "oneprocloud.com" });
    for (const clusterDomain of ["cluster.local", undefined]) {
      const inputs = clusterInputs("fixed");
      delete inputs.clusterDomain;
      if (clusterDomain) inputs.clusterDomain = clusterDomain;
      expect(await fixture.provider.diff(cluster, inputs)).toMatchObject({
        replaces: ["clusterDomain"],
      });
    }
    await setInCloud(
      fixture.cloud.context.instance,
      "clusters/fixed/clusterDomain",
      "reported.internal",
    );
    expect((await fixture.provider.read(cluster))?.state.clusterDomain).toBe("reported.internal");
  },

  async "a cluster's tags"(fixture) {
    await updated(fixture, "tagged", { tags: { a: "1" } }, { tags: { b: "2" } });
  },

  async "a cluster's logs"(fixture) {
    await updated(
      fixture,
      "logged",
      { controlPlaneLogTtl: "30" },
      { controlPlaneLogTtl: "60", controlPlaneLogComponents: ["apiserver"] },
    );
  },

  async "a cluster's audit log"(fixture) {
    await updated(
      fixture,
      "audited",
      { auditLogConfig: { enabled: false } },
      { auditLogConfig: { enabled: true, slsProjectName: "audit" } },
    );
  },

  async "a cluster's version and its edition"(fixture) {
    await updated(
      fixture,
      "upgraded",
      { version: "1.34.3-aliyun.1", clusterSpec: "ack.standard" },
      { version: "1.35.4-aliyun.1", clusterSpec: "ack.pro.small" },
    );
  },

  async "clusters that Container Service refuses"(fixture) {
    const refused = (more: Properties) => expect(makeCluster(fixture, "refused", more)).rejects;
    await Promise.all([
      refused({ clusterDomain: "Not_A_Domain" }).toThrow(/cluster_domain "Not_A_Domain"/),
      refused({ vswitchIds: ["vsw-none"] }).toThrow("InvalidVSwitchId.NotFound"),
      refused({ podCidr: "10.240.0.0/20" }).toThrow("VpcCidrConflict"),
      refused({ podCidr: "10.96.0.0/20" }).toThrow("CidrConflict"),
    ]);
  },

  async "credentials and clusters that can be listed"(fixture) {
    const { provider } = fixture;
    const cluster = await makeCluster(fixture, "listed");
    const credential = await provider.invoke(
      "alicloud:cs/getClusterCredential:getClusterCredential",
      { clusterId: cluster.id },
    );
    expect(credential).toMatchObject({ clusterName: "listed" });
    expect(parse(credential.kubeConfig as string)).toMatchObject({
      clusters: [{ cluster: { server: `https://127.0.0.1:${fixture.instance.apiPort}` } }],
    });
    const again = await provider.invoke("alicloud:cs/getClusterCredential:getClusterCredential", {
      clusterId: cluster.id,
    });
    expect(again).toEqual(credential);
    const listed = await provider.invoke(
      "alicloud:cs/getManagedKubernetesClusters:getManagedKubernetesClusters",
      { nameRegex: "^listed$", enableDetails: true },
    );
    expect(listed.clusters).toMatchObject([{ id: cluster.id, vpcId: "vpc-lab" }]);
  },

  async "an add-on"(fixture) {
    const { provider } = fixture;
    const cluster = await makeCluster(fixture, "extended");
    const common = { clusterId: cluster.id, name: "nginx-ingress-controller" };
    await lifecycle(fixture, {
      type: addonType,
      name: "ingress",
      inputs: { ...common, version: "v1.11.4-aliyun.1", config: '{"IngressSlbNetworkType":"a"}' },
      changed: { ...common, version: "v1.11.5-aliyun.1", config: '{"IngressSlbNetworkType":"b"}' },
      keep: true,
    });
    // Part of the cluster from the start: creating it configures it, deleting it leaves it.
    const coredns = { clusterId: cluster.id, name: "coredns", config: '{"replicas":2}' };
    const adopted = await provider.create(addonType, "coredns", coredns);
    await quiet(fixture, adopted, coredns);
    await provider.delete(adopted);
    expect(await provider.read(adopted)).toBeDefined();
    const metadata = await provider.invoke(
      "alicloud:cs/getKubernetesAddonMetadata:getKubernetesAddonMetadata",
      { clusterId: cluster.id, name: "coredns", version: adopted.state.version ?? "" },
    );
    expect(JSON.parse(metadata.configSchema as string)).toHaveProperty("properties.replicas");
  },

  async "a node pool that grows, and commands on its nodes"(fixture) {
    const { provider, driver } = fixture;
    const cluster = await makeCluster(fixture, "pooled");
    const scripts = { preUserData: base64("echo before"), userData: base64("echo after") };
    const inputs = poolInputs(cluster.id, "workers", {
      ...scripts,
      labels: [{ key: "role", value: "worker" }],
      taints: [{ key: "boot", value: "yes", effect: "NoSchedule" }],
      tags: { a: "1" },
      management: { enable: true, autoRepair: true },
    });
    let pool = await provider.create(nodePoolType, "workers", inputs);
    pool = await quiet(fixture, pool, inputs);
    expect(nodesOf(fixture, pool)).toMatchObject([
      {
        preUserData: "echo before",
        userData: "echo after",
        labels: [{ key: "role", value: "worker" }],
        taints: [{ key: "boot", value: "yes", effect: "NoSchedule" }],
        unschedulable: false,
      },
    ]);

    const grown = { ...inputs, desiredSize: "3", userData: base64("echo changed") };
    expect(await provider.diff(pool, grown)).toMatchObject({ replaces: [] });
    pool = await quiet(fixture, await provider.update(pool, grown), grown);
    expect(nodesOf(fixture, pool).map((node) => node.userData)).toEqual([
      "echo after",
      "echo changed",
      "echo changed",
    ]);

    const [instanceId = ""] = nodesOf(fixture, pool).map((node) => node.instanceId);
    const command = await lifecycle(fixture, {
      type: commandType,
      name: "command",
      inputs: {
        name: "hello",
        type: "RunShellScript",
        commandContent: base64("echo {{who}}"),
        enableParameter: true,
      },
      changed: null,
      keep: true,
    });
    const invocation = await lifecycle(fixture, {
      type: invocationType,
      name: "invocation",
      inputs: { commandId: command.id, instanceIds: [instanceId], parameters: { who: "you" } },
      changed: null,
      look: ({ state }) => expect(state.status).toBe("Success"),
      keep: true,
    });
    expect(driver.commands.map(({ script }) => script)).toEqual(["echo you"]);
    await provider.delete(invocation);
    await remove(fixture, command);

    const pools = await provider.invoke(
      "alicloud:cs/getKubernetesNodePools:getKubernetesNodePools",
      { clusterId: cluster.id },
    );
    expect(pools.nodepools).toMatchObject([{ nodePoolName: "workers", userData: grown.userData }]);

    const shrunk = { ...grown, desiredSize: "1" };
    pool = await quiet(fixture, await provider.update(pool, shrunk), shrunk);
    expect(nodesOf(fixture, pool)).toHaveLength(1);
    await remove(fixture, pool);
    expect(nodesOf(fixture, pool)).toEqual([]);
  },

  async "user data that somebody changed, and that is put right"(fixture) {
    const { provider } = fixture;
    const cluster = await makeCluster(fixture, "drifting");
    const inputs = poolInputs(cluster.id, "drifters", { userData: base64("echo mine") });
    const pool = await provider.create(nodePoolType, "drifters", inputs);
    const { instance } = fixture.cloud.context;
    const path = "nodePools/drifters/kubernetes_config/user_data";
    await setInCloud(instance, path, base64("echo theirs"));
    const drifted = await provider.read(pool);
    if (!drifted) throw new Error("The node pool is gone.");
    expect(await provider.diff(drifted, inputs)).toMatchObject({ diffs: ["userData"] });
    await quiet(fixture, await provider.update(drifted, inputs), inputs);
    expect(await getFromCloud(instance, path)).toBe(base64("echo mine"));
  },

  async "nodes that are attached, and taken away again"(fixture) {
    const { provider } = fixture;
    const cluster = await makeCluster(fixture, "attached");
    const own = poolInputs(cluster.id, "own");
    delete own.desiredSize;
    let pool = await provider.create(nodePoolType, "own", { ...own, instances: ["i-one"] });
    expect(nodesOf(fixture, pool)).toHaveLength(1);
    pool = await provider.update(pool, { ...own, instances: ["i-one", "i-two"] });
    pool = await provider.update(pool, { ...own, instances: ["i-two"] });
    expect(nodesOf(fixture, pool)).toMatchObject([{ instanceId: "i-two" }]);
  },

  async "kubelet settings and replaced nodes"(fixture) {
    const { provider } = fixture;
    const cluster = await makeCluster(fixture, "tuned");
    const inputs = poolInputs(cluster.id, "tuned", { userData: base64("echo one") });
    const pool = await provider.create(nodePoolType, "tuned", inputs);
    const after = {
      ...inputs,
      userData: base64("echo two"),
      kubeletConfiguration: { maxPods: "64" },
      upgradePolicy: { useReplace: true },
    };
    const changed = await provider.update(pool, after);
    await quiet(fixture, changed, after);
    expect(nodesOf(fixture, pool)).toMatchObject([{ userData: "echo two" }]);
  },

  async "node pools that Container Service refuses"(fixture) {
    const { provider } = fixture;
    const cluster = await makeCluster(fixture, "strict");
    const refused = (more: Properties) =>
      expect(provider.create(nodePoolType, "refused", poolInputs(cluster.id, "refused", more)))
        .rejects;
    await Promise.all([
      refused({ preUserData: "#!/bin/sh" }).toThrow("pre_user_data is not base64"),
      refused({ instanceTypes: ["ecs.none.large"] }).toThrow("InvalidInstanceType.NotFound"),
      refused({ keyName: "none" }).toThrow("InvalidKeyPair.NotFound"),
      refused({ userData: base64("x".repeat(17_000)) }).toThrow("longer than 16 KB"),
    ]);
  },
});
