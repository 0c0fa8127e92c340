import * as pulumi from "@pulumi/pulumi";
import {
  AckCluster,
  AckPlatform,
  type AckPlatformArgs,
  CoreDns,
  DnsProbe,
  NodePool,
  OssCustomDomain,
} from "../../components";
import { platformArgs, register } from "./support";

/** What the program throws, and what it registered until then. */
async function refused(program: () => void): Promise<{ message: string; made: string[] }> {
  let thrown: unknown;
  const made = await register(() => {
    try {
      program();
    } catch (error) {
      thrown = error;
    }
  });
  expect(thrown).toBeInstanceOf(pulumi.ResourceError);
  const { hideStack, message } = thrown as pulumi.ResourceError;
  expect(hideStack).toBe(true);
  return { message, made: made.map(({ type }) => type) };
}

type Change = (args: AckPlatformArgs) => void;

const pool = (args: AckPlatformArgs) => args.nodePools[0] as AckPlatformArgs["nodePools"][0];
const oss = (args: AckPlatformArgs) =>
  (args.ossDomains ?? [])[0] as NonNullable<AckPlatformArgs["ossDomains"]>[0];

const cases: [name: string, change: Change, message: string][] = [
  [
    "a cluster's name",
    ({ cluster }) => (cluster.name = "-saas"),
    `ack-cluster-dns:cluster.name: value "-saas": a cluster's name has 1 to 63 letters, digits and hyphens and begins with a letter or digit. Correct the name.`,
  ],
  [
    "no VSwitch",
    ({ cluster }) => (cluster.vswitchIds = []),
    "ack-cluster-dns:cluster.vswitchIds: value []: a cluster has 1 to 5 VSwitches. List VSwitches of one VPC, best in different zones.",
  ],
  [
    "a VSwitch ID",
    ({ cluster }) => (cluster.vswitchIds = ["vsw-a", "vpc-b"]),
    'ack-cluster-dns:cluster.vswitchIds[1]: value "vpc-b": a VSwitch ID is vsw- and letters and digits. Copy the ID from the VPC console.',
  ],
  [
    "the kube-proxy mode",
    ({ cluster }) => (cluster.proxyMode = "ebpf"),
    'ack-cluster-dns:cluster.proxyMode: value "ebpf": kube-proxy knows ipvs, iptables and nftables. Write one of them, or remove the line for ipvs.',
  ],
  [
    "the cluster's specification",
    ({ cluster }) => (cluster.clusterSpec = "big"),
    'ack-cluster-dns:cluster.clusterSpec: value "big": ACK knows ack.standard and ack.pro.small, xlarge, 2xlarge and 4xlarge. Write "ack.pro.small", or remove the line for it.',
  ],
  [
    "a name in the certificate",
    ({ cluster }) => (cluster.certificateSans = ["10.0.0.1", "api_1.example.com"]),
    'ack-cluster-dns:cluster.certificateSans[1]: value "api_1.example.com": a label holds letters, digits and hyphens, with no hyphen at its ends (RFC 1123 2.1). Correct the name.',
  ],
  [
    "neither Flannel nor Terway",
    ({ cluster }) => (cluster.podCidr = undefined),
    "ack-cluster-dns:cluster.podCidr: missing, and so is podVswitchIds. Set podCidr for the Flannel network plug-in or podVswitchIds for Terway.",
  ],
  [
    "Flannel and Terway",
    ({ cluster }) => (cluster.podVswitchIds = ["vsw-p"]),
    'ack-cluster-dns:cluster.podCidr: value "172.20.0.0/16": pods have a CIDR block (Flannel) or VSwitches (Terway), not both. Set podCidr for the Flannel network plug-in or podVswitchIds for Terway.',
  ],
  [
    "Terway without a VSwitch",
    ({ cluster }) => Object.assign(cluster, { podCidr: undefined, podVswitchIds: [] }),
    "ack-cluster-dns:cluster.podVswitchIds: value []: Terway gives pods addresses from a VSwitch. List one VSwitch or more, or remove the line and set podCidr for Flannel.",
  ],
  [
    "a node's share with Terway",
    ({ cluster }) =>
      Object.assign(cluster, { podCidr: undefined, podVswitchIds: ["vsw-p"], nodeCidrMask: 25 }),
    "ack-cluster-dns:cluster.nodeCidrMask: value 25: nodes have a share of podCidr, which Terway does not use. Remove the line.",
  ],
  [
    "a node's share that is too large",
    ({ cluster }) => (cluster.nodeCidrMask = 16),
    "ack-cluster-dns:cluster.nodeCidrMask: value 16: a node's share of podCidr is 24 to 28 bits long. Write a number from 24 to 28, or remove the line for 24.",
  ],
  [
    "a block that is none",
    ({ cluster }) => (cluster.serviceCidr = "172.21.0.0"),
    'ack-cluster-dns:cluster.serviceCidr: value "172.21.0.0": it is not an IPv4 CIDR block. Write it as address/length, for example "172.20.0.0/16".',
  ],
  [
    "a block with bits too many",
    ({ cluster }) => (cluster.podCidr = "172.20.1.0/16"),
    'ack-cluster-dns:cluster.podCidr: value "172.20.1.0/16": the address has bits set beyond the length. Write "172.20.0.0/16".',
  ],
  [
    "blocks that overlap",
    ({ cluster }) => (cluster.serviceCidr = "172.20.16.0/20"),
    'ack-cluster-dns:cluster.serviceCidr: value "172.20.16.0/20": it overlaps cluster.podCidr "172.20.0.0/16". Take blocks that have no address in common with each other and with the VPC.',
  ],
  [
    "managed CoreDNS",
    ({ cluster }) => (cluster.addons = [{ name: "managed-coredns" }]),
    'ack-cluster-dns:cluster.addons[0].name: value "managed-coredns": ACK generates the Corefile of managed CoreDNS from its CustomDNSConfig, so that it cannot be declared. Remove it: the cluster gets the coredns add-on, whose Corefile is the user\'s.',
  ],
  [
    "a malformed cluster domain",
    ({ cluster }) => (cluster.clusterDomain = "cluster..local"),
    'ack-cluster-dns:cluster.clusterDomain: value "cluster..local": it is not a domain name: it has an empty label; leave out the dot too many. Correct the name.',
  ],
  [
    "a cluster domain in another spelling",
    ({ cluster }) => (cluster.clusterDomain = "Cluster.Local."),
    'ack-cluster-dns:cluster.clusterDomain: value "Cluster.Local.": a name is written in lower case, in ASCII, without a dot at its end. Write "cluster.local".',
  ],
  [
    "a legacy domain that is in force",
    ({ cluster }) => (cluster.legacyClusterDomains = ["cluster.local"]),
    'ack-cluster-dns:cluster.legacyClusterDomains[0]: value "cluster.local": it is the domain in force, cluster.clusterDomain, and not an earlier one. Remove it from the list.',
  ],
  [
    "a legacy domain twice",
    ({ cluster }) => (cluster.legacyClusterDomains = ["old.test", "old.test"]),
    'ack-cluster-dns:cluster.legacyClusterDomains[1]: value "old.test": cluster.legacyClusterDomains[0] has it already. Use it once.',
  ],
  [
    "a provisioned domain of which nothing says whether pods carry it",
    ({ cluster }) => (cluster.provisionedClusterDomain = "oneprocloud.com"),
    'ack-cluster-dns:cluster.legacyClusterDomains: missing, though the cluster was created with "oneprocloud.com", which its pods may still carry. Write [oneprocloud.com] as long as a running pod carries it or a node gives it to new ones, and [] when none does.',
  ],
  [
    "consent to nothing",
    ({ cluster }) => (cluster.acceptCollidingDomain = "cluster.local"),
    'ack-cluster-dns:cluster.acceptCollidingDomain: value "cluster.local": it accepts a collision, and this domain collides with nothing. Remove the line.',
  ],
  [
    "consent to another domain",
    ({ cluster }) => (cluster.acceptCollidingDomain = "oneprocloud.com"),
    'ack-cluster-dns:cluster.acceptCollidingDomain: value "oneprocloud.com": it accepts another domain than the one in force, "cluster.local". Remove the line.',
  ],
  [
    "a zone",
    ({ organisation }) => (organisation.zones = ["oneprocloud.com", "one pro"]),
    'ack-cluster-dns:organisation.zones[1]: value "one pro": a label holds letters, digits and hyphens, with no hyphen at its ends (RFC 1123 2.1). Correct the name.',
  ],
  [
    "a name that is a wildcard",
    ({ organisation }) => (organisation.names = ["*.oneprocloud.com"]),
    'ack-cluster-dns:organisation.names[0]: value "*.oneprocloud.com": a wildcard is not one name. List the names.',
  ],
  [
    "no pool",
    (args) => (args.nodePools = []),
    "ack-cluster-dns:nodePools: missing. Write one pool or more: CoreDNS and the pods need nodes.",
  ],
  [
    "two pools of one name",
    (args) => args.nodePools.push({ ...pool(args) }),
    'ack-cluster-dns:nodePools[1].name: value "workers": nodePools[0].name has it already. Use it once.',
  ],
  [
    "an instance type",
    (args) => (pool(args).instanceTypes = ["m5.large"]),
    'ack-cluster-dns:nodePools[0].instanceTypes[0]: value "m5.large": an instance type is ecs.<family>.<size>. Write for example "ecs.g7.large".',
  ],
  [
    "no instance type",
    (args) => (pool(args).instanceTypes = []),
    "ack-cluster-dns:nodePools[0].instanceTypes: value []: a pool needs an instance type. List one or more, best first.",
  ],
  [
    "no size",
    (args) => (pool(args).desiredSize = undefined),
    "ack-cluster-dns:nodePools[0].desiredSize: missing, and so are minSize and maxSize. Set desiredSize, or minSize and maxSize for the cluster autoscaler.",
  ],
  [
    "a size of both kinds",
    (args) => (pool(args).maxSize = 3),
    "ack-cluster-dns:nodePools[0].desiredSize: value 2: a pool has a fixed size or a smallest and a largest one, not both. Set desiredSize, or minSize and maxSize for the cluster autoscaler.",
  ],
  [
    "half a size",
    (args) => Object.assign(pool(args), { desiredSize: undefined, maxSize: 3 }),
    "ack-cluster-dns:nodePools[0].maxSize: value 3: minSize and maxSize belong together, and minSize is not the larger one. Set both.",
  ],
  [
    "a negative size",
    (args) => (pool(args).desiredSize = -1),
    "ack-cluster-dns:nodePools[0].desiredSize: value -1: a pool has 0 to 1000 nodes. Write a whole number from 0 to 1000.",
  ],
  [
    "Windows",
    (args) => (pool(args).imageType = "Windows"),
    'ack-cluster-dns:nodePools[0].imageType: value "Windows": the shell scripts that set the cluster domain of kubelets do not run on Windows and ContainerOS. Take another image, such as AliyunLinux3ContainerOptimized.',
  ],
  [
    "ContainerOS",
    (args) => (pool(args).imageType = "ContainerOS"),
    'ack-cluster-dns:nodePools[0].imageType: value "ContainerOS": the shell scripts that set the cluster domain of kubelets do not run on Windows and ContainerOS. Take another image, such as AliyunLinux3ContainerOptimized.',
  ],
  [
    "a disk",
    (args) => (pool(args).systemDiskSize = 19),
    "ack-cluster-dns:nodePools[0].systemDiskSize: value 19: a system disk has 20 GiB or more. Write a whole number from 20, or remove the line for 120.",
  ],
  [
    "an ownership record",
    (args) => (oss(args).ownershipRecord = -1),
    "ack-cluster-dns:ossDomains[0].ownershipRecord: value -1: ownership records are numbered from 1, and 0 stands for none. Raise it by one after the domain was unbound, write 0 for a domain that was bound already, or remove the line for 1.",
  ],
  [
    "a taint's effect",
    (args) => (pool(args).taints = [{ key: "a", effect: "no" }]),
    'ack-cluster-dns:nodePools[0].taints[0].effect: value "no": Kubernetes knows NoSchedule, PreferNoSchedule and NoExecute. Write one of them.',
  ],
  [
    "user data that is no script",
    (args) => (pool(args).userData = "#cloud-config\n"),
    "ack-cluster-dns:nodePools[0].userData: it is a cloud-init document, and user data is joined to a shell script. Write shell commands.",
  ],
  [
    "a domain in no zone",
    (args) => (oss(args).domain = "downloads.example.com"),
    `ack-cluster-dns:ossDomains[0].domain: value "downloads.example.com": it lies in none of the organisation's zones, which are oneprocloud.com. Add its zone to organisation.zones, or name it in ossDomains[0].zone.`,
  ],
  [
    "a domain outside of the zone that is named",
    (args) => (oss(args).zone = "example.com"),
    'ack-cluster-dns:ossDomains[0].domain: value "downloads.oneprocloud.com": it does not lie in zone "example.com". Correct the domain or the zone.',
  ],
  [
    "the apex",
    (args) => (oss(args).domain = "oneprocloud.com"),
    `ack-cluster-dns:ossDomains[0].domain: value "oneprocloud.com": it is the apex of its zone, where a CNAME record cannot stand beside the zone's own records (RFC 1034 3.6.2). Take a name in the zone, such as "www.oneprocloud.com".`,
  ],
  [
    "a wildcard",
    (args) => (oss(args).domain = "*.oneprocloud.com"),
    'ack-cluster-dns:ossDomains[0].domain: value "*.oneprocloud.com": OSS binds no wildcard. Bind each name.',
  ],
  [
    "an international name",
    (args) => (oss(args).domain = "下载.oneprocloud.com"),
    'ack-cluster-dns:ossDomains[0].domain: value "下载.oneprocloud.com": OSS binds no international domain name. Take a name in ASCII.',
  ],
  [
    "the same domain twice",
    (args) => args.ossDomains?.push({ ...oss(args), bucket: "other-bucket" }),
    'ack-cluster-dns:ossDomains[1].domain: value "downloads.oneprocloud.com": ossDomains[0].domain has it already. Use it once.',
  ],
  [
    "a bucket",
    (args) => (oss(args).bucket = "Saas_Downloads"),
    `ack-cluster-dns:ossDomains[0].bucket: value "Saas_Downloads": a bucket's name has 3 to 63 lower-case letters, digits and hyphens, with no hyphen at its ends. Correct the name.`,
  ],
  [
    "a time to live",
    (args) => (oss(args).ttl = 60),
    "ack-cluster-dns:ossDomains[0].ttl: value 60: Alibaba Cloud DNS keeps records for 600 to 86400 seconds in its free edition. Write a whole number from 600 to 86400, or remove the line for 600.",
  ],
  [
    "a region",
    (args) => (oss(args).region = "oss-cn-beijing.aliyuncs.com"),
    'ack-cluster-dns:ossDomains[0].region: value "oss-cn-beijing.aliyuncs.com": it is not the ID of a region. Write for example "cn-beijing".',
  ],
  [
    "a certificate",
    (args) => (oss(args).certificateId = "-----BEGIN CERTIFICATE-----"),
    'ack-cluster-dns:ossDomains[0].certificateId: value "-----BEGIN CERTIFICATE-----": it is not the ID of a certificate. Copy the ID from Certificate Management Service, for example "12345678-cn-hangzhou".',
  ],
  [
    "the probe's image",
    (args) => Object.assign(args.probe ?? {}, { image: "busybox latest" }),
    'ack-cluster-dns:probe.image: value "busybox latest": it is not the name of an image. Name an image with a shell and nslookup, such as busybox, in a registry that the nodes reach.',
  ],
  [
    "the probe's time",
    (args) => Object.assign(args.probe ?? {}, { timeoutSeconds: 5 }),
    "ack-cluster-dns:probe.timeoutSeconds: value 5: the probe asks for 30 to 3600 seconds. Write a whole number from 30 to 3600, or remove the line for 240.",
  ],
  [
    "the probe's namespace",
    (args) => Object.assign(args.probe ?? {}, { namespace: "My Apps" }),
    'ack-cluster-dns:probe.namespace: value "My Apps": a namespace is a label of lower-case letters, digits and hyphens (RFC 1123). Name a namespace that exists, or remove the line for default.',
  ],
];

