import { CloudState } from "./state";

export const labRegion = "cn-beijing";
const created = "2026-01-01T00:00:00Z";
const resourceGroupId = defaultResourceGroup();

export function defaultResourceGroup(): string {
  return "rg-acfmlab0default";
}

/** What a new account owns: a network to put a cluster into, the organisation's zone and a bucket. */
export function seed(state: CloudState): void {
  state.vpcs["vpc-lab"] = {
    name: "lab",
    description: "",
    cidrBlock: "10.240.0.0/16",
    secondaryCidrBlocks: [],
    userCidrs: [],
    region: labRegion,
    isDefault: false,
    ipv6: false,
    ipv6CidrBlock: "",
    classicLink: false,
    dnsHostname: false,
    resourceGroupId,
    created,
    routeTable: {
      id: "vtb-lab",
      routerId: "vrt-lab",
      name: "",
      description: "",
      propagation: true,
    },
    tags: {},
  };
  for (const [letter, zone, network] of [
    ["a", "h", 0],
    ["b", "i", 1],
  ] as const) {
    state.vswitches[`vsw-lab${letter}`] = {
      name: `lab-${letter}`,
      description: "",
      vpcId: "vpc-lab",
      cidrBlock: `10.240.${network}.0/24`,
      zoneId: `${labRegion}-${zone}`,
      isDefault: false,
      ipv6CidrBlock: "",
      created,
      tags: {},
    };
  }
  state.securityGroups["sg-lab"] = {
    name: "lab",
    description: "",
    vpcId: "vpc-lab",
    type: "normal",
    innerAccess: "Accept",
    resourceGroupId,
    created,
    tags: {},
  };
  state.keyPairs["lab"] = {
    publicKey: "",
    fingerprint: "00112233445566778899aabbccddeeff",
    resourceGroupId,
    created,
    tags: {},
  };
  state.buckets["saas-downloads"] = {
    region: labRegion,
    acl: "public-read",
    storageClass: "Standard",
    redundancy: "LRS",
    versioning: "",
    accessMonitor: "Disabled",
    resourceGroupId,
    documents: {},
    objects: ["index.html"],
    cnames: {},
    cnameTokens: {},
    created,
  };
  state.domains["oneprocloud.com"] = {
    id: "00000000000000000000000000000001",
    groupId: "",
    remark: "",
    resourceGroupId,
    created,
    tags: {},
  };
  const addresses = { www: "203.0.113.10", "@": "203.0.113.11" };
  Object.entries(addresses).forEach(([rr, value], index) => {
    state.domainRecords[String(100000000000001 + index)] = {
      domain: "oneprocloud.com",
      rr,
      type: "A",
      value,
      ttl: 600,
      line: "default",
      status: "ENABLE",
      remark: "",
    };
  });
}
