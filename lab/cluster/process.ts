import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Instance } from "../instance";
import type { CommandResult, Report } from "./driver";

/** Marks in its environment every process that belongs to an instance, so that none can be lost. */
export const ownerVariable = "LAB_DAEMON_OF";

/** Joins a control group and a network namespace, then runs a command. */
export const launcher = path.join(__dirname, "host", "launch");

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface RunOptions {
  input?: string;
  env?: NodeJS.ProcessEnv;
  /** Called with each line of output. */
  onLine?: (line: string) => void;
}

/** Runs a command and returns its exit code and output; throws only when it cannot be started. */
export async function attempt(command: string[], options: RunOptions = {}): Promise<CommandResult> {
  const [file = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: options.env ?? process.env, stdio: "pipe" });
    let output = "";
    let partial = "";
    const take = (chunk: string) => {
      output += chunk;
      const lines = (partial + chunk).split("\n");
      partial = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal ? 9 : 0), output });
    });
  });
}

/** Runs a command that must succeed and returns its output. */
export async function run(command: string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, output } = await attempt(command, options);
  if (exitCode !== 0) {
    throw new Error(
      `${command.join(" ")}: exit code ${exitCode}\n${output.split("\n").slice(-15).join("\n")}`,
    );
  }
  return output;
}

export interface Daemon {
  /** Unique in the instance: names its record and its log. */
  name: string;
  command: string[];
  /** Network namespace; the machine's own when left out. */
  netns?: string;
  /** Relative to the instance's own cgroup; the daemon's name when left out. */
  cgroup?: string;
  env?: Record<string, string>;
}

/** Starts a daemon that outlives this process, unless it is running already. */
export function startDaemon(instance: Instance, daemon: Daemon): void {
  if (isRunning(instance, daemon.name)) return;
  const log = fs.openSync(logFile(instance, daemon.name), "a");
  const cgroup = `${rootCgroup(instance)}/${daemon.cgroup ?? daemon.name}`;
  const child = spawn(launcher, [cgroup, daemon.netns ?? "-", ...daemon.command], {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: instance.dir,
    // Nothing of the caller's: a daemon outlives it, and its environment may hold secrets.
    env: { PATH: systemPath, HOME: "/root", ...daemon.env, [ownerVariable]: instance.dir },
  });
  fs.closeSync(log);
  child.on("error", () => undefined);
  child.unref();
  if (child.pid === undefined) throw new Error(`${daemon.name}: ${launcher} does not start`);
  const record: ProcessRecord = { pid: child.pid, started: startTime(child.pid) ?? "" };
  fs.writeFileSync(recordFile(instance, daemon.name), JSON.stringify(record));
}

/** Ends a daemon: politely first, by force after `patience` milliseconds. */
export async function stopDaemon(instance: Instance, name: string, patience = 3000): Promise<void> {
  const pid = daemonPid(instance, name);
  if (pid !== undefined) {
    signal(pid, "SIGTERM");
    if (!(await hasEnded(instance, name, patience))) {
      signal(pid, "SIGKILL");
      await hasEnded(instance, name, 10_000);
    }
  }
  fs.rmSync(recordFile(instance, name), { force: true });
}

async function hasEnded(instance: Instance, name: string, patience: number): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(30)) {
    if (!isRunning(instance, name)) return true;
  }
  return !isRunning(instance, name);
}

/** The process id of a daemon that is alive now. */
export function daemonPid(instance: Instance, name: string): number | undefined {
  const file = recordFile(instance, name);
  if (!fs.existsSync(file)) return undefined;
  const { pid, started } = JSON.parse(fs.readFileSync(file, "utf8")) as ProcessRecord;
  return startTime(pid) === started ? pid : undefined;
}

export function isRunning(instance: Instance, name: string): boolean {
  return daemonPid(instance, name) !== undefined;
}

export function daemonNames(instance: Instance): string[] {
  return fs
    .readdirSync(path.join(instance.dir, "run"))
    .filter((file) => file.endsWith(".json"))
    .map((file) => path.basename(file, ".json"))
    .sort();
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The control group of everything that an instance runs; no other checkout has one of this name. */
export function rootCgroup(instance: Instance): string {
  const checkout = createHash("sha256").update(instance.dir).digest("hex").slice(0, 8);
  return `lab-${instance.name}-${checkout}`;
}

export function logFile(instance: Instance, name: string): string {
  return path.join(ensureDir(instance, "logs"), `${name}.log`);
}

export interface WaitOptions {
  what: string;
  /** Seconds. */
  timeout: number;
  report: Report;
  /** Milliseconds between two checks. */
  interval?: number;
  /** Added to the error when time runs out. */
  evidence?: () => string;
}

/** Waits until `check` is true and says every few seconds that it still waits. */
export async function waitUntil(
  check: () => Promise<boolean> | boolean,
  options: WaitOptions,
): Promise<void> {
  const start = Date.now();
  let spoken = start;
  while (!(await check())) {
    const now = Date.now();
    if (now - start > options.timeout * 1000) {
      throw new Error(
        `${options.what}: not within ${options.timeout} s\n${options.evidence?.() ?? ""}`,
      );
    }
    if (now - spoken > 5000) {
      spoken = now;
      options.report(`waiting for ${options.what} (${Math.round((now - start) / 1000)} s)`);
    }
    await sleep(options.interval ?? 100);
  }
}

/** The last lines of a file, for error messages. */
export function tail(file: string, lines = 15): string {
  if (!fs.existsSync(file)) return "";
  return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

interface ProcessRecord {
  pid: number;
  /** Clock ticks since boot: tells a process from a later one with the same id. */
  started: string;
}

function recordFile(instance: Instance, name: string): string {
  return path.join(ensureDir(instance, "run"), `${name}.json`);
}

function ensureDir(instance: Instance, name: string): string {
  const dir = path.join(instance.dir, name);
  fs.mkdirSync(dir, { recursive: true });
  return dir;
}

/** When a process started, or undefined when it is gone or only waits to be reaped. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