test.each(cases)("%s", async (_, change, message) => {
  const args = platformArgs();
  change(args);
  const { message: actual, made } = await refused(() => void new AckPlatform("saas", args));
  expect(actual).toBe(message);
  expect(made).toEqual(["ack-cluster-dns:index:AckPlatform"]);
});

test.each([
  ["the zone itself", "oneprocloud.com", "hides the zone oneprocloud.com"],
  ["above the zone", "com", "hides the zone oneprocloud.com"],
  ["inside the zone", "k8s.oneprocloud.com", "hides a part of the zone oneprocloud.com"],
  ["a bucket's domain", "downloads.oneprocloud.com", "hides the name downloads.oneprocloud.com"],
  ["somebody else's", "example.com", "example.com"],
])("a cluster domain that is %s is refused", async (_, clusterDomain, hidden) => {
  const args = platformArgs();
  args.cluster.clusterDomain = clusterDomain;
  const { message, made } = await refused(() => void new AckPlatform("saas", args));
  expect(message).toContain(
    `ack-cluster-dns:cluster.clusterDomain: "${clusterDomain}" as cluster domain`,
  );
  expect(message).toContain(hidden);
  expect(message).toContain("cluster.local");
  expect(made).toEqual(["ack-cluster-dns:index:AckPlatform"]);
});

