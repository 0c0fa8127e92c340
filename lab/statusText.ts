import type { LabStatus } from "./cluster/status";
import type { Instance } from "./instance";

/** The status as tables for a terminal. */
export function renderStatus(instance: Instance, status: LabStatus): string {
  return [
    `Lab "${instance.name}" in ${instance.dir}`,
    `Cloud API 127.0.0.1:${instance.cloudPort}, API server https://127.0.0.1:${instance.apiPort}`,
    "",
    table(
      ["PROCESS", "STATE", "PID"],
      status.processes.map(({ name, pid }) => [name, pid ? "running" : "DOWN", String(pid ?? "")]),
      "No process is running.",
    ),
    ...clusterLines(status),
    table(
      ["PUBLIC ZONE", "RECORDS"],
      status.zones.map(({ name, records }) => [name, String(records)]),
      "No public zone.",
    ),
  ].join("\n");
}

function clusterLines({ cluster }: LabStatus): string[] {
  if (!cluster) return ["There is no cluster.", ""];
  const { spec, apiReady, nodes, coreDns } = cluster;
  return [
    `Cluster ${spec.id} "${spec.name}", provisioned domain ${spec.clusterDomain}, ` +
      `API server ${apiReady ? "ready" : "NOT READY"}`,
    "",
    table(
      ["NODE", "ADDRESS", "INSTANCE", "STATE", "SSH", "KUBELET'S DOMAIN"],
      nodes.map((node) => [
        node.name,
        node.ip,
        node.instanceId,
        node.running ? (node.ready ? "Ready" : "NotReady") : "DOWN",
        `127.0.0.1:${node.sshPort}`,
        node.clusterDomain ?? "unknown",
      ]),
      "No nodes.",
    ),
    table(
      ["COREDNS POD", "NODE", "READY", "RESTARTS"],
      coreDns.map((pod) => [
        pod.pod,
        pod.node || "none yet",
        pod.ready ? "yes" : "NO",
        String(pod.restarts),
      ]),
      "No CoreDNS pods.",
    ),
  ];
}

export function table(head: string[], rows: string[][], none: string): string {
  if (rows.length === 0) return `${none}\n`;
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[head, ...rows].map(line).join("\n")}\n`;
}
