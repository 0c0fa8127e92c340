import { spawn } from "node:child_process";

const QUIET_MS = 8_000;

export interface HeartbeatOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Says what is going on while the command itself says nothing. */
  readonly doing: () => string;
}

/** Runs a command and fills its silences, so that nobody has to guess whether it hangs. */
export async function runWithHeartbeat(
  command: string,
  args: readonly string[],
  options: HeartbeatOptions,
): Promise<number> {
  const terminal = process.stdout.isTTY;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: terminal ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  // Ctrl-C reaches the command too, which ends in its own time and says how it went.
  const wait = () => undefined;
  process.on("SIGINT", wait);
  const started = Date.now();
  let heard = started;
  const pass = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
    heard = Date.now();
    stream.write(chunk);
  };
  child.stdout?.on("data", pass(process.stdout));
  child.stderr?.on("data", pass(process.stderr));
  const timer = terminal
    ? undefined
    : setInterval(() => {
        if (Date.now() - heard < QUIET_MS) return;
        heard = Date.now();
        process.stdout.write(`  ${Math.round((heard - started) / 1000)} s: ${options.doing()}\n`);
      }, 1_000);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
    });
  } finally {
    clearInterval(timer);
    process.off("SIGINT", wait);
  }
}