test("a Corefile that CoreDNS would not take is refused with its line", async () => {
  const args = platformArgs();
  args.coreDns = {
    version: "1.15.0",
    corefile: ".:53 {\n    errors\n    kubernetes cluster.local {\n        upstream\n    }\n}\n",
  };
  const { message, made } = await refused(() => void new AckPlatform("saas", args));
  expect(message).toMatch(/ack-cluster-dns:coreDns\.corefile: line 4, column \d+: .*upstream/);
  expect(made).toEqual(["ack-cluster-dns:index:AckPlatform"]);
});

test("a legacy domain that is forwarded whole though it holds a wildcard is refused", async () => {
  const args = platformArgs();
  args.organisation.wildcardZones = ["oneprocloud.com"];
  args.cluster.provisionedClusterDomain = "oneprocloud.com";
  args.cluster.legacyClusterDomains = ["oneprocloud.com"];
  args.coreDns.forwardedDomains = ["oneprocloud.com"];
  const { message } = await refused(() => void new AckPlatform("saas", args));
  expect(message).toMatch(/^ack-cluster-dns:coreDns: .*wildcard/);
});

test("all faults at once, each on a line of its own", async () => {
  const args = platformArgs();
  args.cluster.clusterDomain = "oneprocloud.com";
  args.cluster.name = "";
  pool(args).instanceTypes = [];
  const { message } = await refused(() => void new AckPlatform("saas", args));
  const [first, ...lines] = message.split("\n");
  expect(first).toBe("4 faults:");
  expect(lines.map((line) => line.split(": ")[0]?.trim())).toEqual([
    "ack-cluster-dns:cluster.clusterDomain",
    "ack-cluster-dns:cluster.clusterDomain",
    "ack-cluster-dns:cluster.name",
    "ack-cluster-dns:nodePools[0].instanceTypes",
  ]);
});

