import * as cs from "@pulumi/alicloud/cs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { certificateFaults, certificateNames, clusterFaults } from "./rules/cluster";
import { clusterDomainFaults, creationFaults } from "./rules/clusterDomain";
import { describeFaults, type Fault, refuse } from "./rules/faults";
import { guard } from "./rules/guard";
import { createOnly, recordFaults } from "./rules/record";

/** An add-on that the cluster is created with (CreateCluster, `addons`). */
export interface AddonArgs {
  /**
   * The add-on's name in ACK, for example `csi-plugin`. `managed-coredns` is refused, since its configuration is not
   * the user's to write; ACK refuses names that it does not know.
   */
  name: string;
  /** Its configuration as a JSON text, in the form of the add-on. Default: ACK's own. ACK refuses what it cannot read. */
  config?: string;
  /**
   * Its version, for example `v1.11.3.5-5321daf49-aliyun`. Default: the one that ACK recommends for the cluster's
   * version. ACK refuses one that it does not offer.
   */
  version?: string;
}

/**
 * A cluster. What breaks a rule of a field is refused by a `pulumi.ResourceError` that names the field, its value, the
 * rule and the way out, before anything is made.
 */
export interface AckClusterArgs {
  /**
   * The cluster's name in ACK: 1 to 63 letters, digits and hyphens, beginning with a letter or digit (CreateCluster,
   * `name`), else refused. Another name renames the cluster in its place.
   */
  name: string;
  /**
   * The cluster domain in force, for example `cluster.local`: what kubelets write into their pods' search lists and
   * CoreDNS answers for. Labels of 1 to 63 lower-case letters, digits and hyphens (RFC 1123; CreateCluster,
   * `cluster_domain`), and short enough for the longest name of a Service; else refused.
   */
  clusterDomain: string;
  /**
   * The domain that the control plane recorded when the cluster was created; it can never change there. Default:
   * `clusterDomain`. Set it once the two differ. A value that ACK does not confirm is refused, and nothing is replaced;
   * so is another domain than `clusterDomain` for a cluster that is not there yet.
   */
  provisionedClusterDomain?: string;
  /**
   * The Kubernetes version to create or upgrade to, for example `1.34.1-aliyun.1`. Default: ACK's newest at creation.
   * ACK refuses one that it does not offer, and one below the present.
   */
  version?: string;
  /**
   * `ack.standard`, `ack.pro.small`, `ack.pro.xlarge`, `ack.pro.2xlarge` or `ack.pro.4xlarge`. Default: `ack.pro.small`
   * at creation, and afterwards the one that the cluster has. Any other is refused.
   */
  clusterSpec?: string;
  /**
   * The IDs of the VSwitches of the control plane and, unless a pool names its own, of the nodes, for example
   * `vsw-2ze0123456789abcdef01`: 1 to 5 of one VPC (CreateCluster, `vswitch_ids`), else refused.
   */
  vswitchIds: string[];
  /**
   * The CIDR block of the pods, for the Flannel network plug-in, for example `172.20.0.0/16`. Create-only. Exactly one
   * of `podCidr` and `podVswitchIds` must be set; refused otherwise, and where it is no IPv4 block or has bits set
   * beyond its length. A later change is refused with the block that ACK has on record.
   */
  podCidr?: string;
  /**
   * The IDs of the VSwitches that pods take their addresses from, for the Terway network plug-in: one or more, else
   * refused. Create-only: later changes are ignored.
   */
  podVswitchIds?: string[];
  /**
   * The CIDR block of the Services, for example `172.21.0.0/20`. Create-only: a later change is refused with the block
   * that ACK has on record. Refused where it is no IPv4 block, has bits set beyond its length or overlaps `podCidr`.
   */
  serviceCidr: string;
  /**
   * The length of each node's share of `podCidr`, in bits: 24 (default) to 28, with Flannel only; else refused.
   * Create-only: a later change is refused.
   */
  nodeCidrMask?: number;
  /**
   * How kube-proxy forwards Services: `ipvs` (default), `iptables` or `nftables`; any other is refused. Create-only: a
   * later change is refused.
   */
  proxyMode?: string;
  /**
   * Whether the API server has a public address, which Pulumi needs outside the VPC. Default: true. Create-only: later
   * changes are ignored.
   */
  publicEndpoint?: boolean;
  /**
   * Whether ACK makes a NAT gateway, so that nodes reach the Internet. Default: true. Create-only: later changes are
   * ignored.
   */
  newNatGateway?: boolean;
  /** The ID of the nodes' security group, for example `sg-2ze0123456789abcdef`. Default: an advanced one that ACK makes. */
  securityGroupId?: string;
  /**
   * Host names and IP addresses that the API server's certificate must hold beside ACK's own; anything else is refused.
   * ACK replaces the whole list and restarts the API server. The name of the API server in a domain other than the
   * provisioned one is added to it. Default: those that the certificate has, which are left alone; an update that would
   * take one away is refused.
   */
  certificateSans?: string[];
  /**
   * Add-ons beside the network plug-in and CoreDNS, or one of these with a version or configuration of its own.
   * Default: none. Create-only: later changes are ignored, and belong to `cs.KubernetesAddon`.
   */
  addons?: AddonArgs[];
  /** Tags of the cluster, key to value. Default: those that it has, which are left alone. ACK refuses keys with `acs:`. */
  tags?: Record<string, string>;
  /** The ID of the resource group, for example `rg-acfm0123456789`. Default: the account's default group. */
  resourceGroupId?: string;
  /**
   * Whether ACK and Pulumi refuse to delete the cluster. Default: true. To delete it, set false, run `pulumi up`, then
   * `pulumi destroy`.
   */
  deletionProtection?: boolean;
}

