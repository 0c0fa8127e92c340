import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import type { Libc } from "../../../dns/resolution";
import { VERSIONS, type Version } from "./coredns";

const run = promisify(execFile);

/** What a program saw and what it sent. */
export interface Observed {
  /** Names in the order in which they were asked for, retries left out. */
  readonly names: readonly string[];
  /** `A` and `AAAA` for each of them. */
  readonly types: ReadonlySet<string>;
  readonly addresses: readonly string[];
}

/** A network and a mount namespace with CoreDNS on port 53 and a resolv.conf of its own. */
export interface ResolverLab {
  readonly lookUp: (
    libc: Libc,
    name: string,
    search: readonly string[],
    ndots: number,
  ) => Promise<Observed>;
  readonly stop: () => Promise<void>;
}

/** Compiles the musl program and boots the namespaces; needs root and the package musl-tools. */
export async function startResolverLab(
  version: Version,
  corefile: string,
  dir: string,
): Promise<ResolverLab> {
  const program = join(dir, "lookup");
  await run("musl-gcc", ["-static", "-o", program, join(__dirname, "lookup.c")]);
  const files = { "resolv.conf": "", hosts: "", "nsswitch.conf": "hosts: files dns\n" };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  await writeFile(join(dir, "Corefile"), corefile);
  const log = join(dir, "log");
  const mounts = Object.keys(files).map((name) => `mount --bind ${join(dir, name)} /etc/${name}`);
  const binary = join(__dirname, "../../../.tools/bin", VERSIONS[version]);
  const script = [
    "ip link set lo up",
    ...mounts,
    `exec ${binary} -conf ${join(dir, "Corefile")} >${log} 2>&1`,
  ];
  const child = spawn("unshare", ["--net", "--mount", "sh", "-ec", script.join("\n")], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const inside = (command: string, args: readonly string[]) =>
    run("nsenter", ["-t", String(child.pid), "-n", "-m", command, ...args]);
  const stopped = (): Promise<void> => stop(child);
  try {
    await waitFor(async () => (await readFile(log, "utf8").catch(() => "")).includes("CoreDNS-"));
  } catch (error) {
    await stopped();
    throw error;
  }
  return { lookUp: (...asked) => lookUp(dir, log, program, inside, ...asked), stop: stopped };
}

async function lookUp(
  dir: string,
  log: string,
  program: string,
  inside: (command: string, args: readonly string[]) => Promise<{ stdout: string }>,
  libc: Libc,
  name: string,
  search: readonly string[],
  ndots: number,
): Promise<Observed> {
  const options = `options ndots:${ndots} timeout:1 attempts:2`;
  const lines = ["nameserver 127.0.0.1", `search ${search.join(" ")}`, options];
  await writeFile(join(dir, "resolv.conf"), `${lines.join("\n")}\n`);
  const before = (await readFile(log, "utf8")).length;
  const [command, args] = libc === "musl" ? [program, [name]] : ["getent", ["ahosts", name]];
  const { stdout } = await inside(command, args).catch(() => ({ stdout: "" }));
  const asked = (await settled(log)).slice(before).matchAll(/"(A|AAAA) IN (\S+)\. udp/g);
  const queries = [...asked].map(([, type, question]) => ({ type, question }));
  // CoreDNS also writes down what it asks itself to follow an alias, which leads to .invalid here.
  const names = queries
    .map(({ question }) => question as string)
    .filter((question) => !question.endsWith(".invalid"));
  return {
    names: names.filter((each, index) => names.indexOf(each) === index),
    types: new Set(queries.map(({ type }) => type as string)),
    addresses: [...new Set(stdout.split("\n").map((line) => line.split(/\s/)[0] as string))].filter(
      (each) => each !== "",
    ),
  };
}

/** CoreDNS writes its log a moment after it has answered. */
async function settled(log: string): Promise<string> {
  let text = await readFile(log, "utf8");
  for (;;) {
    await sleep(50);
    const now = await readFile(log, "utf8");
    if (now === text) return text;
    text = now;
  }
}

async function waitFor(done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error("CoreDNS did not start in its namespace");
    await sleep(50);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
