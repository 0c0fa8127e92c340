import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const install = path.resolve(__dirname, "../../../tools/install");

/** A repository of its own with small recipes, and a PATH that can be faked. */
export interface Fixture {
  readonly root: string;
  /** Prepended to PATH. */
  readonly bin: string;
  write(name: string, text: string, mode?: number): void;
  read(name: string): string;
  exists(name: string): boolean;
  start(args?: readonly string[], env?: Record<string, string>): Running;
  /** The same on a terminal. */
  startOnTerminal(): Running;
  run(args?: readonly string[], env?: Record<string, string>): Promise<Result>;
  remove(): void;
}

export interface Result {
  readonly code: number | null;
  /** stdout and stderr, in the order they came. */
  readonly output: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
  output(): string;
}

export function makeFixture(): Fixture {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tools-")));
  const bin = path.join(root, "fake-bin");
  const children: ChildProcess[] = [];
  const launch = (
    command: string,
    args: readonly string[],
    env: Record<string, string>,
  ): Running => {
    const child = spawn(command, args, {
      env: {
        ...process.env,
        PATH: `${bin}:${process.env.PATH ?? ""}`,
        TOOLS_RECIPES: path.join(root, "tools", "recipes"),
        TOOLS_SYSTEM: path.join(root, "system"),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    let output = "";
    const hear = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const result = new Promise<Result>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
    return { child, result, output: () => output };
  };
  const fixture: Fixture = {
    root,
    bin,
    write(name, text, mode = 0o644) {
      const file = path.join(root, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text, { mode });
    },
    read: (name) => fs.readFileSync(path.join(root, name), "utf8"),
    exists: (name) => fs.existsSync(path.join(root, name)),
    start: (args = [], env = {}) => launch(install, args, env),
    startOnTerminal: () =>
      launch("script", ["-qec", install, "/dev/null"], { TERM: "xterm", COLUMNS: "120" }),
    run: (args, env) => fixture.start(args, env).result,
    remove() {
      // Only a test that failed leaves one running.
      for (const child of children) child.kill("SIGKILL");
      fs.rmSync(root, { recursive: true, force: true });
    },
  };
  fs.mkdirSync(bin);
  fixture.write("tools/recipes/packages", "");
  return fixture;
}

/** A program that Go builds. */
export function addHello(fixture: Fixture, greeting = "hello"): void {
  fixture.write("tools/recipes/order", "hello\n");
  fixture.write(
    "tools/recipes/hello.sh",
    'version=1.0.0\nmodule=src/hello\nlinks=(hi)\nldflags="-X main.version=v$version"\ncost=1\n',
  );
  fixture.write("src/hello/go.mod", "module hello\n\ngo 1.26\n");
  fixture.write(
    "src/hello/main.go",
    `package main\n\nvar version = "?"\n\nfunc main() { println("${greeting}", version) }\n`,
  );
}

/** A program whose making takes until the file "go" is there. */
export function addSlow(fixture: Fixture): void {
  fixture.write("tools/recipes/order", "slow\n");
  fixture.write(
    "tools/recipes/slow.sh",
    [
      "version=1.0.0",
      "module=src/slow",
      "cost=10",
      "build() {",
      '  echo built >>"$root/builds"',
      '  watch_command "$log" slow_progress sh -c \'echo $$ >"$1/pid"; while [ ! -e "$1/go" ]; do sleep 0.1; done\' sh "$root"',
      `  printf '#!/bin/sh\\necho slow\\n' >"$1"`,
      '  chmod +x "$1"',
      "}",
      'slow_progress() { progress 500 "half way"; }',
      "",
    ].join("\n"),
  );
  fixture.write("src/slow/go.mod", "module slow\n\ngo 1.26\n");
}

export async function until(what: () => boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!what()) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
