import { Context } from "../core/context";
import { badRequest } from "../core/errors";
import { newHexId, newId } from "../core/ids";
import {
  asBoolean,
  asNumber,
  asObject,
  asObjects,
  asText,
  asTexts,
  isObject,
  Json,
  JsonObject,
} from "../core/json";
import { defaultResourceGroup } from "../core/seeds";
import { Cluster, NodePool } from "../core/state";
import { isInstanceType } from "../rpc/catalog";
import { checkContainerdConfig } from "./containerdConfig";
import {
  digest,
  findCluster,
  findNodePool,
  nodesOf,
  poolsOf,
  repeated,
  requireRunning,
} from "./find";
import { addNodes, resize } from "./nodes";
import { CsCall, Route, route } from "./route";

const sections = [
  "nodepool_info",
  "scaling_group",
  "kubernetes_config",
  "auto_scaling",
  "management",
  "node_config",
  "tee_config",
  "auto_mode",
] as const;

// Cloud-init's limit, before base64.
const userDataLimit = 16 * 1024;

function create({ context, path, body }: CsCall): object {
  const { state } = context;
  const clusterId = path.cluster ?? "";
  const cluster = findCluster(state, clusterId);
  requireRunning(clusterId, cluster);
  const request = digest({ clusterId, body });
  const known = repeated(state.nodePools, request);
  const knownPool = known && state.nodePools[known];
  if (known && knownPool) {
    return { nodepool_id: known, task_id: reconcile(context, "nodepool_create", known, knownPool) };
  }
  const id = newHexId("np");
  const created = context.now().toISOString();
  const pool: NodePool = {
    request,
    clusterId,
    status: "active",
    nodepool_info: {
      type: "ess",
      resource_group_id: defaultResourceGroup(),
      ...asObject(body.nodepool_info),
      nodepool_id: id,
      region_id: cluster.region,
      is_default: false,
      created,
    },
    scaling_group: { ...scalingDefaults(cluster), ...asObject(body.scaling_group) },
    kubernetes_config: { ...kubernetesDefaults, ...asObject(body.kubernetes_config) },
    auto_scaling: {
      enable: false,
      min_instances: 0,
      max_instances: 0,
      ...asObject(body.auto_scaling),
    },
    management: { enable: false, ...asObject(body.management) },
    node_config: asObject(body.node_config),
    tee_config: { tee_enable: false, ...asObject(body.tee_config) },
    auto_mode: { enable: false, ...asObject(body.auto_mode) },
    created,
    updated: created,
  };
  check(context, cluster, id, pool);
  state.nodePools[id] = pool;
  const wanted =
    asNumber(pool.scaling_group.desired_size) ??
    asNumber(body.count) ??
    asNumber(pool.auto_scaling.min_instances) ??
    0;
  addNodes(context, id, pool, wanted);
  return { nodepool_id: id, task_id: reconcile(context, "nodepool_create", id, pool) };
}

const kubernetesDefaults: JsonObject = {
  runtime: "containerd",
  runtime_version: "1.6.20",
  cpu_policy: "none",
  node_name_mode: "",
  pre_user_data: "",
  user_data: "",
  cms_enabled: false,
  unschedulable: false,
  labels: [],
  taints: [],
};

const scalingDefaults = (cluster: Cluster): JsonObject => ({
  scaling_group_id: newId("asg"),
  security_group_id: cluster.securityGroupId,
  security_group_ids: [cluster.securityGroupId],
  ram_role_name: cluster.workerRoleName,
  image_id: "aliyun_3_x64_20G_alibase_20250117.vhd",
  image_type: "AliyunLinux3",
  platform: "AliyunLinux",
  instance_charge_type: "PostPaid",
  multi_az_policy: "BALANCE",
  scaling_policy: "release",
  spot_strategy: "NoSpot",
  instance_metadata_options: { http_tokens: "optional" },
});

function check(context: Context, cluster: Cluster, id: string, pool: NodePool): void {
  const { state } = context;
  const name = asText(pool.nodepool_info.name) ?? "";
  if (!/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}$/u.test(name)) {
    throw badRequest("InvalidParameter", `nodepool_info.name "${name}" is not valid.`);
  }
  for (const [otherId, other] of poolsOf(state, pool.clusterId)) {
    if (otherId !== id && other.nodepool_info.name === name) {
      throw badRequest("NodePoolNameDuplicate", `A node pool ${name} exists: ${otherId}.`);
    }
  }
  const group = pool.scaling_group;
  const vswitchIds = asTexts(group.vswitch_ids);
  if (vswitchIds.length === 0) throw badRequest("InvalidParameter", "vswitch_ids: one is needed.");
  for (const vswitchId of vswitchIds) {
    if (state.vswitches[vswitchId]?.vpcId !== cluster.vpcId) {
      throw badRequest(
        "InvalidVSwitchId.NotFound",
        `There is no ${vswitchId} in ${cluster.vpcId}.`,
      );
    }
  }
  for (const type of asTexts(group.instance_types)) {
    if (!isInstanceType(type)) {
      throw badRequest("InvalidInstanceType.NotFound", `Instance type ${type} is not on sale.`);
    }
  }
  const keyPair = asText(group.key_pair);
  if (keyPair && !state.keyPairs[keyPair]) {
    throw badRequest("InvalidKeyPair.NotFound", `The key pair ${keyPair} does not exist.`);
  }
  for (const member of ["pre_user_data", "user_data"]) {
    checkUserData(member, asText(pool.kubernetes_config[member]) ?? "");
  }
  for (const taint of asObjects(pool.kubernetes_config.taints)) {
    if (!/^(NoSchedule|NoExecute|PreferNoSchedule)$/.test(asText(taint.effect) ?? "")) {
      throw badRequest("InvalidParameter", `Taint ${asText(taint.key)} has no valid effect.`);
    }
  }
}

