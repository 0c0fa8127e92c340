import * as fs from "node:fs";
import * as path from "node:path";

import { setInCloud } from "../../lab/cloud/admin";
import type { PodResolver } from "../../lab/run/podResolver";
import { eventually, Platform } from "./support/platform";

jest.setTimeout(10 * 60_000);

const zone = "oneprocloud.com";

interface State {
  deployment: { resources: { urn: string; id?: string }[] };
}

let platform: Platform;
/** Made while the cluster had the fault, and never touched afterwards. */
let oldPod: PodResolver;

beforeAll(async () => {
  platform = await Platform.start("t-incident");
});
afterAll(() => platform.stop());

const answersOf = async (question: string) => (await oldPod.resolve(question)).answers;

/** What a person writes into the stack file to move to another domain. */
function move(): void {
  platform.set(["cluster", "clusterDomain"], "cluster.local");
  platform.set(["cluster", "acceptCollidingDomain"], undefined);
  platform.set(["cluster", "provisionedClusterDomain"], zone);
  platform.set(["cluster", "legacyClusterDomains"], [zone]);
}

async function probeLog(): Promise<string> {
  return platform.kubectl(
    "logs",
    "-l",
    "app.kubernetes.io/name=ack-cluster-dns-probe",
    "--tail=-1",
  );
}

test("the company's cluster domain is refused before anything is made", async () => {
  platform.set(["cluster", "clusterDomain"], zone);
  const refused = await platform.pulumi("up", "--yes", "--skip-preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("ack-cluster-dns:cluster.clusterDomain");
  expect(refused.output).toContain(zone);
  expect(refused.output).not.toMatch(/^\s+at /m);
  const { output } = await platform.pulumi("stack", "--show-urns");
  expect(output).not.toContain("ManagedKubernetes");
});

test("the incident: the organisation's name does not resolve, everybody else's does", async () => {
  platform.set(["cluster", "acceptCollidingDomain"], zone);
  platform.set(["probe", "timeoutSeconds"], 30);
  const up = await platform.pulumi("up", "--yes", "--skip-preview");
  expect(up.code).not.toBe(0);

  const log = await probeLog();
  expect(log).toMatch(/^FAIL\s+organisation\s+downloads\.oneprocloud\.com\s+no answer$/m);
  expect(log).toMatch(/^ok\s+external\s+www\.baidu\.com/m);
  expect(up.output).toMatch(/FAIL\s+organisation\s+downloads\.oneprocloud\.com/);

  oldPod = await platform.pod("old-pod");
  expect(await answersOf("downloads.oneprocloud.com")).toEqual([]);
  expect(await answersOf("www.baidu.com")).toEqual(["198.51.100.11"]);
  expect(await answersOf("kubernetes.default.svc.oneprocloud.com")).toEqual(["10.96.0.1"]);
  const { nodes } = await platform.cluster();
  expect(nodes.map(({ clusterDomain }) => clusterDomain)).toEqual([zone, zone]);
});

test("names in the API server's certificate that nobody declared are not taken away", async () => {
  const names = "clusters/saas-local/customSans";
  move();
  await setInCloud(platform.instance, names, '["api.oneprocloud.com"]');
  const refused = await platform.pulumi("preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(
    "ack-cluster-dns:cluster.certificateSans: missing, though the API server's certificate holds api.oneprocloud.com",
  );
  platform.set(["cluster", "certificateSans"], ["api.oneprocloud.com"]);
  const kept = await platform.must(platform.pulumi("preview", "--diff"));
  expect(kept.output).toMatch(
    /customSan *: "api\.oneprocloud\.com" => "api\.oneprocloud\.com,kubernetes\.default\.svc\.cluster\.local"/,
  );
  platform.set(["cluster", "certificateSans"], undefined);
  await setInCloud(platform.instance, names, "[]");
});

test("one up to a fit domain repairs it in a pod that is never touched, and replaces nothing", async () => {
  move();
  platform.set(["probe", "timeoutSeconds"], 240);
  const before = await platform.kubectl(
    "get",
    "pod",
    "old-pod",
    "-o",
    "jsonpath={.metadata.uid} {.status.containerStatuses[0].restartCount}",
  );

  const preview = await platform.must(platform.pulumi("preview", "--diff"));
  expect(preview.output).toMatch(
    /Resources:\n\s+\+ 1 to create\n\s+~ 4 to update\n\s+- 1 to delete\n/,
  );
  expect(preview.output).not.toMatch(/to replace/);
  await platform.up();

  expect(
    await eventually(
      () => answersOf("downloads.oneprocloud.com"),
      (answers) => answers.length > 0,
    ),
  ).toEqual(["203.0.113.80"]);
  expect(await answersOf("kubernetes.default.svc.oneprocloud.com")).toEqual(["10.96.0.1"]);
  expect(await answersOf("kubernetes.default.svc.cluster.local")).toEqual(["10.96.0.1"]);
  expect(await answersOf("kubernetes.default")).toEqual(["10.96.0.1"]);
  expect(await answersOf("www.baidu.com")).toEqual(["198.51.100.11"]);
  expect(await answersOf("10.96.0.1")).toEqual(["kubernetes.default.svc.cluster.local"]);
  expect((await oldPod.searchList()).trim().split(" ")).toContain(`svc.${zone}`);
  const after = await platform.kubectl(
    "get",
    "pod",
    "old-pod",
    "-o",
    "jsonpath={.metadata.uid} {.status.containerStatuses[0].restartCount}",
  );
  expect(after).toBe(before);
  await platform.must(platform.pulumi("preview", "--expect-no-changes"));
});

test("a way back that forgets the pods of today is refused", async () => {
  platform.set(["cluster", "clusterDomain"], zone);
  platform.set(["cluster", "acceptCollidingDomain"], zone);
  platform.set(["cluster", "legacyClusterDomains"], []);
  const before = await platform.corefile();
  for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
    const refused = await platform.pulumi(...command);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('"cluster.local" is missing, which was in force until now');
  }
  expect(await platform.corefile()).toBe(before);
  move();
  await platform.must(platform.pulumi("preview", "--expect-no-changes"));
});

