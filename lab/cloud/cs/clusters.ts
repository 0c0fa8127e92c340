import { Context } from "../core/context";
import { badRequest } from "../core/errors";
import { asBoolean, asNumber, asObject, asText, asTexts, isObject, JsonObject } from "../core/json";
import { Cluster, Work } from "../core/state";
import { createCluster, tagsFrom } from "./clusterCreate";
import { checkName, checkVersion, checkVSwitches } from "./clusterRules";
import { clusterDetail, endpointsOf } from "./clusterView";
import { controlPlaneEndpoints } from "./controlPlaneEndpoints";
import { findCluster, requireRunning } from "./find";
import { CsCall, Route, route } from "./route";

const minute = 60_000;
const standardLifetime = 3 * 365 * 24 * 60;

const clusterOf = ({ context, path }: CsCall): [id: string, cluster: Cluster] => {
  const id = path.cluster ?? "";
  return [id, findCluster(context.state, id)];
};

function list({ context, query }: CsCall): object {
  const name = query.get("name") ?? "";
  return Object.entries(context.state.clusters)
    .filter(([, cluster]) => cluster.name.includes(name))
    .map(([id, cluster]) => clusterDetail(context, id, cluster));
}

/** Changes that only the record needs end at once; the caller polls a task all the same. */
function changed(call: CsCall, type: string, work: Work = { kind: "none" }): object {
  const [id, cluster] = clusterOf(call);
  cluster.updated = call.context.now().toISOString();
  return { cluster_id: id, task_id: call.context.tasks.start(type, id, work), request_id: "" };
}

// Those of CreateCluster that can never be changed again.
const immutable = [
  "cluster_domain",
  "service_cidr",
  "container_cidr",
  "node_cidr_mask",
  "proxy_mode",
  "profile",
  "service_account_issuer",
  "api_audiences",
];

function modify(call: CsCall): object {
  const { context, body } = call;
  const [id, cluster] = clusterOf(call);
  requireRunning(id, cluster);
  for (const member of immutable) {
    if (body[member] !== undefined) {
      throw badRequest("InvalidParameter", `${member} of cluster ${id} is set when it is created.`);
    }
  }
  const name = asText(body.cluster_name);
  if (name !== undefined) checkName(name);
  const vswitchIds = asTexts(body.vswitch_ids);
  if (vswitchIds.length > 0) checkVSwitches(context.state, vswitchIds, cluster.vpcId);
  const group = asText(body.security_group_id);
  if (group && context.state.securityGroups[group]?.vpcId !== cluster.vpcId) {
    throw badRequest(
      "InvalidSecurityGroupId.NotFound",
      `There is no ${group} in ${cluster.vpcId}.`,
    );
  }
  const endpoints = body.control_plane_endpoints_config;
  if (isObject(endpoints)) {
    cluster.endpoints = controlPlaneEndpoints(
      context.state,
      cluster.vpcId,
      endpoints,
      cluster.endpoints,
    );
  }
  cluster.name = name ?? cluster.name;
  cluster.vswitchIds = vswitchIds.length > 0 ? vswitchIds : cluster.vswitchIds;
  cluster.securityGroupId = group || cluster.securityGroupId;
  cluster.resourceGroupId = asText(body.resource_group_id) ?? cluster.resourceGroupId;
  cluster.deletionProtection = asBoolean(body.deletion_protection) ?? cluster.deletionProtection;
  cluster.timezone = asText(body.timezone) ?? cluster.timezone;
  cluster.rrsa = asBoolean(body.enable_rrsa) ?? cluster.rrsa;
  if (isObject(body.maintenance_window)) cluster.maintenanceWindow = body.maintenance_window;
  if (isObject(body.operation_policy)) cluster.operationPolicy = body.operation_policy;
  if (isObject(body.api_server_custom_cert_sans)) {
    setSans(cluster, body.api_server_custom_cert_sans);
    return changed(call, "cluster_modify", { kind: "updateCertificate", clusterId: id });
  }
  return changed(call, "cluster_modify");
}

