import * as fs from "node:fs";
import * as path from "node:path";
import { isIP } from "node:net";

import type { Instance } from "../instance";
import { createApiClient, type ApiClient } from "./apiClient";
import { command } from "./binaries";
import type { ClusterSpec, Report } from "./driver";
import { startForward, stopForward } from "./forward";
import { renderKubeconfig } from "./kubeconfig";
import { addresses, namespaces, serviceAddress } from "./network";
import { certificatePath, issue, keyPath, openPki, type Pki } from "./pki";
import { isRunning, logFile, startDaemon, stopDaemon, tail, waitUntil } from "./process";

/** A control plane of this instance. */
export interface ControlPlane {
  spec: ClusterSpec;
  dir: string;
  pki: Pki;
  api: ApiClient;
}

const etcdClient = "http://127.0.0.1:2379";
const etcdPeer = "http://127.0.0.1:2380";
const securePort = 6443;
const parts = ["kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"];

export const clusterDir = (instance: Instance) => path.join(instance.dir, "cluster");

/** Where the nodes find the API server. */
export const internalServer = `https://${addresses.controlPlane}:${securePort}`;

/** Issues every certificate of the control plane; opens what an earlier start has left. */
export async function openControlPlane(
  instance: Instance,
  spec: ClusterSpec,
): Promise<ControlPlane> {
  const dir = clusterDir(instance);
  const pki = await openPki(path.join(dir, "pki"));
  const users = [
    { name: "admin", commonName: "kubernetes-admin", organisation: "system:masters" },
    { name: "kubelet-client", commonName: "kube-apiserver", organisation: "system:masters" },
    { name: "kube-controller-manager", commonName: "system:kube-controller-manager" },
    { name: "kube-scheduler", commonName: "system:kube-scheduler" },
    { name: "kube-proxy", commonName: "system:kube-proxy" },
  ];
  const loopback = ["localhost", "127.0.0.1"];
  for (const user of users) await issue(pki, { ...user, hosts: loopback });
  await issue(pki, serverCertificate(spec));
  return { spec, dir, pki, api: createApiClient(instance, pki) };
}

/** Starts what is not running and resolves when the API server is ready. */
export async function startControlPlane(
  instance: Instance,
  controlPlane: ControlPlane,
  report: Report,
): Promise<void> {
  const netns = namespaces.controlPlane(instance);
  const start = (name: string, args: string[]) =>
    startDaemon(instance, { name, netns, command: [command(name), ...args] });
  start("etcd", etcdArguments(controlPlane));
  startForward(instance, {
    name: "api",
    port: instance.apiPort,
    netns,
    target: `${addresses.controlPlane}:${securePort}`,
  });
  if (!isRunning(instance, "kube-apiserver")) report("starting the API server");
  start("kube-apiserver", apiServerArguments(controlPlane));
  await apiReady(instance, controlPlane, report);
  start("kube-controller-manager", controllerManagerArguments(controlPlane));
  start("kube-scheduler", schedulerArguments(controlPlane));
}

async function apiReady(instance: Instance, { api }: ControlPlane, report: Report): Promise<void> {
  await waitUntil(async () => (await api.get("/readyz")).status === 200, {
    what: "the API server",
    timeout: 120,
    report,
    evidence: () => tail(logFile(instance, "kube-apiserver")),
  });
}

/** Nobody can make a pod before the controllers have made the namespaces' service accounts. */
export async function serviceAccountsReady(
  instance: Instance,
  { api }: ControlPlane,
  report: Report,
): Promise<void> {
  const account = (namespace: string) => `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  const exists = async (namespace: string) => (await api.get(account(namespace))).status === 200;
  await waitUntil(async () => (await exists("default")) && (await exists("kube-system")), {
    what: "the service accounts",
    timeout: 90,
    report,
    evidence: () => tail(logFile(instance, "kube-controller-manager")),
  });
}

/** Restarts the API server under a certificate for the names that `spec` says. */
export async function restartApiServer(
  instance: Instance,
  controlPlane: ControlPlane,
  report: Report,
): Promise<void> {
  await issue(controlPlane.pki, serverCertificate(controlPlane.spec));
  await stopDaemon(instance, "kube-apiserver", 5000);
  await startControlPlane(instance, controlPlane, report);
}

export async function stopControlPlane(instance: Instance): Promise<void> {
  for (const name of parts) await stopDaemon(instance, name);
  await stopForward(instance, "api");
}

/** The administrator's kubeconfig, for this machine. */
export function adminKubeconfig(instance: Instance, { pki, spec }: ControlPlane): string {
  return renderKubeconfig(pki, {
    server: `https://127.0.0.1:${instance.apiPort}`,
    certificate: "admin",
    user: "kubernetes-admin",
    context: `kubernetes-admin-${spec.id}`,
  });
}

