import * as dns from "@pulumi/alicloud/dns";
import * as oss from "@pulumi/alicloud/oss";
import * as pulumi from "@pulumi/pulumi";
import { parseName, relativeTo } from "../dns";
import { refuse } from "./rules/faults";
import { ossDomainFaults } from "./rules/ossDomain";

/**
 * A domain under which a bucket answers. What breaks a rule of a field is refused by a `pulumi.ResourceError` that names
 * the field, its value, the rule and the way out, before anything is made.
 */
export interface OssDomainSettings {
  /**
   * The domain, for example `downloads.example.com`: lower case, no wildcard, no international name (PutCname), and not
   * the zone itself, which can have no CNAME record (RFC 1034 3.6.2); else refused.
   */
  domain: string;
  /** The bucket, which exists: 3 to 63 lower-case letters, digits and hyphens (PutBucket), else refused. */
  bucket: string;
  /** The bucket's region, for example `cn-beijing`. Default in a platform: the region of the stack. */
  region?: string;
  /**
   * The Alibaba Cloud DNS domain that holds the records. Default in a platform: the nearest zone of the organisation. A
   * zone that the domain does not lie in is refused.
   */
  zone?: string;
  /**
   * How long resolvers may keep the records, in seconds: 600 (default, the least in the free edition) to 86400
   * (AddDomainRecord, `TTL`), else refused.
   */
  ttl?: number;
  /** The ID of a certificate in Certificate Management Service, for HTTPS. Default: none, HTTP only. */
  certificateId?: string;
  /**
   * The number of the record that proves the ownership, 0 to 1000, else refused. Default: 1. OSS wants a new one after
   * the domain was unbound outside of Pulumi: raise it by one. 0 makes none, for a domain that was bound already when
   * the stack took it over: OSS gives no token for it.
   */
  ownershipRecord?: number;
}

export interface OssCustomDomainArgs extends OssDomainSettings {
  /** The bucket's region, for example `cn-beijing`. */
  region: string;
  /** The Alibaba Cloud DNS domain that holds the records. */
  zone: string;
}

/** A bucket bound to a domain: ownership proved by a TXT record, then the binding, and the CNAME last. */
export class OssCustomDomain extends pulumi.ComponentResource {
  /** The domain. */
  public readonly domain: pulumi.Output<string>;
  /** What the domain's CNAME record points to. */
  public readonly target: pulumi.Output<string>;
  /** The binding of the domain to the bucket. */
  public readonly binding: oss.BucketCname;
  /** The record that proves the ownership; none where `ownershipRecord` is 0. */
  public readonly ownership?: dns.AlidnsRecord;
  /** The record that sends clients to the bucket. */
  public readonly record: dns.AlidnsRecord;

  /** @throws pulumi.ResourceError that lists every fault of `args`. */
  constructor(name: string, args: OssCustomDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ack-cluster-dns:index:OssCustomDomain", name, {}, opts);
    refuse(this, ossDomainFaults("ossDomain", args));

    const { bucket, domain, zone } = args;
    const rr = relativeTo(parseName(domain), parseName(zone));
    const ttl = args.ttl ?? 600;
    const shared = { domainName: zone, ttl, line: "default", status: "ENABLE" };
    const number = args.ownershipRecord ?? 1;
    if (number > 0) {
      const token = new oss.BucketCnameToken(`${name}-token`, { bucket, domain }, { parent: this });
      // The token changes while its record may not: OSS makes a new one after 72 hours, and none for a domain that is
      // bound. With another bucket it must change, hence the bucket in the record's name.
      this.ownership = new dns.AlidnsRecord(
        `${name}-ownership-${bucket}${number === 1 ? "" : `-${number}`}`,
        { ...shared, rr: `_dnsauth.${rr}`, type: "TXT", value: token.token },
        { parent: this, ignoreChanges: ["value"] },
      );
    }
    this.binding = new oss.BucketCname(
      `${name}-binding`,
      {
        bucket,
        domain,
        certificate: args.certificateId === undefined ? undefined : { certId: args.certificateId },
      },
      // A domain belongs to one bucket at a time.
      { parent: this, dependsOn: this.ownership ?? [], deleteBeforeReplace: true },
    );
    const target = `${bucket}.oss-${args.region}.aliyuncs.com`;
    this.record = new dns.AlidnsRecord(
      `${name}-record`,
      { ...shared, rr, type: "CNAME", value: target },
      { parent: this, dependsOn: [this.binding] },
    );
    this.domain = pulumi.output(domain);
    this.target = pulumi.output(target);
    this.registerOutputs({
      domain: this.domain,
      target: this.target,
      binding: this.binding,
      ownership: this.ownership,
      record: this.record,
    });
  }
}
