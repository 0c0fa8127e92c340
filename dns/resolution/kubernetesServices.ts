import { type ClusterIndex, addressType } from "./cluster";
import { hasMoreLabels, labelsBefore } from "./fqdn";
import { isReverseZone, type KubernetesConfig } from "./kubernetesConfig";
import type { Endpoint, EndpointSet, Service, ServicePort } from "./records";

/** What stands behind a name: an address, or for ExternalName a name. */
export interface Target {
  readonly host: string;
  /** -1 where the Service declares no port; SRV skips it. */
  readonly port: number;
  /** The complete name that SRV points to. */
  readonly owner: string;
}

/** A `kubernetes` stanza with the cluster that it serves. */
export interface Served {
  readonly config: KubernetesConfig;
  readonly cluster: ClusterIndex;
  readonly legacy: boolean;
}

/** What the name asks for, label by label (Kubernetes DNS specification 1.1.0). */
interface Request {
  readonly kind: string;
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

/** `_port._protocol.service.namespace.svc`. */
const MAX_LABELS = 5;
const NO_PORTS: readonly ServicePort[] = [{ port: -1, protocol: "" }];

/**
 * The targets of a name in a zone of the stanza.
 * @returns an empty list for names that exist without any (the zone itself, `svc`, `pod`, a
 * namespace), undefined for names that don't exist.
 */
export function targetsOf(name: string, zone: string, served: Served): Target[] | undefined {
  if (name === zone) return [];
  const kind = kindOf(name, zone);
  if (kind === undefined) return undefined;
  if (hasMoreLabels(name, zone, MAX_LABELS)) return undefined;
  const labels = labelsBefore(name, zone);
  if (labels.length === 1) return [];
  const request = parse(kind, labels, served.legacy);
  if (isReverseZone(name)) return undefined;
  if (!wild(request.namespace, served) && !exposed(request.namespace, served)) return undefined;
  if (kind === "pod" && served.config.pods === "disabled") return undefined;
  if (request.service === "") return [];
  return kind === "pod" ? podTargets(request, zone, served) : serviceTargets(request, zone, served);
}

/** The label before the zone, where it is one of the two that lead to objects. */
function kindOf(name: string, zone: string): "svc" | "pod" | undefined {
  const end = name.length - (zone === "." ? 1 : zone.length + 1);
  const kind = name.slice(end - 3, end);
  const whole = end === 3 || name.charCodeAt(end - 4) === DOT;
  return whole && (kind === "svc" || kind === "pod") ? kind : undefined;
}

const DOT = 46;

/** Whether the stanza shows a namespace. */
export function exposed(namespace: string, { config, cluster }: Served): boolean {
  if (config.namespaces !== undefined && !config.namespaces.has(namespace)) return false;
  return cluster.namespaces.has(namespace);
}

function parse(kind: string, labels: readonly string[], legacy: boolean): Request {
  const before = labels.length - 3;
  const any = legacy ? "*" : "";
  return {
    kind,
    namespace: labels[labels.length - 2] as string,
    service: labels[before] ?? "",
    endpoint: before === 1 ? (labels[0] as string) : "",
    port: before === 2 ? unprefixed(labels[0] as string) : any,
    protocol: before === 2 ? unprefixed(labels[1] as string) : any,
  };
}

function unprefixed(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}

/** CoreDNS 1.6 reads `*` and `any` as anything. */
function wild(label: string, { legacy }: Served): boolean {
  return legacy && (label === "*" || label === "any");
}

function matches(wanted: string, actual: string, served: Served): boolean {
  return wild(wanted, served) || wild(actual, served) || wanted === actual.toLowerCase();
}

function portMatches(
  request: Request,
  { name = "", protocol = "TCP" }: ServicePort,
  served: Served,
): boolean {
  const any = served.legacy ? "*" : "";
  return (
    (request.port === any || matches(request.port, name, served)) &&
    (request.protocol === any || matches(request.protocol, protocol, served))
  );
}

function podTargets(request: Request, zone: string, served: Served): Target[] | undefined {
  const { config, cluster } = served;
  const label = request.service;
  const ip = label.replaceAll("-", isDashedIpv4(label) ? "." : ":");
  const owner = `${label}.${request.namespace}.pod.${zone}`;
  if (config.pods === "insecure") {
    return addressType(ip) === undefined ? undefined : [{ host: ip, port: 0, owner }];
  }
  const found = (cluster.pods.get(ip) ?? []).filter(
    ({ namespace, ips }) =>
      matches(request.namespace, namespace, served) &&
      (!served.legacy || ips[0] === ip) &&
      (!wild(request.namespace, served) || exposed(namespace, served)),
  );
  if (found.length > 0) return found.map(() => ({ host: ip, port: 0, owner }));
  return wild(label, served) && !wild(request.namespace, served) ? [] : undefined;
}

function isDashedIpv4(label: string): boolean {
  return label.split("-").length === 4 && !label.includes("--");
}

function serviceTargets(request: Request, zone: string, served: Served): Target[] | undefined {
  const { cluster } = served;
  const key = `${request.service}.${request.namespace}`;
  const everywhere = wild(request.service, served) || wild(request.namespace, served);
  const services = everywhere ? [...cluster.services.values()] : [cluster.services.get(key)];
  const targets: Target[] = [];
  let found = wild(request.service, served) && !wild(request.namespace, served);
  for (const service of services) {
    if (service === undefined) continue;
    if (everywhere && !isWanted(request, service, served)) continue;
    const more = targetsOfService(request, service, zone, served, everywhere);
    if (more === undefined) continue;
    found = true;
    targets.push(...more);
  }
  return found ? targets : undefined;
}

function isWanted(request: Request, { name, namespace }: Service, served: Served): boolean {
  return (
    matches(request.service, name, served) &&
    matches(request.namespace, namespace, served) &&
    exposed(namespace, served)
  );
}

function targetsOfService(
  request: Request,
  service: Service,
  zone: string,
  served: Served,
  wildcard: boolean,
): Target[] | undefined {
  const { legacy } = served;
  const owner = `${service.name}.${service.namespace}.svc.${zone}`;
  const headless = service.clusterIps[0] === "None";
  const external = service.externalName !== undefined;
  const sets = endpointSets(service, served);
  if (served.config.ignoreEmptyService && !external && !headless) {
    // CoreDNS 1.6 counts the endpoints of the whole cluster when it lists Services for a wildcard.
    const counted = wildcard ? [...served.cluster.endpoints.values()].flat() : sets;
    if (!counted.some(({ endpoints }) => endpoints.length > 0)) return undefined;
  }
  if (external && !(legacy && request.endpoint !== "")) {
    return externalTargets(request, service.externalName, owner, legacy);
  }
  if (headless || request.endpoint !== "") return endpointTargets(request, sets, owner, served);
  const ports = service.ports.length === 0 ? NO_PORTS : service.ports;
  const wanted = ports.filter((port) => portMatches(request, port, served));
  if (wanted.length === 0) return undefined;
  const ips = legacy ? service.clusterIps.slice(0, 1) : service.clusterIps;
  return wanted.flatMap(({ port }) => ips.map((host) => ({ host, port, owner })));
}

function externalTargets(
  request: Request,
  host: string,
  owner: string,
  legacy: boolean,
): Target[] | undefined {
  const specific = request.endpoint !== "" || request.port !== "" || request.protocol !== "";
  if (addressType(host) !== undefined || (!legacy && specific)) return undefined;
  return [{ host, port: 0, owner }];
}

function endpointSets({ name, namespace }: Service, served: Served): readonly EndpointSet[] {
  if (served.config.noEndpoints) return [];
  return served.cluster.endpoints.get(`${name}.${namespace}`) ?? [];
}

function endpointTargets(
  request: Request,
  sets: readonly EndpointSet[],
  owner: string,
  served: Served,
): Target[] | undefined {
  const targets: Target[] = [];
  for (const { endpoints, ports } of sets) {
    for (const endpoint of endpoints) {
      const label = endpointLabel(endpoint, served.config.endpointPodNames);
      if (request.endpoint !== "" && !matches(request.endpoint, label, served)) continue;
      for (const port of ports.length === 0 ? NO_PORTS : ports) {
        if (!portMatches(request, port, served)) continue;
        targets.push({ host: endpoint.ip, port: port.port, owner: `${label}.${owner}` });
      }
    }
  }
  return targets.length === 0 ? undefined : targets;
}

/** The label under which an endpoint has a name of its own. */
export function endpointLabel({ ip, hostname, podName }: Endpoint, podNames: boolean): string {
  if (hostname !== undefined && hostname !== "") return hostname;
  if (podNames && podName !== undefined) return podName;
  if (!ip.includes(":")) return ip.replaceAll(".", "-");
  const dashed = ip.replaceAll(":", "-");
  return dashed.endsWith("-") ? `${dashed}0` : dashed;
}
