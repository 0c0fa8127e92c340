import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { AckCluster, type AckClusterArgs } from "./ackCluster";
import { CoreDns, corefileSha256 } from "./coreDns";
import { DnsProbe, type DnsProbeSettings } from "./dnsProbe";
import { NodePool, type NodePoolSettings } from "./nodePool";
import { OssCustomDomain, type OssDomainSettings } from "./ossCustomDomain";
import { retirementFaults, servedDomains } from "./rules/clusterDomain";
import { refuse } from "./rules/faults";
import { guard } from "./rules/guard";
import { zoneOf } from "./rules/ossDomain";
import { coreDnsArgs, organisationNames, platformFaults, platformWarnings } from "./rules/platform";

/** What the organisation has in DNS; no cluster domain may hide any of it. */
export interface OrganisationArgs {
  /**
   * The zones that it answers for, public or private, for example `example.com`. What is no host name in lower case is
   * refused, here and in the other lists.
   */
  zones: string[];
  /** Names that workloads must reach, beside the domains of the buckets. Default: none. */
  names?: string[];
  /** Zones set aside for cluster domains, for example `k8s.example.com`; nothing else may lie in them. Default: none. */
  reserved?: string[];
  /** Zones that hold a wildcard record (RFC 4592), which would answer for the search lists of pods. Default: none. */
  wildcardZones?: string[];
}

/** The cluster, with the history of its domain. */
export interface PlatformClusterArgs extends AckClusterArgs {
  /**
   * Earlier cluster domains that CoreDNS still answers, none of them the one in force. Default: none, but it must be
   * written where `provisionedClusterDomain` is another domain than `clusterDomain`: empty says that no running pod
   * carries it, and that no node's kubelet gives it to new ones.
   */
  legacyClusterDomains?: string[];
  /**
   * Repeats `clusterDomain` to take it although it hides names. Default: none. For adopting a cluster that has the
   * fault, before it moves; refused where nothing collides.
   */
  acceptCollidingDomain?: string;
}

/** The coredns add-on. */
export interface CoreDnsSettings {
  /**
   * The version of the coredns add-on, for example `v1.11.3.5-5321daf49-aliyun`, or of CoreDNS itself, from 1.6.7 on;
   * else refused. It decides by which rules the Corefile is checked, and must be the one that runs.
   */
  version: string;
  /** The text of a Corefile to build on. Default: ACK's own for the version. One that CoreDNS would refuse is refused. */
  corefile?: string;
  /**
   * Legacy domains that are too large to list: every name but Services and pods goes to the public DNS. Default: none.
   * Refused for a zone that holds a wildcard record.
   */
  forwardedDomains?: string[];
}

/**
 * A platform. Every part is checked before anything is made, and what the parts say together; all faults are told by one
 * `pulumi.ResourceError`, each with its field, value, rule and way out.
 */
export interface AckPlatformArgs {
  /** The region of the cluster and, unless they say otherwise, of the buckets, for example `cn-beijing`. */
  region: string;
  /** What the organisation has in DNS. */
  organisation: OrganisationArgs;
  /** The cluster. */
  cluster: PlatformClusterArgs;
  /** The pools of nodes: one or more, with unique names; else refused. */
  nodePools: NodePoolSettings[];
  /** The domains of buckets, each once. Default: none. One that lies in no zone of the organisation is refused. */
  ossDomains?: OssDomainSettings[];
  /** The coredns add-on. */
  coreDns: CoreDnsSettings;
  /** The questions that a pod asks at the end. Default: none are asked. */
  probe?: DnsProbeSettings;
}

/** A cluster whose pods resolve its Services, the organisation's names and everybody else's. */
export class AckPlatform extends pulumi.ComponentResource {
  /** The cluster. */
  public readonly cluster: AckCluster;
  /** The pools of nodes, in the order of the arguments. */
  public readonly nodePools: NodePool[];
  /** CoreDNS. */
  public readonly coreDns: CoreDns;
  /** The domains of buckets, in the order of the arguments. */
  public readonly ossDomains: OssCustomDomain[];
  /** The ID of the cluster. */
  public readonly clusterId: pulumi.Output<string>;
  /** The cluster domain in force. */
  public readonly clusterDomain: pulumi.Output<string>;
  /** A kubeconfig of the cluster; secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The SHA-256 of the Corefile. */
  public readonly corefileSha256: pulumi.Output<string>;
  /** What the probe asked; empty without one. */
  public readonly probedNames: pulumi.Output<string[]>;

