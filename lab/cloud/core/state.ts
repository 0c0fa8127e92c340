import { JsonObject } from "./json";
import { Tags } from "./tags";

/** Everything that the account owns. One JSON document on disk. */
export interface CloudState {
  vpcs: Record<string, Vpc>;
  vswitches: Record<string, VSwitch>;
  securityGroups: Record<string, SecurityGroup>;
  keyPairs: Record<string, KeyPair>;
  commands: Record<string, Command>;
  invocations: Record<string, Invocation>;
  /** By domain name. */
  domains: Record<string, Domain>;
  domainRecords: Record<string, DomainRecord>;
  privateZones: Record<string, PrivateZone>;
  privateRecords: Record<string, PrivateRecord>;
  /** By bucket name. */
  buckets: Record<string, Bucket>;
  clusters: Record<string, Cluster>;
  nodePools: Record<string, NodePool>;
  /** By instance id. */
  nodes: Record<string, Node>;
  tasks: Record<string, Task>;
}

export interface Vpc {
  name: string;
  description: string;
  cidrBlock: string;
  secondaryCidrBlocks: string[];
  userCidrs: string[];
  region: string;
  isDefault: boolean;
  ipv6: boolean;
  ipv6CidrBlock: string;
  classicLink: boolean;
  dnsHostname: boolean;
  resourceGroupId: string;
  created: string;
  routeTable: RouteTable;
  tags: Tags;
}

export interface RouteTable {
  id: string;
  routerId: string;
  name: string;
  description: string;
  propagation: boolean;
}

export interface VSwitch {
  name: string;
  description: string;
  vpcId: string;
  cidrBlock: string;
  zoneId: string;
  isDefault: boolean;
  ipv6CidrBlock: string;
  created: string;
  tags: Tags;
}

export interface SecurityGroup {
  name: string;
  description: string;
  vpcId: string;
  type: string;
  innerAccess: string;
  resourceGroupId: string;
  /** Set where Container Service made it for a cluster. */
  clusterId?: string;
  created: string;
  tags: Tags;
}

export interface KeyPair {
  publicKey: string;
  fingerprint: string;
  resourceGroupId: string;
  created: string;
  tags: Tags;
}

export interface Command {
  name: string;
  description: string;
  type: string;
  /** Base64, as it was sent. */
  content: string;
  timeout: number;
  workingDir: string;
  enableParameter: boolean;
  created: string;
}

export interface Invocation {
  commandId: string;
  instanceIds: string[];
  parameters: Record<string, string>;
  username: string;
  status: "Running" | "Success" | "Failed" | "PartialFailed" | "Stopped";
  results: Record<string, { exitCode: number; output: string }>;
  created: string;
}

export interface Domain {
  id: string;
  groupId: string;
  remark: string;
  resourceGroupId: string;
  created: string;
  tags: Tags;
}

export interface DomainRecord {
  domain: string;
  rr: string;
  type: string;
  value: string;
  ttl: number;
  line: string;
  priority?: number;
  status: RecordStatus;
  remark: string;
}

export type RecordStatus = "ENABLE" | "DISABLE";

export interface PrivateZone {
  name: string;
  remark: string;
  proxyPattern: string;
  resourceGroupId: string;
  vpcs: { vpcId: string; region: string }[];
  sync?: { status: string; regions: { userId: string; regionId: string }[] };
  created: string;
  tags: Tags;
}

export interface PrivateRecord {
  zoneId: string;
  rr: string;
  type: string;
  value: string;
  ttl: number;
  priority?: number;
  status: RecordStatus;
  remark: string;
}

export interface Bucket {
  region: string;
  acl: string;
  storageClass: string;
  redundancy: string;
  versioning: string;
  accessMonitor: string;
  encryption?: { algorithm: string; keyId: string; dataAlgorithm: string };
  resourceGroupId: string;
  /** Documents that are stored and given back as they are, by sub-resource. */
  documents: Record<string, string>;
  /** Object keys: what makes the bucket not empty. */
  objects: string[];
  /** Bound domains. */
  cnames: Record<string, Cname>;
  /** Proofs of ownership that were asked for, by domain. */
  cnameTokens: Record<string, CnameToken>;
  created: string;
}

