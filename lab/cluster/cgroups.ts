import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { signal } from "./process";

/** The mount points of the control group hierarchies. */
function hierarchies(): string[] {
  return fs
    .readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, mount = ""]) => mount);
}

/** The folders of a control group that exist, one a hierarchy. */
export function cgroupFolders(cgroup: string): string[] {
  return hierarchies()
    .map((mount) => path.join(mount, cgroup))
    .filter((folder) => fs.existsSync(folder));
}

/** Every process in a control group and below. */
export function cgroupPids(cgroup: string): number[] {
  const pids = cgroupFolders(cgroup)
    .flatMap(withDescendants)
    .flatMap((folder) => readLines(path.join(folder, "cgroup.procs")))
    .map(Number);
  return [...new Set(pids)];
}

/** Kills every process in a control group at once and removes the group. */
export async function destroyCgroup(cgroup: string): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) {
    const pids = cgroupPids(cgroup).filter((pid) => pid !== process.pid);
    for (const pid of pids) signal(pid, "SIGKILL");
    if (pids.length === 0 && removeFolders(cgroup)) return;
  }
  const left = cgroupPids(cgroup).join(" ");
  throw new Error(`The control group ${cgroup} does not go away; its processes: ${left || "none"}`);
}

function removeFolders(cgroup: string): boolean {
  for (const folder of cgroupFolders(cgroup).flatMap(withDescendants)) {
    try {
      fs.rmdirSync(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EBUSY" && code !== "ENOENT") throw error;
    }
  }
  return cgroupFolders(cgroup).length === 0;
}

/** Children before their parents. */
function withDescendants(folder: string): string[] {
  const children = readEntries(folder).flatMap((name) => withDescendants(path.join(folder, name)));
  return [...children, folder];
}

function readEntries(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function readLines(file: string): string[] {
  try {
    return fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