function setSans(cluster: Cluster, change: JsonObject): void {
  const names = asTexts(change.subject_alternative_names).filter((name) => name !== "");
  const added = asText(change.action) === "append" ? cluster.customSans : [];
  cluster.customSans = [...new Set([...added, ...names])];
}

function remove(call: CsCall): object {
  const { context } = call;
  const [id, cluster] = clusterOf(call);
  if (cluster.deletionProtection) {
    throw badRequest(
      "ErrorClusterDeletionProtection",
      `Cluster ${id} has deletion protection: switch it off before you delete the cluster.`,
    );
  }
  cluster.status = "deleting";
  const taskId = context.tasks.start("cluster_delete", id, {
    kind: "deleteCluster",
    clusterId: id,
  });
  return { cluster_id: id, task_id: taskId, request_id: "" };
}

function userConfig(call: CsCall): object {
  const [id, cluster] = clusterOf(call);
  if (!cluster.kubeconfig) {
    throw badRequest("ErrorClusterState", `Cluster ${id} has no API server yet.`);
  }
  const minutes = asNumber(call.query.get("TemporaryDurationMinutes"));
  // Without a duration the credential is the same each time, and so is its end.
  const from = minutes === undefined ? Date.parse(cluster.created) : call.context.now().getTime();
  const expires = from + (minutes ?? standardLifetime) * minute;
  return { config: cluster.kubeconfig, expiration: new Date(expires).toISOString() };
}

function setTags(call: CsCall): object {
  const [, cluster] = clusterOf(call);
  cluster.tags = tagsFrom(call.items);
  return changed(call, "cluster_tags");
}

function setControlPlaneLog(call: CsCall): object {
  const [, cluster] = clusterOf(call);
  const log = cluster.controlPlaneLog;
  log.project = asText(call.body.log_project) ?? log.project;
  log.ttl = asText(call.body.log_ttl) ?? log.ttl;
  if (Array.isArray(call.body.components)) log.components = asTexts(call.body.components);
  return changed(call, "controlplanelog");
}

function setAuditLog(call: CsCall): object {
  const [, { auditLog }] = clusterOf(call);
  const disable = asBoolean(call.body.disable);
  auditLog.enabled = disable === undefined ? auditLog.enabled : !disable;
  auditLog.project = asText(call.body.sls_project_name) ?? auditLog.project;
  return changed(call, "audit_log");
}

function upgrade(call: CsCall): object {
  const [id, cluster] = clusterOf(call);
  requireRunning(id, cluster);
  const version = asText(call.body.next_version) ?? asText(call.body.version) ?? "";
  checkVersion(version);
  if (version.localeCompare(cluster.version, undefined, { numeric: true }) <= 0) {
    throw badRequest("InvalidParameter", `Cluster ${id} has ${cluster.version}: not a newer one.`);
  }
  cluster.version = version;
  return changed(call, "cluster_upgrade");
}

function resources(call: CsCall): object {
  const [id, cluster] = clusterOf(call);
  const resource = (type: string, instanceId: string) => ({
    cluster_id: id,
    resource_type: type,
    instance_id: instanceId,
    state: "CREATE_COMPLETE",
    auto_create: 1,
  });
  return [
    resource("ALIYUN::SLB::LoadBalancer", cluster.slbId),
    ...(cluster.natGatewayId ? [resource("ALIYUN::VPC::NatGateway", cluster.natGatewayId)] : []),
  ];
}

function task({ context, path }: CsCall): object {
  const id = path.task ?? "";
  const found = context.state.tasks[id];
  if (!found) throw badRequest("ErrorTaskNotFound", `Task ${id} does not exist.`);
  return {
    task_id: id,
    cluster_id: found.clusterId,
    task_type: found.type,
    state: found.state,
    created: found.created,
    updated: found.updated,
    ...(found.error ? { error: found.error } : {}),
  };
}

