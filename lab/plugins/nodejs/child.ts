import { spawn, type ChildProcess } from "child_process";

const graceMs = 5000;
const running = new Set<ChildProcess>();

export interface ChildOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  stdout: (chunk: Buffer) => void;
  stderr: (chunk: Buffer) => void;
}

export interface Child {
  /** Settles with the exit code, or the signal's name when one ended it. */
  exit: Promise<number | NodeJS.Signals>;
  cancel: () => void;
}

/** Asks a process to end as Ctrl-C does, and ends it when it does not. */
function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
}

/** Starts a process whose output goes to the given sinks. */
export function start(command: string, args: string[], options: ChildOptions): Child {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.stdout.on("data", options.stdout);
  child.stderr.on("data", options.stderr);
  const exit = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error(`could not find ${command} on the $PATH`) : error),
    );
    child.once("close", (code, signal) => resolve(code ?? signal ?? -1));
  }).finally(() => running.delete(child));
  return { exit, cancel: () => interrupt(child) };
}

/** Interrupts every process that was started here and still runs. */
export function cancelAll(): void {
  running.forEach(interrupt);
}
