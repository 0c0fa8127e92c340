import * as fc from "fast-check";

import {
  detailedDiff,
  formatPath,
  ignore,
  parsePath,
} from "../../../lab/plugins/kubernetes/diff/detailedDiff";
import { forceNewPatterns, touches } from "../../../lab/plugins/kubernetes/diff/forceNew";
import { mergePatch } from "../../../lab/plugins/kubernetes/diff/mergePatch";
import { strategicPatch } from "../../../lab/plugins/kubernetes/diff/strategic";
import { threeWayMerge } from "../../../lab/plugins/kubernetes/diff/threeWay";
import { prune } from "../../../lab/plugins/kubernetes/prune";
import { readSettings } from "../../../lab/plugins/kubernetes/settings";
import {
  equal,
  isMap,
  Unknown,
  type Properties,
  type Value,
} from "../../../lab/plugins/rpc/values";

const settings = (options: Record<string, string> = {}) =>
  readSettings(
    new Map(Object.entries(options).map(([key, value]) => [`kubernetes:config:${key}`, value])),
  );

/** Each change as `sign path`, `!` where it needs a new object. */
function changes(old: Properties, wanted: Properties, paths: string[] = []): string[] {
  const signs = { add: "+", update: "~", delete: "-" };
  const patterns = paths.map((path) => path.split("."));
  const found = detailedDiff(mergePatch(old, wanted), old, wanted, patterns);
  return [...found].map(
    ([path, { kind, replace }]) => `${signs[kind]}${path}${replace ? "!" : ""}`,
  );
}

describe("the changes between an old object and a wanted one", () => {
  test.each<[string, Properties, Properties, string[]]>([
    ["none", { a: 1, b: { c: [1] } }, { a: 1, b: { c: [1] } }, []],
    ["a value", { a: 1 }, { a: 2 }, ["~a"]],
    ["another type", { a: "1" }, { a: 1 }, ["~a"]],
    ["a new key", { a: {} }, { a: { b: 1 } }, ["+a.b"]],
    ["a new map", {}, { a: { b: 1 } }, ["+a"]],
    ["a key that is gone", { a: { b: 1, c: 1 } }, { a: { c: 1 } }, ["-a.b"]],
    ["an element", { a: [1, 2] }, { a: [1, 3] }, ["~a[1]"]],
    ["a longer list", { a: [1] }, { a: [1, 2] }, ["+a[1]"]],
    ["a shorter list", { a: [1, 2] }, { a: [1] }, ["-a[1]"]],
    ["a key of an element", { a: [{ b: 1, c: 1 }] }, { a: [{ b: 2 }] }, ["~a[0].b", "-a[0].c"]],
    ["a key with dots", { a: {} }, { a: { "b.c/d": 1 } }, ['+a["b.c/d"]']],
    ["something unknown", { a: 1 }, { a: Unknown.value, b: Unknown.value }, ["~a", "+b"]],
    ["an unknown map", { a: { b: 1 } }, { a: Unknown.value }, ["~a"]],
  ])("%s", (_, old, wanted, expected) => {
    expect(changes(old, wanted)).toEqual(expected);
  });

  test("that force a new object are marked", () => {
    const old = { spec: { template: { a: 1 }, containers: [{ image: "a", name: "n" }] } };
    const wanted = { spec: { template: { a: 2 }, containers: [{ image: "b", name: "m" }] } };
    expect(changes(old, wanted, ["spec.template", "spec.containers.*.image"])).toEqual([
      "~spec.template.a!",
      "~spec.containers[0].image!",
      "~spec.containers[0].name",
    ]);
    expect(changes({}, { data: { a: 1 } }, ["data.a"])).toEqual(["+data!"]);
    expect(changes({ data: { a: 1 } }, {}, ["data"])).toEqual(["-data!"]);
  });

  test("leave out what is ignored, and what lies below", () => {
    const all = detailedDiff({ a: { b: 1, c: 1 }, l: [{ d: 1 }] }, {}, { a: {}, l: [] }, []);
    const some = new Map([
      ...all,
      ["a.b", { kind: "add", replace: false, inputDiff: false } as const],
    ]);
    expect([...ignore(some, ["a.b", "l[*]"]).keys()]).toEqual(["a", "l"]);
    expect([...ignore(some, ["a"]).keys()]).toEqual(["l"]);
    expect(() => ignore(some, ["a[b"])).toThrow("failed to parse ignore path: a[b");
  });

  test("paths read back as they were written", () => {
    const step = fc.oneof(
      fc.nat(9),
      fc.string({ minLength: 1 }).filter((text) => !text.includes("\\")),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(step), (first, rest) => {
        fc.pre(!first.includes("\\") && /^[^.[\]"]+$/.test(first));
        const path = [first, ...rest];
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });
});

const json = fc.letrec<{ value: Value; map: Properties }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("map"),
  ),
  map: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value")),
})).map;

