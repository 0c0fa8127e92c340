import { setTimeout as sleep } from "node:timers/promises";

import type { InitError } from "../../lab/plugins/kubernetes/operations/initError";
import type { Provider } from "../../lab/plugins/kubernetes/provider";
import type { Properties } from "../../lab/plugins/rpc/values";
import { startLoopbackControlPlane, type LoopbackControlPlane } from "./support/controlPlane";
import { at, configured, Resource } from "./support/kubernetesResource";

jest.setTimeout(120_000);

let cluster: LoopbackControlPlane;
let provider: Provider;

beforeAll(async () => {
  cluster = await startLoopbackControlPlane({ controllers: true });
  provider = await configured({ kubeconfig: cluster.kubeconfig });
});
afterAll(() => cluster.stop());

const podSpec: Properties = {
  restartPolicy: "Never",
  containers: [{ name: "main", image: "example.com/none" }],
};
const template = (labels: Properties, spec: Properties = podSpec): Properties => ({
  metadata: { labels },
  spec,
});

/** Plays the node that is not there: writes what a kubelet would report. */
async function report(kind: string, name: string, status: Properties): Promise<void> {
  const patch = JSON.stringify({ status });
  const options = ["--subresource=status", "--type=merge", "-p", patch];
  await cluster.kubectl("patch", kind, name, ...options);
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await sleep(200);
  }
  throw new Error("did not happen");
}

async function podOf(label: string): Promise<string> {
  return eventually(async () => {
    const names = await cluster.kubectl("get", "pods", "-l", label, "-o", "name");
    return names.trim().split("\n")[0]?.replace("pod/", "") || undefined;
  });
}

const failure = (promise: Promise<unknown>): Promise<InitError> =>
  promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (error: InitError) => error,
  );

describe("a Job", () => {
  const job = (name: string, spec: Properties = {}, annotations: Properties = {}): Properties => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, annotations },
    spec: { backoffLimit: 0, template: template({ job: name }), ...spec },
  });
  const resource = (name: string): Resource =>
    new Resource(provider, "kubernetes:batch/v1:Job", name);
  const conditions = [
    { type: "Initialized", status: "True" },
    { type: "PodScheduled", status: "True" },
  ];

  test("is made when it has run to its end", async () => {
    const making = resource("done").create(job("done"));
    await report("pod", await podOf("job=done"), { phase: "Succeeded" });
    const done = await making;
    expect(at(done.state, "status", "succeeded")).toBe(1);
    expect(await done.refresh()).toBe(true);
    expect(await done.changes(job("done"))).toEqual([]);
    const other = job("done", { template: template({ job: "other" }) });
    expect(await done.diff(other)).toMatchObject({
      replaces: ["spec.template.metadata.labels.job"],
      deleteBeforeReplace: true,
    });
  });

  test("that fails says why, and is kept in the state with what was found", async () => {
    const failing = resource("failing");
    const error = failure(failing.create(job("failing")));
    const pod = await podOf("job=failing");
    const terminated = { exitCode: 1, reason: "Error", message: "names do not resolve" };
    await report("pod", pod, {
      phase: "Failed",
      conditions: [
        ...conditions,
        { type: "Ready", status: "False", reason: "PodFailed", message: "no. " },
      ],
      containerStatuses: [
        {
          name: "main",
          image: "",
          imageID: "",
          ready: false,
          restartCount: 0,
          state: { terminated },
        },
      ],
    });
    expect((await error).message).toMatch(
      /was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: Resource 'failing' was created but failed to initialize$/,
    );
    const { known, reasons } = await error;
    expect(known.id).toBe("default/failing");
    expect(at(known.state, "__inputs", "kind")).toBe("Job");
    expect(reasons).toContainEqual(
      "[BackoffLimitExceeded] Job has reached the specified backoff limit",
    );
    expect(reasons).toContainEqual(`[Pod ${pod}]: no. [Error] names do not resolve`);

    failing.id = known.id;
    failing.state = known.state;
    expect(await failure(failing.refresh())).toMatchObject({ known: { id: "default/failing" } });
    const replaceable = job("failing", {}, { "pulumi.com/replaceUnready": "true" });
    expect((await failing.diff(replaceable)).replaces).toEqual([
      '.metadata.annotations["pulumi.com/replaceUnready"]',
    ]);
  });

  test("is waited for no longer than its annotation or its timeout says", async () => {
    const annotated = job("slow", {}, { "pulumi.com/timeoutSeconds": "1" });
    const started = Date.now();
    expect((await failure(resource("slow").create(annotated))).message).toMatch(
      /'slow' timed out waiting to be Ready$/,
    );
    await failure(resource("slower").create(job("slower"), 1));
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  test("is not waited for when the program says so", async () => {
    const skipping = job("skipped", {}, { "pulumi.com/skipAwait": "true" });
    await expect(resource("skipped").create(skipping)).resolves.toMatchObject({
      id: "default/skipped",
    });
  });

  test("ends its wait when the engine cancels", async () => {
    const cancellable = await configured({ kubeconfig: cluster.kubeconfig });
    const waiting = failure(
      new Resource(cancellable, "kubernetes:batch/v1:Job", "cancelled").create(job("cancelled")),
    );
    await podOf("job=cancelled");
    cancellable.cancel();
    expect((await waiting).message).toMatch(/Resource operation was cancelled for "cancelled"$/);
  });
});

