import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { ClusterObjects, EndpointSet, ServicePort } from "../../../dns/resolution";

/** An API server that holds one cluster a path, and answers list and watch as CoreDNS asks for them. */
export interface FakeApi {
  /** Makes a cluster readable and returns its address for `kubernetes { endpoint ... }`. */
  readonly publish: (cluster: ClusterObjects) => string;
  readonly close: () => Promise<void>;
}

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly itemsOf: (cluster: ClusterObjects) => object[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  "/api/v1/namespaces": { apiVersion: "v1", kind: "Namespace", itemsOf: namespaces },
  "/api/v1/services": { apiVersion: "v1", kind: "Service", itemsOf: services },
  "/api/v1/pods": { apiVersion: "v1", kind: "Pod", itemsOf: pods },
  "/api/v1/endpoints": { apiVersion: "v1", kind: "Endpoints", itemsOf: endpoints },
  "/apis/discovery.k8s.io/v1/endpointslices": {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    itemsOf: slices,
  },
};

export async function startFakeApi(): Promise<FakeApi> {
  const clusters: ClusterObjects[] = [];
  const server = createServer((request, response) => answer(clusters, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    publish: (cluster) => `http://127.0.0.1:${port}/cluster-${clusters.push(cluster) - 1}`,
    close: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}

function answer(
  clusters: readonly ClusterObjects[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? "", "http://127.0.0.1");
  const path = /^\/cluster-(\d+)(\/.*)$/.exec(url.pathname);
  const cluster = clusters[Number(path?.[1])];
  const kind = KINDS[path?.[2] ?? ""];
  response.setHeader("content-type", "application/json");
  if (cluster === undefined || kind === undefined) {
    response.statusCode = 404;
    response.end(
      JSON.stringify({ apiVersion: "v1", kind: "Status", status: "Failure", code: 404 }),
    );
    return;
  }
  const { apiVersion } = kind;
  const items = kind.itemsOf(cluster);
  if (url.searchParams.get("watch") === null) {
    const list = {
      apiVersion,
      kind: `${kind.kind}List`,
      metadata: { resourceVersion: "1" },
      items,
    };
    response.end(JSON.stringify(list));
    return;
  }
  const send = (type: string, object: object): void => {
    response.write(
      `${JSON.stringify({ type, object: { apiVersion, kind: kind.kind, ...object } })}\n`,
    );
  };
  response.flushHeaders();
  if (url.searchParams.get("sendInitialEvents") === "true") {
    for (const item of items) send("ADDED", item);
    const annotations = { "k8s.io/initial-events-end": "true" };
    send("BOOKMARK", { metadata: { resourceVersion: "1", annotations } });
  }
}

function metadata(name: string, namespace: string | undefined, labels = {}): object {
  return { metadata: { name, namespace, labels, resourceVersion: "1" } };
}

function namespaces(cluster: ClusterObjects): object[] {
  return cluster.namespaces.map((name) => metadata(name, undefined));
}

function services(cluster: ClusterObjects): object[] {
  return cluster.services.map((service) => ({
    ...metadata(service.name, service.namespace),
    spec: {
      type: service.externalName === undefined ? "ClusterIP" : "ExternalName",
      externalName: service.externalName,
      clusterIP: service.clusterIps[0],
      clusterIPs: service.clusterIps,
      externalIPs: service.externalIps,
      ports: service.ports.map(portOf),
    },
  }));
}

function portOf({ name, port, protocol = "TCP" }: ServicePort): object {
  return { name, port, protocol };
}

function pods(cluster: ClusterObjects): object[] {
  return cluster.pods.map(({ namespace, ips }, index) => ({
    ...metadata(`pod-${index}`, namespace),
    status: { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) },
  }));
}

/** The older kind: all sets of a Service in one object. */
function endpoints(cluster: ClusterObjects): object[] {
  const bySet = new Map<string, EndpointSet[]>();
  for (const set of cluster.endpoints) {
    const key = `${set.namespace}/${set.service}`;
    bySet.set(key, [...(bySet.get(key) ?? []), set]);
  }
  return [...bySet.values()].map((sets) => ({
    ...metadata((sets[0] as EndpointSet).service, (sets[0] as EndpointSet).namespace),
    subsets: sets.map((set) => ({
      addresses: set.endpoints.map(({ ip, hostname, podName }) => ({
        ip,
        hostname,
        targetRef: podName === undefined ? undefined : { kind: "Pod", name: podName },
      })),
      ports: set.ports.map(portOf),
    })),
  }));
}

function slices(cluster: ClusterObjects): object[] {
  return cluster.endpoints.map((set, index) => ({
    ...metadata(`slice-${index}`, set.namespace, { "kubernetes.io/service-name": set.service }),
    addressType: set.endpoints.some(({ ip }) => ip.includes(":")) ? "IPv6" : "IPv4",
    endpoints: set.endpoints.map(({ ip, hostname, podName }) => ({
      addresses: [ip],
      hostname,
      conditions: { ready: true },
      targetRef: podName === undefined ? undefined : { kind: "Pod", name: podName },
    })),
    ports: set.ports.map(portOf),
  }));
}