function apply(target: Properties, patch: Properties): Properties {
  const result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (value === null) delete result[key];
    else result[key] = isMap(value) ? apply(isMap(old) ? old : {}, value) : value;
  }
  return result;
}

test("a merge patch turns the one into the other", () => {
  fc.assert(fc.property(json, json, (from, to) => equal(apply(from, mergePatch(from, to)), to)));
});

test("a three-way merge keeps what others added, and takes back what the program took back", () => {
  const live = { ours: 1, old: 1, theirs: 9, nested: { ours: 1, theirs: 9 } };
  const patch = threeWayMerge(
    { ours: 1, old: 1, nested: { ours: 1 } },
    { ours: 2, nested: {} },
    live,
  );
  expect(apply(live, patch)).toEqual({ ours: 2, theirs: 9, nested: { theirs: 9 } });
});

describe("a live object cut to what the inputs speak about", () => {
  test.each<[string, Properties, Properties, Properties]>([
    ["drops other keys", { a: 1, b: 2 }, { a: 0 }, { a: 1 }],
    ["drops further elements", { a: [1, 2, 3] }, { a: [0, 0] }, { a: [1, 2] }],
    ["goes into elements", { a: [{ b: 1, c: 1 }] }, { a: [{ b: 0 }] }, { a: [{ b: 1 }] }],
    ["keeps what has another type", { a: { b: 1 } }, { a: "x" }, { a: { b: 1 } }],
    ["keeps lists of another kind", { a: [1, 2] }, { a: ["x"] }, { a: [1, 2] }],
    ["keeps empty lists", { a: [1] }, { a: [] }, { a: [] }],
  ])("%s", (_, live, inputs, expected) => {
    expect(prune(live, inputs)).toEqual(expected);
  });

  test("is all of it when the inputs say the same", () => {
    fc.assert(fc.property(json, (object) => equal(prune(object, object), object)));
  });
});

