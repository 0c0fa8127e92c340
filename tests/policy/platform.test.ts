import * as fs from "node:fs";
import * as path from "node:path";

import { startCloud, type Cloud } from "../../lab/cloud/cloud";
import { NullDriver } from "../../lab/cloud/nullDriver";
import { labEnvironment } from "../../lab/environment";
import { openInstance, releasePorts, type Instance } from "../../lab/instance";
import {
  startLoopbackControlPlane,
  type LoopbackControlPlane,
} from "../engine/support/controlPlane";
import { makeProject, type Project, type Run } from "../support/project";
import { freshPack } from "./freshPack";

jest.setTimeout(300_000);

/** Every cluster has the same API server, which is real. */
class OneApiServer extends NullDriver {
  constructor(
    instance: Instance,
    private readonly kubeconfigOfAll: string,
  ) {
    super(instance);
  }

  override createCluster(): Promise<{ kubeconfig: string }> {
    return Promise.resolve({ kubeconfig: this.kubeconfigOfAll });
  }
}

/** What the components make, under the policies, from before the incident to after the move. */
describe("the program, under its own policies", () => {
  const instance = openInstance(`policy-program-${process.pid}`);
  const cluster = "ack-cluster-dns:cluster";
  let controlPlane: LoopbackControlPlane;
  let cloud: Cloud;
  let project: Project;
  let pack: string;

  beforeAll(async () => {
    controlPlane = await startLoopbackControlPlane();
    await controlPlane.kubectl("create", "configmap", "coredns", "--namespace=kube-system");
    const driver = new OneApiServer(instance, controlPlane.kubeconfig);
    cloud = await startCloud({ instance, driver });
    const env = { ...process.env, ...labEnvironment(instance) };
    project = makeProject(path.join(instance.dir, "project"), env);
    pack = freshPack(instance.dir);
    const { code, output } = await project.pulumi(["stack", "init", "local"]);
    if (code !== 0) throw new Error(output);
    project.set("local", [cluster, "deletionProtection"], true);
  });
  afterAll(async () => {
    await cloud.close();
    await controlPlane.stop();
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
    expect(output).not.toMatch(/-agreement|-protected|-owned-by-patch/);
    expect(code).not.toBe(0);
  });

  test("a cluster that moved away from its recorded domain passes", async () => {
    // What the stack does not hold yet, the program refuses to make with another domain than the one in force.
    const types = ["AckPlatform", "AckCluster", "ManagedKubernetes"];
    const targets = types.map((type) => `--target=**:${type}::**`);
    const up = ["up", "--yes", "--skip-preview", "--stack", "local", ...targets];
    expect(await project.pulumi(up)).toMatchObject({ code: 0 });
    project.set("local", [cluster, "clusterDomain"], "cluster.local");
    project.set("local", [cluster, "acceptCollidingDomain"], undefined);
    project.set("local", [cluster, "provisionedClusterDomain"], "oneprocloud.com");
    project.set("local", [cluster, "legacyClusterDomains"], ["oneprocloud.com"]);
    const { code, output } = await preview();
    expect(output).toMatch(/Policies:\n\s+✅ ack-cluster-dns/);
    expect(output).not.toMatch(/\[mandatory\]|\[advisory\]|can't run policy/);
    expect(code).toBe(0);
  });

  test("a patch of the Corefile that nothing protects is refused while its cluster is protected", async () => {
    const component = path.join(project.dir, "components", "coreDns.ts");
    const text = fs.readFileSync(component, "utf8");
    fs.writeFileSync(component, text.replace("protect: args.protect ?? true", "protect: false"));
    const refused = await preview();
    expect(refused.output).toMatch(/\[mandatory\].* coredns-patch-protected .*ConfigMapPatch/);
    expect(refused.output).toContain("-coredns-corefile): protect is false");
    expect(refused.code).not.toBe(0);

    project.set("local", [cluster, "deletionProtection"], false);
    const { output } = await preview();
    expect(output).toMatch(/\[mandatory\].* cluster-protected .*ManagedKubernetes/);
    expect(output).not.toContain("coredns-patch-protected");
  });
});
