import type { Entry } from "../corefile/syntax";
import { addressType, canonicalAddress } from "./cluster";
import { fqdn, isWithin, isWithinAny, longestZone } from "./fqdn";
import { kubernetesConfig } from "./kubernetesConfig";
import { addressOf, reverseNames } from "./kubernetesReverse";
import { endpointLabel, type Served, type Target, targetsOf } from "./kubernetesServices";
import { type Build, endsUnknown, type Handler, type Query, written } from "./query";
import type { Endpoint, ResourceRecord } from "./records";

const NAME = "kubernetes";
const SCHEMA_VERSION = "1.1.0";
const SCHEMA_TTL = 28800;
/** Longest chain of ExternalName Services that is followed. */
const MAX_ALIASES = 10;
const LEGACY_MAX_ALIASES = 7;
const MAX_SOA_TTL = 300;

/** A stanza with what it needs to answer. */
interface Backend extends Served {
  readonly build: Build;
  /** The targets found last. */
  readonly last: { name: string; zone: string; targets: Target[] | undefined };
}

/** Records, an empty list for NODATA, undefined for a name that does not exist. */
type Found = ResourceRecord[] | undefined;

/**
 * The `kubernetes` plugin: plugin/kubernetes and plugin/backend_lookup.go of CoreDNS.
 * The zone itself, `svc.<zone>`, `pod.<zone>` and namespaces exist without addresses, so that
 * `fallthrough` never reaches them; every other miss falls through where the list says so.
 */
export function kubernetes(entries: readonly Entry[], next: Handler, build: Build): Handler {
  const [entry, second] = entries as [Entry, Entry?];
  if (second !== undefined) {
    build.fault(second.name, "kubernetes stands twice in this server block; merge the two stanzas");
  }
  const config = kubernetesConfig(entry, build);
  const { legacy } = build.profile;
  const last = { name: "", zone: "", targets: undefined };
  const backend: Backend = { config, cluster: build.cluster, legacy, build, last };
  return (query, steps) => {
    const zone = longestZone(query.name, config.zones);
    if (zone === undefined) return next(query, steps);
    const records = recordsFor(query, zone, backend);
    if (records !== undefined) {
      return written(query, NAME, "NOERROR", records, endsUnknown(query, records, build));
    }
    if (!isWithinAny(query.name, config.fallthrough)) return written(query, NAME, "NXDOMAIN", []);
    steps.push({ plugin: NAME, action: "fellThrough", detail: zone });
    return next(query, steps);
  };
}

function recordsFor(query: Query, zone: string, backend: Backend): Found {
  switch (query.type) {
    case "A":
    case "AAAA":
      return addresses(query, query.name, zone, backend, []);
    case "SRV":
      return srv(query, zone, backend);
    case "PTR":
      return ptr(query, zone, backend);
    case "CNAME":
      return cname(query, zone, backend);
    case "TXT":
      return txt(query, zone, backend);
    case "SOA":
      return soa(query, zone, backend);
    default:
      if (query.type === "NS" && query.name === zone) return ns(zone, backend);
      return exists(query, zone, backend);
  }
}

function record(name: string, type: string, ttl: number, data: string): ResourceRecord {
  return { name, type, ttl, data };
}

/** `ns.dns.<zone>` is there without a Service: CoreDNS names itself so. */
function isNameServer(name: string, zone: string): boolean {
  return name.startsWith("ns.dns.") && name.indexOf(zone) === "ns.dns.".length;
}

function targets(name: string, zone: string, type: string, backend: Backend): Target[] | undefined {
  if (!isNameServer(name, zone)) return known(name, zone, backend);
  const servers = nameServers(zone, backend).map(({ host }) => ({ host, port: 0, owner: name }));
  return servers.filter(({ host }) => addressType(host) === type);
}

/** AAAA is asked for right after A, and leads to the same objects. */
function known(name: string, zone: string, backend: Backend): Target[] | undefined {
  const { last } = backend;
  if (last.name === name && last.zone === zone) return last.targets;
  last.name = name;
  last.zone = zone;
  last.targets = targetsOf(name, zone, backend);
  return last.targets;
}

function exists(query: Query, zone: string, backend: Backend): Found {
  return targets(query.name, zone, query.type, backend) === undefined ? undefined : [];
}

function addresses(
  query: Query,
  name: string,
  zone: string,
  backend: Backend,
  before: readonly ResourceRecord[],
): Found {
  const found = targets(name, zone, query.type, backend);
  if (found === undefined) return undefined;
  const records: ResourceRecord[] = [];
  const seen = new Set<string>();
  for (const { host } of found) {
    const type = addressType(host);
    if (type === undefined) {
      records.push(...alias(query, name, fqdn(host), zone, backend, before));
    } else if (type === query.type && !seen.has(host)) {
      seen.add(host);
      records.push(record(name, type, backend.config.ttl, canonicalAddress(host)));
    }
  }
  return records;
}

