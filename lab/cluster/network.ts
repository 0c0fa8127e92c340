import * as fs from "node:fs";

import type { Instance } from "../instance";
import { attempt, run } from "./process";

/** The addresses inside an instance. They are the same in every one: no namespace sees another's. */
export const addresses = {
  controlPlane: "10.240.0.10",
  publicDns: "10.240.0.2",
  /** Where every VPC of Alibaba Cloud finds its resolvers. */
  vpcResolvers: ["100.100.2.136", "100.100.2.138"],
} as const;

const nodeNetwork = "10.240.0.";
const firstNode = 11;
const lastNode = 250;

export const namespaces = {
  fabric: (instance: Instance) => `${instance.name}-fabric`,
  controlPlane: (instance: Instance) => `${instance.name}-cp`,
  publicDns: (instance: Instance) => `${instance.name}-net`,
  node: (instance: Instance, nodeName: string) => `${instance.name}-${nodeName}`,
};

/** Makes the switch that joins the namespaces, the control plane's namespace and the public DNS's. */
export async function ensureNetwork(instance: Instance): Promise<void> {
  const fabric = namespaces.fabric(instance);
  if (await ensureNamespace(instance, fabric)) {
    await run(["ip", "-n", fabric, "link", "add", "br0", "type", "bridge"]);
    await run(["ip", "-n", fabric, "link", "set", "br0", "up"]);
  }
  const net = namespaces.publicDns(instance);
  await connect(instance, net, addresses.publicDns);
  for (const resolver of addresses.vpcResolvers) {
    await run(["ip", "-n", net, "address", "replace", `${resolver}/32`, "dev", "eth0"]);
  }
  await connect(instance, namespaces.controlPlane(instance), addresses.controlPlane);
}

/** Joins a namespace to the instance's network under `ip`, making it when it is missing. */
export async function connect(instance: Instance, netns: string, ip: string): Promise<void> {
  await ensureNamespace(instance, netns);
  if ((await attempt(["ip", "-n", netns, "link", "show", "eth0"])).exitCode !== 0) {
    const fabric = namespaces.fabric(instance);
    const port = `p${ip.slice(nodeNetwork.length)}`;
    await attempt(["ip", "-n", fabric, "link", "delete", port]);
    await run([
      "ip",
      "-n",
      fabric,
      "link",
      "add",
      port,
      "type",
      "veth",
      "peer",
      "eth0",
      "netns",
      netns,
    ]);
    await run(["ip", "-n", fabric, "link", "set", port, "master", "br0", "up"]);
  }
  await run(["ip", "-n", netns, "address", "replace", `${ip}/24`, "dev", "eth0"]);
  await run(["ip", "-n", netns, "link", "set", "eth0", "up"]);
  if (ip !== addresses.publicDns) {
    await run(["ip", "-n", netns, "route", "replace", "default", "via", addresses.publicDns]);
  }
}

/** Makes a namespace; says whether it was missing. Throws when another checkout owns it. */
async function ensureNamespace(instance: Instance, netns: string): Promise<boolean> {
  const owner = await ownerOf(netns);
  if (owner === instance.dir) return false;
  if (owner) {
    throw new Error(
      `The lab "${instance.name}" of ${owner} is up. Run \`lab/lab down\` there, ` +
        `or give this one another name with LAB_INSTANCE.`,
    );
  }
  if (owner === undefined) await run(["ip", "netns", "add", netns]);
  const forwarding = "echo 1 >/proc/sys/net/ipv4/ip_forward";
  await run(["nsenter", `--net=/run/netns/${netns}`, "--", "sh", "-c", forwarding]);
  await run(["ip", "-n", netns, "link", "set", "lo", "up", "alias", instance.dir]);
  return true;
}

/** The folder of the instance that holds this instance's name on the machine now. */
export async function holderOfName(instance: Instance): Promise<string | undefined> {
  return ownerOf(namespaces.fabric(instance));
}

