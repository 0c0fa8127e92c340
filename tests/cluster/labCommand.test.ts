import { existsSync } from "node:fs";
import { join } from "node:path";

import { attempt, daemonPid, signal } from "../../lab/cluster/process";
import { findRemains, tearDown } from "../../lab/cluster/teardown";
import { openInstance, repository } from "../../lab/instance";

jest.setTimeout(120_000);

const instance = openInstance("t-lab-command");
const env = { ...process.env, LAB_INSTANCE: instance.name, LAB_NODES: "0" };

// From another folder, as a person may.
const lab = (...args: string[]) =>
  attempt(["env", "--chdir=/", join(repository, "lab", "lab"), ...args], { env });

afterAll(() => tearDown(instance, { keep: false }));

it("starts the lab, and only what is missing when it is asked again", async () => {
  expect(await lab("up")).toMatchObject({ exitCode: 0 });
  const cloud = daemonPid(instance, "cloud");
  const dns = daemonPid(instance, "public-dns");
  expect(cloud).toBeDefined();
  signal(cloud ?? 0, "SIGKILL");
  expect((await lab("status")).output).toMatch(/cloud +DOWN/);
  expect(await lab("up")).toMatchObject({ exitCode: 0 });
  expect(daemonPid(instance, "cloud")).not.toBe(cloud);
  expect(daemonPid(instance, "public-dns")).toBe(dns);
});

it("says what is there before there is a cluster", async () => {
  const { exitCode, output } = await lab("status");
  expect(exitCode).toBe(0);
  expect(output).toMatch(/cloud +running/);
  expect(output).toContain("There is no cluster.");
  expect(output).toMatch(/oneprocloud\.com +2\n/);
});

it.each([
  [["shell", "node1"], 'lab: There is no node "node1". Nodes: none.\n'],
  [["kubectl", "get", "nodes"], "lab: There is no cluster yet. `pulumi up` makes one.\n"],
])("answers %j with one clear line", async (args, output) => {
  expect(await lab(...args)).toEqual({ exitCode: 1, output });
});

it("explains itself when the command is unknown", async () => {
  const { exitCode, output } = await lab("frobnicate");
  expect(exitCode).toBe(1);
  expect(output).toContain('"frobnicate" is no command.');
  expect(output).toContain("down [--keep]");
});

it("keeps its state when it is asked to", async () => {
  expect(await lab("down", "--keep")).toMatchObject({ exitCode: 0 });
  expect(await findRemains(instance)).toMatchObject({ processes: [], namespaces: [] });
  expect(existsSync(join(instance.dir, "ca.pem"))).toBe(true);
  expect(await lab("up")).toMatchObject({ exitCode: 0 });
});

it("throws everything away at the end", async () => {
  expect(await lab("down")).toMatchObject({ exitCode: 0 });
  expect(existsSync(instance.dir)).toBe(false);
  expect(await findRemains(instance)).toEqual({
    processes: [],
    mounts: [],
    namespaces: [],
    cgroups: [],
  });
});