function checkUserData(member: string, data: string): void {
  const bytes = Buffer.from(data, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== data.replace(/[\s=]+/g, "")) {
    throw badRequest("InvalidParameter", `kubernetes_config.${member} is not base64.`);
  }
  if (bytes.length > userDataLimit) {
    throw badRequest("InvalidParameter", `kubernetes_config.${member} is longer than 16 KB.`);
  }
}

function reconcile(context: Context, type: string, id: string, pool: NodePool): string {
  const work = { kind: "reconcileNodes", nodePoolId: id } as const;
  return context.tasks.start(type, pool.clusterId, work);
}

const poolOf = ({ context, path }: CsCall): [id: string, pool: NodePool] => {
  const id = path.pool ?? "";
  return [id, findNodePool(context.state, path.cluster ?? "", id)];
};

/** Only the members that are sent change, and user data only for nodes to come. */
function modify(call: CsCall): object {
  const { context, body } = call;
  const [id, pool] = poolOf(call);
  const next = structuredClone(pool);
  for (const section of sections) {
    if (isObject(body[section])) Object.assign(next[section], body[section]);
  }
  if (asBoolean(next.auto_mode.enable) !== asBoolean(pool.auto_mode.enable)) {
    throw badRequest("InvalidParameter", "auto_mode is set when the node pool is created.");
  }
  check(context, findCluster(context.state, pool.clusterId), id, next);
  Object.assign(pool, next, { updated: context.now().toISOString() });
  const desired = asNumber(asObject(body.scaling_group).desired_size);
  const more = asNumber(body.count);
  if (desired !== undefined) resize(context, id, pool, desired);
  else if (more !== undefined && more > 0) addNodes(context, id, pool, more);
  return { nodepool_id: id, task_id: reconcile(context, "nodepool_update", id, pool) };
}

function setNodeConfig(call: CsCall): object {
  const [id, pool] = poolOf(call);
  const { kubelet_config: kubelet, containerd_config: containerd } = call.body;
  if (isObject(containerd)) {
    checkContainerdConfig(containerd);
    // Unlike the kubelet's: what is left out is gone, and a pool without any does not show it.
    const isEmpty = Object.keys(containerd).length === 0;
    pool.node_config.containerd_config = isEmpty ? undefined : containerd;
  }
  if (isObject(kubelet)) {
    pool.node_config.kubelet_configuration = {
      ...asObject(pool.node_config.kubelet_configuration),
      ...kubelet,
    };
  }
  return { nodepool_id: id, task_id: reconcile(call.context, "nodepool_node_config", id, pool) };
}

function remove(call: CsCall): object {
  const { context } = call;
  const [id, pool] = poolOf(call);
  if (call.query.get("force") !== "true" && nodesOf(context.state, id).length > 0) {
    throw badRequest("NodepoolNotEmpty", `Node pool ${id} has nodes: delete it with force=true.`);
  }
  pool.status = "deleting";
  const work = { kind: "deleteNodePool", nodePoolId: id } as const;
  return { task_id: context.tasks.start("nodepool_delete", pool.clusterId, work) };
}

function view(context: Context, id: string, pool: NodePool): object {
  const nodes = nodesOf(context.state, id).map(([, node]) => node);
  const count = (status: string) => nodes.filter((node) => node.status === status).length;
  const parts = sections.map((section): [string, Json] => [section, pool[section]]);
  return {
    ...Object.fromEntries(parts),
    nodepool_info: { ...pool.nodepool_info, updated: pool.updated },
    // A secret that goes in and never comes out.
    scaling_group: { ...pool.scaling_group, login_password: undefined },
    status: {
      state: pool.status,
      total_nodes: nodes.length,
      serving_nodes: count("running"),
      healthy_nodes: count("running"),
      initial_nodes: count("creating"),
      removing_nodes: count("removing"),
      failed_nodes: count("failed"),
      offline_nodes: 0,
    },
  };
}

function list({ context, path, query }: CsCall): object {
  const clusterId = path.cluster ?? "";
  findCluster(context.state, clusterId);
  const name = query.get("NodepoolName");
  return {
    nodepools: poolsOf(context.state, clusterId)
      .filter(([, pool]) => !name || pool.nodepool_info.name === name)
      .map(([id, pool]) => view(context, id, pool)),
  };
}

export const nodePoolRoutes: Route[] = [
  route("GET", "/clusters/{cluster}/nodepools", list),
  route("POST", "/clusters/{cluster}/nodepools", create),
  route("GET", "/clusters/{cluster}/nodepools/{pool}", (call) =>
    view(call.context, ...poolOf(call)),
  ),
  route("PUT", "/clusters/{cluster}/nodepools/{pool}", modify),
  route("DELETE", "/clusters/{cluster}/nodepools/{pool}", remove),
  route("PUT", "/clusters/{cluster}/nodepools/{pool}/node_config", setNodeConfig),
];
