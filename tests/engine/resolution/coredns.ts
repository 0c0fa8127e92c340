import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Client } from "./client";

/** The versions that the model is held against. */
export const VERSIONS = { "1.15.0": "coredns", "1.6.7": "coredns-1.6.7" } as const;
export type Version = keyof typeof VERSIONS;

const START_MS = 20_000;

/** A CoreDNS that runs and answers. */
export interface RunningCoreDns {
  /** The end of what it wrote. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** A folder for the files of one test run. */
export async function scratch(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "resolution-"));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Below the ports that the kernel hands out, which any socket may take in between. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** A port that is free on 127.0.0.1 now, for TCP and UDP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port;
  }
}

function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
  });
}

/** Starts CoreDNS and waits until it answers on the port. @throws with its log when it does not start. */
export async function startCoreDns(
  version: Version,
  corefile: string,
  port: number,
  dir: string,
  client: Client,
): Promise<RunningCoreDns> {
  const binary = join(__dirname, "../../../.tools/bin", VERSIONS[version]);
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make tools`);
  const conf = join(dir, `Corefile-${port}`);
  await writeFile(conf, corefile);
  const child = spawn(binary, ["-quiet", "-conf", conf], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  const keep = (text: Buffer): void => {
    log = (log + text.toString()).slice(-4000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const reply = await client.ask(port, "probe.invalid.", "A", "127.0.0.1", 50);
    if (reply.rcode !== "TIMEOUT") return { log: () => log, stop: () => stop(child) };
    await sleep(10);
  }
  await stop(child);
  throw new Error(`CoreDNS ${version} did not start:\n${log}\nCorefile:\n${corefile}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