describe("a Deployment", () => {
  const deployment = (name: string, replicas: number, image = "one"): Properties => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: template({ app: name }, { containers: [{ name: "main", image }] }),
    },
  });
  const resource = (name: string): Resource =>
    new Resource(provider, "kubernetes:apps/v1:Deployment", name);

  test("is ready when its newest ReplicaSet is", async () => {
    const made = await resource("web").create(deployment("web", 0));
    const making = made.update(deployment("web", 1, "two"));
    const pod = await podOf("app=web");
    const ready = ["Ready", "ContainersReady", "Initialized", "PodScheduled"];
    await report("pod", pod, {
      phase: "Running",
      conditions: ready.map((type) => ({ type, status: "True" })),
    });
    await making;
    expect(at(made.state, "status", "readyReplicas")).toBe(1);
    expect(await made.changes(deployment("web", 1, "two"))).toEqual([]);
    expect(await made.changes(deployment("web", 2, "two"))).toEqual(["~spec.replicas"]);
  });

  test("that gets no pods says so", async () => {
    const error = await failure(resource("stuck").create(deployment("stuck", 1), 2));
    expect(error.reasons).toContainEqual("Minimum number of live Pods was not attained");
    expect(error.known.id).toBe("default/stuck");
  });
});

test("a DaemonSet is ready when every node that wants a pod has one", async () => {
  const daemonSet = (name: string): Properties => ({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: template(
        { app: name },
        {
          containers: [{ name: "main", image: "one" }],
          // The node of this test never gets ready.
          tolerations: [{ operator: "Exists" }],
        },
      ),
    },
  });
  const resource = new Resource(provider, "kubernetes:apps/v1:DaemonSet", "guard");
  await resource.create(daemonSet("guard"));
  expect(at(resource.state, "status", "observedGeneration")).toBe(1);

  const node = new Resource(provider, "kubernetes:core/v1:Node", "lonely");
  await node.create({ apiVersion: "v1", kind: "Node", metadata: { name: "lonely" } });
  const waits = new Resource(provider, "kubernetes:apps/v1:DaemonSet", "waits");
  expect((await failure(waits.create(daemonSet("waits"), 3))).message).toMatch(
    /timed out waiting for the condition$/,
  );
  await node.delete();
});

describe("a Service", () => {
  const service = (name: string, spec: Properties): Properties => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });
  const resource = (name: string): Resource =>
    new Resource(provider, "kubernetes:core/v1:Service", name);

  test("without pods to wait for is ready at once", async () => {
    const started = Date.now();
    await resource("bare").create(service("bare", {}));
    await resource("headless").create(
      service("headless", { clusterIP: "None", selector: { app: "none" } }),
    );
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test("is waited for until its endpoints have settled", async () => {
    const started = Date.now();
    await resource("settling").create(service("settling", { selector: { app: "none" } }));
    expect(Date.now() - started).toBeGreaterThan(9_000);
  });

  test("that gets no load balancer says so", async () => {
    const error = await failure(
      resource("balanced").create(service("balanced", { type: "LoadBalancer" }), 1),
    );
    expect(error.reasons.join("\n")).toMatch(/Service was not allocated an IP address/);
  });
});

test("a condition of the program's own takes the place of the kind's", async () => {
  const pod = (name: string, waitFor: string): Properties => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, annotations: { "pulumi.com/waitFor": waitFor } },
    spec: podSpec,
  });
  const make = (name: string, waitFor: string): Promise<Resource> =>
    new Resource(provider, "kubernetes:core/v1:Pod", name).create(pod(name, waitFor));

  await expect(make("now", "jsonpath={.spec.restartPolicy}=Never")).resolves.toBeDefined();
  const waiting = make("later", '["condition=Custom", "jsonpath={.status.phase}=Running"]');
  await eventually(() => cluster.kubectl("get", "pod", "later"));
  await report("pod", "later", {
    phase: "Running",
    conditions: [{ type: "Custom", status: "True" }],
  });
  await expect(waiting).resolves.toBeDefined();
  await expect(make("wrong", "phase=Running")).rejects.toThrow(
    'expected a "jsonpath=" or "condition=" prefix, got "phase=Running"',
  );
});