/** The alias that an ExternalName Service makes, with what CoreDNS finds behind it. */
function alias(
  query: Query,
  name: string,
  target: string,
  zone: string,
  backend: Backend,
  before: readonly ResourceRecord[],
): ResourceRecord[] {
  const longest = backend.legacy ? LEGACY_MAX_ALIASES : MAX_ALIASES;
  if (isWithin(target, name) || before.length > longest) return [];
  const cname = record(name, "CNAME", backend.config.ttl, target);
  if (isWithin(target, zone)) {
    const more = addresses(query, target, zone, backend, [...before, cname]);
    return more === undefined || more.length === 0 ? [] : [cname, ...more];
  }
  const reply = backend.build.lookup(query, target);
  return reply === undefined ? [] : [cname, ...reply.answers];
}

function srv(query: Query, zone: string, backend: Backend): Found {
  const found = targets(query.name, zone, "SRV", backend);
  if (found === undefined) return undefined;
  const internal = found.filter(({ host }) => addressType(host) !== undefined);
  const share = Math.floor((100 / (100 * internal.length)) * 100);
  const weight = backend.legacy ? share : Math.max(share, 1);
  const data = internal
    .filter(({ port }) => port !== -1)
    .map(({ port, owner }) => `0 ${weight} ${port} ${owner}`);
  return [...new Set(data)].map((each) => record(query.name, "SRV", backend.config.ttl, each));
}

function ptr(query: Query, zone: string, backend: Backend): Found {
  const address = addressOf(query.name);
  if (address === undefined) {
    return targetsOf(query.name, zone, backend) === undefined ? undefined : [];
  }
  const names = reverseNames(address, backend);
  if (names.length === 0) return undefined;
  return names.map((name) => record(query.name, "PTR", backend.config.ttl, name));
}

function cname(query: Query, zone: string, backend: Backend): Found {
  const found = targets(query.name, zone, "CNAME", backend);
  if (found === undefined) return undefined;
  const [first] = found;
  if (first === undefined || addressType(first.host) !== undefined) return [];
  return [record(query.name, "CNAME", backend.config.ttl, fqdn(first.host))];
}

function txt(query: Query, zone: string, backend: Backend): Found {
  if (query.name === `dns-version.${zone}`) {
    return [record(query.name, "TXT", SCHEMA_TTL, `"${SCHEMA_VERSION}"`)];
  }
  if (backend.legacy) return [];
  const found = targetsOf(query.name, zone, backend);
  return found === undefined || found.length === 0 ? undefined : [];
}

function soa(query: Query, zone: string, { config, legacy }: Backend): Found {
  if (!legacy && query.name !== zone) return [];
  const data = `ns.dns.${zone} hostmaster.${zone} 0 7200 1800 86400 ${config.ttl}`;
  return [record(zone, "SOA", Math.min(config.ttl, MAX_SOA_TTL), data)];
}

function ns(zone: string, backend: Backend): ResourceRecord[] {
  const owners = new Set(nameServers(zone, backend).map(({ owner }) => owner));
  return [...owners].map((owner) => record(zone, "NS", backend.config.ttl, owner));
}

/** The Services through which CoreDNS itself is reached; without any, its own addresses. */
function nameServers(zone: string, { config, cluster, legacy, build }: Backend): Target[] {
  const found: Target[] = [];
  let listed = false;
  for (const ip of build.coreDnsIps) {
    for (const set of config.noEndpoints ? [] : (cluster.endpointsByIp.get(ip) ?? [])) {
      listed = true;
      const name = `${set.service}.${set.namespace}`;
      const clusterIps = cluster.services.get(name)?.clusterIps ?? [];
      if (clusterIps[0] === "None") {
        const owner = (endpoint: Endpoint): string =>
          `${endpointLabel(endpoint, config.endpointPodNames)}.${name}.svc.${zone}`;
        found.push(
          ...set.endpoints.map((each) => ({ host: each.ip, port: 0, owner: owner(each) })),
        );
      } else {
        const ips = legacy ? clusterIps.slice(0, 1) : clusterIps;
        found.push(...ips.map((host) => ({ host, port: 0, owner: `${name}.svc.${zone}` })));
      }
    }
  }
  if (legacy ? found.length > 0 : listed) return found;
  return build.coreDnsIps.map((host) => ({ host, port: 0, owner: `ns.dns.${zone}` }));
}
