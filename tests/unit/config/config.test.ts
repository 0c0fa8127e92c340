import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { readConfig, sectionNames } from "../../../config";
import { platformArgs } from "../../component/support";

type Sections = Record<string, unknown>;

/** What a stack with these values gets; undefined leaves a key out. */
function read(change: Sections = {}, secretKeys: string[] = []): ReturnType<typeof readConfig> {
  const { region, ...sections } = platformArgs();
  const values: Sections = { "alicloud:region": region };
  for (const [key, value] of Object.entries(sections)) values[`ack-cluster-dns:${key}`] = value;
  for (const [key, value] of Object.entries(change)) {
    values[key.includes(":") ? key : `ack-cluster-dns:${key}`] = value;
  }
  const texts = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, typeof value === "string" ? value : JSON.stringify(value)]],
  );
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, secretKeys);
  return readConfig();
}

function refused(change: Sections, secretKeys?: string[]): string[] {
  try {
    read(change, secretKeys);
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    const [first = "", ...rest] = (error as Error).message.split("\n");
    return rest.length === 0 ? [first] : rest.map((line) => line.trim());
  }
  return [];
}

const base = platformArgs();
const pool = { ...base.nodePools[0] };

test("the config becomes the arguments of the platform", () => {
  expect(read()).toEqual(platformArgs());
});

test("every field that a section has is read", () => {
  const cluster = {
    ...base.cluster,
    provisionedClusterDomain: "oneprocloud.com",
    legacyClusterDomains: ["oneprocloud.com"],
    version: "1.34.1-aliyun.1",
    clusterSpec: "ack.pro.small",
    nodeCidrMask: 25,
    proxyMode: "iptables",
    publicEndpoint: false,
    newNatGateway: false,
    securityGroupId: "sg-1",
    certificateSans: ["10.0.0.1"],
    addons: [{ name: "csi-plugin", config: "{}", version: "v1" }],
    tags: { team: "web" },
    resourceGroupId: "rg-1",
    deletionProtection: false,
  };
  const nodePools = [
    {
      name: "all",
      vswitchIds: ["vsw-b"],
      instanceTypes: ["ecs.g7.large"],
      minSize: 1,
      maxSize: 2,
      imageType: "AliyunLinux3ContainerOptimized",
      systemDiskCategory: "cloud_essd",
      systemDiskSize: 60,
      keyName: "ops",
      labels: { a: "b" },
      taints: [{ key: "a", value: "b", effect: "NoSchedule" }],
      runtimeName: "containerd",
      runtimeVersion: "1.6.39",
      userData: "echo hello",
    },
  ];
  const ossDomains = [
    {
      domain: "downloads.oneprocloud.com",
      bucket: "saas-downloads",
      region: "cn-hangzhou",
      zone: "oneprocloud.com",
      ttl: 900,
      certificateId: "123",
    },
  ];
  const organisation = {
    zones: ["oneprocloud.com"],
    names: ["api.oneprocloud.com"],
    reserved: ["k8s.oneprocloud.com"],
    wildcardZones: [],
  };
  const coreDns = { version: "1.11.3", forwardedDomains: ["oneprocloud.com"] };
  const probe = { ...base.probe, timeoutSeconds: 60, namespace: "apps" };
  const sections = { organisation, cluster, nodePools, ossDomains, coreDns, probe };
  expect(read(sections)).toEqual({ region: "cn-beijing", ...sections });
});

test("what may be left out", () => {
  const { ossDomains, probe, ...rest } = platformArgs();
  expect([ossDomains, probe]).not.toContain(undefined);
  expect(read({ ossDomains: undefined, probe: undefined })).toEqual(rest);
});

test("an empty probe is none: it is what Pulumi.yaml gives a stack without one", () => {
  const { probe, ...rest } = platformArgs();
  expect(probe).toBeDefined();
  expect(read({ probe: {} })).toEqual(rest);
});

describe("Pulumi.yaml", () => {
  const { config } = parse(readFileSync(resolve(__dirname, "../../../Pulumi.yaml"), "utf8")) as {
    config: Record<string, { type: string; default?: unknown; description?: string }>;
  };

  test("declares every section that is read, and no other", () => {
    expect(Object.keys(config)).toEqual(sectionNames);
  });

  // Without a default, the engine refuses a stack that leaves a section out, before the program can tell all faults.
  test.each(Object.entries(config))("describes %s, and has a default", (_, declared) => {
    expect(declared.description).toMatch(/\S/);
    expect(declared.default).toEqual(declared.type === "array" ? [] : {});
  });
});

