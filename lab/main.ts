import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

import { command } from "./cluster/binaries";
import { daemonNames, isRunning, logFile, startDaemon, tail, waitUntil } from "./cluster/process";
import { prepareNodeImage } from "./cluster/imageStore";
import { createLabDriver, kubeconfigFile } from "./cluster/labDriver";
import { findNode, onNode } from "./cluster/node";
import { readStatus } from "./cluster/status";
import { tearDown } from "./cluster/teardown";
import { labEnvironment, renderExports } from "./environment";
import { openInstance, type Instance } from "./instance";
import { withLock } from "./lock";
import { asksForOfficial, prepareOfficial } from "./official";
import { renderStatus } from "./statusText";

const usage = `lab COMMAND: the local environment

  up                    start it, or whatever of it is not running
  down [--keep]         end it and throw its state away; with --keep, \`up\` brings it back
  status [--json]       what runs, and what the cluster itself says
  shell NODE [CMD...]   a shell on a node (its name, its address, or node1, node2, ...)
  kubectl ...           kubectl as the cluster's administrator
  logs [-f] [NAME]      the log of a process or a node
  env                   lines for a shell: plain Pulumi commands then work on the lab
  cloud ...             look at the cloud or change it behind Pulumi's back
  prepare               build what nodes start from, so that \`up\` need not

Set LAB_INSTANCE to run more than one at a time.
`;

const cloudDaemon = "cloud";
const started = Date.now();

function report(message: string): void {
  const seconds = ((Date.now() - started) / 1000).toFixed(0).padStart(3);
  process.stderr.write(`lab ${seconds} s: ${message}\n`);
}

class UserMistake extends Error {}

async function main([name = "help", ...args]: string[]): Promise<number> {
  switch (name) {
    case "up":
      return exclusively(up);
    case "down":
      return exclusively(async (instance) => {
        await tearDown(instance, { keep: args.includes("--keep") });
        report(`"${instance.name}" is down`);
      });
    case "prepare":
      if (asksForOfficial()) await prepareOfficial(report);
      await prepareNodeImage(report);
      return 0;
    case "status":
      return status(openInstance(), args.includes("--json"));
    case "shell":
      return shell(openInstance(), args);
    case "kubectl":
      return kubectl(openInstance(), args);
    case "logs":
      return logs(openInstance(), args);
    case "env":
      process.stdout.write(renderExports(labEnvironment(openInstance())));
      return 0;
    case "cloud":
      return passOn([...typescript("cloud", "command.ts"), ...args]);
    case "help":
    case "--help":
      process.stdout.write(usage);
      return 0;
    default:
      throw new UserMistake(`"${name}" is no command.\n\n${usage}`);
  }
}

async function exclusively(work: (instance: Instance) => Promise<void>): Promise<number> {
  if (process.getuid?.() !== 0) {
    throw new UserMistake("Only root can make namespaces and boot nodes. Run it as root.");
  }
  const instance = openInstance();
  await withLock(instance, report, () => work(instance));
  return 0;
}

async function up(instance: Instance): Promise<void> {
  if (process.env.LAB_NODES !== "0") await prepareNodeImage(report);
  await createLabDriver(instance, report).restore();
  const listening = () =>
    new Promise<boolean>((resolve) => {
      const socket = net.connect(instance.cloudPort, "127.0.0.1");
      socket.on("connect", () => socket.end(() => resolve(true)));
      socket.on("error", () => resolve(false));
    });
  startDaemon(instance, {
    name: cloudDaemon,
    command: typescript("cloud", "main.ts"),
    env: {
      LAB_INSTANCE: instance.name,
      LAB_NODES: process.env.LAB_NODES ?? "",
      // The way out for what is not Alibaba's, and whom a person trusts there.
      HTTPS_PROXY: process.env.HTTPS_PROXY || process.env.https_proxy || "",
      SSL_CERT_FILE: process.env.SSL_CERT_FILE ?? "",
    },
  });
  await waitUntil(
    async () => {
      if (!isRunning(instance, cloudDaemon)) {
        throw new Error(`The cloud ends at once:\n${tail(logFile(instance, cloudDaemon))}`);
      }
      return listening();
    },
    {
      what: "the cloud",
      timeout: 60,
      report,
      evidence: () => tail(logFile(instance, cloudDaemon)),
    },
  );
  report(`"${instance.name}" is up; the cloud answers on 127.0.0.1:${instance.cloudPort}`);
}

async function status(instance: Instance, json: boolean): Promise<number> {
  const found = await readStatus(instance);
  const text = json ? `${JSON.stringify(found, null, 2)}\n` : renderStatus(instance, found);
  process.stdout.write(text);
  return 0;
}

function shell(instance: Instance, [word, ...rest]: string[]): Promise<number> {
  if (word === undefined) throw new UserMistake("shell: which node? See `lab status`.");
  // As ssh does, the words are handed to a shell in one piece.
  const inside = rest.length > 0 ? ["bash", "-c", rest.join(" ")] : ["bash", "--login"];
  return passOn(onNode(instance, findNode(instance, word), inside));
}

function kubectl(instance: Instance, args: string[]): Promise<number> {
  const kubeconfig = kubeconfigFile(instance);
  if (!fs.existsSync(kubeconfig)) {
    throw new UserMistake("There is no cluster yet. `pulumi up` makes one.");
  }
  return passOn([command("kubectl"), ...args], { KUBECONFIG: kubeconfig });
}

function logs(instance: Instance, args: string[]): Promise<number> {
  const follow = args.includes("-f");
  const name = args.find((word) => word !== "-f");
  const known = daemonNames(instance);
  if (name === undefined) {
    process.stdout.write(`${known.join("\n")}\n`);
    return Promise.resolve(0);
  }
  if (known.includes(name)) {
    return passOn(["tail", "-n", "100", ...(follow ? ["-f"] : []), logFile(instance, name)]);
  }
  const journal = `journalctl --no-pager -n 100 -u kubelet${follow ? " -f" : ""}`;
  const all = `cat /var/log/cloud-init-output.log; ${journal}`;
  return passOn(onNode(instance, findNode(instance, name), ["bash", "-c", all]));
}

/** The command line that runs a program of the lab, whatever the folder and the PATH. */
function typescript(...file: string[]): string[] {
  const loader = pathToFileURL(require.resolve("tsx")).href;
  return [process.execPath, "--import", loader, path.join(__dirname, ...file)];
}

/** Gives the terminal to a program and returns its exit code. */
function passOn([file = "", ...args]: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
    // Ctrl-C is for the program; it says by its exit code what came of it.
    process.on("SIGINT", () => undefined);
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
