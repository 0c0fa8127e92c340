/** The world that a Corefile is resolved against, as plain data. */

/** One record of an answer or a zone. */
export interface ResourceRecord {
  /** Owner, complete, with a trailing dot. */
  readonly name: string;
  /** `A`, `AAAA`, `CNAME`, `SRV`, ... in capitals. */
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /**
   * Presentation format (RFC 1035 5.1), names in it complete. `SOA` serials that CoreDNS makes of
   * the time are 0 here.
   */
  readonly data: string;
}

/** A port of a Service or of its endpoints. */
export interface ServicePort {
  /** Default: none. `SRV` names take it as `_name`. */
  readonly name?: string;
  readonly port: number;
  /** `TCP`, `UDP` or `SCTP`. Default `TCP`. */
  readonly protocol?: string;
}

/** A Service, as far as DNS sees it. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  /** Cluster addresses; `["None"]` makes it headless. Empty for `externalName`. */
  readonly clusterIps: readonly string[];
  /** Target of a Service of type ExternalName. */
  readonly externalName?: string;
  /** `spec.externalIPs` and addresses of load balancers. CoreDNS 1.6 answers PTR for them. */
  readonly externalIps?: readonly string[];
  readonly ports: readonly ServicePort[];
}

/** One address behind a Service. */
export interface Endpoint {
  readonly ip: string;
  /** `hostname` of a pod with a `subdomain`: its name is `<hostname>.<service>...`. */
  readonly hostname?: string;
  /** Name of the pod; with `endpoint_pod_names` it takes the place of the address in names. */
  readonly podName?: string;
}

/** Ready addresses behind a Service that share their ports: an EndpointSlice. */
export interface EndpointSet {
  readonly namespace: string;
  /** Name of the Service. */
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly ServicePort[];
}

/** A running pod that CoreDNS sees with `pods verified`. */
export interface Pod {
  readonly namespace: string;
  /** Every address; CoreDNS 1.6 looks at the first alone. */
  readonly ips: readonly string[];
}

/** What CoreDNS reads from the API server. */
export interface ClusterObjects {
  readonly namespaces: readonly string[];
  readonly services: readonly Service[];
  readonly endpoints: readonly EndpointSet[];
  readonly pods: readonly Pod[];
}

/** A zone that the DNS behind `forward` answers for. */
export interface Zone {
  /** Name of the zone; a trailing dot is optional. */
  readonly name: string;
  /** Owners are complete names in the zone, with or without trailing dot; `*` as first label is a wildcard. */
  readonly records: readonly ZoneRecord[];
  /**
   * Whether no other names exist in the zone. Default true. In a zone that is known in part, names
   * without a record of their own are answered `UNKNOWN` instead of `NXDOMAIN` or no data.
   */
  readonly complete?: boolean;
}

/** A record as it stands in a zone. */
export interface ZoneRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds. Default 600. */
  readonly ttl?: number;
  /** Presentation format; names in it are complete, with or without trailing dot. */
  readonly data: string;
}

/** Everything that a Corefile is resolved against. */
export interface Records {
  readonly cluster: ClusterObjects;
  /** What the name servers behind every `forward` know: public zones, private zones. */
  readonly zones: readonly Zone[];
  /** Addresses of CoreDNS's own pods, not loopback: they decide its NS records. Default none. */
  readonly coreDnsIps?: readonly string[];
  /** `search` of CoreDNS's own resolv.conf, which `autopath` appends. Default none. */
  readonly coreDnsSearch?: readonly string[];
  /** Files that `hosts` reads in CoreDNS's pod, by path. Default: none, and no `/etc/hosts`. */
  readonly files?: Readonly<Record<string, string>>;
}