describe("a secret", () => {
  const secretRule =
    "it is secret, and cannot be: it decides structure or reaches the nodes' user data, which any pod on a node can read from the ECS metadata service. Set it with `pulumi config set` without --secret, and give pods their secrets through a Kubernetes Secret or KMS.";
  const nodePools = [{ ...pool, userData: "echo hunter2" }];

  test.each(sectionNames)("is no %s", (name) => {
    expect(refused({}, [`ack-cluster-dns:${name}`])).toEqual([
      `ack-cluster-dns:${name}: ${secretRule}`,
    ]);
  });

  test("is no region", () => {
    expect(refused({}, ["alicloud:region"])).toEqual([`alicloud:region: ${secretRule}`]);
    expect(refused({ "alicloud:region": "Hunter2" }, ["alicloud:region"])).toHaveLength(1);
  });

  test("is not printed, whatever else is wrong with it or beside it", () => {
    const secretKeys = ["ack-cluster-dns:nodePools", "ack-cluster-dns:hunter1"];
    for (const value of [nodePools, "hunter2", { hunter2: 2 }, [{ zebra: "hunter2" }]]) {
      const lines = refused({ nodePools: value, hunter1: "hunter2", coreDns: {} }, secretKeys);
      expect(lines).toHaveLength(3);
      expect(lines.join()).not.toContain("hunter2");
    }
  });

  test("is fine where the program does not read it", () => {
    expect(read({ "alicloud:secretKey": "hunter2" }, ["alicloud:secretKey"])).toEqual(
      platformArgs(),
    );
  });
});

