import { command } from "../cluster/binaries";
import { imageNames } from "../cluster/images";
import { kubeconfigFile } from "../cluster/labDriver";
import { attempt, run } from "../cluster/process";
import type { Instance } from "../instance";

/** What a pod got for a name. */
export interface PodAnswer {
  readonly name: string;
  /** Addresses, or for an address its name; empty when nothing answered. */
  readonly answers: readonly string[];
}

/** A pod with a resolver, to ask from inside the cluster. It is made anew, so its search list is today's. */
export class PodResolver {
  private constructor(
    private readonly instance: Instance,
    readonly pod: string,
  ) {}

  static async create(instance: Instance, pod = "lab-resolver"): Promise<PodResolver> {
    const resolver = new PodResolver(instance, pod);
    await resolver.remove();
    await resolver.kubectl(
      ...["run", pod, `--image=${imageNames.dnsutils}`, "--image-pull-policy=IfNotPresent"],
      ...["--restart=Never", "--command", "--", "sleep", "infinity"],
    );
    await resolver.kubectl("wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=90s");
    return resolver;
  }

  async remove(): Promise<void> {
    await this.kubectl(
      "delete",
      "pod",
      this.pod,
      "--ignore-not-found",
      "--grace-period=0",
      "--force",
    );
  }

  /** Asks as programs do, through the C library and the search list; an address gives its name. */
  async resolve(name: string): Promise<PodAnswer> {
    const isAddress = /^[0-9.]+$/.test(name);
    const { output } = await this.attempt("getent", isAddress ? "hosts" : "ahostsv4", name);
    // Only lines that begin with an address are answers; kubectl adds what it has to say.
    const lines = output.split("\n").filter((line) => /^[0-9.]+\s/.test(line));
    const answers = lines.flatMap((line) => line.split(/\s+/)[isAddress ? 1 : 0] ?? []);
    return { name, answers: [...new Set(answers)] };
  }

  /** Asks one server for one exact name; the CNAMEs on the way come first. */
  async dig(name: string, server?: string): Promise<string[]> {
    const at = server === undefined ? [] : [`@${server}`];
    const { output } = await this.attempt(
      "dig",
      "+short",
      "+time=2",
      "+tries=1",
      ...at,
      `${name}.`,
    );
    return output.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  }

  searchList(): Promise<string> {
    return this.kubectl("exec", this.pod, "--", "sed", "-n", "s/^search //p", "/etc/resolv.conf");
  }

  kubectl(...args: string[]): Promise<string> {
    return run([command("kubectl"), "--kubeconfig", kubeconfigFile(this.instance), ...args]);
  }

  private attempt(...inside: string[]) {
    const kubectl = [command("kubectl"), "--kubeconfig", kubeconfigFile(this.instance)];
    return attempt([...kubectl, "exec", this.pod, "--", ...inside]);
  }
}
