import { randomBytes } from "node:crypto";
import { ApiError } from "./errors";
import { Task, Work } from "./state";
import { Store } from "./store";

export type Worker = (work: Work) => Promise<void>;

/** Work that goes on after the answer; its state is what `/tasks/{id}` tells. */
export class Tasks {
  private readonly running = new Map<string, Promise<void>>();
  /** The last task of each subject: two never work on the same one at once. */
  private readonly last = new Map<string, Promise<void>>();
  private worker: Worker = () => Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
    private readonly report: (message: string) => void,
  ) {}

  /** Takes up what a former process left running. */
  resume(worker: Worker): void {
    this.worker = worker;
    for (const [id, task] of Object.entries(this.store.state.tasks)) {
      if (task.state === "running") this.run(id, task);
    }
  }

  start(type: string, clusterId: string, work: Work): string {
    const id = `T-${randomBytes(12).toString("hex")}`;
    const created = this.now().toISOString();
    const task: Task = { type, clusterId, state: "running", work, created, updated: created };
    this.store.state.tasks[id] = task;
    this.store.save();
    this.run(id, task);
    return id;
  }

  /** What runs is left as it is: the next process takes it up. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.race([Promise.all(this.running.values()), delay(500)]);
  }

  private run(id: string, task: Task): void {
    this.report(`task ${id}: ${task.type} begins`);
    const subject = subjectOf(task.work) ?? id;
    const before = this.last.get(subject) ?? Promise.resolve();
    const done = before
      .then(() => this.worker(task.work))
      .then(
        () => this.finish(id, task),
        (error: unknown) => this.finish(id, task, error),
      );
    this.last.set(subject, done);
    this.running.set(id, done);
  }

  private finish(id: string, task: Task, error?: unknown): void {
    this.running.delete(id);
    if (this.stopped) return;
    task.state = error === undefined ? "success" : "fail";
    task.updated = this.now().toISOString();
    if (error !== undefined) task.error = describe(error);
    this.report(`task ${id}: ${task.type} ${task.error?.message ?? "done"}`);
    this.store.save();
  }
}

function describe(error: unknown): { code: string; message: string } {
  const code = error instanceof ApiError ? error.code : "InternalError";
  return { code, message: error instanceof Error ? error.message : "unknown" };
}

function subjectOf(work: Work): string | undefined {
  if ("nodePoolId" in work) return work.nodePoolId;
  return "clusterId" in work ? work.clusterId : undefined;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
