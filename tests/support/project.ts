import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { parseDocument } from "yaml";

import { repository } from "../../lab/instance";

/** What a finished command left behind. */
export interface Run {
  readonly code: number;
  /** stdout and stderr, in the order they came. */
  readonly output: string;
}

/** The program as a user has it, in a folder of its own, so that a test may edit its stack files. */
export interface Project {
  readonly dir: string;
  /** Sets a value of a stack file; the path is as `pulumi config set --path` takes it, split. */
  set(stack: string, keys: readonly (string | number)[], value: unknown): void;
  /** Runs the Pulumi CLI in the project. */
  pulumi(args: readonly string[], timeoutMs?: number): Promise<Run>;
}

const copied = [
  "index.ts",
  "config.ts",
  "tsconfig.json",
  "package.json",
  "Pulumi.yaml",
  "components",
  "dns",
  "node",
  "stacks",
];

export function makeProject(dir: string, env: NodeJS.ProcessEnv): Project {
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  for (const name of copied) {
    fs.cpSync(path.join(repository, name), path.join(dir, name), { recursive: true });
  }
  fs.symlinkSync(path.join(repository, "node_modules"), path.join(dir, "node_modules"));
  return {
    dir,
    set(stack, keys, value) {
      const file = path.join(dir, "stacks", `Pulumi.${stack}.yaml`);
      const document = parseDocument(fs.readFileSync(file, "utf8"));
      if (value === undefined) document.deleteIn(["config", ...keys]);
      else document.setIn(["config", ...keys], value);
      fs.writeFileSync(file, document.toString());
    },
    pulumi: (args, timeoutMs) =>
      run("pulumi", [...args, "--non-interactive", "--color", "never"], {
        cwd: dir,
        env,
        timeoutMs,
      }),
  };
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  readonly input?: string;
}

/** Runs a command to its end; a non-zero exit is an answer, not an error. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { cwd: options.cwd, env: options.env, maxBuffer: 64 << 20, timeout: options.timeoutMs },
      (error) => {
        if (typeof error?.code === "string") reject(new Error(error.message, { cause: error }));
      },
    );
    let output = "";
    child.stdout?.on("data", (chunk: string) => (output += chunk));
    child.stderr?.on("data", (chunk: string) => (output += chunk));
    child.stdin?.end(options.input ?? "");
    child.on("close", (code, signal) =>
      resolve({ code: code ?? (signal === null ? 1 : 128), output }),
    );
  });
}
