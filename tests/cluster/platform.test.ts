import { spawn } from "node:child_process";
import * as path from "node:path";

import { getFromCloud, removeFromCloud, setInCloud } from "../../lab/cloud/admin";
import { readStatus } from "../../lab/cluster/status";
import { openInstance, repository } from "../../lab/instance";
import type { PodResolver } from "../../lab/run/podResolver";
import type { Run } from "../support/project";
import { eventually, Platform } from "./support/platform";

jest.setTimeout(10 * 60_000);

const name = "t-platform";
const downloads = "domainRecords/downloads.oneprocloud.com:CNAME/value";
const userData = "nodePools/workers/kubernetes_config/user_data";

let platform: Platform;
let pod: PodResolver;

afterAll(() => platform.stop());

/** What `make up` runs once the tools are there; interrupted as by Ctrl-C when its output matches. */
function makeUp(interruptAt?: RegExp): Promise<Run> {
  const child = spawn("npx", ["tsx", path.join("lab", "run", "up.ts")], {
    cwd: repository,
    env: { ...process.env, LAB_INSTANCE: name },
    detached: true,
  });
  let output = "";
  let interrupted = false;
  const heard = (chunk: Buffer) => {
    output += chunk.toString();
    if (interruptAt === undefined || interrupted || !interruptAt.test(output)) return;
    interrupted = true;
    process.kill(-(child.pid as number), "SIGINT");
  };
  child.stdout.on("data", heard);
  child.stderr.on("data", heard);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

const answersOf = async (question: string) => (await pod.resolve(question)).answers;

test("make up, interrupted while the cluster is made and run again, ends well", async () => {
  await Platform.open(name).stop();
  const first = await makeUp(/ManagedKubernetes \S+ creating/);
  expect(first.code).not.toBe(0);
  const second = await makeUp();
  expect(second.output).toContain("What a pod gets");
  expect(second.code).toBe(0);
  expect(second.output).toMatch(
    /^downloads\.oneprocloud\.com\s+203\.0\.113\.80\s+public DNS: CNAME saas-downloads\.oss-cn-beijing\.aliyuncs\.com$/m,
  );
  platform = Platform.open(name);
});

test("a pod resolves the organisation's names, everybody's, and the cluster's", async () => {
  pod = await platform.pod("resolver");
  expect(await answersOf("downloads.oneprocloud.com")).toEqual(["203.0.113.80"]);
  expect(await answersOf("www.baidu.com")).toEqual(["198.51.100.11"]);
  expect(await answersOf("kubernetes.default.svc.cluster.local")).toEqual(["10.96.0.1"]);
  expect(await answersOf("kubernetes")).toEqual(["10.96.0.1"]);
  expect(await answersOf("10.96.0.1")).toEqual(["kubernetes.default.svc.cluster.local"]);
});

test("every running kubelet has the cluster domain", async () => {
  const { nodes } = await platform.cluster();
  expect(nodes.map(({ ready, clusterDomain }) => [ready, clusterDomain])).toEqual([
    [true, "cluster.local"],
    [true, "cluster.local"],
  ]);
});

test("a second make up plans no change", async () => {
  const again = await makeUp();
  expect(again.code).toBe(0);
  expect(again.output).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  expect(again.output).not.toMatch(/^\s+[-+~]+ \d+/m);
});

test("plain Pulumi commands find nothing to do", async () => {
  const preview = await platform.pulumi("preview", "--expect-no-changes");
  expect([preview.code, preview.output]).toEqual([0, expect.stringMatching(/\d+ unchanged/)]);
  const refresh = await platform.pulumi(
    "refresh",
    "--yes",
    "--skip-preview",
    "--expect-no-changes",
  );
  expect([refresh.code, refresh.output]).toEqual([0, expect.stringMatching(/\d+ unchanged/)]);
});

test("no secret stands in the state", async () => {
  const { output } = await platform.must(platform.pulumi("stack", "export"));
  expect(output).toContain("platform-cluster");
  expect(output).not.toMatch(/client-key-data|PRIVATE KEY/);
});

test("drift of Corefile, DNS record and user data is seen by preview and corrected by one up", async () => {
  const corefile = await platform.corefile();
  const record = await getFromCloud(platform.instance, downloads);
  const declared = await getFromCloud(platform.instance, userData);
  const edited = JSON.stringify({ data: { Corefile: corefile.replace("ttl 30", "ttl 29") } });
  await platform.kubectl(
    "-n",
    "kube-system",
    "patch",
    "configmap",
    "coredns",
    "--type=merge",
    "-p",
    edited,
  );
  await setInCloud(platform.instance, downloads, "elsewhere.oss-cn-beijing.aliyuncs.com");
  await setInCloud(platform.instance, userData, Buffer.from("#!/bin/sh\n").toString("base64"));

  const preview = await platform.must(platform.pulumi("preview", "--diff"));
  expect(preview.output).toMatch(/~ 3 to update\n\s+\d+ unchanged/);
  const gate = await platform.pulumi("preview", "--expect-no-changes");
  expect(gate.code).not.toBe(0);

  const up = await platform.up();
  expect(up.output).toMatch(/~ 3 updated\n\s+\d+ unchanged/);
  expect(await platform.corefile()).toBe(corefile);
  expect(await getFromCloud(platform.instance, downloads)).toBe(record);
  expect(await getFromCloud(platform.instance, userData)).toBe(declared);
  await platform.must(platform.pulumi("preview", "--expect-no-changes"));
});

test("a bucket's domain that somebody unbound is bound again as the README says", async () => {
  await removeFromCloud(
    platform.instance,
    "buckets/saas-downloads/cnames/downloads.oneprocloud.com",
  );
  platform.set(["ossDomains", 0, "ownershipRecord"], 2);
  await platform.up();
  expect(
    await getFromCloud(
      platform.instance,
      "buckets/saas-downloads/cnames/downloads.oneprocloud.com",
    ),
  ).toMatchObject({ bound: expect.any(String) as string });
  await platform.must(platform.pulumi("preview", "--expect-no-changes"));
});

test("another name renames the cluster in its place", async () => {
  platform.set(["cluster", "name"], "saas-renamed");
  const preview = await platform.must(platform.pulumi("preview", "--diff"));
  expect(preview.output).toMatch(/~ name *: "saas-local" => "saas-renamed"/);
  expect(preview.output).toMatch(/Resources:\n\s+~ 1 to update\n\s+\d+ unchanged/);
  platform.set(["cluster", "name"], "saas-local");
});

test("a node added later has the cluster domain from its first start", async () => {
  platform.set(["nodePools", 0, "desiredSize"], 3);
  await platform.up();
  const { nodes } = await platform.cluster();
  expect(nodes.map(({ ready, clusterDomain }) => [ready, clusterDomain])).toEqual(
    Array(3).fill([true, "cluster.local"]),
  );
  const flags = `journalctl -u kubelet -o cat | grep -o 'FLAG: --cluster-domain="[^"]*"' | sort -u`;
  const first = await platform.lab(
    ...["shell", nodes[2]?.name ?? "", `${flags}; systemctl show -p NRestarts kubelet`],
  );
  expect(first.output).toMatch(/^FLAG: --cluster-domain="cluster\.local"\nNRestarts=0$/m);
});

test("destroy removes what up made", async () => {
  const destroy = await platform.must(platform.pulumi("destroy", "--yes", "--skip-preview"));
  expect(destroy.output).toMatch(/- \d+ deleted/);
  expect((await readStatus(openInstance(name))).cluster).toBeUndefined();
  expect(await getFromCloud(platform.instance, "clusters")).toEqual({});
});

test("down leaves no process, mount or namespace behind", async () => {
  await platform.must(platform.stop());
  const left = await eventually(
    async () =>
      (await platform.must(runShell(`ip netns list; cat /proc/mounts; ps -eo args`))).output,
    (output) => !output.includes(name),
    20,
  );
  expect(left.split("\n").filter((line) => line.includes(name) && !line.includes("jest"))).toEqual(
    [],
  );
});

function runShell(script: string): Promise<Run> {
  const child = spawn("sh", ["-c", script]);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) =>
    child.on("close", (code) => resolve({ code: code ?? 1, output })),
  );
}
