import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { labDir } from "../../../lab/instance";
import { withLock } from "../../../lab/lock";

const instance = { name: "t-unit-lock", dir: "", cloudPort: 0, apiPort: 0 };
const silent = () => undefined;

it("lets one in at a time", async () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} in`);
    await sleep(50);
    order.push(`${name} out`);
  };
  await Promise.all(["a", "b"].map((name) => withLock(instance, silent, work(name))));
  expect(order).toEqual(["a in", "a out", "b in", "b out"]);
});

it("is free again after work that failed", async () => {
  const failing = withLock(instance, silent, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await withLock(instance, silent, () => Promise.resolve(1))).toBe(1);
});

it("is taken from a process that died", async () => {
  const { pid } = spawnSync("true");
  mkdirSync(join(labDir, ".locks"), { recursive: true });
  writeFileSync(join(labDir, ".locks", instance.name), `${pid} 12345`);
  expect(await withLock(instance, silent, () => Promise.resolve(1))).toBe(1);
});
