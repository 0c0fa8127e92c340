import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { AckPlatform, type AckPlatformArgs } from "../../components";
import { platformArgs, register, type Registered } from "./support";

const make = (args: AckPlatformArgs = platformArgs()) =>
  register(() => void new AckPlatform("saas", args));

const one = (made: Registered[], name: string): Registered => {
  const found = made.filter((each) => each.name === name);
  expect(found).toHaveLength(1);
  return found[0] as Registered;
};

const job = (made: Registered[]): Registered =>
  made.find(({ type }) => type === "kubernetes:batch/v1:Job") as Registered;

const moved = (): AckPlatformArgs => {
  const args = platformArgs();
  args.cluster.provisionedClusterDomain = "oneprocloud.com";
  args.cluster.legacyClusterDomains = ["oneprocloud.com"];
  return args;
};

test("a platform is exactly these resources", async () => {
  const made = await make();
  const digest = job(made).name.split("-").at(-1);
  expect(digest).toMatch(/^[0-9a-f]{10}$/);
  const list = made.map(({ type, name, parent }) => `${type} ${name} < ${parent}`).sort();
  const oss = "saas-oss-downloads.oneprocloud.com";
  expect(list).toEqual(
    [
      "ack-cluster-dns:index:AckPlatform saas < ",
      "ack-cluster-dns:index:AckCluster saas-cluster < saas",
      "alicloud:cs/managedKubernetes:ManagedKubernetes saas-cluster-ack < saas-cluster",
      "pulumi:providers:kubernetes saas-cluster-kubernetes < saas-cluster",
      "pulumi:index:Stash saas-domains < saas",
      "ack-cluster-dns:index:CoreDns saas-coredns < saas",
      "kubernetes:core/v1:ConfigMapPatch saas-coredns-corefile < saas-coredns",
      "ack-cluster-dns:index:NodePool saas-pool-workers < saas",
      "alicloud:cs/nodePool:NodePool saas-pool-workers-nodes < saas-pool-workers",
      `ack-cluster-dns:index:OssCustomDomain ${oss} < saas`,
      `alicloud:oss/bucketCnameToken:BucketCnameToken ${oss}-token < ${oss}`,
      `alicloud:dns/alidnsRecord:AlidnsRecord ${oss}-ownership-saas-downloads < ${oss}`,
      `alicloud:oss/bucketCname:BucketCname ${oss}-binding < ${oss}`,
      `alicloud:dns/alidnsRecord:AlidnsRecord ${oss}-record < ${oss}`,
      "ack-cluster-dns:index:DnsProbe saas-probe < saas",
      `kubernetes:batch/v1:Job saas-probe-job-${digest} < saas-probe`,
    ].sort(),
  );
});

test("only the cluster and the Corefile are protected, and the protection can be taken away", async () => {
  const guarded = async (args?: AckPlatformArgs) =>
    (await make(args)).filter(({ protect }) => protect).map(({ name }) => name);
  expect((await guarded()).sort()).toEqual(["saas-cluster-ack", "saas-coredns-corefile"]);
  const args = platformArgs();
  args.cluster.deletionProtection = false;
  expect(await guarded(args)).toEqual([]);
});

test("the cluster: every property that matters is set, and none can replace it", async () => {
  const cluster = one(await make(), "saas-cluster-ack");
  expect(cluster.inputs).toEqual({
    name: "saas",
    clusterDomain: "cluster.local",
    clusterSpec: "ack.pro.small",
    vswitchIds: ["vsw-a"],
    podCidr: "172.20.0.0/16",
    serviceCidr: "172.21.0.0/20",
    nodeCidrMask: 24,
    proxyMode: "ipvs",
    newNatGateway: true,
    slbInternetEnabled: true,
    isEnterpriseSecurityGroup: true,
    addons: [{ name: "flannel" }, { name: "coredns" }],
    deletionProtection: true,
    skipSetCertificateAuthority: true,
  });
  expect(cluster.deleteBeforeReplace).toBe(false);
  expect(cluster.ignoreChanges).toEqual([
    "clusterDomain",
    "podCidr",
    "serviceCidr",
    "nodeCidrMask",
    "proxyMode",
    "addons",
    "podVswitchIds",
    "newNatGateway",
    "slbInternetEnabled",
    "isEnterpriseSecurityGroup",
    "timezone",
    "enableRrsa",
    "controlPlaneLogComponents",
    "autoMode",
    "encryptionProviderKey",
    "customSan",
    "clusterSpec",
    "tags",
  ]);
});

