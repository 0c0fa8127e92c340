import * as path from "node:path";

import { command } from "../../../lab/cluster/binaries";
import { kubeconfigFile } from "../../../lab/cluster/labDriver";
import { readStatus, type ClusterStatus } from "../../../lab/cluster/status";
import { labEnvironment } from "../../../lab/environment";
import { openInstance, repository, type Instance } from "../../../lab/instance";
import { PodResolver } from "../../../lab/run/podResolver";
import { makeProject, run, type Project, type Run } from "../../support/project";

/** A lab of its own, the program in a folder of its own, and stack `local` on both. */
export class Platform {
  private constructor(
    readonly instance: Instance,
    readonly project: Project,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts the lab and makes the stack; the cluster is for `pulumi up` to make. */
  static async start(name: string): Promise<Platform> {
    // What an earlier run left goes first, and its folder with it.
    await Platform.open(name).stop();
    const platform = Platform.open(name);
    await platform.must(platform.lab("up"));
    await platform.must(platform.project.pulumi(["stack", "select", "--create", "local"]));
    return platform;
  }

  /** Only the folder and the environment; nothing is started. */
  static open(name: string): Platform {
    const instance = openInstance(name);
    const env = { ...process.env, ...labEnvironment(instance) };
    const project = makeProject(path.join(instance.dir, "project"), env);
    return new Platform(instance, project, env);
  }

  lab(...args: string[]): Promise<Run> {
    const env = { ...process.env, LAB_INSTANCE: this.instance.name };
    return run(path.join(repository, "lab", "lab"), args, { env });
  }

  /** A Pulumi command on stack `local`. */
  pulumi(...args: string[]): Promise<Run> {
    return this.project.pulumi([...args, "--stack", "local"], 600_000);
  }

  async up(): Promise<Run> {
    return this.must(this.pulumi("up", "--yes", "--skip-preview"));
  }

  set(keys: readonly (string | number)[], value: unknown): void {
    const [section, ...rest] = keys;
    this.project.set("local", [`ack-cluster-dns:${String(section)}`, ...rest], value);
  }

  async kubectl(...args: string[]): Promise<string> {
    const kubectl = ["--kubeconfig", kubeconfigFile(this.instance), ...args];
    return (await this.must(run(command("kubectl"), kubectl))).output;
  }

  pod(name: string): Promise<PodResolver> {
    return PodResolver.create(this.instance, name);
  }

  /** What the cluster itself says, kubelets included. */
  async cluster(): Promise<ClusterStatus> {
    const { cluster } = await readStatus(this.instance);
    if (cluster === undefined) throw new Error("there is no cluster");
    return cluster;
  }

  async corefile(): Promise<string> {
    return this.kubectl(
      "-n",
      "kube-system",
      "get",
      "configmap",
      "coredns",
      "-o",
      "jsonpath={.data.Corefile}",
    );
  }

  /** The run, if it ended well; else an error with all that it said. */
  async must(running: Promise<Run>): Promise<Run> {
    const done = await running;
    if (done.code !== 0) throw new Error(`exit code ${done.code}\n${done.output}`);
    return done;
  }

  stop(): Promise<Run> {
    return this.lab("down");
  }
}

/** Asks again until the answer is right or the time is over, and returns the last answer. */
export async function eventually<T>(
  ask: () => Promise<T>,
  right: (answer: T) => boolean,
  seconds = 120,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (right(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
