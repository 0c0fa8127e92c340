import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const script = resolve(__dirname, "../../../node/kubelet-cluster-domain.sh");

/** The shells that may be /bin/sh on a node. */
export const shells = ["dash", "bash", "busybox sh"];

const folders: string[] = [];

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "kubelet-"));
  folders.push(path);
  return path;
}

export function removeFolders(): void {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
}

export function run(shell: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
  const [command = "", ...words] = shell.split(" ");
  return spawnSync(command, [...words, script, ...args], {
    encoding: "utf8",
    env,
    timeout: 20_000,
  });
}

/** A process that looks like a kubelet with these arguments; stop it with the function returned. */
export async function kubelet(args: string[]): Promise<{ pid: number; stop: () => void }> {
  const child = spawn("sh", ["-c", "echo up; read -r _", "kubelet", ...args], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await new Promise((up) => child.stdout.once("data", up));
  return { pid: child.pid ?? 0, stop: () => child.kill("SIGKILL") };
}

/** A folder to put first in PATH: systemctl answers from files beside it and logs what was asked; sleep takes no time. */
export function fakeSystem(state: {
  mainPid: string;
  needReload?: string;
  afterRestart?: string;
}): string {
  const path = folder();
  writeFileSync(join(path, "MainPID"), state.mainPid);
  writeFileSync(join(path, "NeedDaemonReload"), state.needReload ?? "no");
  const restart =
    state.afterRestart === undefined ? "exit 1" : `echo ${state.afterRestart} >"$here/MainPID"`;
  const systemctl = `#!/bin/sh
here=${path}
echo "$*" >>"$here/log"
case "$1 $3" in
  "show MainPID") echo "MainPID=$(cat "$here/MainPID")" ;;
  "show NeedDaemonReload") echo "NeedDaemonReload=$(cat "$here/NeedDaemonReload")" ;;
  restart*) ${restart} ;;
esac
`;
  for (const [name, text] of Object.entries({ systemctl, sleep: "#!/bin/sh\n" })) {
    writeFileSync(join(path, name), text);
    chmodSync(join(path, name), 0o755);
  }
  return path;
}