test("a cluster with Terway, tags, add-ons and a security group of its own", async () => {
  const args = platformArgs();
  Object.assign(args.cluster, {
    podCidr: undefined,
    podVswitchIds: ["vsw-p"],
    tags: { team: "web" },
    securityGroupId: "sg-1",
    certificateSans: ["api.example.com"],
    version: "1.34.1-aliyun.1",
    addons: [{ name: "csi-plugin" }, { name: "coredns", version: "v1.11.3.5-5321daf49-aliyun" }],
  });
  const cluster = one(await make(args), "saas-cluster-ack");
  expect(cluster.inputs).toEqual({
    name: "saas",
    version: "1.34.1-aliyun.1",
    clusterDomain: "cluster.local",
    clusterSpec: "ack.pro.small",
    vswitchIds: ["vsw-a"],
    podVswitchIds: ["vsw-p"],
    serviceCidr: "172.21.0.0/20",
    proxyMode: "ipvs",
    newNatGateway: true,
    slbInternetEnabled: true,
    securityGroupId: "sg-1",
    customSan: "api.example.com",
    addons: [
      { name: "terway-eniip" },
      { name: "csi-plugin" },
      { name: "coredns", version: "v1.11.3.5-5321daf49-aliyun" },
    ],
    tags: { team: "web" },
    deletionProtection: true,
    skipSetCertificateAuthority: true,
  });
  expect(cluster.ignoreChanges).toContain("clusterSpec");
  expect(cluster.ignoreChanges).not.toContain("tags");
  expect(cluster.ignoreChanges).not.toContain("customSan");
});

test("the Kubernetes provider keeps its identity when the kubeconfig changes", async () => {
  const { inputs } = one(await make(), "saas-cluster-kubernetes");
  expect(inputs).toEqual({
    kubeconfig: { value: "apiVersion: v1", [specialSigKey]: specialSecretSig },
    clusterIdentifier: "saas-cluster-ack-id",
    enableServerSideApply: "true",
  });
});

test("a pool of nodes gets base64 of the reviewed texts", async () => {
  const golden = (file: string) =>
    readFileSync(resolve(__dirname, "../golden/user-data", file)).toString("base64");
  expect(one(await make(), "saas-pool-workers-nodes").inputs).toEqual({
    clusterId: "saas-cluster-ack-id",
    nodePoolName: "workers",
    vswitchIds: ["vsw-a"],
    instanceTypes: ["ecs.g7.large"],
    desiredSize: "2",
    imageType: "AliyunLinux3",
    systemDiskCategory: "cloud_essd",
    systemDiskSize: 120,
    runtimeName: "containerd",
    preUserData: golden("pre-user-data.sh"),
    userData: golden("user-data.sh"),
  });
});

test("what an adopted pool was made with, and no argument declares, is left alone", async () => {
  const { ignoreChanges } = one(await make(), "saas-pool-workers-nodes");
  // Replaced: all nodes of the pool go.
  const forceNew = ["cisEnabled", "deploymentSetId", "loginAsNonRoot", "securityHardeningOs"];
  expect(ignoreChanges).toEqual(
    expect.arrayContaining([...forceNew, "socEnabled", "systemDiskEncrypted", "tags"]),
  );
  expect(ignoreChanges).not.toContain("desiredSize");
  expect(ignoreChanges.filter((name) => /UserData|userData|imageType/.test(name))).toEqual([]);
});

test("a pool comes after the Corefile that serves its domain", async () => {
  expect(one(await make(), "saas-pool-workers-nodes").dependsOn).toContain("saas-coredns-corefile");
});

test("a pool with everything", async () => {
  const args = platformArgs();
  args.nodePools = [
    {
      name: "big",
      vswitchIds: ["vsw-b"],
      instanceTypes: ["ecs.g7.xlarge", "ecs.g7.large"],
      minSize: 1,
      maxSize: 9,
      imageType: "AliyunLinux3ContainerOptimized",
      systemDiskCategory: "cloud_auto",
      systemDiskSize: 40,
      keyName: "ops",
      labels: { b: "2", a: "1" },
      taints: [{ key: "dedicated", value: "big", effect: "NoSchedule" }],
      runtimeVersion: "1.6.39",
      userData: "echo hello",
    },
  ];
  const made = await make(args);
  const { inputs } = one(made, "saas-pool-big-nodes");
  expect(inputs).toEqual({
    clusterId: "saas-cluster-ack-id",
    nodePoolName: "big",
    vswitchIds: ["vsw-b"],
    instanceTypes: ["ecs.g7.xlarge", "ecs.g7.large"],
    scalingConfig: { enable: true, minSize: 1, maxSize: 9 },
    imageType: "AliyunLinux3ContainerOptimized",
    systemDiskCategory: "cloud_auto",
    systemDiskSize: 40,
    keyName: "ops",
    labels: [
      { key: "a", value: "1" },
      { key: "b", value: "2" },
    ],
    taints: [{ key: "dedicated", value: "big", effect: "NoSchedule" }],
    runtimeName: "containerd",
    runtimeVersion: "1.6.39",
    preUserData: inputs.preUserData,
    userData: inputs.userData,
  });
  expect(one(made, "saas-pool-big-nodes").ignoreChanges).toContain("desiredSize");
  expect(Buffer.from(inputs.userData as string, "base64").toString()).toMatch(/\necho hello\n$/);
  expect(job(made).inputs).toMatchObject({
    spec: {
      template: {
        spec: {
          tolerations: [
            { key: "dedicated", operator: "Equal", value: "big", effect: "NoSchedule" },
          ],
        },
      },
    },
  });
});

