import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { releasePorts, type Instance } from "../instance";
import { cgroupFolders, destroyCgroup } from "./cgroups";
import { deleteNamespace, holderOfName, listNamespaces, namespacePids } from "./network";
import { attempt, ownerVariable, rootCgroup, signal } from "./process";

export interface Remains {
  processes: number[];
  mounts: string[];
  namespaces: string[];
  cgroups: string[];
}

/** What of an instance the machine still holds, found without trusting any record of it. */
export async function findRemains(instance: Instance): Promise<Remains> {
  const namespaces = await listNamespaces(instance);
  const inside = await Promise.all(namespaces.map(namespacePids));
  return {
    processes: [...new Set([...markedPids(instance), ...inside.flat()])],
    mounts: mountsUnder(instance.dir),
    namespaces,
    cgroups: cgroupFolders(rootCgroup(instance)),
  };
}

/**
 * Ends an instance, whatever state it is in, and throws when something stays behind.
 * With `keep`, what it had on disk stays and `up` brings it back as it was.
 */
export async function tearDown(instance: Instance, { keep }: { keep: boolean }): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
    await destroyCgroup(rootCgroup(instance));
    const { processes, mounts, namespaces } = await findRemains(instance);
    for (const pid of processes) signal(pid, "SIGKILL");
    for (const mount of mounts) await attempt(["umount", "--lazy", mount]);
    if (processes.length > 0) continue;
    for (const netns of namespaces) await deleteNamespace(netns);
    if (isNothing(await findRemains(instance))) break;
  }
  const remains = await findRemains(instance);
  if (!isNothing(remains)) {
    throw new Error(`The lab "${instance.name}" leaves behind: ${JSON.stringify(remains)}`);
  }
  if (keep) {
    for (const gone of ["run", "tmp"]) {
      fs.rmSync(`${instance.dir}/${gone}`, { recursive: true, force: true });
    }
  } else {
    fs.rmSync(instance.dir, { recursive: true, force: true });
    releasePorts(instance);
  }
}

/** Ends what still runs of an instance whose folder somebody deleted, here or in another checkout. */
export async function endAbandoned(instance: Instance): Promise<void> {
  const holder = await holderOfName(instance);
  const isOurs = !holder || holder === instance.dir;
  const isAbandoned = isOurs ? !fs.existsSync(`${instance.dir}/run`) : !fs.existsSync(holder);
  const abandoned = isOurs ? instance : { ...instance, dir: holder };
  if (isAbandoned && !isNothing(await findRemains(abandoned))) {
    await tearDown(abandoned, { keep: true });
  }
}

function isNothing(remains: Remains): boolean {
  return Object.values(remains).every((list: unknown[]) => list.length === 0);
}

/** Processes that were started for the instance, wherever they are now. */
function markedPids(instance: Instance): number[] {
  const mark = `${ownerVariable}=${instance.dir}`;
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => environmentOf(entry).includes(mark))
    .map(Number);
}

function environmentOf(pid: string): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** Mount points in this mount namespace, the innermost first. */
function mountsUnder(dir: string): string[] {
  return fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((mount) => mount.startsWith(`${dir}/`))
    .sort()
    .reverse();
}
