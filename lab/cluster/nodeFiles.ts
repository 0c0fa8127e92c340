import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import type { NodeSpec } from "./driver";
import type { ControlPlane } from "./controlPlane";
import { internalServer } from "./controlPlane";
import { renderKubeconfig } from "./kubeconfig";
import { serviceAddress } from "./network";
import { certificatePath, issue, keyPath } from "./pki";

/** A node of the running cluster, as it is kept on disk. */
export interface NodeRecord {
  clusterId: string;
  spec: NodeSpec;
  ip: string;
  /** CIDR. */
  podNetwork: string;
  /** 127.0.0.1: leads to the node's sshd. */
  sshPort: number;
}

interface NodeFile {
  /** Absolute, on the node. */
  path: string;
  content: string | Buffer;
  mode?: number;
}

const region = "cn-beijing";
const guestDir = path.join(__dirname, "guest");
const units = "/etc/systemd/system";
const scripts = "/var/lib/cloud/instance/scripts";

/** Writes into `root` all that makes the common file system this node. */
export async function writeNodeFiles(
  root: string,
  controlPlane: ControlPlane,
  node: NodeRecord,
  sshPublicKey: string,
): Promise<void> {
  const key: NodeFile = { path: "/root/.ssh/authorized_keys", content: sshPublicKey, mode: 0o600 };
  for (const { path: name, content, mode } of [...(await nodeFiles(controlPlane, node)), key]) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    fs.chmodSync(file, mode ?? 0o644);
  }
  const wants = path.join(root, units, "multi-user.target.wants");
  fs.mkdirSync(wants, { recursive: true });
  for (const unit of [
    `${units}/cloud-final.service`,
    `${units}/cgroups.service`,
    "/lib/systemd/system/containerd.service",
  ]) {
    const link = path.join(wants, path.basename(unit));
    fs.rmSync(link, { force: true });
    fs.symlinkSync(unit, link);
  }
}

async function nodeFiles(controlPlane: ControlPlane, node: NodeRecord): Promise<NodeFile[]> {
  const { spec, ip } = node;
  const { pki } = controlPlane;
  const certificate = `node-${spec.nodeName}`;
  await issue(pki, {
    name: certificate,
    commonName: `system:node:${spec.nodeName}`,
    organisation: "system:nodes",
    hosts: [spec.nodeName, ip, "127.0.0.1"],
  });
  const kubeconfig = (user: string) =>
    renderKubeconfig(pki, { server: internalServer, certificate: user, user, context: "default" });
  const secret = 0o600;
  return [
    { path: "/etc/hostname", content: `${spec.nodeName}\n` },
    { path: "/etc/hosts", content: `127.0.0.1 localhost\n${ip} ${spec.nodeName}\n` },
    { path: "/etc/machine-id", content: `${machineId(spec)}\n` },
    { path: "/etc/resolv.conf", content: guest("resolv.conf") },
    { path: "/etc/ack/node.env", content: nodeEnvironment(controlPlane, node) },
    { path: "/etc/kubernetes/pki/ca.crt", content: fs.readFileSync(certificatePath(pki, "ca")) },
    {
      path: "/etc/kubernetes/pki/kubelet.crt",
      content: fs.readFileSync(certificatePath(pki, certificate)),
    },
    {
      path: "/etc/kubernetes/pki/kubelet.key",
      content: fs.readFileSync(keyPath(pki, certificate)),
      mode: secret,
    },
    { path: "/etc/kubernetes/kubelet.conf", content: kubeconfig(certificate), mode: secret },
    { path: "/etc/kubernetes/kube-proxy.conf", content: kubeconfig("kube-proxy"), mode: secret },
    { path: "/etc/systemd/system.conf.d/stop.conf", content: guest("system.conf") },
    { path: "/etc/containerd/config.toml", content: guest("containerd.toml") },
    { path: `${units}/containerd.service.d/limits.conf`, content: guest("containerd.conf") },
    { path: `${units}/ssh.service.d/host-keys.conf`, content: guest("ssh.conf") },
    { path: "/etc/cni/net.d/10-pods.conflist", content: podNetworking(node) },
    { path: `${units}/cloud-final.service`, content: guest("cloud-final.service") },
    { path: `${units}/cgroups.service`, content: guest("cgroups.service") },
    ...["cloud-init", "node-setup", "run-command", "writable-cgroups"].map((name) => ({
      path: `/usr/local/lib/ack/${name}`,
      content: guest(name),
      mode: 0o755,
    })),
    ...userScript("pre-user-data", spec.preUserData),
    ...userScript("user-data", spec.userData),
  ];
}

function guest(name: string): string {
  return fs.readFileSync(path.join(guestDir, name), "utf8");
}

// cloud-init runs what starts with "#!"; ACK's document hands the rest to bash.
function userScript(name: string, text: string): NodeFile[] {
  if (text.trim() === "") return [];
  const content = text.startsWith("#!") ? text : `#!/bin/bash\n${text}`;
  return [{ path: `${scripts}/${name}`, content, mode: 0o700 }];
}

function machineId({ instanceId }: NodeSpec): string {
  return createHash("md5").update(instanceId).digest("hex");
}

/** The labels that every node of a pool bears, and those that the pool gives it. */
export function nodeLabels({ nodePoolId, instanceId, labels }: NodeSpec): Map<string, string> {
  return new Map([
    ["alibabacloud.com/nodepool-id", nodePoolId],
    ["alibabacloud.com/ecs-instance-id", instanceId],
    ...labels.map(({ key, value }): [string, string] => [key, value]),
  ]);
}

// The kubelet refuses to give itself any other label under these two domains.
const ownDomain = /(^|\.)(kubernetes|k8s)\.io\//;
const allowed =
  /^(kubernetes\.io\/(hostname|arch|os)|topology\.kubernetes\.io\/(zone|region)|([^/]+\.)?(node|kubelet)\.kubernetes\.io\/.+)$/;

export function isSelfAssignable(key: string): boolean {
  return !ownDomain.test(key) || allowed.test(key);
}

const unschedulable = { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" };

function nodeEnvironment({ spec: cluster }: ControlPlane, { spec, ip }: NodeRecord): string {
  const labels = [...nodeLabels(spec)].filter(([key]) => isSelfAssignable(key));
  // Without it, pods could land here between registration and the cordon.
  const taints = spec.unschedulable ? [...spec.taints, unschedulable] : spec.taints;
  const values = {
    CLUSTER_DOMAIN: cluster.clusterDomain,
    CLUSTER_DNS: serviceAddress(cluster.serviceCidr, 10),
    KUBERNETES_VERSION: cluster.kubernetesVersion,
    NODE_IP: ip,
    NODE_LABELS: labels.map(([key, value]) => `${key}=${value}`).join(","),
    NODE_NAME: spec.nodeName,
    NODE_TAINTS: taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`).join(","),
    POD_CIDR: cluster.podCidr,
    PROVIDER_ID: `${region}.${spec.instanceId}`,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}

// Every pod on a cable of its own: what it sends is routed, so that services work within a node too.
function podNetworking({ podNetwork }: NodeRecord): string {
  const network = {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: "/run/cni-addresses",
          ranges: [[{ subnet: podNetwork }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(network, null, 2)}\n`;
}