  /** @throws pulumi.ResourceError that lists every fault of `args`, before anything is made. */
  constructor(name: string, args: AckPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ack-cluster-dns:index:AckPlatform", name, {}, opts);
    refuse(this, platformFaults(args));
    for (const warning of platformWarnings(args)) void pulumi.log.warn(warning, this);

    const { cluster } = args;
    this.cluster = new AckCluster(`${name}-cluster`, cluster, { parent: this });
    const { clusterId, kubernetes } = this.cluster;
    const { clusterDomain } = cluster;
    // What was declared, and not what is live, decides which domains the next update gives up.
    const domains = new pulumi.Stash(
      `${name}-domains`,
      { input: servedDomains(cluster) },
      {
        parent: this,
        // Nobody carries the domain of a cluster that was never made.
        dependsOn: [this.cluster.cluster],
        hooks: {
          beforeUpdate: guard(this, `${name}-domains`, ({ oldInputs }) =>
            retirementFaults("cluster", cluster, oldInputs?.input as string[]),
          ),
        },
      },
    );
    this.coreDns = new CoreDns(`${name}-coredns`, coreDnsArgs(args), {
      parent: this,
      provider: kubernetes,
      dependsOn: [domains],
      deletedWith: this.cluster.cluster,
    });
    this.nodePools = args.nodePools.map(
      (pool) =>
        new NodePool(
          `${name}-pool-${pool.name}`,
          { vswitchIds: cluster.vswitchIds, ...pool, clusterId, clusterDomain },
          // Pods of a new node search the domain in force, which CoreDNS must serve by then.
          { parent: this, dependsOn: [this.coreDns] },
        ),
    );
    this.ossDomains = this.bindDomains(name, args);
    const probe = this.probe(name, args, kubernetes);

    this.clusterId = clusterId;
    this.clusterDomain = this.cluster.clusterDomain;
    this.kubeconfig = this.cluster.kubeconfig;
    this.corefileSha256 = this.coreDns.corefileSha256;
    this.probedNames = probe?.questions ?? pulumi.output([]);
    this.registerOutputs({
      cluster: this.cluster,
      nodePools: this.nodePools,
      coreDns: this.coreDns,
      ossDomains: this.ossDomains,
      clusterId: this.clusterId,
      clusterDomain: this.clusterDomain,
      kubeconfig: this.kubeconfig,
      corefileSha256: this.corefileSha256,
      probedNames: this.probedNames,
    });
  }

  private bindDomains(
    name: string,
    { region, organisation, ossDomains = [] }: AckPlatformArgs,
  ): OssCustomDomain[] {
    return ossDomains.map((settings) => {
      // A domain that lies in no zone was refused at the start.
      const zone = settings.zone ?? zoneOf(settings.domain, organisation.zones) ?? "";
      return new OssCustomDomain(
        `${name}-oss-${settings.domain}`,
        { region, ...settings, zone },
        { parent: this },
      );
    });
  }

  private probe(name: string, args: AckPlatformArgs, provider: k8s.Provider): DnsProbe | undefined {
    if (args.probe === undefined) return undefined;
    const { cluster, organisation, ossDomains = [], nodePools } = args;
    return new DnsProbe(
      `${name}-probe`,
      {
        ...args.probe,
        clusterDomain: cluster.clusterDomain,
        legacyClusterDomains: cluster.legacyClusterDomains,
        organisationNames: organisationNames(organisation, ossDomains),
        corefileSha256: corefileSha256(coreDnsArgs(args)),
        toleratedTaints: nodePools.flatMap(({ taints = [] }) => taints),
      },
      {
        parent: this,
        provider,
        deletedWith: this.cluster.cluster,
        dependsOn: [this.coreDns, ...this.nodePools, ...this.ossDomains],
      },
    );
  }
}
