import * as fs from "node:fs";
import * as path from "node:path";

import { makeSmallProject, type SmallProject } from "../engine/support/smallProject";
import { freshPack } from "./freshPack";

jest.setTimeout(300_000);

const program = `
import * as cs from "@pulumi/alicloud/cs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
const { clusterDomain, zones, pool } = new pulumi.Config("ack-cluster-dns").requireObject<{
  clusterDomain: string; zones: string; pool: string;
}>("try");
const cluster = new cs.ManagedKubernetes("ack", {
  name: "saas",
  clusterDomain,
  vswitchIds: ["vsw-a"],
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/16",
  deletionProtection: true,
}, { protect: true, ignoreChanges: ["clusterDomain"] });
new cs.NodePool("pool", {
  clusterId: cluster.id,
  nodePoolName: "workers",
  vswitchIds: ["vsw-a"],
  instanceTypes: ["ecs.g7.large"],
  desiredSize: "1",
  preUserData: Buffer.from(\`--cluster-domain=\${pool}\\n\`).toString("base64"),
});
const kubeconfig = pulumi.secret(cs.getClusterCredentialOutput({ clusterId: cluster.id }).kubeConfig);
const provider = new k8s.Provider("k8s", { kubeconfig, clusterIdentifier: cluster.id });
new k8s.core.v1.ConfigMapPatch("corefile", {
  metadata: {
    name: "coredns",
    namespace: "kube-system",
    annotations: { "pulumi.com/patchForce": "true", "pulumi.com/patchFieldManager": "test" },
  },
  data: { Corefile: \`.:53 {\\n    kubernetes \${zones} in-addr.arpa\\n}\\n\` },
}, { provider, protect: true, retainOnDelete: true });
new k8s.core.v1.Namespace("ns", { metadata: { name: "payments" } }, { provider });
`;

/** A preview of a stack whose cluster does not exist yet: most values are unknown. */
describe("a real preview with the pack", () => {
  const declared = "ack-cluster-dns:cluster.clusterDomain";
  let project: SmallProject;
  let pack: string;

  beforeAll(async () => {
    project = await makeSmallProject("policy-pack", program);
    pack = freshPack(project.dir);
    await project.pulumi("config", "set", "alicloud:region", "cn-beijing");
    await project.pulumi("config", "set", "--path", declared, "cluster.local");
  });
  afterAll(() => project.remove());

  const preview = async (
    attempt: { clusterDomain: string; zones: string; pool: string },
    ...flags: string[]
  ): Promise<{ code: number; output: string }> => {
    for (const [key, value] of Object.entries(attempt)) {
      await project.pulumi("config", "set", "--path", `ack-cluster-dns:try.${key}`, value);
    }
    return project.pulumi("preview", "--policy-pack", pack, ...flags);
  };
  const good = { clusterDomain: "cluster.local", zones: "cluster.local", pool: "cluster.local" };

  test("lets a sound stack pass, and skips no policy for what is unknown", async () => {
    const { code, output } = await preview(good);
    expect(output).toMatch(/ack-cluster-dns@v?0\.1\.0 \(local: .*policy\)/);
    expect(output).not.toMatch(/can't run policy|mandatory|advisory/);
    expect(output).toContain("+ 6 to create");
    expect(code).toBe(0);
  });

  test("learns the organisation from the stack's config, and stops a collision", async () => {
    await project.pulumi(
      "config",
      "set",
      "--path",
      "ack-cluster-dns:organisation.zones[0]",
      "corp.internal",
    );
    const attempt = {
      clusterDomain: "k8s.corp.internal",
      zones: "k8s.corp.internal",
      pool: "k8s.corp.internal",
    };
    const { code, output } = await preview(attempt);
    expect(code).not.toBe(0);
    expect(output).toMatch(/\[mandatory\].* cluster-domain-collision/);
    expect(output).toContain(
      'cluster "saas" (ack): "k8s.corp.internal" as cluster domain lies in and so hides a part of the zone corp.internal',
    );
  });

  test("stops nodes that disagree with CoreDNS", async () => {
    const { code, output } = await preview({ ...good, pool: "other.local" });
    expect(code).not.toBe(0);
    expect(output).toMatch(/\[mandatory\].* cluster-domain-agreement/);
    expect(output).toContain("preUserData gives kubelet --cluster-domain=other.local");
  });

  test("shows a doubt, and goes on", async () => {
    const attempt = { clusterDomain: "k8s.local", zones: "k8s.local", pool: "k8s.local" };
    await project.pulumi("config", "set", "--path", declared, "k8s.local");
    const { code, output } = await preview(attempt);
    await project.pulumi("config", "set", "--path", declared, "cluster.local");
    expect(output).toMatch(/\[advisory\].* cluster-domain-warning .*ManagedKubernetes/);
    expect(output).toMatch(/\[advisory\].* cluster-domain-warning .*ConfigMapPatch/);
    expect(output).toContain('"k8s.local" as cluster domain lies in or is .local');
    expect(output).not.toMatch(/mandatory/);
    expect(code).toBe(0);
  });

  test("stops a cluster that a new domain would replace", async () => {
    project.write("index.ts", program.replace(/, ignoreChanges: \[.*\]/, ""));
    const { code, output } = await preview(good);
    project.write("index.ts", program);
    expect(output).toMatch(/\[mandatory\].* cluster-protected/);
    expect(output).toContain("ignoreChanges lacks clusterDomain");
    expect(code).not.toBe(0);
  });

  test("takes its own config, by which a policy may be lowered", async () => {
    const file = path.join(project.dir, "lowered.json");
    fs.writeFileSync(file, JSON.stringify({ "cluster-domain-agreement": "advisory" }));
    const { code, output } = await preview(
      { ...good, pool: "other.local" },
      "--policy-pack-config",
      file,
    );
    expect(output).toMatch(/\[advisory\].* cluster-domain-agreement/);
    expect(code).toBe(0);
  });
});
