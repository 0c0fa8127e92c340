import * as fs from "node:fs";
import * as path from "node:path";

import { releasePort, reservePort, type Instance } from "../instance";
import { binary } from "./binaries";
import { destroyCgroup } from "./cgroups";
import type { ControlPlane } from "./controlPlane";
import type { NodeSpec, Report } from "./driver";
import { startForward, stopForward } from "./forward";
import { prepareNodeImage } from "./imageStore";
import * as network from "./network";
import { isSelfAssignable, nodeLabels, writeNodeFiles, type NodeRecord } from "./nodeFiles";
import * as processes from "./process";
import { sshPublicKey } from "./sshKey";

const runNode = path.join(__dirname, "host", "run-node");
const manager = "ack-cluster-manager";
const bootTimeout = 180;

const forwardName = (nodeName: string) => `ssh-${nodeName}`;
export const daemonName = (nodeName: string) => `node-${nodeName}`;

const cgroupOf = (instance: Instance, nodeName: string) =>
  `${processes.rootCgroup(instance)}/${daemonName(nodeName)}`;
const nodesDir = (instance: Instance) => path.join(instance.dir, "nodes");
export const nodeDir = (instance: Instance, nodeName: string) =>
  path.join(nodesDir(instance), nodeName);
const recordFile = (instance: Instance, nodeName: string) =>
  path.join(nodeDir(instance, nodeName), "node.json");

/** The nodes that the instance holds, running or not, by name. */
export function listNodes(instance: Instance): NodeRecord[] {
  if (!fs.existsSync(nodesDir(instance))) return [];
  return fs
    .readdirSync(nodesDir(instance))
    .sort()
    .flatMap((name) => {
      const file = recordFile(instance, name);
      if (!fs.existsSync(file)) return [];
      return [JSON.parse(fs.readFileSync(file, "utf8")) as NodeRecord];
    });
}

/** Gives a node its address. Nothing waits in here, so that no two nodes can get the same. */
export function recordNode(
  instance: Instance,
  { spec: cluster }: ControlPlane,
  spec: NodeSpec,
): NodeRecord {
  const nodes = listNodes(instance);
  const known = nodes.find((node) => node.spec.nodeName === spec.nodeName);
  if (known) return known;
  const taken = nodes.map((node) => node.ip);
  const ip = network.chooseNodeIp(spec.nodeName, taken);
  const podNetwork = network.podNetworkOf(ip, cluster.podCidr, cluster.nodeCidrMask);
  const sshPort = reservePort(instance.name);
  const record: NodeRecord = { clusterId: cluster.id, spec, ip, podNetwork, sshPort };
  const file = recordFile(instance, spec.nodeName);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, JSON.stringify(record, null, 2));
  fs.renameSync(`${file}.new`, file);
  return record;
}

/** Boots a node that is recorded, unless it is running, and resolves when it is Ready. */
export async function bootNode(
  instance: Instance,
  controlPlane: ControlPlane,
  node: NodeRecord,
  report: Report,
): Promise<void> {
  const name = node.spec.nodeName;
  if (!processes.isRunning(instance, daemonName(name))) {
    const image = await prepareNodeImage(report);
    await destroyCgroup(cgroupOf(instance, name));
    report(`${name} boots`);
    await joinNetwork(instance, node);
    await prepareDisk(instance, controlPlane, node, image.imageStore);
    processes.startDaemon(instance, {
      name: daemonName(name),
      command: [runNode],
      env: {
        NODE_DIR: nodeDir(instance, name),
        ROOTFS: image.rootfs,
        MACHINE: `${instance.name}-${name}`,
        NODE_NAME: name,
        NETNS: network.namespaces.node(instance, name),
        KUBEONE: binary("kubeone"),
      },
    });
  }
  startForward(instance, {
    name: forwardName(name),
    port: node.sshPort,
    netns: network.namespaces.node(instance, name),
    target: `${node.ip}:22`,
  });
  await nodeReady(instance, controlPlane, node, report);
  await completeNode(controlPlane, node);
}

async function joinNetwork(instance: Instance, node: NodeRecord): Promise<void> {
  const own = network.namespaces.node(instance, node.spec.nodeName);
  await network.connect(instance, own, node.ip);
  const others = listNodes(instance).filter(({ ip }) => ip !== node.ip);
  await network.routePods(own, others.map(routeTo));
  for (const netns of await neighbours(instance, node)) {
    await network.routePods(netns, [routeTo(node)]);
  }
}

function routeTo({ podNetwork, ip }: NodeRecord): network.PodRoute {
  return { podNetwork, nodeIp: ip };
}

async function neighbours(instance: Instance, node: NodeRecord): Promise<string[]> {
  const apart = [
    network.namespaces.fabric(instance),
    network.namespaces.node(instance, node.spec.nodeName),
  ];
  const all = await network.listNamespaces(instance);
  return all.filter((netns) => !apart.includes(netns));
}

async function prepareDisk(
  instance: Instance,
  controlPlane: ControlPlane,
  node: NodeRecord,
  imageStore: string,
): Promise<void> {
  const dir = nodeDir(instance, node.spec.nodeName);
  const ready = path.join(dir, "disk-ready");
  if (fs.existsSync(ready)) return;
  for (const part of ["containerd", "kubelet", "upper", "work"]) {
    fs.rmSync(path.join(dir, part), { recursive: true, force: true });
  }
  await processes.run(["cp", "-a", imageStore, path.join(dir, "containerd")]);
  await writeNodeFiles(path.join(dir, "upper"), controlPlane, node, sshPublicKey(instance));
  fs.writeFileSync(ready, "");
}