test.each<[string, () => void, string]>([
  [
    "AckCluster",
    () => void new AckCluster("c", { ...platformArgs().cluster, clusterDomain: "a..b" }),
    "ack-cluster-dns:cluster.clusterDomain",
  ],
  [
    "NodePool",
    () =>
      void new NodePool("p", {
        ...pool(platformArgs()),
        name: "",
        clusterId: "c1",
        clusterDomain: "cluster.local",
      }),
    "ack-cluster-dns:nodePool.name",
  ],
  [
    "NodePool",
    () =>
      void new NodePool("p", {
        ...pool(platformArgs()),
        clusterId: "c1",
        clusterDomain: "$(reboot)",
      }),
    "ack-cluster-dns:nodePool.clusterDomain",
  ],
  [
    "CoreDns",
    () => void new CoreDns("d", { clusterDomain: "cluster.local", version: "latest" }),
    "ack-cluster-dns:coreDns",
  ],
  [
    "OssCustomDomain",
    () =>
      void new OssCustomDomain("o", {
        domain: "a.example.com",
        bucket: "x",
        region: "cn-beijing",
        zone: "example.com",
      }),
    "ack-cluster-dns:ossDomain.bucket",
  ],
  [
    "DnsProbe",
    () => void new DnsProbe("q", { clusterDomain: "cluster.local", image: "" }),
    "ack-cluster-dns:probe.image",
  ],
  [
    "DnsProbe",
    () =>
      void new DnsProbe("q", {
        clusterDomain: "cluster.local",
        legacyClusterDomains: ["a..b"],
        image: "busybox",
      }),
    "ack-cluster-dns:probe.legacyClusterDomains[0]",
  ],
])("%s checks its arguments by itself", async (type, program, key) => {
  const { message, made } = await refused(program);
  expect(message.startsWith(`${key}:`)).toBe(true);
  expect(made).toEqual([`ack-cluster-dns:index:${type}`]);
});