test("the Corefile is a patch of the ConfigMap that outlives the stack", async () => {
  const made = await make();
  const patch = one(made, "saas-coredns-corefile");
  expect(patch.inputs).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "coredns",
      namespace: "kube-system",
      annotations: {
        "pulumi.com/patchForce": "true",
        "pulumi.com/patchFieldManager": "ack-cluster-dns",
      },
    },
    data: {
      Corefile: expect.stringContaining(
        "kubernetes cluster.local in-addr.arpa ip6.arpa {",
      ) as string,
    },
  });
  expect(patch).toMatchObject({ retainOnDelete: true, provider: "saas-cluster-kubernetes" });
  expect(made.filter(({ type }) => type === "kubernetes:core/v1:ConfigMap")).toEqual([]);
});

test("a bucket's domain: token, then ownership, then binding, then the CNAME", async () => {
  const made = await make();
  const [token, ownership, binding, record] = [
    "token",
    "ownership-saas-downloads",
    "binding",
    "record",
  ].map((part) => one(made, `saas-oss-downloads.oneprocloud.com-${part}`));
  const shared = { domainName: "oneprocloud.com", ttl: 600, line: "default", status: "ENABLE" };
  const bound = { bucket: "saas-downloads", domain: "downloads.oneprocloud.com" };
  expect(token).toMatchObject({ inputs: bound, dependsOn: [] });
  expect(ownership).toMatchObject({
    inputs: { ...shared, rr: "_dnsauth.downloads", type: "TXT", value: "token-1" },
    dependsOn: [token?.name],
    ignoreChanges: ["value"],
  });
  expect(binding).toMatchObject({
    inputs: bound,
    dependsOn: [ownership?.name],
    deleteBeforeReplace: true,
  });
  expect(record).toMatchObject({
    inputs: {
      ...shared,
      rr: "downloads",
      type: "CNAME",
      value: "saas-downloads.oss-cn-beijing.aliyuncs.com",
    },
    dependsOn: [binding?.name],
    ignoreChanges: [],
  });
});

test.each([
  [0, []],
  [2, ["saas-oss-downloads.oneprocloud.com-ownership-saas-downloads-2"]],
])("ownership record %d", async (ownershipRecord, names) => {
  const args = platformArgs();
  args.ossDomains = [
    { domain: "downloads.oneprocloud.com", bucket: "saas-downloads", ownershipRecord },
  ];
  const made = await make(args);
  expect(made.filter(({ name }) => name.includes("ownership")).map(({ name }) => name)).toEqual(
    names,
  );
  const tokens = made.filter(({ type }) => type.endsWith(":BucketCnameToken"));
  expect(tokens).toHaveLength(names.length);
  expect(one(made, "saas-oss-downloads.oneprocloud.com-binding").dependsOn).toEqual(names);
});

test("a bucket's domain goes into the nearest zone, or into the one that is named", async () => {
  const args = platformArgs();
  args.organisation.zones = ["oneprocloud.com", "eu.oneprocloud.com"];
  args.ossDomains = [
    {
      domain: "a.eu.oneprocloud.com",
      bucket: "bucket-a",
      region: "eu-central-1",
      ttl: 900,
      certificateId: "123-cn-hangzhou",
    },
    { domain: "b.eu.oneprocloud.com", bucket: "bucket-b", zone: "oneprocloud.com" },
  ];
  const made = await make(args);
  expect(one(made, "saas-oss-a.eu.oneprocloud.com-record").inputs).toMatchObject({
    domainName: "eu.oneprocloud.com",
    rr: "a",
    ttl: 900,
    value: "bucket-a.oss-eu-central-1.aliyuncs.com",
  });
  expect(one(made, "saas-oss-a.eu.oneprocloud.com-binding").inputs).toMatchObject({
    certificate: { certId: "123-cn-hangzhou" },
  });
  expect(one(made, "saas-oss-b.eu.oneprocloud.com-record").inputs).toMatchObject({
    domainName: "oneprocloud.com",
    rr: "b.eu",
  });
});

