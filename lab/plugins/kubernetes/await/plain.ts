import { pluck, text, type KubeObject } from "../objects";
import { equal, isMap } from "../../rpc/values";
import { PartialError } from "./errors";
import { podState } from "./podMessages";
import { currentOf } from "./related";
import type { Readiness, WaitContext } from "./waiter";

/** A Pod is ready when its containers are, or when it has done its work. */
export class PodReadiness implements Readiness {
  private pod: KubeObject;
  private warnings: string[] = [];

  constructor(private readonly context: WaitContext) {
    this.pod = context.outputs;
  }

  async isReady(): Promise<boolean> {
    const pod = await currentOf(this.context);
    if (!pod) return false;
    this.pod = pod;
    const state = podState(pod);
    this.warnings = state.warnings;
    for (const step of state.steps) this.context.log.status("info", step);
    return state.ready;
  }

  object(): KubeObject {
    return this.pod;
  }

  problems(): string[] {
    return this.warnings;
  }
}

type Test = (object: KubeObject, context: WaitContext) => boolean | Promise<boolean>;

/** Ready when one look at the object alone says so. */
export class PlainReadiness implements Readiness {
  private current: KubeObject;

  constructor(
    private readonly context: WaitContext,
    readonly limitSeconds: number,
    private readonly test: Test,
  ) {
    this.current = context.outputs;
  }

  async isReady(): Promise<boolean> {
    this.current = (await currentOf(this.context)) ?? this.current;
    return this.test(this.current, this.context);
  }

  object(): KubeObject {
    return this.current;
  }

  problems(): string[] {
    return [];
  }

  timeout(): PartialError {
    const name = text(this.current, "metadata", "name");
    return new PartialError(`Timeout occurred polling for '${name}'`, this.current);
  }
}

export const isVolumeReady: Test = (volume, { log }) => {
  const phase = text(volume, "status", "phase");
  if (phase === "Available") log.status("info", "✅ PV marked available");
  if (phase === "Bound") log.status("info", "✅ PV has been bound");
  return phase === "Available" || phase === "Bound";
};

/** A claim whose class waits for the first pod is ready while it is pending. */
export const isClaimReady: Test = async (claim, context) => {
  const phase = text(claim, "status", "phase");
  if (context.before && phase === "Bound") return true;
  const wanted = (await waitsForConsumer(claim, context)) ? "Pending" : "Bound";
  return phase === wanted;
};

async function waitsForConsumer(claim: KubeObject, context: WaitContext): Promise<boolean> {
  const name = text(claim, "spec", "storageClassName");
  if (name === "") {
    const claimName = text(claim, "metadata", "name");
    context.log.status("warning", `no storage class found for "${claimName}"`);
    return false;
  }
  try {
    const reference = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };
    const storageClass = await context.cluster.get({ ...reference, metadata: { name } });
    return text(storageClass, "volumeBindingMode") === "WaitForFirstConsumer";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.log.status("warning", `getting storage class "${name}": ${reason}`);
    return false;
  }
}

export const isQuotaReady: Test = (quota) => {
  const wanted = pluck(quota, "spec", "hard");
  return isMap(wanted) && equal(wanted, pluck(quota, "status", "hard"));
};

/** A controller fills the tokens of service accounts in; other secrets are complete as made. */
export const isSecretReady: Test = (secret) => {
  if (text(secret, "type") !== "kubernetes.io/service-account-token") return true;
  const data = secret["data"];
  return isMap(data) && Object.keys(data).length > 0;
};

/** Up to 1.23 a controller adds a token to each service account. */
export const isServiceAccountReady: Test = (account, { serverVersion, outputs }) => {
  if (serverVersion.major > 1 || serverVersion.minor >= 24) return true;
  const tokens = (object: KubeObject): number => {
    const secrets = object["secrets"];
    return Array.isArray(secrets) ? secrets.length : 0;
  };
  return tokens(account) > tokens(outputs);
};