describe("what forces a new object", () => {
  const forces = (object: Properties, path: string, options = {}): boolean =>
    forceNewPatterns(object, settings(options)).some((pattern) =>
      touches(parsePath(path), "x", pattern),
    );
  test.each([
    ["v1", "ConfigMap", "data.Corefile", true],
    ["v1", "Secret", "type", true],
    ["v1", "Secret", "data.a", true],
    ["v1", "Namespace", "metadata.labels.a", false],
    ["v1", "Pod", "spec.containers[0].image", true],
    ["v1", "Pod", "spec.containers[0].name", false],
    ["v1", "Service", "spec.clusterIP", true],
    ["v1", "PersistentVolumeClaim", "spec.storageClassName", true],
    ["batch/v1", "Job", "spec.template.spec.containers[0].image", true],
    ["batch/v1", "Job", "spec.backoffLimit", false],
    ["batch/v1", "CronJob", "spec.schedule", false],
    ["apps/v1", "Deployment", "spec.selector.matchLabels.a", true],
    ["apps/v1", "Deployment", "spec.template.spec.containers[0].image", false],
    ["apps/v1", "DaemonSet", "spec.selector", true],
    ["apps/v1", "StatefulSet", "spec.serviceName", true],
    ["apps/v1", "StatefulSet", "spec.replicas", false],
    ["rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef.name", true],
    ["storage.k8s.io/v1", "StorageClass", "provisioner", true],
    ["example.com/v1", "Thing", "metadata.namespace", true],
    ["example.com/v1", "Thing", "spec.a", false],
  ])("%s %s %s: %p", (apiVersion, kind, path, expected) => {
    expect(forces({ apiVersion, kind }, path)).toBe(expected);
  });

  test("is less where the provider says that data may change, unless the object forbids it", () => {
    const map = { apiVersion: "v1", kind: "ConfigMap" };
    const secret = { apiVersion: "v1", kind: "Secret" };
    const mutable = { enableConfigMapMutable: "true", enableSecretMutable: "true" };
    expect(forces(map, "data.a", mutable)).toBe(false);
    expect(forces(secret, "data.a", mutable)).toBe(false);
    expect(forces(secret, "type", mutable)).toBe(true);
    expect(forces({ ...map, immutable: true }, "data.a", mutable)).toBe(true);
  });
});

describe("a strategic merge", () => {
  const keyed = {
    type: "array",
    "x-kubernetes-patch-strategy": "merge,retainKeys",
    "x-kubernetes-patch-merge-key": "name",
    items: { allOf: [{ $ref: "#/components/schemas/Container" }] },
  };
  const document: Value = {
    components: {
      schemas: {
        Pod: {
          "x-kubernetes-group-version-kind": [{ group: "", version: "v1", kind: "Pod" }],
          properties: {
            containers: keyed,
            finalizers: { type: "array", "x-kubernetes-patch-strategy": "merge" },
            args: { type: "array" },
            labels: { additionalProperties: { type: "string" } },
          },
        },
        Container: { properties: { name: {}, image: {}, env: keyed } },
      },
    },
  };
  const gvk = { group: "", version: "v1", kind: "Pod" };
  const patch = (before: Properties, wanted: Properties, live: Properties) =>
    strategicPatch({ before, wanted, live }, gvk, document);

  test("merges elements by their key, and takes out only what the program had", () => {
    expect(
      patch(
        { containers: [{ name: "a", image: "1" }, { name: "gone" }] },
        { containers: [{ name: "a", image: "2" }, { name: "new" }] },
        {
          containers: [{ name: "sidecar" }, { name: "a", image: "1", tty: true }, { name: "gone" }],
        },
      ),
    ).toEqual({
      containers: [{ name: "a", image: "2" }, { name: "new" }, { $patch: "delete", name: "gone" }],
    });
  });
  test("merges plain values", () => {
    expect(
      patch({ finalizers: ["old"] }, { finalizers: ["new"] }, { finalizers: ["old", "theirs"] }),
    ).toEqual({ finalizers: ["new"], "$deleteFromPrimitiveList/finalizers": ["old"] });
  });
  test("replaces other lists, and says nothing of what is right", () => {
    expect(
      patch(
        { args: ["1"], labels: { a: "1", b: "1" } },
        { args: ["2"], labels: { a: "1" } },
        { args: ["1"], labels: { a: "1", b: "1", z: "9" } },
      ),
    ).toEqual({ args: ["2"], labels: { b: null } });
    const same = { containers: [{ name: "a" }], args: ["1"] };
    expect(patch(same, same, same)).toEqual({});
  });
  test("is none for a kind that the server does not describe", () => {
    const sides = { before: {}, wanted: {}, live: {} };
    expect(strategicPatch(sides, { ...gvk, kind: "Other" }, document)).toBeUndefined();
  });
});
