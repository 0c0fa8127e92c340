import { spawn } from "child_process";
import * as fs from "fs";

import type { Properties } from "../rpc/values";
import { Capture } from "./capture";
import { globAssets, toArchive } from "./globs";
import type { Operation } from "./resource";

/** How a local command is run. Check has seen to the types. */
export interface LocalInputs {
  stdin?: string;
  logging?: string;
  interpreter?: string[];
  dir?: string;
  environment?: Record<string, string>;
  assetPaths?: string[];
  archivePaths?: string[];
  addPreviousOutputInEnv?: boolean;
}

const errors: Record<string, string> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  ENOTDIR: "not a directory",
  E2BIG: "argument list too long",
};

const signals: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGSEGV: "segmentation fault",
};

function startError(error: NodeJS.ErrnoException, program: string, directory: string): string {
  const reason = errors[error.code ?? ""] ?? error.message;
  if (!fs.existsSync(directory)) return `chdir ${directory}: ${reason}`;
  if (error.code === "ENOENT" && !program.includes("/")) {
    return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  }
  return `fork/exec ${program}: ${reason}`;
}

/** The environment variables that carry the outputs of the run before. */
export function previousOutputs(
  enabled: boolean | undefined,
  previous: Properties,
): Record<string, string> {
  if (enabled === false) return {};
  const { stdout, stderr } = previous;
  return {
    ...(typeof stdout === "string" && stdout !== "" && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(typeof stderr === "string" && stderr !== "" && { PULUMI_COMMAND_STDERR: stderr }),
  };
}

/** Runs a command on this machine and returns its outputs. */
export async function runLocal(
  command: string,
  inputs: LocalInputs,
  previous: Properties,
  { log, signal }: Operation,
): Promise<Properties> {
  const [program = "/bin/sh", ...words] = inputs.interpreter?.length
    ? inputs.interpreter
    : ["/bin/sh", "-c"];
  const directory = inputs.dir ?? process.cwd();
  const capture = new Capture(inputs.logging ?? "stdoutAndStderr", log);

  const child = spawn(program, [...words, command], {
    cwd: directory,
    env: {
      ...process.env,
      ...inputs.environment,
      ...previousOutputs(inputs.addPreviousOutputInEnv, previous),
    },
    stdio: [inputs.stdin ? "pipe" : "ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  child.stdout?.on("data", capture.onStdout);
  child.stderr?.on("data", capture.onStderr);
  // A command may end without having read all of its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(inputs.stdin);
  const failed = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => {
      if (!signal.aborted) resolve(startError(error, program, directory));
    });
    child.once("close", (code, by) =>
      resolve(by ? `signal: ${signals[by] ?? by}` : code ? `exit status ${code}` : undefined),
    );
  });
  if (failed) throw capture.failure(failed, command);

  const assets = inputs.assetPaths && globAssets(directory, inputs.assetPaths);
  const archive = inputs.archivePaths && toArchive(globAssets(directory, inputs.archivePaths));
  return { ...capture.finish(), ...(assets && { assets }), ...(archive && { archive }) };
}