export const clusterRoutes: Route[] = [
  route("GET", "/clusters", list),
  route("GET", "/api/v1/clusters", (call) => ({ clusters: list(call) })),
  route("POST", "/clusters", createCluster),
  route("GET", "/clusters/{cluster}", (call) => clusterDetail(call.context, ...clusterOf(call))),
  route("DELETE", "/clusters/{cluster}", remove),
  route("PUT", "/api/v2/clusters/{cluster}", modify),
  route("POST", "/api/v2/clusters/{cluster}/upgrade", upgrade),
  route("POST", "/clusters/{cluster}/tags", setTags),
  route("POST", "/clusters/{cluster}/migrate", (call) => {
    const [, cluster] = clusterOf(call);
    cluster.spec = asText(call.body.spec) ?? cluster.spec;
    return changed(call, "cluster_migrate");
  }),
  route("PUT", "/clusters/{cluster}/kms", (call) => {
    const [, cluster] = clusterOf(call);
    const off = asBoolean(call.body.disable_encryption) ?? false;
    cluster.encryptionKeyId = off ? undefined : asText(call.body.kms_key_id);
    return changed(call, "cluster_kms");
  }),
  route("GET", "/clusters/{cluster}/resources", resources),
  route("GET", "/clusters/{cluster}/endpoints", (call) =>
    endpointsOf(call.context, clusterOf(call)[1]),
  ),
  route("GET", "/k8s/{cluster}/user_config", userConfig),
  route("GET", "/clusters/{cluster}/controlplanelog", (call) => {
    const [, { controlPlaneLog: log }] = clusterOf(call);
    const named = log.components.length > 0 || log.project !== "";
    return {
      aliuid: "1000000000000001",
      log_project: named ? log.project || `k8s-log-${call.path.cluster}` : undefined,
      log_ttl: named ? log.ttl : undefined,
      components: log.components,
    };
  }),
  route("PUT", "/clusters/{cluster}/controlplanelog", setControlPlaneLog),
  route("GET", "/clusters/{cluster}/audit", (call) => {
    const [id, { auditLog }] = clusterOf(call);
    const project = auditLog.project || (auditLog.enabled ? `k8s-log-${id}` : "");
    return { audit_enabled: auditLog.enabled, sls_project_name: project };
  }),
  route("PUT", "/clusters/{cluster}/audit_log", setAuditLog),
  route("GET", "/tasks/{task}", task),
];

/** The part of a task that makes the thing. Each may be run again after a crash. */
export async function bootCluster(context: Context, id: string): Promise<void> {
  const cluster = context.state.clusters[id];
  if (!cluster) return;
  try {
    const { kubeconfig } = await context.driver.createCluster({
      id,
      name: cluster.name,
      clusterDomain: cluster.clusterDomain,
      serviceCidr: cluster.serviceCidr,
      podCidr: cluster.podCidr || "10.244.0.0/16",
      nodeCidrMask: cluster.nodeCidrMask,
      kubernetesVersion: cluster.version,
      certificateSans: cluster.customSans,
    });
    cluster.kubeconfig = kubeconfig;
    if (cluster.status === "initial") cluster.status = "running";
  } catch (error) {
    cluster.status = "failed";
    throw error;
  }
}

export async function tearDownCluster(context: Context, id: string): Promise<void> {
  const { state } = context;
  const cluster = state.clusters[id];
  if (!cluster) return;
  try {
    await context.driver.deleteCluster(id);
  } catch (error) {
    cluster.status = "delete_failed";
    throw error;
  }
  for (const collection of [state.nodes, state.nodePools, state.securityGroups]) {
    for (const [key, object] of Object.entries(collection)) {
      if (asObject(object).clusterId === id) delete collection[key];
    }
  }
  delete state.clusters[id];
}

export async function reissueCertificate(context: Context, id: string): Promise<void> {
  const cluster = context.state.clusters[id];
  if (cluster) await context.driver.updateCertificateSans(id, cluster.customSans);
}