interface NodeStatus {
  status?: { conditions?: { type: string; status: string }[] };
}

async function nodeReady(
  instance: Instance,
  { api }: ControlPlane,
  node: NodeRecord,
  report: Report,
): Promise<void> {
  const name = node.spec.nodeName;
  const isReady = async () => {
    const { status, body } = await api.get(`/api/v1/nodes/${name}`);
    const conditions = status === 200 ? (body as NodeStatus).status?.conditions : undefined;
    if (!conditions?.some((item) => item.type === "Ready" && item.status === "True")) return false;
    // The condition may be what the kubelet wrote before the machine went down.
    return (await api.get(`/api/v1/nodes/${name}/proxy/configz`)).status === 200;
  };
  await processes.waitUntil(isReady, {
    what: `${name} to be Ready`,
    timeout: bootTimeout,
    interval: 200,
    report,
    evidence: () =>
      [
        processes.tail(processes.logFile(instance, daemonName(name))),
        processes.tail(path.join(nodeDir(instance, name), "upper/var/log/cloud-init-output.log")),
      ].join("\n"),
  });
}

/** What ACK's controllers add to a node that has registered. */
async function completeNode({ api }: ControlPlane, node: NodeRecord): Promise<void> {
  const { nodeName, unschedulable } = node.spec;
  const labels = [...nodeLabels(node.spec)].filter(([key]) => !isSelfAssignable(key));
  const change = {
    metadata: { labels: Object.fromEntries(labels) },
    spec: {
      podCIDR: node.podNetwork,
      podCIDRs: [node.podNetwork],
      ...(unschedulable ? { unschedulable: true } : {}),
    },
  };
  const { status, body } = await api.patch(`/api/v1/nodes/${nodeName}`, change, manager);
  if (status !== 200)
    throw new Error(`${nodeName}: patch answered ${status}: ${JSON.stringify(body)}`);
}

/** Takes a node out of the cluster and leaves nothing of it. */
export async function removeNode(
  instance: Instance,
  controlPlane: ControlPlane | undefined,
  nodeName: string,
): Promise<void> {
  const node = listNodes(instance).find(({ spec }) => spec.nodeName === nodeName);
  await destroyCgroup(cgroupOf(instance, nodeName));
  await stopForward(instance, forwardName(nodeName));
  await processes.stopDaemon(instance, daemonName(nodeName), 0);
  await controlPlane?.api.delete(`/api/v1/nodes/${nodeName}`);
  await network.deleteNamespace(network.namespaces.node(instance, nodeName));
  if (node) {
    releasePort(node.sshPort);
    for (const netns of await neighbours(instance, node)) {
      await network.unroutePods(netns, node.podNetwork);
    }
  }
  fs.rmSync(nodeDir(instance, nodeName), { recursive: true, force: true });
}

/** The host's id of a node's PID 1, or undefined while it is off or rebooting. */
export function nodeInit(instance: Instance, nodeName: string): number | undefined {
  const supervisor = processes.daemonPid(instance, daemonName(nodeName));
  const machine = supervisor && childOf(supervisor);
  return machine && childOf(machine);
}

function childOf(parent: number): number | undefined {
  for (const entry of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${entry}/stat`, "utf8");
      const ppid = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
      if (Number(ppid) === parent) return Number(entry);
    } catch {
      continue;
    }
  }
  return undefined;
}

/** The name of the node that a person means by its name, address, instance, or "node1", "node2", ... */
export function findNode(instance: Instance, word: string): string {
  const all = listNodes(instance);
  const byAddress = [...all].sort((a, b) => hostPart(a) - hostPart(b));
  const counted = byAddress[Number(/^node(\d+)$/.exec(word)?.[1]) - 1];
  const named = all.find((node) =>
    [node.spec.nodeName, node.ip, node.spec.instanceId].includes(word),
  );
  const found = named ?? counted;
  if (!found) {
    const names = byAddress.map(({ spec }) => spec.nodeName).join(", ");
    throw new Error(`There is no node "${word}". Nodes: ${names || "none"}.`);
  }
  return found.spec.nodeName;
}

const hostPart = ({ ip }: NodeRecord) => Number(ip.split(".")[3]);

// A node that shuts down stops its processes before it kills them. nsenter's own fork would stop along
// with its child, nobody would reap that, and the node would never be gone; a shell just waits.
const parentOutside = '"$@"; exit "$?"';

/** The command line that runs `command` on a node as its administrator would. */
export function onNode(instance: Instance, nodeName: string, command: string[]): string[] {
  const init = nodeInit(instance, nodeName);
  if (init === undefined) throw new Error(`${nodeName} is not running.`);
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"];
  return [
    ...[processes.launcher, cgroupOf(instance, nodeName), "-"],
    ...["nsenter", "--no-fork", "--target", String(init), ...namespaces, "--root", "--wd", "--"],
    ...["sh", "-c", parentOutside, "sh"],
    ...["env", "-i", "HOME=/root", "LANG=C.UTF-8", `TERM=${process.env.TERM ?? "dumb"}`],
    ...["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...command],
  ];
}
