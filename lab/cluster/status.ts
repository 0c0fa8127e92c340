import type { Instance } from "../instance";
import { readPublished, servedZones } from "../internet/publicDns";
import type { ApiClient } from "./apiClient";
import { openControlPlane } from "./controlPlane";
import type { ClusterSpec } from "./driver";
import { readSpec } from "./labDriver";
import { daemonName, listNodes, nodeInit } from "./node";
import { daemonNames, daemonPid } from "./process";

export interface LabStatus {
  processes: { name: string; pid: number | undefined }[];
  cluster: ClusterStatus | undefined;
  /** What the public DNS serves. */
  zones: { name: string; records: number }[];
}

export interface ClusterStatus {
  spec: ClusterSpec;
  apiReady: boolean;
  nodes: NodeState[];
  coreDns: { pod: string; node: string; ready: boolean; restarts: number }[];
}

export interface NodeState {
  name: string;
  ip: string;
  instanceId: string;
  /** 127.0.0.1: leads to the node's sshd. */
  sshPort: number;
  running: boolean;
  ready: boolean;
  /** The cluster domain that the running kubelet writes into pods; from its configz. */
  clusterDomain: string | undefined;
}

/** Looks at everything there is; never fails because something is down. */
export async function readStatus(instance: Instance): Promise<LabStatus> {
  return {
    processes: daemonNames(instance).map((name) => ({ name, pid: daemonPid(instance, name) })),
    cluster: await readCluster(instance),
    zones: servedZones(readPublished(instance)).map(({ name, records }) => ({
      name,
      records: records.length,
    })),
  };
}

async function readCluster(instance: Instance): Promise<ClusterStatus | undefined> {
  const spec = readSpec(instance);
  if (!spec) return undefined;
  const { api } = await openControlPlane(instance, spec);
  const apiReady = (await api.get("/readyz")).status === 200;
  const nodes = await Promise.all(
    listNodes(instance).map(async ({ spec: node, ip, sshPort }) => ({
      sshPort,
      name: node.nodeName,
      ip,
      instanceId: node.instanceId,
      running:
        daemonPid(instance, daemonName(node.nodeName)) !== undefined &&
        nodeInit(instance, node.nodeName) !== undefined,
      ready: await isReady(api, node.nodeName),
      clusterDomain: await kubeletDomain(api, node.nodeName),
    })),
  );
  return { spec, apiReady, nodes, coreDns: await coreDnsPods(api) };
}

interface Conditioned {
  status?: { conditions?: { type: string; status: string }[] };
}

const hasReady = ({ status }: Conditioned) =>
  status?.conditions?.some((item) => item.type === "Ready" && item.status === "True") ?? false;

async function isReady(api: ApiClient, node: string): Promise<boolean> {
  const { status, body } = await api.get(`/api/v1/nodes/${node}`);
  return status === 200 && hasReady(body as Conditioned);
}

async function kubeletDomain(api: ApiClient, node: string): Promise<string | undefined> {
  const { status, body } = await api.get(`/api/v1/nodes/${node}/proxy/configz`);
  if (status !== 200) return undefined;
  return (body as { kubeletconfig: { clusterDomain?: string } }).kubeletconfig.clusterDomain;
}

interface Pod extends Conditioned {
  metadata: { name: string };
  spec: { nodeName?: string };
  status?: Conditioned["status"] & { containerStatuses?: { restartCount: number }[] };
}

async function coreDnsPods(api: ApiClient): Promise<ClusterStatus["coreDns"]> {
  const selector = "labelSelector=k8s-app%3Dkube-dns";
  const { status, body } = await api.get(`/api/v1/namespaces/kube-system/pods?${selector}`);
  if (status !== 200) return [];
  return (body as { items: Pod[] }).items.map((pod) => ({
    pod: pod.metadata.name,
    node: pod.spec.nodeName ?? "",
    ready: hasReady(pod),
    restarts: pod.status?.containerStatuses?.[0]?.restartCount ?? 0,
  }));
}
