import * as fs from "node:fs";
import * as path from "node:path";

import type { Instance } from "../instance";
import { publishZones, startPublicDns } from "../internet/publicDns";
import { installAddOns } from "./addons";
import * as controlPlanes from "./controlPlane";
import type { ClusterDriver, ClusterSpec, CommandResult, Report } from "./driver";
import { ensureNetwork } from "./network";
import * as nodes from "./node";
import { attempt } from "./process";
import { endAbandoned } from "./teardown";

export interface LabDriver extends ClusterDriver {
  /** Starts again, as they were, the network, the public DNS, the control plane and the nodes. */
  restore(): Promise<void>;
}

export interface LabDriverOptions {
  /** Whether nodes are booted. Without, `addNode` does nothing and pods stay pending. */
  bootNodes?: boolean;
}

/** The driver that boots real clusters: one control plane at a time in an instance. */
export function createLabDriver(
  instance: Instance,
  report: Report,
  { bootNodes = process.env.LAB_NODES !== "0" }: LabDriverOptions = {},
): LabDriver {
  const open = async (id: string) => {
    const spec = readSpec(instance);
    if (spec?.id !== id)
      throw new Error(`There is no cluster "${id}" in the lab "${instance.name}".`);
    return controlPlanes.openControlPlane(instance, spec);
  };

  const startNetwork = async () => {
    await endAbandoned(instance);
    await ensureNetwork(instance);
    await startPublicDns(instance);
  };

  const start = async (spec: ClusterSpec) => {
    await startNetwork();
    const controlPlane = await controlPlanes.openControlPlane(instance, spec);
    await controlPlanes.startControlPlane(instance, controlPlane, report);
    await installAddOnsOnce(controlPlane);
    await controlPlanes.serviceAccountsReady(instance, controlPlane, report);
    const kubeconfig = controlPlanes.adminKubeconfig(instance, controlPlane);
    writeAside(kubeconfigFile(instance), kubeconfig);
    return { controlPlane, kubeconfig };
  };

  return {
    async createCluster(spec) {
      const present = readSpec(instance);
      if (present && present.id !== spec.id) {
        throw new Error(
          `The lab "${instance.name}" holds the cluster ${present.id} already; it has room for one.`,
        );
      }
      if (!present) writeAside(specFile(instance), JSON.stringify(spec, null, 2));
      return { kubeconfig: (await start(present ?? spec)).kubeconfig };
    },

    async updateCertificateSans(id, sans) {
      const { spec } = await open(id);
      const certificateSans = [...new Set(sans)].sort();
      writeAside(specFile(instance), JSON.stringify({ ...spec, certificateSans }, null, 2));
      await controlPlanes.restartApiServer(instance, await open(id), report);
    },

    async deleteCluster(id) {
      if (readSpec(instance)?.id !== id) return;
      await Promise.all(
        nodes
          .listNodes(instance)
          .map(({ spec }) => nodes.removeNode(instance, undefined, spec.nodeName)),
      );
      await controlPlanes.stopControlPlane(instance);
      fs.rmSync(kubeconfigFile(instance), { force: true });
      fs.rmSync(controlPlanes.clusterDir(instance), { recursive: true, force: true });
    },

    async addNode(clusterId, spec) {
      if (!bootNodes) return;
      const controlPlane = await open(clusterId);
      const record = nodes.recordNode(instance, controlPlane, spec);
      await nodes.bootNode(instance, controlPlane, record, report);
    },

    async removeNode(clusterId, nodeName) {
      await nodes.removeNode(instance, await open(clusterId), nodeName);
    },

    async runCommand(nodeName, script, timeoutSeconds): Promise<CommandResult> {
      const command = ["/usr/local/lib/ack/run-command", String(timeoutSeconds)];
      return attempt(nodes.onNode(instance, nodeName, command), { input: script });
    },

    publishZones: (zones) => publishZones(instance, zones),

    async restore() {
      await startNetwork();
      const spec = readSpec(instance);
      if (!spec) return;
      const { controlPlane } = await start(spec);
      const records = nodes.listNodes(instance);
      await Promise.all(
        records.map((record) => nodes.bootNode(instance, controlPlane, record, report)),
      );
    },
  };
}

// Once in a cluster's life: what somebody changed or deleted since must stay so.
async function installAddOnsOnce({ api, spec, dir }: controlPlanes.ControlPlane): Promise<void> {
  const done = path.join(dir, "add-ons-installed");
  if (fs.existsSync(done)) return;
  await installAddOns(api, spec);
  fs.writeFileSync(done, "");
}

/** The cluster that the instance holds. */
export function readSpec(instance: Instance): ClusterSpec | undefined {
  const file = specFile(instance);
  if (!fs.existsSync(file)) return undefined;
  return JSON.parse(fs.readFileSync(file, "utf8")) as ClusterSpec;
}

/** Where the administrator's kubeconfig of the cluster lies while there is one. */
export function kubeconfigFile(instance: Instance): string {
  return path.join(instance.dir, "kubeconfig");
}

function specFile(instance: Instance): string {
  return path.join(controlPlanes.clusterDir(instance), "spec.json");
}

function writeAside(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(`${file}.new`, text, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}
