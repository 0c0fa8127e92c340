import * as fs from "node:fs";
import * as path from "node:path";

import type { Instance } from "../instance";
import { startDaemon, stopDaemon } from "./process";

/** A port on the machine's loopback that leads to an address in one of the namespaces. */
export interface Forward {
  name: string;
  port: number;
  netns: string;
  /** host:port */
  target: string;
}

/**
 * Two halves that meet at a socket in the file system, which no network namespace fences off.
 * The inner half listens on nothing else, the outer one on loopback only.
 */
export function startForward(instance: Instance, forward: Forward): void {
  const socket = path.join(instance.dir, "run", `${forward.name}.sock`);
  fs.mkdirSync(path.dirname(socket), { recursive: true });
  startDaemon(instance, {
    name: `${forward.name}-inner`,
    netns: forward.netns,
    cgroup: "forward",
    command: [
      "socat",
      `UNIX-LISTEN:${socket},fork,unlink-early,mode=600,backlog=256`,
      `TCP:${forward.target}`,
    ],
  });
  startDaemon(instance, {
    name: `${forward.name}-outer`,
    cgroup: "forward",
    command: [
      "socat",
      `TCP-LISTEN:${forward.port},bind=127.0.0.1,fork,reuseaddr,backlog=256`,
      `UNIX-CONNECT:${socket}`,
    ],
  });
}

export async function stopForward(instance: Instance, name: string): Promise<void> {
  await stopDaemon(instance, `${name}-outer`);
  await stopDaemon(instance, `${name}-inner`);
}
