import {
  readCheckpoint,
  toObject,
  writeCheckpoint,
} from "../../../lab/plugins/kubernetes/checkpoint";
import type { Connection } from "../../../lab/plugins/kubernetes/connection";
import { deprecationNotice, removalNotice } from "../../../lab/plugins/kubernetes/deprecations";
import { isBuiltIn, isListType, isNamespacedKind } from "../../../lab/plugins/kubernetes/kinds";
import { ownedPaths, takeOver } from "../../../lab/plugins/kubernetes/managedFields";
import { adoptName, assignName, uniqueName } from "../../../lab/plugins/kubernetes/naming";
import { normalize } from "../../../lab/plugins/kubernetes/normalize";
import { fitSchema } from "../../../lab/plugins/kubernetes/normalize/schema";
import * as objects from "../../../lab/plugins/kubernetes/objects";
import { copySecrets } from "../../../lab/plugins/kubernetes/secrets";
import { decodeYaml } from "../../../lab/plugins/kubernetes/yamlDecode";
import { Secret, Unknown, type Properties, type Value } from "../../../lab/plugins/rpc/values";

describe("names", () => {
  test("that are made carry the resource's name, and come from the seed", () => {
    const seed = new Uint8Array([1]);
    expect(uniqueName("a-")).toMatch(/^a-[0-9a-f]{8}$/);
    expect(uniqueName("a-", seed)).toBe(uniqueName("a-", seed));
    const object: Properties = { metadata: {} };
    assignName(object, "map", seed, undefined);
    expect(objects.nameOf(object)).toBe(uniqueName("map-", seed));
    expect(objects.isAnnotated(object, "pulumi.com/autonamed")).toBe(true);
  });
  test("follow what the project says of naming", () => {
    const object: Properties = {};
    assignName(object, "map", new Uint8Array(), { proposedName: "mine", disabled: false });
    expect(objects.nameOf(object)).toBe("mine");
    expect(() =>
      assignName({}, "map", new Uint8Array(), { proposedName: "", disabled: true }),
    ).toThrow("requires the .metadata.name field");
  });
  test("that were made stay, those of the program's own do not", () => {
    const old: Properties = { metadata: { name: "old" } };
    const object: Properties = {};
    adoptName(object, old);
    expect(object).toEqual({});
    objects.assign(old, ["metadata", "annotations", "pulumi.com/autonamed"], "true");
    adoptName(object, old);
    expect(object).toEqual(old);
  });
});

