import { createHash } from "node:crypto";
import { badRequest, notFound } from "../core/errors";
import { JsonObject } from "../core/json";
import { CloudState, Cluster, Node, NodePool } from "../core/state";

export function findCluster(state: CloudState, id: string): Cluster {
  const cluster = state.clusters[id];
  if (!cluster) {
    throw notFound("ErrorClusterNotFound", `The specified cluster ${id} does not exist.`);
  }
  return cluster;
}

/** Refuses changes while another one runs, as the real service does. */
export function requireRunning(id: string, cluster: Cluster): void {
  if (cluster.status !== "running") {
    throw badRequest(
      "ErrorClusterState",
      `Cluster ${id} is ${cluster.status}: this needs a running one.`,
    );
  }
}

export function findNodePool(state: CloudState, clusterId: string, id: string): NodePool {
  findCluster(state, clusterId);
  const pool = state.nodePools[id];
  if (!pool || pool.clusterId !== clusterId) {
    throw notFound("ErrorNodePoolNotFound", `The specified node pool ${id} does not exist.`);
  }
  return pool;
}

export const digest = (body: JsonObject) =>
  createHash("sha256").update(JSON.stringify(body)).digest("hex");

/**
 * A client that was killed asks for the same again, and the lab has room for one cluster:
 * a request that repeats another word for word gets what that one got.
 */
export function repeated(
  made: Record<string, { request: string; status: string }>,
  request: string,
): string | undefined {
  const found = Object.entries(made).find(([, object]) => object.request === request);
  return found?.[1].status === "deleting" ? undefined : found?.[0];
}

export function nodesOf(state: CloudState, nodePoolId: string): [id: string, node: Node][] {
  return Object.entries(state.nodes).filter(([, node]) => node.nodePoolId === nodePoolId);
}

export function poolsOf(state: CloudState, clusterId: string): [id: string, pool: NodePool][] {
  return Object.entries(state.nodePools).filter(([, pool]) => pool.clusterId === clusterId);
}