describe("the probe", () => {
  const questions = (made: Registered[]): string[] => {
    const spec = job(made).inputs.spec as {
      template: { spec: { containers: { command: string[] }[] } };
    };
    return spec.template.spec.containers[0]?.command.slice(4) ?? [];
  };

  test("asks for everything that must resolve, after everything that makes it so", async () => {
    const made = await make();
    expect(questions(made)).toEqual([
      "240",
      "search=cluster.local",
      "organisation=downloads.oneprocloud.com",
      "external=www.example.com",
      "service=kubernetes.default.svc.cluster.local",
      "service=kubernetes.default",
      "reverse=kubernetes.default.svc.cluster.local",
    ]);
    expect(job(made).dependsOn).toEqual(
      expect.arrayContaining([
        "saas-coredns-corefile",
        "saas-pool-workers-nodes",
        "saas-oss-downloads.oneprocloud.com-record",
      ]),
    );
    expect(job(made).inputs).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^ack-cluster-dns-probe-[0-9a-f]{10}$/) as string,
        namespace: "default",
        annotations: { "pulumi.com/replaceUnready": "true" },
      },
      spec: { backoffLimit: 0, activeDeadlineSeconds: 480 },
    });
    expect(job(made).inputs.spec).not.toHaveProperty("ttlSecondsAfterFinished");
  });

  test("is the same Job for the same questions and another one for others", async () => {
    const name = async (args: AckPlatformArgs) => job(await make(args)).name;
    const other = platformArgs();
    other.organisation.names = ["api.oneprocloud.com"];
    expect(await name(platformArgs())).toBe(await name(platformArgs()));
    expect(await name(other)).not.toBe(await name(platformArgs()));
  });

  test("asks anew when the Corefile changes", async () => {
    const newer = platformArgs();
    newer.coreDns.corefile =
      ".:53 {\n    errors\n    health {\n        lameduck 5s\n    }\n    kubernetes cluster.local\n    forward . 10.0.0.2\n    reload\n    ready\n}\n";
    const [before, after] = [await make(), await make(newer)];
    expect(questions(after)).toEqual(questions(before));
    expect(job(after).name).not.toBe(job(before).name);
  });

  test("is left out without its section", async () => {
    const made = await make({ ...platformArgs(), probe: undefined });
    expect(made.filter(({ type }) => /DnsProbe|Job/.test(type))).toEqual([]);
  });

  test("asks for Services in an earlier domain too", async () => {
    expect(questions(await make(moved()))).toEqual(
      expect.arrayContaining([
        "search=cluster.local,oneprocloud.com",
        "service=kubernetes.default.svc.oneprocloud.com",
        "reverse=kubernetes.default.svc.cluster.local",
      ]),
    );
  });
});

test("a moved cluster keeps its provisioned domain on record and serves both", async () => {
  const made = await make(moved());
  expect(one(made, "saas-cluster-ack").inputs).toMatchObject({
    clusterDomain: "oneprocloud.com",
    customSan: "kubernetes.default.svc.cluster.local",
  });
  const { data } = one(made, "saas-coredns-corefile").inputs as { data: { Corefile: string } };
  expect(data.Corefile).toContain(
    "kubernetes cluster.local oneprocloud.com in-addr.arpa ip6.arpa {",
  );
  expect(data.Corefile).toMatch(/fallthrough .*downloads\.oneprocloud\.com/);
  const { preUserData } = one(made, "saas-pool-workers-nodes").inputs as { preUserData: string };
  expect(Buffer.from(preUserData, "base64").toString()).toContain("merge cluster.local ");
});

test("the domains that are served are on record before the Corefile changes", async () => {
  const made = await make(moved());
  expect(one(made, "saas-domains").inputs).toEqual({ input: ["cluster.local", "oneprocloud.com"] });
  expect(one(made, "saas-domains").dependsOn).toEqual(["saas-cluster-ack"]);
  expect(one(made, "saas-coredns-corefile").dependsOn).toContain("saas-domains");
});

test("a colliding domain goes through when it is repeated word for word", async () => {
  const args = platformArgs();
  args.cluster.clusterDomain = "oneprocloud.com";
  args.cluster.acceptCollidingDomain = "oneprocloud.com";
  const made = await make(args);
  expect(one(made, "saas-cluster-ack").inputs).toMatchObject({ clusterDomain: "oneprocloud.com" });
});
