import { InitError } from "../../lab/plugins/kubernetes/operations/initError";
import type { Provider } from "../../lab/plugins/kubernetes/provider";
import { Secret, Unknown, type Properties } from "../../lab/plugins/rpc/values";
import { startLoopbackControlPlane, type LoopbackControlPlane } from "./support/controlPlane";
import { at, configured, Resource } from "./support/kubernetesResource";

jest.setTimeout(120_000);

let cluster: LoopbackControlPlane;
let provider: Provider;

beforeAll(async () => {
  // Objects are deleted by a controller.
  cluster = await startLoopbackControlPlane({ controllers: true });
  provider = await configured({ kubeconfig: cluster.kubeconfig });
});
afterAll(() => cluster.stop());

const configMap = (data: Properties, metadata: Properties = {}): Properties => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata,
  data,
});
const plainMap = (name: string, using = provider): Resource =>
  new Resource(using, "kubernetes:core/v1:ConfigMap", name);
const mapPatch = (name: string, using = provider): Resource =>
  new Resource(using, "kubernetes:core/v1:ConfigMapPatch", name);

interface Manager {
  manager: string;
  operation: string;
}
async function managersOf(name: string): Promise<string[]> {
  const text = await cluster.kubectl("get", "cm", name, "-o", "json", "--show-managed-fields");
  const { metadata } = JSON.parse(text) as { metadata: { managedFields: Manager[] } };
  return metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`).sort();
}
const dataOf = async (name: string): Promise<unknown> =>
  JSON.parse((await cluster.kubectl("get", "cm", name, "-o", "jsonpath={.data}")) || "{}");

describe("a plain object", () => {
  test("is named, placed in the default namespace, and remembered whole", async () => {
    const map = await plainMap("auto").create(configMap({ a: "1" }));
    expect(map.id).toMatch(/^default\/auto-[0-9a-f]{8}$/);
    expect(at(map.inputs, "metadata")).toEqual({
      name: map.id.slice("default/".length),
      namespace: "default",
      annotations: { "pulumi.com/autonamed": "true" },
    });
    expect(map.state).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
      data: { a: "1" },
      __inputs: map.inputs,
      __initialApiVersion: "v1",
      __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/) as string,
    });
    expect(at(map.state, "metadata", "uid")).toEqual(expect.any(String));
    expect(await managersOf(map.id.slice("default/".length))).toEqual(["pulumi-kubernetes Update"]);
  });

  test("that exists already is refused, with what to do about it; a preview lets it pass", async () => {
    await cluster.kubectl("create", "configmap", "taken", "--from-literal=a=0");
    const wanted = configMap({ a: "1" }, { name: "taken" });
    await expect(plainMap("taken").previewCreate(wanted)).resolves.toMatchObject({
      data: { a: "1" },
    });
    await expect(plainMap("taken").create(wanted)).rejects.toThrow(
      /was not successfully created by the Kubernetes API server: configmaps "taken" already exists[^]*upsertExistingObjects/,
    );
    expect(await dataOf("taken")).toEqual({ a: "0" });
  });

  test("that exists already is taken over where the provider says so", async () => {
    await cluster.kubectl("create", "configmap", "upserted", "--from-literal=b=0");
    const upserting = await configured({
      kubeconfig: cluster.kubeconfig,
      upsertExistingObjects: "true",
    });
    await plainMap("upserted", upserting).create(configMap({ a: "1" }, { name: "upserted" }));
    expect(await dataOf("upserted")).toEqual({ a: "1", b: "0" });
  });

  test("with other data is another object, made once the old one is gone when it has a name", async () => {
    const named = await plainMap("named").create(configMap({ a: "1" }, { name: "named" }));
    const diff = await named.diff(configMap({ a: "2" }, { name: "named" }));
    expect(diff).toMatchObject({ changed: true, replaces: ["data.a"], deleteBeforeReplace: true });

    const auto = await plainMap("free").create(configMap({ a: "1" }));
    expect(await auto.diff(configMap({ a: "2" }))).toMatchObject({
      replaces: ["data.a"],
      deleteBeforeReplace: false,
    });
    expect(await auto.changes(configMap({ a: "1" }))).toEqual([]);
  });

  test("can change in place where the provider says so", async () => {
    const mutable = await configured({
      kubeconfig: cluster.kubeconfig,
      enableConfigMapMutable: "true",
    });
    const map = await plainMap("mutable", mutable).create(
      configMap({ a: "1" }, { name: "mutable" }),
    );
    const wanted = configMap({ a: "2" }, { name: "mutable" });
    expect(await map.changes(wanted)).toEqual(["~data.a"]);
    await map.update(wanted, { preview: true });
    expect(await dataOf("mutable")).toEqual({ a: "1" });
    await map.update(wanted);
    expect(await dataOf("mutable")).toEqual({ a: "2" });
    expect(await managersOf("mutable")).toEqual([
      expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8} Apply$/),
    ]);
    expect(
      await map.changes(configMap({ a: "3" }, { name: "mutable", namespace: "other" })),
    ).toEqual(["~data.a", "~metadata.namespace!"]);
  });

  test("is read back, as far as the program speaks about it", async () => {
    const map = await plainMap("drift").create(configMap({ a: "1" }, { name: "drift" }));
    const wanted = configMap({ a: "1" }, { name: "drift" });
    await cluster.kubectl("patch", "cm", "drift", "-p", '{"data":{"a":"9","b":"9"}}');
    expect(await map.refresh()).toBe(true);
    expect(map.inputs["data"]).toEqual({ a: "9" });
    expect(await map.changes(wanted)).toEqual(["~data.a!"]);
    await cluster.kubectl("patch", "cm", "drift", "-p", '{"data":{"a":null}}');
    expect(await map.refresh()).toBe(true);
    expect(await map.changes(wanted)).toEqual(["+data!"]);
    await cluster.kubectl("delete", "cm", "drift");
    expect(await map.refresh()).toBe(false);
  });

  test("is imported by its id, without what the server adds", async () => {
    await cluster.kubectl("create", "configmap", "imported", "--from-literal=a=1");
    const map = plainMap("imported");
    map.id = "default/imported";
    expect(await map.refresh()).toBe(true);
    expect(map.inputs).toEqual(configMap({ a: "1" }, { name: "imported", namespace: "default" }));
    expect(await map.changes(configMap({ a: "1" }, { name: "imported" }))).toEqual([]);
    map.id = "default/nowhere";
    expect(await map.refresh()).toBe(false);
  });

  test("is deleted, and being gone already is no fault", async () => {
    const map = await plainMap("gone").create(configMap({}, { name: "gone" }));
    await map.delete();
    await map.delete();
    await expect(cluster.kubectl("get", "cm", "gone")).rejects.toThrow("not found");
  });

  test("that a finalizer holds back is reported with its state", async () => {
    const map = await plainMap("held").create(
      configMap({}, { name: "held", finalizers: ["example.com/hold"] }),
    );
    await expect(map.delete(1)).rejects.toMatchObject({
      message: "timed out waiting for the condition",
      known: { id: "default/held", details: [] },
    });
    await cluster.kubectl("patch", "cm", "held", "-p", '{"metadata":{"finalizers":null}}');
  });

  test("waits for what the program has not made yet, and for nothing in a preview", async () => {
    const wanted = configMap({ a: "1" }, { name: "early", namespace: "late" });
    await expect(plainMap("early").previewCreate(wanted)).resolves.toMatchObject(wanted);
    const making = plainMap("early").create(wanted);
    await cluster.kubectl("create", "namespace", "late");
    await expect(making).resolves.toMatchObject({ id: "late/early" });
  });

  test("is previewed by the server, unless something in it is not known yet", async () => {
    const service: Properties = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "s" },
      spec: { ports: [{ port: 80 }] },
    };
    const resource = new Resource(provider, "kubernetes:core/v1:Service", "s");
    const preview = await resource.previewCreate(service);
    expect(at(preview, "spec", "type")).toBe("ClusterIP");
    expect(preview).not.toHaveProperty("status");

    const open = { ...service, spec: { ports: [{ port: Unknown.value }] } };
    expect(await resource.previewCreate(open)).not.toHaveProperty("__inputs");
    await expect(
      resource.previewCreate({ ...service, spec: { ports: [{ port: 0 }] } }),
    ).rejects.toThrow(/spec\.ports\[0\]\.port: Invalid value: 0/);
  });

  test("without fields that its kind does not have is what counts", async () => {
    const resource = new Resource(provider, "kubernetes:core/v1:Namespace", "fields");
    const checked = await resource.check({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "fields", labels: {}, typo: 1 },
      speck: {},
    });
    expect(checked).toEqual({ apiVersion: "v1", kind: "Namespace", metadata: { name: "fields" } });
  });

  test("of a kind that is not served is refused", async () => {
    const thing = new Resource(provider, "kubernetes:example.com/v1:Thing", "t");
    const wanted = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" } };
    await expect(thing.previewCreate(wanted)).resolves.toMatchObject(wanted);
    const old = new Resource(provider, "kubernetes:extensions/v1beta1:Ingress", "i");
    await expect(
      old.create({ apiVersion: "extensions/v1beta1", kind: "Ingress", metadata: { name: "i" } }),
    ).rejects.toThrow('apiVersion "extensions/v1beta1/Ingress" was removed in Kubernetes 1.22');
  });
});

describe("a Secret", () => {
  const type = "kubernetes:core/v1:Secret";
  test("keeps its text as base64 and secret, whatever the program says", async () => {
    const secret = new Resource(provider, type, "password");
    const wanted: Properties = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "password" },
      stringData: { password: "hunter2" },
    };
    await secret.create(wanted);
    const encoded = new Secret({ password: Buffer.from("hunter2").toString("base64") });
    expect(secret.inputs["data"]).toEqual(encoded);
    expect(secret.inputs).not.toHaveProperty("stringData");
    expect(secret.state["data"]).toEqual(encoded);
    expect(at(secret.state, "__inputs", "data")).toEqual(encoded);
    expect(await secret.changes(wanted)).toEqual([]);
    const changed = { ...wanted, stringData: { password: "hunter3" } };
    expect(await secret.changes(changed)).toEqual(["~data.password!"]);
    await secret.refresh();
    expect(secret.inputs["data"]).toEqual(encoded);
  });
});

describe("a patch", () => {
  const force = { "pulumi.com/patchForce": "true" };
  const patchOf = (name: string, data: Properties, annotations: Properties = {}): Properties =>
    configMap(data, { name, annotations });

  test("needs a name", async () => {
    await expect(mapPatch("nameless").check(configMap({}))).rejects.toThrow(
      "patch resources require the `.metadata.name` field to be set",
    );
  });

  test("does not take fields from others unless it is told to", async () => {
    await cluster.kubectl("create", "cm", "shared", "--from-literal=a=0", "--from-literal=b=0");
    await expect(mapPatch("shared").create(patchOf("shared", { a: "1" }))).rejects.toThrow(
      /server-side apply field conflict detected[^]*The resource managed by field manager "pulumi-kubernetes-[0-9a-f]{8}" had an apply conflict: Apply failed with 1 conflict: conflict with "kubectl-create" using v1: \.data\.a/,
    );
    await mapPatch("shared").create(patchOf("shared", { a: "1" }, force));
    expect(await dataOf("shared")).toEqual({ a: "1", b: "0" });
    const forcing = await configured({ kubeconfig: cluster.kubeconfig, enablePatchForce: "true" });
    await mapPatch("shared", forcing).create(patchOf("shared", { b: "2" }));
    expect(await dataOf("shared")).toEqual({ a: "1", b: "2" });
  });

  test("updates in place, but another name is another object", async () => {
    await cluster.kubectl("create", "cm", "inplace", "--from-literal=a=0");
    const patch = await mapPatch("inplace").create(patchOf("inplace", { a: "1" }, force));
    const wanted = patchOf("inplace", { a: "2" }, force);
    expect(await patch.changes(wanted)).toEqual(["~data.a"]);
    await patch.update(wanted);
    expect(await dataOf("inplace")).toEqual({ a: "2" });
    expect(await patch.changes(patchOf("elsewhere", { a: "2" }, force))).toEqual([
      "~metadata.name!",
    ]);
    expect(await managersOf("inplace")).toHaveLength(2);
  });

  test("meets others' changes as drift, and conflicts with them unless it forces", async () => {
    await cluster.kubectl("create", "cm", "fought", "--from-literal=z=0");
    const patch = await mapPatch("fought").create(patchOf("fought", { a: "1" }));
    const other = { a: "other" };
    await cluster.kubectl("patch", "cm", "fought", "-p", JSON.stringify({ data: other }));
    await patch.refresh();
    const wanted = patchOf("fought", { a: "1" });
    expect(await patch.changes(wanted)).toEqual(["~data.a"]);
    await expect(patch.update(wanted)).rejects.toThrow(
      /reported that "default\/fought" failed to fully initialize or become live: server-side apply field conflict/,
    );
    await expect(patch.update(wanted)).rejects.toBeInstanceOf(InitError);
    await patch.update(patchOf("fought", { a: "1" }, force));
    expect(await dataOf("fought")).toEqual({ a: "1", z: "0" });
  });

  test("may carry a field manager's name, and change it", async () => {
    const manager = (name: string): Properties => ({
      ...force,
      "pulumi.com/patchFieldManager": name,
    });
    await cluster.kubectl("create", "cm", "managed", "--from-literal=z=0");
    const patch = await mapPatch("managed").create(patchOf("managed", { a: "1" }, manager("one")));
    expect(patch.state["__fieldManager"]).toBe("one");
    await patch.update(patchOf("managed", { a: "1" }, manager("two")));
    expect(patch.state["__fieldManager"]).toBe("two");
    expect(await managersOf("managed")).toEqual(["kubectl-create Update", "two Apply"]);
  });

  test("leaves with its fields: those that nobody else owns go", async () => {
    await cluster.kubectl("create", "cm", "left", "--from-literal=a=0", "--from-literal=b=0");
    const patch = await mapPatch("left").create(patchOf("left", { a: "1", c: "1" }, force));
    await patch.delete();
    expect(await dataOf("left")).toEqual({ b: "0" });
    expect(await managersOf("left")).toEqual(["kubectl-create Update"]);
  });

  test("that holds a required field cannot leave", async () => {
    const storageClass = new Resource(
      provider,
      "kubernetes:storage.k8s.io/v1:StorageClassPatch",
      "sc",
    );
    await storageClass.create({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "sc" },
      provisioner: "example.com/none",
    });
    await expect(storageClass.delete()).rejects.toThrow(
      "this Patch resource is currently managing a required field, so it can't be deleted directly",
    );
  });

  test("sends no field that the schema does not have", async () => {
    await expect(
      mapPatch("strict").create(configMap({ a: 1 }, { name: "strict" })),
    ).rejects.toThrow(/failed to create typed patch object|cannot unmarshal/);
  });

  test("is no plain resource without server-side apply", async () => {
    const clientSide = await configured({
      kubeconfig: cluster.kubeconfig,
      enableServerSideApply: "false",
    });
    await expect(mapPatch("csa", clientSide).check(patchOf("csa", {}))).rejects.toThrow(
      "patch resources require Server-Side Apply mode",
    );
  });
});

test("an ignored field stays with whoever owns it", async () => {
  const mutable = await configured({
    kubeconfig: cluster.kubeconfig,
    enableConfigMapMutable: "true",
  });
  const wanted = (a: string, b: string): Properties => configMap({ a, b }, { name: "ignored" });
  const map = await plainMap("ignored", mutable).create(wanted("1", "1"));
  await cluster.kubectl("patch", "cm", "ignored", "-p", '{"data":{"a":"theirs"}}');
  await map.refresh();
  expect(await map.changes(wanted("1", "2"), ["data.a"])).toEqual(["~data.b"]);
  await map.update(wanted("1", "2"), { ignoreChanges: ["data.a"] });
  expect(await dataOf("ignored")).toEqual({ a: "theirs", b: "2" });
});

describe("without server-side apply", () => {
  let clientSide: Provider;
  beforeAll(async () => {
    clientSide = await configured({
      kubeconfig: cluster.kubeconfig,
      enableServerSideApply: "false",
      enableConfigMapMutable: "true",
    });
  });

  test("a change is a merge that leaves others' keys alone", async () => {
    const wanted = (data: Properties): Properties => configMap(data, { name: "merged" });
    const map = await plainMap("merged", clientSide).create(wanted({ a: "1", b: "1" }));
    expect(at(map.inputs, "metadata", "labels")).toEqual({
      "app.kubernetes.io/managed-by": "pulumi",
    });
    await cluster.kubectl("patch", "cm", "merged", "-p", '{"data":{"z":"9"}}');
    await map.update(wanted({ a: "2" }));
    expect(await dataOf("merged")).toEqual({ a: "2", z: "9" });
  });

  test("a change leaves others' elements of a list alone", async () => {
    const deployment = (image: string): Properties => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "listed", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "listed" } },
        template: {
          metadata: { labels: { app: "listed" } },
          spec: { containers: [{ name: "main", image }] },
        },
      },
    });
    const type = "kubernetes:apps/v1:Deployment";
    const listed = await new Resource(clientSide, type, "listed").create(deployment("one"));
    const sidecar = {
      spec: { template: { spec: { containers: [{ name: "side", image: "s" }] } } },
    };
    await cluster.kubectl("patch", "deployment", "listed", "-p", JSON.stringify(sidecar));
    await listed.update(deployment("two"));
    const path = "jsonpath={.spec.template.spec.containers[*].image}";
    const images = await cluster.kubectl("get", "deployment", "listed", "-o", path);
    expect(images.split(" ").sort()).toEqual(["s", "two"]);
  });
});

test("a definition changes in place, and its objects stay", async () => {
  const definition = (shortNames: string[]): Properties => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.example.com" },
    spec: {
      group: "example.com",
      names: { kind: "Thing", plural: "things", shortNames },
      scope: "Cluster",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true },
          },
        },
      ],
    },
  });
  const thing = (size: number): Properties => ({
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name: "thing" },
    spec: { size },
  });
  const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
  const crd = await new Resource(provider, type, "crd").create(definition(["th"]));
  const one = new Resource(provider, "kubernetes:example.com/v1:Thing", "thing");
  await one.create(thing(1));
  expect(one.id).toBe("thing");
  expect(await crd.changes(definition(["thing1"]))).toEqual(["~spec.names.shortNames[0]"]);
  await crd.update(definition(["thing1"]));
  expect(await crd.changes(definition(["thing1"]))).toEqual([]);
  expect(await one.changes(thing(2))).toEqual(["~spec.size"]);
  await one.update(thing(2));
  expect(await cluster.kubectl("get", "things", "-o", "jsonpath={..spec.size}")).toBe("2");
  const imported = new Resource(provider, "kubernetes:example.com/v1:Thing", "again");
  imported.id = "thing";
  expect(await imported.refresh()).toBe(true);
  expect(imported.inputs).toEqual({
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name: "thing" },
  });
  await crd.delete();
  expect(await one.refresh()).toBe(false);
  await one.delete();
});

describe("a cluster that cannot be reached", () => {
  const nowhere = `{"apiVersion":"v1","kind":"Config","current-context":"c",
    "clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:1"}}],
    "contexts":[{"name":"c","context":{"cluster":"c","namespace":"team"}}]}`;
  const wanted = configMap({ a: "1" }, { name: "away" });

  test("can be previewed, and says why when it is needed", async () => {
    const away = await configured({ kubeconfig: nowhere });
    const preview = await plainMap("away", away).previewCreate(wanted);
    expect(at(preview, "metadata", "namespace")).toBe("team");
    await expect(plainMap("away", away).create(wanted)).rejects.toThrow(
      /configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "https:\/\/127\.0\.0\.1:1\/.*ECONNREFUSED/,
    );
    const broken = await configured({ kubeconfig: "no kubeconfig" });
    await expect(plainMap("away", broken).create(wanted)).rejects.toThrow(
      "failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- ",
    );
  });

  test("keeps its resources in the state unless they are given up", async () => {
    const map = plainMap("away", await configured({ kubeconfig: nowhere }));
    map.id = "team/away";
    await expect(map.refresh()).rejects.toThrow("PULUMI_K8S_DELETE_UNREACHABLE");
    await expect(map.delete()).rejects.toThrow("PULUMI_K8S_DELETE_UNREACHABLE");
    const givingUp = plainMap(
      "away",
      await configured({ kubeconfig: nowhere, deleteUnreachable: "true" }),
    );
    givingUp.id = "team/away";
    expect(await givingUp.refresh()).toBe(false);
    await expect(givingUp.delete()).resolves.toBeUndefined();
    const waiting = plainMap(
      "away",
      await configured({ kubeconfig: nowhere, skipUpdateUnreachable: "true" }),
    );
    waiting.id = "team/away";
    waiting.inputs = wanted;
    expect(await waiting.check(configMap({ a: "2" }))).toEqual(wanted);
    expect(await waiting.refresh()).toBe(true);
  });
});
