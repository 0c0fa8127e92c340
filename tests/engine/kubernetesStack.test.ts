import { startLoopbackControlPlane, type LoopbackControlPlane } from "./support/controlPlane";
import { makeSmallProject, type SmallProject } from "./support/smallProject";

jest.setTimeout(300_000);

const settings = `main: index.ts
runtime:
  name: nodejs
  options:
    typescript: false
    nodeargs: --import tsx
options:
  refresh: always`;

const prologue = `
import * as pulumi from "@pulumi/pulumi";
import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
const config = new pulumi.Config();
const kubeconfig = config.requireSecret("kubeconfig");
const clusterIdentifier = config.get("identifier");
const provider = new k8s.Provider("cluster", { kubeconfig, clusterIdentifier });
`;

let cluster: LoopbackControlPlane;
beforeAll(async () => {
  cluster = await startLoopbackControlPlane({ controllers: true });
});
afterAll(() => cluster.stop());

async function makeProject(name: string, program: string): Promise<SmallProject> {
  const project = await makeSmallProject(name, prologue + program, settings);
  await project.pulumi("config", "set", "--secret", "kubeconfig", "--", cluster.kubeconfig);
  return project;
}

const up = async (project: SmallProject): Promise<string> => {
  const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
};
const isQuiet = async (project: SmallProject): Promise<boolean> =>
  (await project.pulumi("preview", "--expect-no-changes")).code === 0;

describe("a ConfigMapPatch that takes the Corefile over", () => {
  const corefile = ["get", "configmap", "coredns", "--namespace", "kube-system"];
  const data = async (): Promise<unknown> =>
    JSON.parse((await cluster.kubectl(...corefile, "-o", "jsonpath={.data}")) || "{}");
  const managers = async (): Promise<string[]> => {
    const path = "jsonpath={range .metadata.managedFields[*]}{.manager} {.operation}{'\\n'}{end}";
    const text = await cluster.kubectl(...corefile, "--show-managed-fields", "-o", path);
    return text.trim().split("\n").sort();
  };
  const ours = expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8} Apply$/) as string;

  let project: SmallProject;
  beforeAll(async () => {
    const literals = ["--from-literal=Corefile=oneprocloud.com", "--from-literal=other=1"];
    const options = ["--namespace", "kube-system", "--field-manager=addon", ...literals];
    await cluster.kubectl("create", "configmap", "coredns", ...options);
    project = await makeProject(
      "engine-patch",
      `
new k8s.core.v1.ConfigMapPatch("corefile", {
  metadata: {
    name: "coredns",
    namespace: "kube-system",
    annotations: { "pulumi.com/patchForce": "true" },
  },
  data: { Corefile: "cluster.local" },
}, { provider, retainOnDelete: config.getBoolean("retain") });
`,
    );
  });
  afterAll(() => project.remove());

  test("up owns the field beside the add-on, and is quiet from then on", async () => {
    expect(await up(project)).toContain("+ 3 created");
    expect(await data()).toEqual({ Corefile: "cluster.local", other: "1" });
    expect(await managers()).toEqual(["addon Update", ours]);
    expect(await up(project)).toContain("3 unchanged");
    expect(await isQuiet(project)).toBe(true);
  });

  test("an edit by hand is seen, corrected by one up, and then quiet", async () => {
    const edit = ["--namespace", "kube-system", "-p", '{"data":{"Corefile":"DRIFT"}}'];
    await cluster.kubectl("patch", "configmap", "coredns", ...edit);
    const { output } = await project.pulumi("preview", "--diff");
    expect(output).toMatch(/~ data *: \{\s+~ Corefile *: "DRIFT" => "cluster\.local"/);
    expect(output).toContain("~ 1 to update");
    expect(await up(project)).toContain("~ 1 updated");
    expect(await data()).toEqual({ Corefile: "cluster.local", other: "1" });
    expect(await managers()).toEqual(["addon Update", ours]);
    expect(await isQuiet(project)).toBe(true);
  });

  test("a deleted ConfigMap is made again, with our key alone", async () => {
    await cluster.kubectl("delete", ...corefile.slice(1));
    expect(await up(project)).toContain("+ 1 created");
    expect(await data()).toEqual({ Corefile: "cluster.local" });
  });

  test("destroy takes the field away, unless it is to be kept", async () => {
    await project.pulumi("destroy", "--yes", "--skip-preview");
    expect(await data()).toEqual({});
    expect(await managers()).not.toContainEqual(ours);

    await project.pulumi("config", "set", "retain", "true");
    await up(project);
    const { code } = await project.pulumi("destroy", "--yes", "--skip-preview");
    expect(code).toBe(0);
    expect(await data()).toEqual({ Corefile: "cluster.local" });
    expect(await managers()).toContainEqual(ours);
  });
});