/** Whose a namespace is: "" when it bears no mark, undefined when there is none. */
async function ownerOf(netns: string): Promise<string | undefined> {
  if (!fs.existsSync(`/run/netns/${netns}`)) return undefined;
  const { exitCode, output } = await attempt(["ip", "-n", netns, "-j", "link", "show", "lo"]);
  if (exitCode !== 0) return "";
  const [loopback] = JSON.parse(output) as { ifalias?: string }[];
  return loopback?.ifalias ?? "";
}

/**
 * The instance's namespaces that exist now. One whose making was cut short bears no mark yet: it is
 * taken for ours when it has no process and its name can be no other instance's.
 */
export async function listNamespaces(instance: Instance): Promise<string[]> {
  const found: string[] = [];
  const names = fs.existsSync("/run/netns") ? fs.readdirSync("/run/netns") : [];
  for (const netns of names.filter((name) => name.startsWith(`${instance.name}-`))) {
    const owner = await ownerOf(netns);
    if (owner === instance.dir || (owner === "" && isOurName(instance, netns))) found.push(netns);
  }
  return found;
}

function isOurName(instance: Instance, netns: string): boolean {
  const suffix = netns.slice(instance.name.length + 1);
  return (
    ["fabric", "cp", "net"].includes(suffix) || fs.existsSync(`${instance.dir}/nodes/${suffix}`)
  );
}

export async function deleteNamespace(netns: string): Promise<void> {
  await attempt(["ip", "netns", "delete", netns]);
}

/** The processes whose network namespace is this one. */
export async function namespacePids(netns: string): Promise<number[]> {
  const { exitCode, output } = await attempt(["ip", "netns", "pids", netns]);
  return exitCode === 0 ? output.split("\n").filter(Boolean).map(Number) : [];
}

export interface PodRoute {
  /** CIDR. */
  podNetwork: string;
  nodeIp: string;
}

/** Tells a namespace where the pods of each node live. */
export async function routePods(netns: string, routes: PodRoute[]): Promise<void> {
  for (const { podNetwork, nodeIp } of routes) {
    await run(["ip", "-n", netns, "route", "replace", podNetwork, "via", nodeIp]);
  }
}

export async function unroutePods(netns: string, podNetwork: string): Promise<void> {
  await attempt(["ip", "-n", netns, "route", "delete", podNetwork]);
}

/** The address that a node's name ends in, as ACK's node names do, or the lowest free one. */
export function chooseNodeIp(nodeName: string, taken: string[]): string {
  const named = /(?:^|\.)(10\.240\.0\.(\d+))$/.exec(nodeName);
  const host = Number(named?.[2]);
  if (named?.[1] && host >= firstNode && host <= lastNode && !taken.includes(named[1])) {
    return named[1];
  }
  for (let candidate = firstNode; candidate <= lastNode; candidate++) {
    const ip = `${nodeNetwork}${candidate}`;
    if (!taken.includes(ip)) return ip;
  }
  throw new Error(
    `No address is free for ${nodeName}: a lab holds ${lastNode - firstNode + 1} nodes.`,
  );
}

/** The pod network of the node with this address, cut out of the cluster's. */
export function podNetworkOf(nodeIp: string, podCidr: string, maskBits: number): string {
  const [base = "", prefix] = podCidr.split("/");
  const index = Number(nodeIp.slice(nodeNetwork.length)) - firstNode + 1;
  if (index >= 2 ** (maskBits - Number(prefix))) {
    throw new Error(`${podCidr} has no network of /${maskBits} left for the node ${nodeIp}.`);
  }
  return `${addToAddress(base, index * 2 ** (32 - maskBits))}/${maskBits}`;
}

/** The address `offset` after `ip`. */
export function addToAddress(ip: string, offset: number): string {
  const value = ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** The address of a cluster's service number `offset`: 1 is the API server, 10 the DNS. */
export function serviceAddress(serviceCidr: string, offset: number): string {
  return addToAddress(serviceCidr.split("/")[0] ?? "", offset);
}
