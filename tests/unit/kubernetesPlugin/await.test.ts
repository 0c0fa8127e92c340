import { isJobComplete, jobFailure } from "../../../lab/plugins/kubernetes/await/job";
import { JsonPath } from "../../../lab/plugins/kubernetes/await/jsonPath";
import { podState } from "../../../lab/plugins/kubernetes/await/podMessages";
import { computeStatus } from "../../../lab/plugins/kubernetes/await/status";
import { timeoutSecondsOf } from "../../../lab/plugins/kubernetes/await/waiter";
import { PathCondition, StatusCondition } from "../../../lab/plugins/kubernetes/await/waitFor";
import type { Log } from "../../../lab/plugins/kubernetes/host";
import type { Properties, Value } from "../../../lab/plugins/rpc/values";

describe("a JSONPath", () => {
  const object: Value = {
    status: {
      phase: "Running",
      list: [1, 2],
      "dotted.key": "x",
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Other", status: "False", message: "m" },
      ],
    },
  };
  test.each<[string, Value[]]>([
    ["$.status.phase", ["Running"]],
    [".status.list[1]", [2]],
    [".status.list[-1]", [2]],
    [".status.list[*]", [1, 2]],
    [".status['dotted.key']", ["x"]],
    ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
    [".status.conditions[?@.type!='Ready'].status", ["False"]],
    [".status.conditions[?(@.message)].type", ["Other"]],
    [".status.nothing", []],
  ])("%s", (path, expected) => {
    expect(new JsonPath(path).select(object)).toEqual(expected);
  });
  test("that is none is refused", () => {
    expect(() => new JsonPath(".a[")).toThrow('parsing ".a[": unexpected input');
  });
});

describe("a condition of the program's own", () => {
  const log: Log = { log: () => undefined, status: () => undefined };
  const ready: Properties = {
    metadata: { generation: 2 },
    status: {
      observedGeneration: 2,
      phase: "Running",
      count: 3,
      conditions: [{ type: "Ready", status: "True" }],
    },
  };
  const stale = { ...ready, metadata: { generation: 3 } };
  test.each<[string, Properties, boolean]>([
    ["{.status.phase}", ready, true],
    ["{.status.phase}=Running", ready, true],
    ["{.status.phase}=Pending", ready, false],
    ["{ .status.count }=3", ready, true],
    ["{.status.nothing}", ready, false],
    ["{.status.conditions}", ready, true],
    ["{.status.phase}=Running", stale, false],
  ])("jsonpath=%s", (expression, object, expected) => {
    expect(new PathCondition(expression).isMet(object, log)).toBe(expected);
  });
  test.each<[string, Properties, boolean]>([
    ["Ready", ready, true],
    ["ready=true", ready, true],
    ["Ready=False", ready, false],
    ["Other", ready, false],
    ["Ready", {}, false],
    ["Ready", stale, false],
  ])("condition=%s", (expression, object, expected) => {
    expect(new StatusCondition(expression).isMet(object, log)).toBe(expected);
  });
  test.each([
    ["{.a}=b=c", "format should be"],
    ["{.a}=", "requires a value"],
    ["'{.a}'", "should omit shell quotes"],
    [".a", "should be wrapped in brackets"],
  ])("jsonpath=%s is refused", (expression, message) => {
    expect(() => new PathCondition(expression)).toThrow(message);
  });
  test("that compares a map fails", () => {
    expect(() => new PathCondition("{.status}=x").isMet(ready, log)).toThrow("non-primitive");
  });
});