/** An ACK managed cluster that no change of configuration can replace, and the Kubernetes provider for it. */
export class AckCluster extends pulumi.ComponentResource {
  /** The cluster's ID; known only when ACK confirmed every create-only value. */
  public readonly clusterId: pulumi.Output<string>;
  /** The cluster domain in force. */
  public readonly clusterDomain: pulumi.Output<string>;
  /** The cluster domain that the control plane has on record. */
  public readonly provisionedClusterDomain: pulumi.Output<string>;
  /** A kubeconfig for the public address of the API server; secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The provider for resources in the cluster: server-side apply, not replaced when the kubeconfig changes. */
  public readonly kubernetes: k8s.Provider;
  /** The cluster itself. */
  public readonly cluster: cs.ManagedKubernetes;

  /**
   * @throws pulumi.ResourceError that lists every fault of `args`, and later one that lists every create-only value
   *   that differs from what ACK has on record.
   */
  constructor(name: string, args: AckClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ack-cluster-dns:index:AckCluster", name, {}, opts);
    refuse(this, [
      ...clusterDomainFaults("cluster", { ...args, legacyClusterDomains: [] }),
      ...clusterFaults("cluster", args),
    ]);

    const deletionProtection = args.deletionProtection ?? true;
    const declared = createOnly(args);
    const sans = certificateNames(args);
    this.cluster = new cs.ManagedKubernetes(
      `${name}-ack`,
      {
        ...declared,
        name: args.name,
        version: args.version,
        clusterSpec: args.clusterSpec ?? "ack.pro.small",
        vswitchIds: args.vswitchIds,
        podVswitchIds: args.podVswitchIds,
        newNatGateway: args.newNatGateway ?? true,
        slbInternetEnabled: args.publicEndpoint ?? true,
        securityGroupId: args.securityGroupId,
        isEnterpriseSecurityGroup: args.securityGroupId === undefined ? true : undefined,
        customSan: sans.length > 0 ? sans.join(",") : undefined,
        addons: addons(args),
        tags: args.tags,
        resourceGroupId: args.resourceGroupId,
        deletionProtection,
        skipSetCertificateAuthority: true,
      },
      {
        parent: this,
        protect: deletionProtection,
        // A named resource is deleted before its replacement is made, unless told otherwise.
        deleteBeforeReplace: false,
        ignoreChanges: [
          ...Object.keys(declared),
          "addons",
          "podVswitchIds",
          "newNatGateway",
          "slbInternetEnabled",
          "isEnterpriseSecurityGroup",
          ...undeclared,
          ...(sans.length > 0 ? [] : ["customSan"]),
          ...(args.clusterSpec === undefined ? ["clusterSpec"] : []),
          ...(args.tags === undefined ? ["tags"] : []),
        ],
        hooks: {
          beforeCreate: guard(this, `${name}-creation`, () => creationFaults("cluster", args)),
          beforeUpdate: guard(this, `${name}-certificate`, ({ oldOutputs }) =>
            certificateFaults("cluster", args, oldOutputs?.customSan),
          ),
        },
      },
    );

    const { clusterDomain, podCidr, serviceCidr, nodeCidrMask, proxyMode } = this.cluster;
    const confirmed = pulumi
      .output({ clusterDomain, podCidr, serviceCidr, nodeCidrMask, proxyMode })
      .apply((recorded) => this.confirm(recordFaults(args, recorded)));
    this.clusterId = pulumi.all([this.cluster.id, confirmed]).apply(([id]) => id);
    this.clusterDomain = pulumi.output(args.clusterDomain);
    this.provisionedClusterDomain = pulumi.output(declared.clusterDomain);
    this.kubeconfig = pulumi.secret(
      cs.getClusterCredentialOutput({ clusterId: this.clusterId }, { parent: this }).kubeConfig,
    );
    this.kubernetes = new k8s.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        clusterIdentifier: this.clusterId,
        enableServerSideApply: true,
      },
      { parent: this },
    );
    this.registerOutputs({
      clusterId: this.clusterId,
      clusterDomain: this.clusterDomain,
      provisionedClusterDomain: this.provisionedClusterDomain,
      kubeconfig: this.kubeconfig,
      kubernetes: this.kubernetes,
      cluster: this.cluster,
    });
  }

  /** The engine ignores changes of create-only values; that it does must not go unsaid. */
  private confirm(faults: readonly Fault[]): void {
    if (faults.length === 0) return;
    const refusal = new pulumi.ResourceError(describeFaults(faults), this, true);
    // An update must stop at whatever depends on the cluster, and says so in the engine's words too. A preview changes
    // nothing and may go on: there nobody handles the refusal, and the program fails with its message alone.
    refusal.stack = undefined;
    if (!pulumi.runtime.isDryRun()) throw refusal;
    void Promise.reject(refusal);
  }
}

/** What the provider reads back although nobody declared it, which would be a difference for ever. */
const undeclared = [
  "timezone",
  "enableRrsa",
  "controlPlaneLogComponents",
  "autoMode",
  "encryptionProviderKey",
];

function addons(args: AckClusterArgs): AddonArgs[] {
  const network = args.podCidr === undefined ? "terway-eniip" : "flannel";
  const named = new Set(args.addons?.map(({ name }) => name));
  return [
    ...[network, "coredns"].filter((name) => !named.has(name)).map((name) => ({ name })),
    ...(args.addons ?? []),
  ];
}
