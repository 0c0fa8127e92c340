import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeSystem, folder, kubelet, removeFolders, run } from "./support";

const running: { stop: () => void }[] = [];
afterEach(() => running.splice(0).forEach(({ stop }) => stop()));
afterAll(removeFolders);

const merged = 'KUBELET_CUSTOMIZED_ARGS="--v=2 --cluster-domain=cluster.local"\n';

async function start(...args: string[]): Promise<string> {
  const process = await kubelet(args);
  running.push(process);
  return `${process.pid}`;
}

function apply(system: string, content = 'KUBELET_CUSTOMIZED_ARGS="--v=2"\n') {
  const path = folder();
  const file = join(path, "kubelet-customized-args.conf");
  const dropIn = join(path, "99-ack-cluster-dns.conf");
  writeFileSync(file, content);
  writeFileSync(dropIn, "[Service]\n");
  const { status, stderr } = run("dash", ["apply", "cluster.local", file, dropIn], {
    PATH: `${system}:${process.env.PATH}`,
  });
  const log = readFileSync(join(system, "log"), "utf8").trimEnd().split("\n");
  return {
    status,
    stderr,
    content: readFileSync(file, "utf8"),
    dropIn: existsSync(dropIn),
    did: log.filter((line) => !line.startsWith("show")),
  };
}

test("a kubelet with the right domain is left alone", async () => {
  const system = fakeSystem({
    mainPid: await start("--cluster-domain=old.test", "--cluster-domain=cluster.local"),
  });
  expect(apply(system)).toEqual({ status: 0, stderr: "", content: merged, dropIn: true, did: [] });
});

test("the domain as a word of its own counts", async () => {
  const system = fakeSystem({ mainPid: await start("--cluster-domain", "cluster.local", "--v=2") });
  expect(apply(system)).toMatchObject({ status: 0, did: [] });
});

test.each([
  ["another domain", ["--cluster-domain=cluster.local", "--cluster-domain=old.test"]],
  ["another domain as a word", ["--cluster-domain=cluster.local", "--cluster-domain", "old.test"]],
  ["no domain on its command line", ["--v=2"]],
])("a kubelet with %s is restarted once", async (_, args) => {
  const system = fakeSystem({
    mainPid: await start(...args),
    afterRestart: await start("--v=2", "--cluster-domain=cluster.local"),
  });
  expect(apply(system)).toMatchObject({
    status: 0,
    content: merged,
    dropIn: true,
    did: ["restart kubelet"],
  });
});

test("a drop-in newer than what systemd has loaded is loaded first", async () => {
  const system = fakeSystem({
    mainPid: await start("--v=2"),
    afterRestart: await start("--cluster-domain=cluster.local"),
    needReload: "yes",
  });
  expect(apply(system)).toMatchObject({ status: 0, did: ["daemon-reload", "restart kubelet"] });
});

test("a kubelet that does not run is not started: its own start will read the file", () => {
  expect(apply(fakeSystem({ mainPid: "0" }))).toEqual({
    status: 0,
    stderr: "",
    content: merged,
    dropIn: true,
    did: [],
  });
});

test.each([
  ["fails to restart", undefined],
  ["crashes after its restart", "0"],
])("a kubelet that %s gets its old file back, and no drop-in", async (_, afterRestart) => {
  const system = fakeSystem({ mainPid: await start("--cluster-domain=old.test"), afterRestart });
  const before = 'KUBELET_CUSTOMIZED_ARGS="--cluster-domain=old.test"\n';
  const after = apply(system, before);
  expect(after).toMatchObject({
    status: 1,
    content: before,
    dropIn: false,
    did: ["restart kubelet", "daemon-reload", "restart kubelet"],
  });
  expect(after.stderr).toContain("does not stay up with --cluster-domain=cluster.local");
});

test("a kubelet whose unit does not use the file is reported", async () => {
  const system = fakeSystem({
    mainPid: await start("--cluster-domain=old.test"),
    afterRestart: await start("--cluster-domain=old.test"),
  });
  const after = apply(system);
  expect(after).toMatchObject({ status: 1, content: merged, did: ["restart kubelet"] });
  expect(after.stderr).toContain("does its unit use KUBELET_CUSTOMIZED_ARGS?");
});