test("another stack adopts the cluster with its history, and plans no replacement", async () => {
  const { dir } = platform.project;
  const stacks = path.join(dir, "stacks");
  fs.copyFileSync(path.join(stacks, "Pulumi.local.yaml"), path.join(stacks, "Pulumi.adopted.yaml"));
  const exported = await platform.must(platform.pulumi("stack", "export"));
  const { deployment } = JSON.parse(exported.output) as State;
  const idOf = (name: string) =>
    deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.id;
  const component = (type: string, name: string, parent?: string) => ({
    ...{ type: `ack-cluster-dns:index:${type}`, name, component: true },
    ...(parent === undefined ? {} : { parent }),
  });
  const resource = (type: string, name: string, parent: string) => ({
    ...{ type: `alicloud:${type}`, name, parent, id: idOf(name) },
  });
  const domain = "platform-oss-downloads.oneprocloud.com";
  const resources = [
    component("AckPlatform", "platform"),
    component("AckCluster", "platform-cluster", "platform"),
    resource(
      ...(["cs/managedKubernetes:ManagedKubernetes", "platform-cluster-ack"] as const),
      "platform-cluster",
    ),
    component("NodePool", "platform-pool-workers", "platform"),
    resource("cs/nodePool:NodePool", "platform-pool-workers-nodes", "platform-pool-workers"),
    component("OssCustomDomain", domain, "platform"),
    resource("oss/bucketCname:BucketCname", `${domain}-binding`, domain),
    resource("dns/alidnsRecord:AlidnsRecord", `${domain}-record`, domain),
  ];
  // OSS gives no token for a domain that is bound.
  platform.project.set("adopted", ["ack-cluster-dns:ossDomains", 0, "ownershipRecord"], 0);
  fs.writeFileSync(path.join(dir, "adopt.json"), JSON.stringify({ resources }));
  const pulumi = (...args: string[]) => platform.must(platform.project.pulumi(args));
  await pulumi("stack", "select", "--create", "adopted");
  const file = ["--file", "adopt.json", "--generate-code=false", "--skip-preview", "--yes"];
  await pulumi("import", "--stack", "adopted", ...file);

  const preview = await pulumi("preview", "--stack", "adopted", "--diff");
  expect(preview.output).not.toMatch(/to replace|to delete/);
  expect(preview.output).not.toMatch(/\+ alicloud:/);
  expect(preview.output).not.toMatch(/clusterDomain *:.*=>/);
  await pulumi("stack", "rm", "adopted", "--force", "--yes");
});

test("a protected cluster outlives destroy", async () => {
  platform.set(["cluster", "deletionProtection"], true);
  await platform.up();
  const destroy = await platform.pulumi("destroy", "--yes");
  expect(destroy.code).not.toBe(0);
  expect(destroy.output).toContain("protected");
  expect((await platform.cluster()).apiReady).toBe(true);
  await platform.must(platform.pulumi("preview", "--expect-no-changes"));
});

test("a domain that the control plane did not record is refused, and nothing is replaced", async () => {
  platform.set(["cluster", "provisionedClusterDomain"], undefined);
  platform.set(["cluster", "legacyClusterDomains"], undefined);
  const refused = await platform.pulumi("preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("provisionedClusterDomain: oneprocloud.com");
  expect(refused.output).not.toMatch(/^\s+at /m);
});