export interface Cname {
  bound: string;
  certificate?: Certificate;
}

export interface Certificate {
  id: string;
  type: "CAS" | "Upload";
  created: string;
  fingerprint: string;
  validFrom: string;
  validTo: string;
}

export interface CnameToken {
  token: string;
  expires: string;
}

export type ClusterStatus =
  "initial" | "running" | "updating" | "failed" | "deleting" | "delete_failed";

export interface Cluster {
  /** What it was asked for with, to know a client that asks again. */
  request: string;
  name: string;
  status: ClusterStatus;
  region: string;
  profile: string;
  spec: string;
  version: string;
  vpcId: string;
  vswitchIds: string[];
  podVswitchIds: string[];
  securityGroupId: string;
  resourceGroupId: string;
  /** Decided at creation; nothing in this API changes it. */
  clusterDomain: string;
  serviceCidr: string;
  podCidr: string;
  nodeCidrMask: number;
  proxyMode: string;
  ipStack: string;
  timezone?: string;
  customSans: string[];
  deletionProtection: boolean;
  publicEndpoint: boolean;
  natGatewayId?: string;
  slbId: string;
  workerRoleName: string;
  rrsa: boolean;
  encryptionKeyId?: string;
  maintenanceWindow?: JsonObject;
  operationPolicy?: JsonObject;
  autoMode?: boolean;
  /** Undefined until it is asked for. */
  endpoints?: ControlPlaneEndpoints;
  controlPlaneLog: { project: string; ttl: string; components: string[] };
  auditLog: { enabled: boolean; project: string };
  addons: Record<string, Addon>;
  tags: Tags;
  created: string;
  updated: string;
  /** Secret: handed out, never logged. Empty until the control plane answers. */
  kubeconfig: string;
}

export interface ControlPlaneEndpoints {
  loadBalancers: { id: string; type: "private" | "public" }[];
  internalDns: { enabled: boolean; vpcIds: string[] };
}

export interface Addon {
  version: string;
  /** JSON text. */
  config: string;
}

/** The parts that the cloud acts on have a name here; the rest is given back as it was sent. */
export interface NodePool {
  /** As in a cluster. */
  request: string;
  clusterId: string;
  status: "active" | "scaling" | "removing" | "updating" | "deleting";
  nodepool_info: JsonObject;
  scaling_group: JsonObject;
  kubernetes_config: JsonObject;
  auto_scaling: JsonObject;
  management: JsonObject;
  node_config: JsonObject;
  tee_config: JsonObject;
  auto_mode: JsonObject;
  created: string;
  updated: string;
}

export interface Node {
  clusterId: string;
  nodePoolId: string;
  nodeName: string;
  ip: string;
  /** Joined by hand (attach), not made by scaling. */
  attached: boolean;
  status: "creating" | "running" | "failed" | "replacing" | "removing";
  instanceType: string;
  created: string;
}

export type Work =
  | { kind: "createCluster"; clusterId: string }
  | { kind: "deleteCluster"; clusterId: string }
  | { kind: "updateCertificate"; clusterId: string }
  | { kind: "reconcileNodes"; nodePoolId: string }
  | { kind: "deleteNodePool"; nodePoolId: string }
  | { kind: "none" };

export interface Task {
  type: string;
  clusterId: string;
  state: "running" | "success" | "fail";
  work: Work;
  error?: { code: string; message: string };
  created: string;
  updated: string;
}

export function emptyState(): CloudState {
  return {
    vpcs: {},
    vswitches: {},
    securityGroups: {},
    keyPairs: {},
    commands: {},
    invocations: {},
    domains: {},
    domainRecords: {},
    privateZones: {},
    privateRecords: {},
    buckets: {},
    clusters: {},
    nodePools: {},
    nodes: {},
    tasks: {},
  };
}
