import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { startTime } from "./cluster/process";
import type { Report } from "./cluster/driver";
import { labDir, type Instance } from "./instance";

/** Does some work while no other process does so for the same instance. */
export async function withLock<Result>(
  instance: Instance,
  report: Report,
  work: () => Promise<Result>,
): Promise<Result> {
  const file = path.join(labDir, ".locks", instance.name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const own = `${process.pid} ${startTime(process.pid) ?? ""}`;
  for (let spoken = 0; !take(file, own); await sleep(200)) {
    const holder = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    const [pid, started] = holder.split(" ");
    if (startTime(Number(pid)) !== started) {
      fs.rmSync(file, { force: true });
    } else if (Date.now() - spoken > 5000) {
      spoken = Date.now();
      report(`waiting for process ${pid}, which works on the lab "${instance.name}"`);
    }
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

// The file appears with its content, so that no one can read half of it.
function take(file: string, own: string): boolean {
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, own);
  try {
    fs.linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    fs.rmSync(aside);
  }
}