function serverCertificate(spec: ClusterSpec) {
  const service = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  return {
    name: "kube-apiserver",
    commonName: "kube-apiserver",
    hosts: [
      ...new Set([
        ...["localhost", ...service, `kubernetes.default.svc.${spec.clusterDomain}`],
        ...["127.0.0.1", serviceAddress(spec.serviceCidr, 1), addresses.controlPlane],
        ...[...spec.certificateSans].sort((a, b) => isIP(a) - isIP(b) || (a < b ? -1 : 1)),
      ]),
    ],
  };
}

function etcdArguments({ dir }: ControlPlane): string[] {
  return [
    "--name=lab",
    `--data-dir=${path.join(dir, "etcd")}`,
    `--listen-client-urls=${etcdClient}`,
    `--advertise-client-urls=${etcdClient}`,
    `--listen-peer-urls=${etcdPeer}`,
    `--initial-advertise-peer-urls=${etcdPeer}`,
    `--initial-cluster=lab=${etcdPeer}`,
    // Losing the last second in a power cut is no loss here; waiting for the disk is.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

function apiServerArguments({ pki, spec }: ControlPlane): string[] {
  return [
    `--etcd-servers=${etcdClient}`,
    `--bind-address=${addresses.controlPlane}`,
    `--advertise-address=${addresses.controlPlane}`,
    `--secure-port=${securePort}`,
    `--service-cluster-ip-range=${spec.serviceCidr}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged=true",
    `--client-ca-file=${certificatePath(pki, "ca")}`,
    `--tls-cert-file=${certificatePath(pki, "kube-apiserver")}`,
    `--tls-private-key-file=${keyPath(pki, "kube-apiserver")}`,
    `--kubelet-client-certificate=${certificatePath(pki, "kubelet-client")}`,
    `--kubelet-client-key=${keyPath(pki, "kubelet-client")}`,
    `--kubelet-certificate-authority=${certificatePath(pki, "ca")}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${path.join(pki.dir, "sa.pub")}`,
    `--service-account-signing-key-file=${keyPath(pki, "sa")}`,
    // There is no kube-proxy here: webhooks are reached by their pods' addresses.
    "--enable-aggregator-routing=true",
  ];
}

function controllerManagerArguments({ pki, spec, dir }: ControlPlane): string[] {
  return [
    ...componentArguments(pki, dir, "kube-controller-manager"),
    `--service-account-private-key-file=${keyPath(pki, "sa")}`,
    `--root-ca-file=${certificatePath(pki, "ca")}`,
    "--use-service-account-credentials=true",
    `--cluster-signing-cert-file=${certificatePath(pki, "ca")}`,
    `--cluster-signing-key-file=${keyPath(pki, "ca")}`,
    `--cluster-cidr=${spec.podCidr}`,
    // A node's pod network follows from its address, as its routes do.
    "--allocate-node-cidrs=false",
  ];
}

function schedulerArguments({ pki, dir }: ControlPlane): string[] {
  return componentArguments(pki, dir, "kube-scheduler");
}

function componentArguments(pki: Pki, dir: string, name: string): string[] {
  const kubeconfig = path.join(dir, `${name}.kubeconfig`);
  const user = { certificate: name, user: name, context: name };
  const text = renderKubeconfig(pki, { server: internalServer, ...user });
  fs.writeFileSync(kubeconfig, text, { mode: 0o600 });
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--tls-cert-file=${certificatePath(pki, name)}`,
    `--tls-private-key-file=${keyPath(pki, name)}`,
    "--leader-elect=false",
  ];
}
