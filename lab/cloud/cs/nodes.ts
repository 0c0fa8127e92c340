import { Context } from "../core/context";
import { badRequest } from "../core/errors";
import { newId } from "../core/ids";
import { asBoolean, asNumber, asObjects, asText, asTexts, JsonObject } from "../core/json";
import { CloudState, Node, NodePool } from "../core/state";
import { instanceTypeIds } from "../rpc/catalog";
import { findCluster, findNodePool, nodesOf } from "./find";
import { CsCall, Route, route } from "./route";

// The network of the seeded vSwitch; below .11 live the control plane and the resolvers.
const firstAddress = 11;
const lastAddress = 250;

/** Records nodes that are to be; the task that follows makes them. */
export function addNodes(context: Context, poolId: string, pool: NodePool, count: number): void {
  for (let index = 0; index < count; index++) addNode(context, poolId, pool, newId("i"), false);
}

function addNode(
  context: Context,
  poolId: string,
  pool: NodePool,
  id: string,
  attached: boolean,
): void {
  const { state } = context;
  const address = freeAddress(state);
  state.nodes[id] = {
    clusterId: pool.clusterId,
    nodePoolId: poolId,
    nodeName: `node-${address - firstAddress + 1}`,
    ip: `10.240.0.${address}`,
    attached,
    status: "creating",
    instanceType: asTexts(pool.scaling_group.instance_types)[0] ?? instanceTypeIds[0] ?? "",
    created: context.now().toISOString(),
  };
}

function freeAddress(state: CloudState): number {
  const taken = new Set(Object.values(state.nodes).map((node) => node.ip));
  for (let address = firstAddress; address <= lastAddress; address++) {
    if (!taken.has(`10.240.0.${address}`)) return address;
  }
  throw badRequest("InvalidVSwitch.NoAddress", "The vSwitch has no free address left.");
}

/** Brings the pool to a size: new nodes, or the youngest ones marked to go. */
export function resize(context: Context, poolId: string, pool: NodePool, size: number): void {
  const staying = nodesOf(context.state, poolId).filter(([, node]) => node.status !== "removing");
  addNodes(context, poolId, pool, Math.max(0, size - staying.length));
  const youngestFirst = [...staying].sort(([, a], [, b]) => compareNames(b.nodeName, a.nodeName));
  for (const [, node] of youngestFirst.slice(0, Math.max(0, staying.length - size))) {
    node.status = "removing";
  }
}

const compareNames = (a: string, b: string) => a.localeCompare(b, undefined, { numeric: true });

/** Makes what is recorded true. May be run again after a crash; what fails stays recorded as failed. */
export async function reconcileNodes(context: Context, poolId: string): Promise<void> {
  const pool = context.state.nodePools[poolId];
  if (!pool) return;
  const all = nodesOf(context.state, poolId);
  const results = await Promise.allSettled([
    ...all.filter(([, node]) => node.status === "removing").map(([id]) => takeDown(context, id)),
    ...all.filter(([, node]) => node.status === "replacing").map(([id]) => replace(context, id)),
    ...all
      .filter(([, node]) => node.status === "creating" || node.status === "failed")
      .map(([id]) => bringUp(context, id, pool)),
  ]);
  if (pool.status === "removing") pool.status = "active";
  const failures = results.filter((result) => result.status === "rejected");
  if (failures.length > 0) {
    throw new Error(failures.map(({ reason }) => messageOf(reason)).join("; "));
  }
}

const messageOf = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason));

async function bringUp(context: Context, id: string, pool: NodePool): Promise<void> {
  const node = context.state.nodes[id];
  if (!node) return;
  const config = pool.kubernetes_config;
  try {
    await context.driver.addNode(node.clusterId, {
      instanceId: id,
      nodeName: node.nodeName,
      nodePoolId: node.nodePoolId,
      preUserData: decode(config.pre_user_data),
      userData: decode(config.user_data),
      labels: asObjects(config.labels).map((label) => ({
        key: asText(label.key) ?? "",
        value: asText(label.value) ?? "",
      })),
      taints: asObjects(config.taints).map((taint) => ({
        key: asText(taint.key) ?? "",
        value: asText(taint.value) ?? "",
        effect: asText(taint.effect) ?? "",
      })),
      unschedulable: asBoolean(config.unschedulable) ?? false,
    });
    node.status = "running";
  } catch (error) {
    node.status = "failed";
    throw error;
  }
}

const decode = (data: JsonObject[string]) =>
  Buffer.from(asText(data) ?? "", "base64").toString("utf8");

async function takeDown(context: Context, id: string): Promise<void> {
  const node = context.state.nodes[id];
  if (!node) return;
  await context.driver.removeNode(node.clusterId, node.nodeName);
  delete context.state.nodes[id];
}

/** The same machine, set up anew from what the pool says now. */
async function replace(context: Context, id: string): Promise<void> {
  const node = context.state.nodes[id];
  const pool = node && context.state.nodePools[node.nodePoolId];
  if (!node || !pool) return;
  await context.driver.removeNode(node.clusterId, node.nodeName);
  await bringUp(context, id, pool);
}

