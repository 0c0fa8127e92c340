import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { command } from "../../../lab/cluster/binaries";
import { renderKubeconfig } from "../../../lab/cluster/kubeconfig";
import { certificatePath, issue, keyPath, openPki, type Pki } from "../../../lab/cluster/pki";
import { run } from "../../../lab/cluster/process";

/** A real API server on loopback, without nodes. */
export interface LoopbackControlPlane {
  /** The administrator's, with all keys in it. */
  kubeconfig: string;
  kubeconfigFile: string;
  /** Runs kubectl as the administrator and gives its stdout. */
  kubectl(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

const readyMs = 90_000;

/**
 * Starts etcd and an API server on free ports, in a folder of their own.
 * @param options.controllers adds the controller manager: without it no Deployment, Job or
 *   namespace gets anywhere, and no namespace has a service account.
 */
export async function startLoopbackControlPlane(
  options: { controllers?: boolean } = {},
): Promise<LoopbackControlPlane> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "control-plane-"));
  const processes: ChildProcess[] = [];
  const removeDir = (): void => fs.rmSync(dir, { recursive: true, force: true });
  const stop = async (): Promise<void> => {
    await Promise.all(processes.reverse().map(end));
    process.off("exit", removeDir);
    removeDir();
  };
  process.once("exit", removeDir);
  const start = (name: string, args: string[]): void => {
    const log = fs.openSync(path.join(dir, `${name}.log`), "w");
    // A test run that is killed takes them with it.
    const program = ["--pdeathsig", "KILL", command(name), ...args];
    processes.push(spawn("setpriv", program, { stdio: ["ignore", log, log] }));
    fs.closeSync(log);
  };

  try {
    const [etcdPort, peerPort, apiPort] = await freePorts(3);
    const pki = await openCertificates(path.join(dir, "pki"));
    start(
      "etcd",
      etcdArguments(dir, `http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`),
    );
    start("kube-apiserver", apiServerArguments(pki, `http://127.0.0.1:${etcdPort}`, apiPort));

    const kubeconfigFor = (user: string): string => {
      const file = path.join(dir, `${user}.kubeconfig`);
      const server = `https://127.0.0.1:${apiPort}`;
      const text = renderKubeconfig(pki, { server, certificate: user, user, context: user });
      fs.writeFileSync(file, text, { mode: 0o600 });
      return file;
    };
    const kubeconfigFile = kubeconfigFor("admin");
    const kubectl = (...args: string[]): Promise<string> =>
      run([command("kubectl"), "--kubeconfig", kubeconfigFile, ...args]);

    await waitFor("the API server", dir, () => kubectl("get", "--raw", "/readyz"));
    await waitFor("the namespace", dir, () => kubectl("get", "namespace", "kube-system"));
    if (options.controllers) {
      const name = "kube-controller-manager";
      start(name, controllerArguments(pki, kubeconfigFor(name)));
      const account = ["get", "serviceaccount", "default", "--namespace", "default"];
      await waitFor("the service accounts", dir, () => kubectl(...account));
    }
    const kubeconfig = fs.readFileSync(kubeconfigFile, "utf8");
    return { kubeconfig, kubeconfigFile, kubectl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openCertificates(dir: string): Promise<Pki> {
  const pki = await openPki(dir);
  const hosts = ["localhost", "127.0.0.1"];
  await issue(pki, { name: "kube-apiserver", commonName: "kube-apiserver", hosts });
  await issue(pki, { name: "admin", commonName: "admin", organisation: "system:masters" });
  const controllers = "kube-controller-manager";
  await issue(pki, { name: controllers, commonName: `system:${controllers}` });
  return pki;
}

function etcdArguments(dir: string, client: string, peer: string): string[] {
  return [
    "--name=loopback",
    `--data-dir=${path.join(dir, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=loopback=${peer}`,
    "--unsafe-no-fsync",
  ];
}

function apiServerArguments(pki: Pki, etcd: string, port: number): string[] {
  return [
    `--etcd-servers=${etcd}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    // A loopback address is refused as an endpoint.
    "--endpoint-reconciler-type=none",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=Node,RBAC",
    `--client-ca-file=${certificatePath(pki, "ca")}`,
    `--tls-cert-file=${certificatePath(pki, "kube-apiserver")}`,
    `--tls-private-key-file=${keyPath(pki, "kube-apiserver")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${path.join(pki.dir, "sa.pub")}`,
    `--service-account-signing-key-file=${keyPath(pki, "sa")}`,
    "--allow-privileged=true",
  ];
}

function controllerArguments(pki: Pki, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${keyPath(pki, "sa")}`,
    `--root-ca-file=${certificatePath(pki, "ca")}`,
    "--bind-address=127.0.0.1",
    // Nobody asks it anything: no port is taken.
    "--secure-port=0",
    "--leader-elect=false",
  ];
}

/** Ports that are free now; all are held until the last is found, so that they differ. */
async function freePorts(count: 3): Promise<[number, number, number]>;
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function waitFor(what: string, dir: string, test: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + readyMs;
  for (;;) {
    try {
      await test();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        const log = fs.readFileSync(path.join(dir, "kube-apiserver.log"), "utf8").slice(-2000);
        throw new Error(`${what} did not come up in ${readyMs / 1000} s:\n${log}`, {
          cause: error,
        });
      }
      await sleep(200);
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
  await gone;
  clearTimeout(timer);
}
