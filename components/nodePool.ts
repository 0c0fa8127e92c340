import * as cs from "@pulumi/alicloud/cs";
import * as pulumi from "@pulumi/pulumi";
import { renderPreUserData, renderUserData, toUserData } from "../node";
import { hostnameFaults } from "./rules/domain";
import { refuse } from "./rules/faults";
import { nodePoolFaults } from "./rules/nodePool";

/** A taint that ACK puts on a node (Kubernetes, "Taints and Tolerations"). */
export interface TaintArgs {
  /** The key, for example `dedicated`. An empty one is refused. */
  key: string;
  /** The value. Default: empty. */
  value?: string;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`; any other is refused. */
  effect: string;
}

/**
 * What a pool of nodes looks like. What breaks a rule of a field is refused by a `pulumi.ResourceError` that names the
 * field, its value, the rule and the way out, before anything is made.
 */
export interface NodePoolSettings {
  /**
   * The pool's name, unique in its cluster: 1 to 63 letters, digits and hyphens, beginning with a letter or digit
   * (CreateClusterNodePool, `name`), else refused. In a platform the name tells pools apart: another one is another pool.
   */
  name: string;
  /** The IDs of the VSwitches of the nodes. Default in a platform: those of the cluster. What is no such ID is refused. */
  vswitchIds?: string[];
  /** The ECS instance types, in order of preference, for example `ecs.g7.large`. None, or another form, is refused. */
  instanceTypes: string[];
  /**
   * How many nodes ACK keeps, 0 to 1000. Exactly one of this and `minSize` with `maxSize` must be set; else refused.
   */
  desiredSize?: number;
  /** The fewest nodes, where the cluster autoscaler decides: 0 to 1000, and not above `maxSize`; else refused. */
  minSize?: number;
  /** The most nodes, where the cluster autoscaler decides: `minSize` to 1000; else refused. */
  maxSize?: number;
  /**
   * The operating system, for example `AliyunLinux3ContainerOptimized`. Default: `AliyunLinux3`. Windows and
   * ContainerOS are refused: they do not run the shell scripts that set the cluster domain of the kubelet.
   */
  imageType?: string;
  /** The kind of system disk, for example `cloud_auto`. Default: `cloud_essd`. ACK refuses what an instance type lacks. */
  systemDiskCategory?: string;
  /** The size of the system disk in GiB, 20 or more, else refused; its kind sets the end. Default: 120. */
  systemDiskSize?: number;
  /** The name of the ECS key pair for SSH. Default: none, no SSH. */
  keyName?: string;
  /** Labels of the nodes, key to value. Default: none. */
  labels?: Record<string, string>;
  /** Taints of the nodes. Default: none. */
  taints?: TaintArgs[];
  /** The container runtime. Default: `containerd`. */
  runtimeName?: string;
  /** The runtime's version, for example `1.6.39`. Default: ACK's choice for the cluster's version. */
  runtimeVersion?: string;
  /**
   * Shell commands that bash runs on each new node after ours. Default: none. A cloud-init document is refused, and what
   * makes the user data larger than 12 KiB. No secrets: any pod on the node can read user data from the metadata service.
   */
  userData?: string;
}

export interface NodePoolArgs extends NodePoolSettings {
  /** The ID of the cluster, 33 letters and digits that begin with c. */
  clusterId: pulumi.Input<string>;
  /**
   * The cluster domain that the kubelets of the pool write into their pods' search lists, for example `cluster.local`: a
   * host name (RFC 1123) in lower case, else refused.
   */
  clusterDomain: string;
}

/**
 * A pool of nodes whose kubelets have the cluster domain from their first start. User data reaches new nodes only:
 * a change of the domain leaves nodes that exist as they are.
 */
export class NodePool extends pulumi.ComponentResource {
  /** The pool's ID: the cluster's ID, a colon, and the ID that ACK gave the pool. */
  public readonly nodePoolId: pulumi.Output<string>;
  /** The cluster domain of its kubelets. */
  public readonly clusterDomain: pulumi.Output<string>;
  /** The pool itself. */
  public readonly nodePool: cs.NodePool;

  /** @throws pulumi.ResourceError that lists every fault of `args`. */
  constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ack-cluster-dns:index:NodePool", name, {}, opts);
    refuse(this, [
      ...hostnameFaults("nodePool.clusterDomain", args.clusterDomain),
      ...nodePoolFaults("nodePool", args),
    ]);

    const { clusterDomain } = args;
    this.nodePool = new cs.NodePool(
      `${name}-nodes`,
      {
        clusterId: args.clusterId,
        nodePoolName: args.name,
        vswitchIds: args.vswitchIds,
        instanceTypes: args.instanceTypes,
        desiredSize: args.desiredSize?.toString(),
        scalingConfig:
          args.maxSize === undefined
            ? undefined
            : { enable: true, minSize: args.minSize ?? 0, maxSize: args.maxSize },
        imageType: args.imageType ?? "AliyunLinux3",
        systemDiskCategory: args.systemDiskCategory ?? "cloud_essd",
        systemDiskSize: args.systemDiskSize ?? 120,
        keyName: args.keyName,
        labels: args.labels && sortedPairs(args.labels),
        taints: args.taints,
        runtimeName: args.runtimeName ?? "containerd",
        runtimeVersion: args.runtimeVersion,
        preUserData: toUserData(renderPreUserData({ clusterDomain })),
        userData: toUserData(renderUserData({ clusterDomain, commands: args.userData })),
      },
      {
        parent: this,
        // A component hands its dependencies down in order, but not in the state.
        dependsOn: opts?.dependsOn,
        ignoreChanges: [...undeclared, ...(args.maxSize === undefined ? [] : ["desiredSize"])],
      },
    );
    this.nodePoolId = this.nodePool.id;
    this.clusterDomain = pulumi.output(clusterDomain);
    this.registerOutputs({
      nodePoolId: this.nodePoolId,
      clusterDomain: this.clusterDomain,
      nodePool: this.nodePool,
    });
  }
}

/**
 * What the provider reads back although no argument declares it: the tags and sizes that others set, and what an adopted
 * pool was made with. Left to the provider's defaults it would be changed, or the pool replaced with all its nodes.
 */
const undeclared = [
  "autoRenew",
  "autoRenewPeriod",
  "cisEnabled",
  "compensateWithOnDemand",
  "containerdConfig",
  "dataDisks",
  "deploymentSetId",
  "installCloudMonitor",
  "instancePatterns",
  "internetChargeType",
  "internetMaxBandwidthOut",
  "kubeletConfiguration",
  "loginAsNonRoot",
  "onDemandBaseCapacity",
  "onDemandPercentageAboveBaseCapacity",
  "password",
  "period",
  "periodUnit",
  "privatePoolOptions",
  "rdsInstances",
  "securityHardeningOs",
  "socEnabled",
  "spotInstancePools",
  "spotInstanceRemedy",
  "spotPriceLimits",
  "systemDiskBurstingEnabled",
  "systemDiskEncryptAlgorithm",
  "systemDiskEncrypted",
  "systemDiskKmsKey",
  "systemDiskPerformanceLevel",
  "systemDiskProvisionedIops",
  "systemDiskSnapshotPolicyId",
  "tags",
  "unschedulable",
];

function sortedPairs(pairs: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(pairs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
}