export async function deleteNodePool(context: Context, poolId: string): Promise<void> {
  await Promise.all(nodesOf(context.state, poolId).map(([id]) => takeDown(context, id)));
  delete context.state.nodePools[poolId];
}

function list({ context, path, query }: CsCall): object {
  const clusterId = path.cluster ?? "";
  findCluster(context.state, clusterId);
  const poolId = query.get("nodepool_id");
  const number = asNumber(query.get("pageNumber")) ?? 1;
  const size = asNumber(query.get("pageSize")) ?? 10;
  const found = Object.entries(context.state.nodes)
    .filter(([, node]) => node.clusterId === clusterId && (!poolId || node.nodePoolId === poolId))
    .sort(([, a], [, b]) => compareNames(a.nodeName, b.nodeName));
  return {
    nodes: found.slice((number - 1) * size, number * size).map(([id, node]) => view(id, node)),
    page: { page_number: number, page_size: size, total_count: found.length },
  };
}

const view = (id: string, node: Node) => ({
  instance_id: id,
  instance_name: `worker-${node.nodeName}`,
  instance_role: "Worker",
  instance_type: node.instanceType,
  instance_type_family: node.instanceType.split(".").slice(0, 2).join("."),
  instance_charge_type: "PostPaid",
  instance_status: "Running",
  host_name: node.nodeName,
  node_name: node.nodeName,
  nodepool_id: node.nodePoolId,
  node_status: node.status === "running" ? "Ready" : "Unknown",
  state: node.status,
  source: node.attached ? "manual_attach" : "ess_attach",
  ip_address: [node.ip],
  image_id: "",
  creation_time: node.created,
  is_aliyun_node: true,
});

function remove({ context, path, body }: CsCall): object {
  const clusterId = path.cluster ?? "";
  findCluster(context.state, clusterId);
  const names = asTexts(body.nodes);
  const found = Object.values(context.state.nodes).filter(
    (node) => node.clusterId === clusterId && names.includes(node.nodeName),
  );
  const missing = names.filter((name) => !found.some((node) => node.nodeName === name));
  if (names.length === 0 || missing.length > 0) {
    throw badRequest("ErrorNodeNotFound", `No such nodes: ${missing.join(", ") || "none named"}.`);
  }
  for (const node of found) node.status = "removing";
  const pools = new Set(found.map((node) => node.nodePoolId));
  const tasks = [...pools].map((poolId) => {
    const pool = context.state.nodePools[poolId];
    if (pool) pool.status = "removing";
    return context.tasks.start("remove_nodes", clusterId, {
      kind: "reconcileNodes",
      nodePoolId: poolId,
    });
  });
  return { cluster_id: clusterId, task_id: tasks[0] };
}

/** Machines outside of node pools are not kept here: any that is named is taken to exist. */
function attach({ context, path, body }: CsCall): object {
  const clusterId = path.cluster ?? "";
  const poolId = path.pool ?? "";
  const pool = findNodePool(context.state, clusterId, poolId);
  const instances = asTexts(body.instances);
  for (const id of instances) {
    if (!/^i-[a-z0-9-]+$/.test(id)) {
      throw badRequest("InvalidInstanceId.NotFound", `The instance ${id} does not exist.`);
    }
    if (context.state.nodes[id]) {
      throw badRequest("ErrorInstanceInUse", `The instance ${id} is a node already.`);
    }
  }
  for (const id of instances) addNode(context, poolId, pool, id, true);
  const work = { kind: "reconcileNodes", nodePoolId: poolId } as const;
  return { task_id: context.tasks.start("attach_instances", clusterId, work) };
}

/** With use_replace the named nodes are set up anew, user data and all. */
function upgrade({ context, path, body }: CsCall): object {
  const clusterId = path.cluster ?? "";
  const poolId = path.pool ?? "";
  const pool = findNodePool(context.state, clusterId, poolId);
  pool.scaling_group.image_id = asText(body.image_id) || pool.scaling_group.image_id;
  pool.kubernetes_config.runtime_version =
    asText(body.runtime_version) || pool.kubernetes_config.runtime_version;
  if (asBoolean(body.use_replace)) {
    const names = asTexts(body.node_names);
    for (const [, node] of nodesOf(context.state, poolId)) {
      if (names.length === 0 || names.includes(node.nodeName)) node.status = "replacing";
    }
  }
  const work = { kind: "reconcileNodes", nodePoolId: poolId } as const;
  return { task_id: context.tasks.start("nodepool_upgrade", clusterId, work) };
}

export const nodeRoutes: Route[] = [
  route("GET", "/clusters/{cluster}/nodes", list),
  route("POST", "/api/v2/clusters/{cluster}/nodes/remove", remove),
  route("POST", "/clusters/{cluster}/nodepools/{pool}/attach", attach),
  route("POST", "/clusters/{cluster}/nodepools/{pool}/upgrade", upgrade),
];
