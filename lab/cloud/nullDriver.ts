import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ClusterDriver, ClusterSpec, CommandResult, NodeSpec, PublicZone } from "../cluster/driver";
import { Instance } from "../instance";

/** Boots nothing: for tests of what lies above the cluster. What it was asked for can be looked at. */
export class NullDriver implements ClusterDriver {
  readonly clusters = new Map<string, ClusterSpec>();
  /** By node name. */
  readonly nodes = new Map<string, NodeSpec & { clusterId: string }>();
  readonly commands: { nodeName: string; script: string }[] = [];
  zones: PublicZone[] = [];

  constructor(private readonly instance: Pick<Instance, "name" | "apiPort">) {}

  createCluster(spec: ClusterSpec): Promise<{ kubeconfig: string }> {
    this.clusters.set(spec.id, spec);
    return Promise.resolve({ kubeconfig: this.kubeconfig(spec) });
  }

  updateCertificateSans(clusterId: string, sans: string[]): Promise<void> {
    const spec = this.clusters.get(clusterId);
    if (spec) this.clusters.set(clusterId, { ...spec, certificateSans: sans });
    return Promise.resolve();
  }

  deleteCluster(clusterId: string): Promise<void> {
    this.clusters.delete(clusterId);
    for (const [name, node] of this.nodes) {
      if (node.clusterId === clusterId) this.nodes.delete(name);
    }
    return Promise.resolve();
  }

  addNode(clusterId: string, node: NodeSpec): Promise<void> {
    this.nodes.set(node.nodeName, { ...node, clusterId });
    return Promise.resolve();
  }

  removeNode(_clusterId: string, nodeName: string): Promise<void> {
    this.nodes.delete(nodeName);
    return Promise.resolve();
  }

  runCommand(nodeName: string, script: string): Promise<CommandResult> {
    this.commands.push({ nodeName, script });
    return Promise.resolve({ exitCode: 0, output: "" });
  }

  publishZones(zones: PublicZone[]): Promise<void> {
    this.zones = zones;
    return Promise.resolve();
  }

  private kubeconfig(spec: ClusterSpec): string {
    const { certificate, key } = selfSigned(spec.id);
    const encode = (text: string) => Buffer.from(text).toString("base64");
    return [
      "apiVersion: v1",
      "kind: Config",
      "clusters:",
      "- name: kubernetes",
      "  cluster:",
      `    server: https://127.0.0.1:${this.instance.apiPort}`,
      `    certificate-authority-data: ${encode(certificate)}`,
      "users:",
      "- name: kubernetes-admin",
      "  user:",
      `    client-certificate-data: ${encode(certificate)}`,
      `    client-key-data: ${encode(key)}`,
      "contexts:",
      "- name: kubernetes-admin",
      "  context:",
      "    cluster: kubernetes",
      "    user: kubernetes-admin",
      "current-context: kubernetes-admin",
      "",
    ].join("\n");
  }
}

function selfSigned(name: string): { certificate: string; key: string } {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "null-driver-"));
  try {
    const files = { key: path.join(dir, "key.pem"), certificate: path.join(dir, "cert.pem") };
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        ...["-keyout", files.key, "-out", files.certificate, "-days", "3650"],
        ...["-subj", `/O=system:masters/CN=${name}`],
      ],
      { stdio: "pipe" },
    );
    return {
      certificate: fs.readFileSync(files.certificate, "utf8"),
      key: fs.readFileSync(files.key, "utf8"),
    };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