describe("the status that an object reports", () => {
  test.each<[string, Properties, string, string]>([
    ["nothing", {}, "current", "Resource is current"],
    ["its end", { metadata: { deletionTimestamp: "t" } }, "terminating", "scheduled for deletion"],
    [
      "an older generation",
      { kind: "Thing", metadata: { generation: 2 }, status: { observedGeneration: 1 } },
      "inProgress",
      "Thing generation is 2",
    ],
    [
      "work",
      { status: { conditions: [{ type: "Reconciling", status: "True", message: "m" }] } },
      "inProgress",
      "m",
    ],
    [
      "a standstill",
      { status: { conditions: [{ type: "Stalled", status: "True", message: "m" }] } },
      "failed",
      "m",
    ],
    [
      "that it is ready",
      { status: { conditions: [{ type: "Ready", status: "True" }] } },
      "current",
      "Resource is Ready",
    ],
    [
      "that it is not ready",
      { status: { conditions: [{ type: "Ready", status: "False", message: "m" }] } },
      "inProgress",
      "m",
    ],
    [
      "no observation",
      { kind: "DaemonSet", metadata: { generation: 1 }, status: {} },
      "inProgress",
      "status.observedGeneration not found",
    ],
  ])("%s", (_, object, state, message) => {
    const status = computeStatus(object);
    expect(status.state).toBe(state);
    expect(status.message).toContain(message);
  });

  test.each([
    [{ desiredNumberScheduled: 2 }, "Current: 0/2"],
    [
      { desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 1 },
      "Updated: 1/2",
    ],
    [
      { desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1 },
      "Available: 0/1",
    ],
    [{ desiredNumberScheduled: 0 }, "All replicas scheduled as expected. Replicas: 0"],
    [{}, "Missing .status.desiredNumberScheduled"],
  ])("of a DaemonSet: %p", (counts, message) => {
    const status = { observedGeneration: 1, ...counts };
    const object = { kind: "DaemonSet", metadata: { generation: 1 }, status };
    expect(computeStatus(object).message).toBe(message);
  });
});

test("a job is done or beyond hope by its conditions", () => {
  const job = (type: string, reason: string): Properties => ({
    status: { startTime: "t", conditions: [{ type, status: "True", reason, message: "m" }] },
  });
  expect(isJobComplete(job("Complete", "CompletionsReached"))).toBe(true);
  expect(isJobComplete({ status: { conditions: [{ type: "Complete", status: "True" }] } })).toBe(
    false,
  );
  expect(jobFailure(job("Failed", "DeadlineExceeded"))).toBe("[DeadlineExceeded] m");
  expect(jobFailure(job("Failed", "PodFailurePolicy"))).toBeUndefined();
  expect(jobFailure({})).toBeUndefined();
});

describe("what a pod says", () => {
  const pod = (conditions: Value[], containerStatuses: Value[] = []): Properties => ({
    metadata: { name: "p", namespace: "team" },
    status: { conditions, containerStatuses },
  });
  const scheduled = { type: "PodScheduled", status: "True" };
  const initialized = { type: "Initialized", status: "True" };
  const unready = {
    type: "Ready",
    status: "False",
    reason: "ContainersNotReady",
    message: "not ready: ",
  };
  const container = (state: Properties, lastState: Properties = {}): Properties => ({
    name: "main",
    ready: false,
    state,
    lastState,
  });

  test("waits step by step", () => {
    expect(podState(pod([])).steps).toEqual(['Waiting for Pod "team/p" to be scheduled']);
    expect(podState(pod([scheduled])).steps).toHaveLength(2);
    expect(podState(pod([scheduled, initialized])).steps).toHaveLength(3);
    expect(podState(pod([scheduled, initialized, { type: "Ready", status: "True" }])).ready).toBe(
      true,
    );
  });

  test.each<[string, Properties, string]>([
    [
      "an image that cannot be had",
      container({ waiting: { reason: "ErrImagePull", message: "no" } }),
      "[ErrImagePull] no",
    ],
    ["a container that is being made", container({ waiting: { reason: "ContainerCreating" } }), ""],
    [
      "an exit",
      container({ terminated: { reason: "Error", exitCode: 3 } }),
      'container "main" completed with exit code 3',
    ],
    [
      "an exit with a message",
      container({ terminated: { reason: "Error", message: "why" } }),
      "[Error] why",
    ],
    [
      "an earlier exit",
      container(
        { running: {} },
        { terminated: { reason: "Error", exitCode: 1, finishedAt: "t", message: "why" } },
      ),
      'container "main" terminated at t (Error: exit code 1)\nwhy',
    ],
  ])("of %s", (_, status, expected) => {
    expect(podState(pod([scheduled, initialized, unready], [status])).warnings).toEqual([
      `[Pod team/p]: not ready: ${expected}`,
    ]);
  });
});

test("a wait lasts as long as the resource says, else its annotation, else ten minutes", () => {
  const annotated = (text: string): Properties => ({
    metadata: { annotations: { "pulumi.com/timeoutSeconds": text } },
  });
  expect(timeoutSecondsOf(5, annotated("7"))).toBe(5);
  expect(timeoutSecondsOf(0, annotated("7"))).toBe(7);
  expect(timeoutSecondsOf(0, annotated("soon"))).toBe(600);
  expect(timeoutSecondsOf(0, {})).toBe(600);
});