test("a long value is cut", () => {
  const long = "x".repeat(200);
  expect(refused({ cluster: long })[0]).toContain(`: value "${"x".repeat(78)}…: it is a text,`);
  const [line] = refused({ ossDomains: { [long]: 1 } });
  expect(line).toContain(`: value {"${"x".repeat(77)}…: it must be a list of domains of buckets.`);
  expect(refused({ cluster: "x".repeat(78) })[0]).toContain(`value "${"x".repeat(78)}":`);
  const clusterDomain = `${long}.internal`;
  for (const told of refused({ cluster: { ...base.cluster, clusterDomain } })) {
    expect(told).not.toMatch(/value "x{79}/);
  }
});

test.each([
  "cn-beijing",
  "ap-southeast-1",
  "us-west-1",
  "rus-west-1",
  "cn-hangzhou-finance",
  "cn-north-2-gov-1",
  "cn-beijing-finance-1-pub",
])("%s is a region", (region) => {
  expect(read({ "alicloud:region": region }).region).toBe(region);
});

test.each([
  "beijing",
  "cn",
  "cn-",
  "CN-Beijing",
  "cn_beijing",
  "cn-beijing ",
  "cn-beijing-h",
  "ap-southeast-1a",
  "Beijing",
  "oss-cn-beijing",
  "",
  "cn-beijing.aliyuncs.com",
])("%j is no region", (region) => {
  expect(refused({ "alicloud:region": region })).toEqual([
    `alicloud:region: value ${JSON.stringify(region)}: it is not the ID of a region. Write for example "cn-beijing"; "cn-beijing-h" is a zone in it.`,
  ]);
});

test("a Corefile of the stack's own is read from its file", () => {
  const corefile = resolve(__dirname, "Corefile");
  const { coreDns } = read({ coreDns: { version: "1.11.3", corefile } });
  expect(coreDns.corefile).toContain("# The file of a stack.");
});

const cases: [name: string, change: Sections, lines: string[]][] = [
  [
    "no region",
    { "alicloud:region": undefined },
    ['alicloud:region: missing. Write a region, such as "cn-beijing".'],
  ],
  [
    "a key that is almost right",
    { clustr: {}, "ack-cluster-dns:NodePools": [] },
    [
      'ack-cluster-dns:NodePools: no such key. Did you mean "nodePools"?',
      'ack-cluster-dns:clustr: no such key. Did you mean "cluster"?',
    ],
  ],
  [
    "a key like none",
    { zebra: 1 },
    [
      "ack-cluster-dns:zebra: no such key. Known are organisation, cluster, nodePools, ossDomains, coreDns, probe.",
    ],
  ],
  [
    "unknown fields at every depth",
    {
      cluster: { ...base.cluster, clusterdomain: "x", addons: [{ name: "a", vesion: "v1" }] },
      nodePools: [{ ...pool, taints: [{ key: "a", effect: "NoSchedule", zebra: 1 }] }],
    },
    [
      'ack-cluster-dns:cluster.addons[0].vesion: no such key. Did you mean "version"?',
      'ack-cluster-dns:cluster.clusterdomain: no such key. Did you mean "clusterDomain"?',
      "ack-cluster-dns:nodePools[0].taints[0].zebra: no such key. Known are key, value, effect.",
    ],
  ],
  [
    "missing fields",
    {
      organisation: {},
      cluster: {},
      nodePools: [{}],
      ossDomains: [{}],
      coreDns: {},
      probe: { namespace: "a" },
    },
    [
      "ack-cluster-dns:organisation.zones: missing. Write a list of domain names.",
      "ack-cluster-dns:cluster.name: missing. Write the cluster's name.",
      'ack-cluster-dns:cluster.clusterDomain: missing. Write a domain name, such as "example.com".',
      "ack-cluster-dns:cluster.vswitchIds: missing. Write a list of VSwitch IDs.",
      "ack-cluster-dns:cluster.serviceCidr: missing. Write a CIDR block.",
      "ack-cluster-dns:nodePools[0].name: missing. Write the pool's name.",
      "ack-cluster-dns:nodePools[0].instanceTypes: missing. Write a list of instance types.",
      'ack-cluster-dns:ossDomains[0].domain: missing. Write a domain name, such as "example.com".',
      "ack-cluster-dns:ossDomains[0].bucket: missing. Write the name of a bucket.",
      "ack-cluster-dns:coreDns.version: missing. Write the version of the coredns add-on.",
      "ack-cluster-dns:probe.image: missing. Write the name of an image.",
    ],
  ],
  [
    "missing sections",
    { organisation: undefined, cluster: undefined, nodePools: undefined, coreDns: undefined },
    [
      "ack-cluster-dns:organisation: missing. Write what the organisation has in DNS.",
      "ack-cluster-dns:cluster: missing. Write the cluster.",
      "ack-cluster-dns:nodePools: missing. Write a list of pools of nodes.",
      "ack-cluster-dns:coreDns: missing. Write the coredns add-on.",
    ],
  ],
  [
    "wrong types",
    {
      organisation: { zones: "oneprocloud.com" },
      cluster: {
        ...base.cluster,
        name: 5,
        clusterDomain: true,
        tags: { a: 1 },
        publicEndpoint: "yes",
      },
      nodePools: { workers: pool },
      ossDomains: [{ domain: "downloads.oneprocloud.com", bucket: "saas-downloads", ttl: 600.5 }],
      coreDns: { version: 1.11 },
    },
    [
      'ack-cluster-dns:organisation.zones: value "oneprocloud.com": it must be a list of domain names. Correct it.',
      'ack-cluster-dns:cluster.name: value 5: it must be the cluster\'s name. Write it in quotes: "5".',
      'ack-cluster-dns:cluster.clusterDomain: value true: it must be a domain name, such as "example.com". Write it in quotes: "true".',
      'ack-cluster-dns:cluster.publicEndpoint: value "yes": it must be true or false. Correct it.',
      'ack-cluster-dns:cluster.tags.a: value 1: it must be a text. Write it in quotes: "1".',
      `ack-cluster-dns:nodePools: value ${JSON.stringify({ workers: pool })}: it must be a list of pools of nodes. Correct it.`,
      "ack-cluster-dns:ossDomains[0].ttl: value 600.5: it must be seconds, a whole number. Correct it.",
      'ack-cluster-dns:coreDns.version: value 1.11: it must be the version of the coredns add-on. Write it in quotes: "1.11".',
    ],
  ],
  [
    "a text in the place of a section",
    { cluster: "saas" },
    [
      'ack-cluster-dns:cluster: value "saas": it is a text, and this key has fields of its own. Write it as YAML fields in the stack file.',
    ],
  ],
  [
    "a Corefile that is not there",
    { coreDns: { version: "1.11.3", corefile: "no/such/Corefile" } },
    [
      'ack-cluster-dns:coreDns.corefile: value "no/such/Corefile": it cannot be read (ENOENT). Write the path of a Corefile, from the project\'s folder.',
    ],
  ],
  [
    "faults of form and of sense, and each of them",
    {
      ossDomans: [],
      cluster: { ...base.cluster, clusterDomain: "cluster..local" },
      nodePools: [pool, pool],
      coreDns: {},
    },
    [
      'ack-cluster-dns:ossDomans: no such key. Did you mean "ossDomains"?',
      "ack-cluster-dns:coreDns.version: missing. Write the version of the coredns add-on.",
      'ack-cluster-dns:cluster.clusterDomain: value "cluster..local": it is not a domain name: it has an empty label; leave out the dot too many. Correct the name.',
      'ack-cluster-dns:nodePools[1].name: value "workers": nodePools[0].name has it already. Use it once.',
    ],
  ],
];

test.each(cases)("%s", (_, change, lines) => {
  expect(refused(change)).toEqual(lines);
});

test("a domain that collides is told among all other faults", () => {
  const lines = refused({
    cluster: { ...base.cluster, clusterDomain: "com", serviceCidr: undefined },
    ossDomains: [{ domain: "downloads.oneprocloud.com", bucket: "Not A Bucket" }],
    nodePools: [],
  });
  expect(lines.map((line) => line.split(": ")[0])).toEqual([
    "ack-cluster-dns:cluster.serviceCidr",
    "ack-cluster-dns:ossDomains[0].bucket",
    ...lines.slice(2, -1).map(() => "ack-cluster-dns:cluster.clusterDomain"),
    "ack-cluster-dns:nodePools",
  ]);
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.join()).toContain("hides the zone oneprocloud.com");
});

test("a domain that collides is refused before anything is made", () => {
  const [line, ...rest] = refused({
    cluster: { ...base.cluster, clusterDomain: "oneprocloud.com" },
    ossDomains: undefined,
  });
  expect(rest).toEqual([]);
  expect(line).toMatch(
    /^ack-cluster-dns:cluster\.clusterDomain: "oneprocloud\.com" as cluster domain .*hides the zone oneprocloud\.com.* Take cluster\.local/,
  );
});