describe("identity", () => {
  test("of kinds", () => {
    expect(objects.gvkOfType("kubernetes:core/v1:ConfigMapPatch")).toEqual({
      group: "",
      version: "v1",
      kind: "ConfigMapPatch",
    });
    expect(() => objects.gvkOfType("aws:s3/v1:Bucket")).toThrow("unrecognized resource type");
    expect(() => objects.gvkOfType("kubernetes:v1:ConfigMap")).toThrow(
      "both a group and a version",
    );
    const urn = "urn:pulumi:s::p::my:x:Parent$kubernetes:core/v1:ConfigMapPatch::a::b";
    expect(objects.isPatch(urn, "ConfigMap")).toBe(true);
    expect(objects.nameOfUrn(urn)).toBe("a::b");
    expect(isListType("kubernetes:core/v1:ConfigMapList")).toBe(true);
    expect(isListType("kubernetes:example.com/v1:PlayList")).toBe(false);
  });
  test("of ids", () => {
    expect(objects.parseId("a/b")).toEqual({ namespace: "a", name: "b" });
    expect(objects.parseId("b")).toEqual({ namespace: "", name: "b" });
  });
  test.each([
    ["", "v1", "ConfigMapPatch", true],
    ["", "v1", "Namespace", false],
    ["rbac.authorization.k8s.io", "v1", "ClusterRole", false],
    ["example.com", "v1", "Unheard", true],
  ])("%s/%s %s lives in a namespace: %p", (group, version, kind, expected) => {
    expect(isNamespacedKind({ group, version, kind }, undefined)).toBe(expected);
  });
  test("of the API's own groups", () => {
    expect(["v1", "apps/v1", "example.com/v1", "v2"].map(isBuiltIn)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("normalised inputs", () => {
  const schemas: Value = {
    components: {
      schemas: {
        "io.k8s.api.core.v1.Pod": {
          "x-kubernetes-group-version-kind": [{ group: "", version: "v1", kind: "Pod" }],
          type: "object",
          properties: {
            apiVersion: { type: "string" },
            kind: { type: "string" },
            spec: { allOf: [{ $ref: "#/components/schemas/io.k8s.api.core.v1.PodSpec" }] },
          },
        },
        "io.k8s.api.core.v1.PodSpec": {
          type: "object",
          required: ["containers"],
          properties: {
            containers: { type: "array", items: { type: "string" } },
            hostNetwork: { type: "boolean" },
            hostUsers: { type: "boolean" },
            hostname: { type: "string" },
            runtimeClassName: { type: "string" },
            priority: { type: "integer" },
            port: { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString" },
            overhead: {
              type: "object",
              additionalProperties: {
                $ref: "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity",
              },
            },
            affinity: { type: "object", properties: {} },
            tolerations: { type: "array", items: { type: "string" } },
          },
        },
      },
    },
  };
  const fit = (spec: Value): Value | undefined => {
    const pod = { apiVersion: "v1", kind: "Pod", spec };
    return fitSchema(pod, objects.gvkOf(pod), schemas)["spec"];
  };

  test.each<[string, Properties, Properties]>([
    ["unknown fields", { typo: 1, hostname: "h" }, { hostname: "h" }],
    ["a plain false", { hostNetwork: false }, {}],
    ["a pointer's false", { hostUsers: false }, { hostUsers: false }],
    ["an empty text", { hostname: "" }, {}],
    ["a pointer's empty text", { runtimeClassName: "" }, { runtimeClassName: "" }],
    ["empty lists and maps", { tolerations: [], overhead: {} }, {}],
    ["an empty struct", { affinity: {} }, { affinity: {} }],
    ["a required empty list", { containers: [] }, { containers: [] }],
    ["null", { affinity: null }, {}],
    [
      "quantities",
      { overhead: { cpu: "1000m", memory: 5 } },
      { overhead: { cpu: "1", memory: "5" } },
    ],
    ["numbers or names", { port: "http" }, { port: "http" }],
  ])("%s", (_, given, expected) => {
    expect(fit(given)).toEqual(expected);
  });

  test.each<[string, Properties]>([
    ["a text for a number", { priority: "1", typo: 1 }],
    ["a map for a list", { containers: {}, typo: 1 }],
    ["a list for a map", { overhead: [], typo: 1 }],
    ["no quantity", { overhead: { cpu: "lots" }, typo: 1 }],
  ])("that do not fit stay as they are: %s", (_, given) => {
    expect(fit(given)).toEqual(given);
  });

  test("of kinds that the server does not describe stay as they are", () => {
    const gvk = { group: "", version: "v1", kind: "Other" };
    expect(fitSchema({ a: 1 }, gvk, schemas)).toEqual({ a: 1 });
    expect(fitSchema({ a: 1 }, gvk, null)).toEqual({ a: 1 });
  });

  test("of a Secret hold data alone, in one spelling of base64", async () => {
    const secret = { apiVersion: "v1", kind: "Secret" };
    const normal = (fields: Properties): Promise<Properties> =>
      normalize({ ...secret, ...fields }, undefined);
    expect(await normal({ stringData: { a: "x" }, data: { b: "eQ==" } })).toEqual({
      ...secret,
      data: { a: "eA==", b: "eQ==" },
    });
    expect(await normal({ data: { a: "eA\n==" } })).toEqual({ ...secret, data: { a: "eA==" } });
    expect(await normal({ data: { a: "!" } })).toEqual({ ...secret, data: { a: "!" } });
  });

  test("of a definition, and without what the server owns", async () => {
    expect(
      await normalize(
        {
          apiVersion: "apiextensions.k8s.io/v1",
          kind: "CustomResourceDefinition",
          metadata: { name: "n", uid: "u", resourceVersion: "1" },
          spec: { preserveUnknownFields: false, group: "g" },
          status: {},
        },
        undefined,
      ),
    ).toEqual({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "n" },
      spec: { group: "g" },
    });
  });
});

describe("the state", () => {
  test("keeps the inputs, and who wrote them, beside the live object", () => {
    const inputs = { apiVersion: "v1", kind: "ConfigMap", data: { a: "1", b: "1" } };
    const live = { ...inputs, metadata: { uid: "u" } };
    const from = { data: { a: new Secret("1"), b: "1" } };
    const state = writeCheckpoint(inputs, live, from, "v1", "manager");
    expect(state).toEqual({
      ...live,
      data: { a: new Secret("1"), b: "1" },
      __inputs: { ...inputs, data: { a: new Secret("1"), b: "1" } },
      __initialApiVersion: "v1",
      __fieldManager: "manager",
    });
    expect(readCheckpoint(state)).toMatchObject({
      inputs,
      live,
      initialApiVersion: "v1",
      fieldManager: "manager",
    });
    expect(readCheckpoint({})).toMatchObject({ inputs: {}, live: {}, fieldManager: undefined });
  });

  test("spells a schema's extensions as SDKs can", () => {
    const dashed = { spec: [{ "x-kubernetes-int-or-string": true }] };
    const underscored = { spec: [{ x_kubernetes_int_or_string: true }] };
    expect(toObject(underscored)).toEqual(dashed);
    expect(writeCheckpoint({}, dashed, {}, "", "")).toMatchObject(underscored);
  });

  test("hides what came from stringData", () => {
    const live = { apiVersion: "v1", kind: "Secret", data: { a: "eA==" } };
    const state = writeCheckpoint({}, live, { stringData: new Secret({ a: "x" }) }, "v1", "m");
    expect(state["data"]).toEqual(new Secret({ a: "eA==" }));
  });

  test("hides whole lists that hold a secret", () => {
    const outputs: Properties = { env: ["a", "b"], plain: 1, open: Unknown.value };
    copySecrets(outputs, { env: ["a", new Secret("b")], plain: 1, gone: new Secret(1) });
    expect(outputs).toEqual({ env: new Secret(["a", "b"]), plain: 1, open: Unknown.value });
  });
});

describe("managed fields", () => {
  const entry = (manager: string, operation: string, fields: Properties): Properties => ({
    manager,
    operation,
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: fields,
  });
  const object = (...managedFields: Value[]): Properties => ({ metadata: { managedFields } });

  test("of predecessors go over to the resource's own manager", () => {
    const other = entry("addon", "Update", { "f:data": { "f:z": {} } });
    const status = { ...entry("kubectl", "Update", {}), subresource: "status" };
    const taken = takeOver(
      object(
        entry("pulumi-kubernetes", "Update", { "f:data": { ".": {}, "f:a": {} } }),
        other,
        status,
        entry("kubectl-edit", "Update", { "f:data": { "f:b": {} } }),
        entry("mine", "Apply", { "f:data": { "f:c": {} } }),
      ),
      "mine",
    );
    expect(taken).toEqual([
      other,
      status,
      entry("mine", "Apply", { "f:data": { ".": {}, "f:a": {}, "f:b": {}, "f:c": {} } }),
    ]);
  });
  test("stay as they are when there is no predecessor", () => {
    expect(takeOver(object(entry("mine", "Apply", {})), "mine")).toBeUndefined();
  });
  test("name the paths that they own", () => {
    const owned = ownedPaths(entry("m", "Apply", { "f:data": { ".": {}, "f:a.b": {} } }));
    expect([...owned]).toEqual(["data", "data\0a.b"]);
  });
});

test("kinds that are gone or going are named with their successor", () => {
  const ingress = { group: "extensions", version: "v1beta1", kind: "Ingress" };
  expect(removalNotice(ingress, { major: 1, minor: 21 })).toBeUndefined();
  expect(removalNotice(ingress, { major: 1, minor: 35 })).toMatch(
    /^apiVersion "extensions\/v1beta1\/Ingress" was removed in Kubernetes 1\.22\. Use "networking\.k8s\.io\/v1\/Ingress" instead\./,
  );
  expect(deprecationNotice(ingress)).toBe(
    "extensions/v1beta1/Ingress is deprecated by networking.k8s.io/v1/Ingress and not supported " +
      "by Kubernetes v1.22+ clusters.",
  );
  expect(deprecationNotice({ group: "", version: "v1", kind: "Pod" })).toBeUndefined();
});

test("a manifest is read document by document", () => {
  const connection = { cluster: undefined } as Connection;
  const text = `
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
# nothing
---
apiVersion: v1
kind: Namespace
metadata: {name: b}
`;
  expect(decodeYaml(text, "team", connection)).toEqual([
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "team" } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "b" } },
  ]);
  expect(() => decodeYaml("a: [", "", connection)).toThrow(/./);
});
