import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { repository } from "../../../lab/instance";
import { prepareOfficial } from "../../../lab/official";

const before = { ...process.env };
let dir: string;
let said: string[];
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "official-"));
  said = [];
  program("engine/pulumi", `echo "$PULUMI_HOME $*" >>'${dir}/calls'`);
  process.env.PATH = `${dir}/bin:/usr/bin:/bin`;
  process.env.PULUMI_HOME = `${dir}/home`;
});
afterEach(() => {
  process.env = { ...before };
  fs.rmSync(dir, { recursive: true });
});

function program(name: string, body = ""): void {
  fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  fs.writeFileSync(path.join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}
const prepare = () => prepareOfficial((line) => said.push(line), `${dir}/engine/pulumi`);
const calls = () => {
  const file = path.join(dir, "calls");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
};
const host = "pulumi-language-nodejs";

it("says what to install when there is no language host", async () => {
  await expect(prepare()).rejects.toThrow(
    `there is no ${host} on PATH or in ${dir}/engine.\nIt is a part of Pulumi`,
  );
  await expect(prepare()).rejects.toThrow(/get\.pulumi\.com \| sh -s -- --version 3\.259\.0\n/);
  expect(calls()).toEqual([]);
});

it.each(["bin", "engine"])("takes the language host from %s", async (folder) => {
  program(`${folder}/${host}`);
  await prepare();
  expect(said[0]).toBe(`language host: ${dir}/${folder}/${host}`);
});

it("takes no file for a host that cannot be run", async () => {
  program(`bin/${host}`);
  fs.chmodSync(`${dir}/bin/${host}`, 0o644);
  await expect(prepare()).rejects.toThrow("there is no");
});

it("refuses a stand-in that PATH leads to, itself or by a link", async () => {
  const standIn = path.join(repository, "lab/plugins/bin");
  process.env.PATH = `${standIn}:${process.env.PATH}`;
  await expect(prepare()).rejects.toThrow(`${standIn}/${host} is no official plugin`);
  fs.mkdirSync(`${dir}/bin`);
  fs.symlinkSync(path.join(standIn, host), `${dir}/bin/${host}`);
  process.env.PATH = `${dir}/bin`;
  await expect(prepare()).rejects.toThrow(`${dir}/bin/${host} is no official plugin`);
});

it("has Pulumi download the plugins that are neither installed nor on PATH", async () => {
  program(`bin/${host}`);
  await prepare();
  expect(calls()).toEqual([
    `${dir}/home plugin install resource alicloud v3.106.0`,
    `${dir}/home plugin install resource command v1.2.1`,
    `${dir}/home plugin install resource kubernetes v4.32.0`,
  ]);
  fs.rmSync(`${dir}/calls`);
  program("bin/pulumi-resource-command");
  program("home/plugins/resource-alicloud-v3.106.0/pulumi-resource-alicloud");
  program("home/plugins/resource-kubernetes-v4.32.0/pulumi-resource-kubernetes");
  fs.writeFileSync(`${dir}/home/plugins/resource-kubernetes-v4.32.0.partial`, "");
  await prepare();
  expect(calls()).toEqual([`${dir}/home plugin install resource kubernetes v4.32.0`]);
});

it("shows what Pulumi said when a download fails", async () => {
  program(`bin/${host}`);
  program("engine/pulumi", "echo 'error: no route to get.pulumi.com'; exit 255");
  await expect(prepare()).rejects.toThrow(/plugin install .*\n.*no route to get\.pulumi\.com/);
});

it("is what `lab prepare` begins with", () => {
  const standIn = path.join(repository, "lab/plugins/bin");
  const { status, stderr } = spawnSync(path.join(repository, "lab/lab"), ["prepare"], {
    encoding: "utf8",
    env: { ...before, PATH: `${standIn}:${before.PATH}`, LAB_PLUGINS: "official" },
  });
  expect([status, stderr]).toEqual([
    1,
    `lab: LAB_PLUGINS=official: ${standIn}/${host} is no official plugin. Take it off PATH.\n`,
  ]);
}, 60_000);
