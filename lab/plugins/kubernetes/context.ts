import type { Cluster } from "./api/cluster";
import type { Connection } from "./connection";
import type { Host, Log } from "./host";
import { annotation, annotationOf, gvkOf, isPatch, kindOf, type KubeObject } from "./objects";
import { uniqueName } from "./naming";
import type { Settings } from "./settings";

/** What every operation on a resource needs: the configured provider. */
export interface Context {
  settings: Settings;
  connection: Connection;
  host: Host;
  /** Aborted when the engine cancels. */
  signal: AbortSignal;
}

export interface Target {
  urn: string;
  log: Log;
}

/** The cluster, or an error that says why it is away. */
export function requireCluster({ connection }: Context): Cluster {
  if (connection.cluster) return connection.cluster;
  throw new Error(`configured Kubernetes cluster is unreachable: ${connection.unreachableReason}`);
}

/** The kind is served, as far as can be told now. */
export async function isServed(object: KubeObject, { connection }: Context): Promise<boolean> {
  const gvk = gvkOf(object);
  if (!connection.cluster) return false;
  return connection.cluster.find(gvk).then(
    () => true,
    () => false,
  );
}

/** The name under which fields are owned: the annotation's, else the state's, else a new one. */
export function fieldManagerOf(
  inputs: KubeObject,
  kept: string | undefined,
  { settings }: Context,
): string {
  if (!settings.serverSideApply) return "pulumi-kubernetes";
  return (
    annotationOf(inputs, annotation.patchFieldManager) || kept || uniqueName("pulumi-kubernetes-")
  );
}

export const isPatchOf = (urn: string, object: KubeObject): boolean => isPatch(urn, kindOf(object));

export const unreachableAdvice =
  "you can remove this resource from Pulumi state by rerunning the operation with the " +
  'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';