describe("plain objects", () => {
  let project: SmallProject;
  beforeAll(async () => {
    await cluster.kubectl("create", "configmap", "existing", "--from-literal=a=1");
    project = await makeProject(
      "engine-plain",
      `
const word = config.get("word") ?? "one";
const namespace = new k8s.core.v1.Namespace("team", {}, { provider });
const named = new k8s.core.v1.ConfigMap("named", {
  metadata: { name: "named", namespace: namespace.metadata.name },
  data: { word },
}, { provider });
new k8s.core.v1.Secret("secret", { stringData: { word: "hunter2" } }, { provider });
const job = new k8s.batch.v1.Job("job", {
  metadata: { annotations: { "pulumi.com/skipAwait": "true" } },
  spec: {
    template: {
      spec: { restartPolicy: "Never", containers: [{
        name: "main", image: "none", resources: { requests: { cpu: "1000m" } },
      }] },
    },
  },
}, { provider });
new k8s.core.v1.ConfigMap("imported", {
  metadata: { name: "existing" }, data: { a: "1" },
}, { provider, import: "default/existing" });
new k8s.yaml.ConfigGroup("manifest", { yaml: [
  "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: from-manifest}\\ndata: {a: '1'}",
] }, { provider });
export const uid = job.metadata.uid;
if (config.get("conflict")) {
  new k8s.core.v1.ConfigMap("conflict", {
    metadata: { name: "kube-root-ca.crt", namespace: "default" }, data: {},
  }, { provider });
}
`,
    );
  });
  afterAll(() => project.remove());

  test("are made once, and are then quiet", async () => {
    expect(await up(project)).toMatch(/= 1 imported/);
    expect(await isQuiet(project)).toBe(true);
    const state = await project.state();
    expect(state).not.toContain("hunter2");
    expect(state).not.toContain(Buffer.from("hunter2").toString("base64"));
  });

  test("with a name and other data are deleted first, then made", async () => {
    await project.pulumi("config", "set", "word", "two");
    const done = await up(project);
    expect(done).toContain("+-1 replaced");
    const step = (text: string): number =>
      done.indexOf(`kubernetes:core/v1:ConfigMap named ${text}`);
    expect(step("deleted original")).toBeGreaterThan(0);
    expect(step("created replacement")).toBeGreaterThan(step("deleted original"));
  });

  test("that exist already fail, with the way out", async () => {
    await project.pulumi("config", "set", "conflict", "true");
    expect((await project.pulumi("preview")).code).toBe(0);
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toContain('configmaps "kube-root-ca.crt" already exists');
    expect(output).toContain("use a Patch resource");
    await project.pulumi("config", "rm", "conflict");
  });

  test("stay when only the way to their cluster changes, as long as it has one identity", async () => {
    const moved = cluster.kubeconfig.replace("https://127.0.0.1:", "https://localhost:");
    const reach = (kubeconfig: string): Promise<unknown> =>
      project.pulumi("config", "set", "--secret", "kubeconfig", "--", kubeconfig);
    const replacements = (output: string): number =>
      Number(/\+-(\d+) (to replace|replaced)/.exec(output)?.[1] ?? 0);

    await reach(moved);
    expect(replacements((await project.pulumi("preview")).output)).toBeGreaterThan(5);
    await reach(cluster.kubeconfig);
    await project.pulumi("config", "set", "identifier", "c-1");
    expect(replacements(await up(project))).toBe(0);
    await reach(moved);
    expect(replacements(await up(project))).toBe(0);
  });

  test("go with the stack", async () => {
    const { code } = await project.pulumi("destroy", "--yes", "--skip-preview");
    expect(code).toBe(0);
    const left = await cluster.kubectl("get", "configmap,secret,job", "-o", "name");
    expect(left.trim()).toBe("configmap/kube-root-ca.crt");
  });
});

test("a kubeconfig that is not known yet is no fault in a preview", async () => {
  const project = await makeProject(
    "engine-unknown",
    `
const fetched = new command.local.Command("fetch", {
  create: "printenv KUBECONFIG_TEXT",
  environment: { KUBECONFIG_TEXT: kubeconfig },
  logging: "none",
});
const late = new k8s.Provider("late", { kubeconfig: fetched.stdout, clusterIdentifier: "late" });
const map = new k8s.core.v1.ConfigMap("map", { data: { a: "1" } }, { provider: late });
new k8s.core.v1.ConfigMapPatch("patch", {
  metadata: { name: map.metadata.name, annotations: { "pulumi.com/patchForce": "true" } },
  data: { b: "2" },
}, { provider: late });
export const name = map.metadata.name;
`,
  );
  const preview = await project.pulumi("preview");
  expect(preview).toMatchObject({ code: 0 });
  expect(preview.output).toContain("+ 6 to create");
  expect(await up(project)).toMatch(/name *: "map-[0-9a-f]{8}"/);
  expect(await isQuiet(project)).toBe(true);
  await project.pulumi("destroy", "--yes", "--skip-preview");
  project.remove();
});
