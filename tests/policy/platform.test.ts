import * as fs from "node:fs";
import * as path from "node:path";

import { labEnvironment } from "../../lab/environment";
import { openInstance, releasePorts } from "../../lab/instance";
import { makeProject, type Project, type Run } from "../support/project";
import { freshPack } from "./freshPack";

jest.setTimeout(300_000);

/** What the components make, under the policies, from before the incident to after the move. */
describe("the program, under its own policies", () => {
  const instance = openInstance(`policy-program-${process.pid}`);
  const cluster = "ack-cluster-dns:cluster";
  let project: Project;
  let pack: string;

  beforeAll(async () => {
    const env = { ...process.env, ...labEnvironment(instance) };
    project = makeProject(path.join(instance.dir, "project"), env);
    pack = freshPack(instance.dir);
    const { code, output } = await project.pulumi(["stack", "init", "local"]);
    if (code !== 0) throw new Error(output);
    project.set("local", [cluster, "deletionProtection"], true);
  });
  afterAll(() => {
    releasePorts(instance);
    fs.rmSync(instance.dir, { recursive: true, force: true });
  });

  const preview = (): Promise<Run> =>
    project.pulumi(["preview", "--stack", "local", "--policy-pack", pack]);

  test("a collision that the stack accepts is still refused", async () => {
    project.set("local", [cluster, "clusterDomain"], "oneprocloud.com");
    project.set("local", [cluster, "acceptCollidingDomain"], "oneprocloud.com");
    const { code, output } = await preview();
    expect(output).toMatch(/\[mandatory\].* cluster-domain-collision .*ManagedKubernetes/);
    expect(output).toMatch(/\[mandatory\].* cluster-domain-collision .*ConfigMapPatch/);
    expect(output).toContain('"oneprocloud.com" as cluster domain is and so hides the zone');
    expect(output).not.toMatch(/cluster-domain-agreement|cluster-protected|coredns-owned-by-patch/);
    expect(code).not.toBe(0);
  });

  test("a cluster that moved away from its recorded domain passes", async () => {
    project.set("local", [cluster, "clusterDomain"], "cluster.local");
    project.set("local", [cluster, "acceptCollidingDomain"], undefined);
    project.set("local", [cluster, "provisionedClusterDomain"], "oneprocloud.com");
    project.set("local", [cluster, "legacyClusterDomains"], ["oneprocloud.com"]);
    const { code, output } = await preview();
    expect(output).toMatch(/Policies:\n\s+✅ ack-cluster-dns/);
    expect(output).not.toMatch(/\[mandatory\]|\[advisory\]|can't run policy/);
    expect(code).toBe(0);
  });
});
