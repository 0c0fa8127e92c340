import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { renderCorefile } from "../dns";
import { corefileRequest, coreDnsFaults } from "./rules/coreDns";
import { refuse } from "./rules/faults";

/**
 * What the Corefile says. What breaks a rule of a field, or would make of the Corefile one that CoreDNS refuses, is
 * refused by a `pulumi.ResourceError` with the place and the way out, before anything is made.
 */
export interface CoreDnsArgs {
  /** The cluster domain in force, for example `cluster.local`: a domain name in lower case, else refused. */
  clusterDomain: string;
  /**
   * Earlier cluster domains that pods may still carry; CoreDNS answers for them too. Default: none. Refused where one is
   * the domain in force.
   */
  legacyClusterDomains?: string[];
  /**
   * Names inside a legacy domain that must reach the public DNS, for example `downloads.example.com`. Default: none.
   * Others need no word and get none.
   */
  organisationNames?: string[];
  /**
   * Legacy domains whose every name that is no Service or pod goes to the public DNS, for zones too large to list.
   * Default: none. Refused for a zone that holds a wildcard record, and for what is no legacy domain.
   */
  forwardedDomains?: string[];
  /** Zones that hold a wildcard record. Default: none. */
  wildcardZones?: string[];
  /**
   * The version of the coredns add-on, for example `v1.11.3.5-5321daf49-aliyun`, or of CoreDNS itself: the rules by which
   * the Corefile is checked. Refused when it is older than 1.6.7 or no version.
   */
  version: string;
  /**
   * The text of a Corefile to build on instead of ACK's own. Only the kubernetes plugin's zones and their blocks are
   * edited. Refused, with line and column, where CoreDNS of that version would refuse it or it lacks what production needs.
   */
  corefile?: string;
  /** Whether Pulumi refuses to give the Corefile up. Default: true. */
  protect?: boolean;
}

/** The Corefile of the coredns add-on, declared whole. CoreDNS reloads it by itself; its pods are not restarted. */
export class CoreDns extends pulumi.ComponentResource {
  /** The Corefile. */
  public readonly corefile: pulumi.Output<string>;
  /** The SHA-256 of the Corefile, in hexadecimal digits. */
  public readonly corefileSha256: pulumi.Output<string>;
  /** The ConfigMap `kube-system/coredns`, of which this owns the Corefile alone. */
  public readonly configMap: k8s.core.v1.ConfigMapPatch;

  /** @throws pulumi.ResourceError that lists every fault of `args` and of the Corefile. */
  constructor(name: string, args: CoreDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ack-cluster-dns:index:CoreDns", name, {}, opts);
    refuse(this, coreDnsFaults("coreDns", args));

    const corefile = renderCorefile(corefileRequest(args));
    this.corefile = pulumi.output(corefile);
    this.corefileSha256 = pulumi.output(corefileSha256(args));
    this.configMap = new k8s.core.v1.ConfigMapPatch(
      `${name}-corefile`,
      {
        metadata: {
          name: "coredns",
          namespace: "kube-system",
          annotations: {
            "pulumi.com/patchForce": "true",
            "pulumi.com/patchFieldManager": "ack-cluster-dns",
          },
        },
        data: { Corefile: corefile },
      },
      // A patch that is deleted takes the fields that it alone owns with it, and the Corefile is one.
      {
        parent: this,
        // A component hands its dependencies down in order, but not in the state.
        dependsOn: opts?.dependsOn,
        protect: args.protect ?? true,
        retainOnDelete: true,
      },
    );
    this.registerOutputs({
      corefile: this.corefile,
      corefileSha256: this.corefileSha256,
      configMap: this.configMap,
    });
  }
}

/** The SHA-256 of the Corefile that `args`, which have no faults, stand for. */
export function corefileSha256(args: CoreDnsArgs): string {
  return createHash("sha256")
    .update(renderCorefile(corefileRequest(args)))
    .digest("hex");
}
