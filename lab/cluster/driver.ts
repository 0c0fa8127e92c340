/** What the cloud asks of a cluster. `createLabDriver` boots real ones; tests may bring their own. */
export interface ClusterDriver {
  /** Boots the control plane and its add-ons; resolves when the API answers. Safe to repeat. */
  createCluster(spec: ClusterSpec): Promise<{ kubeconfig: string }>;
  /** Issues the API server's certificate anew with these names added, and restarts the API server. */
  updateCertificateSans(clusterId: string, sans: string[]): Promise<void>;
  /** Removes the nodes, the control plane and their data. Safe to repeat. */
  deleteCluster(clusterId: string): Promise<void>;
  /** Boots a node; resolves when its kubelet is Ready. User data may still be running. Safe to repeat. */
  addNode(clusterId: string, node: NodeSpec): Promise<void>;
  removeNode(clusterId: string, nodeName: string): Promise<void>;
  /** Cloud Assistant: runs a shell script as root on a node. */
  runCommand(nodeName: string, script: string, timeoutSeconds: number): Promise<CommandResult>;
  /** Replaces what the public DNS serves for the account's zones. */
  publishZones(zones: PublicZone[]): Promise<void>;
}

export interface ClusterSpec {
  id: string;
  name: string;
  /** The provisioned cluster domain. */
  clusterDomain: string;
  /** IPv4 CIDR. */
  serviceCidr: string;
  /** IPv4 CIDR. */
  podCidr: string;
  /** Prefix length of the pod network that each node gets. */
  nodeCidrMask: number;
  kubernetesVersion: string;
  /** Names and addresses added to the API server's certificate. */
  certificateSans: string[];
}

export interface NodeSpec {
  instanceId: string;
  nodeName: string;
  nodePoolId: string;
  /** Plain text, already decoded. */
  preUserData: string;
  /** Plain text, already decoded. */
  userData: string;
  labels: NodeLabel[];
  taints: NodeTaint[];
  unschedulable: boolean;
}

export interface NodeLabel {
  key: string;
  value: string;
}

export interface NodeTaint {
  key: string;
  value: string;
  effect: string;
}

export interface CommandResult {
  exitCode: number;
  /** stdout and stderr, in the order they were written. */
  output: string;
}

export interface PublicZone {
  name: string;
  records: PublicRecord[];
}

export interface PublicRecord {
  /** Host record as in Alibaba Cloud DNS: "@" for the apex, "*" for the wildcard. */
  rr: string;
  type: string;
  value: string;
  /** Seconds. */
  ttl: number;
  /** MX only. */
  priority?: number;
}

/** Says in one line what a long operation is doing. */
export type Report = (message: string) => void;
