import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The versions that the check is held against. */
export const BINARIES = { "1.15.0": "coredns", "1.6.7": "coredns-1.6.7" } as const;
export type Version = keyof typeof BINARIES;

/** What CoreDNS made of a Corefile. */
export interface Verdict {
  readonly starts: boolean;
  /** The end of its log. */
  readonly log: string;
}

const START_MS = 30_000;
/** As many as two processors can feed; most of the time goes by in waiting. */
const PARALLEL = 6;

/** Starts CoreDNS with each Corefile, in a network of its own, and tells whether it came up. */
export async function judgeAll(version: Version, corefiles: readonly string[]): Promise<Verdict[]> {
  const binary = join(__dirname, "../../../.tools/bin", BINARIES[version]);
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make tools`);
  const dir = await mkdtemp(join(tmpdir(), "corefile-check-"));
  const verdicts: Verdict[] = [];
  const queue = [...corefiles.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, corefile] = next;
      const path = join(dir, `Corefile-${index}`);
      await writeFile(path, corefile);
      verdicts[index] = await judge(binary, path, dir);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, work));
    return verdicts;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function judge(binary: string, path: string, cwd: string): Promise<Verdict> {
  const inOwnNetwork = 'ip link set lo up && exec "$0" "$@"';
  const child = spawn("unshare", ["--net", "--", "sh", "-c", inOwnNetwork, binary, "-conf", path], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "" },
  });
  return new Promise((resolve, reject) => {
    let log = "";
    let starts = false;
    const timer = setTimeout(() => child.kill("SIGKILL"), START_MS);
    const read = (chunk: Buffer): void => {
      log = (log + chunk.toString()).slice(-4000);
      // The version is what CoreDNS writes once all servers listen.
      if (!/^CoreDNS-\d/m.test(log)) return;
      starts = true;
      child.kill("SIGKILL");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(timer);
      resolve({ starts, log });
    });
  });
}
