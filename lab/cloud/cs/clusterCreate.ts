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
  JsonObject,
} from "../core/json";
import { defaultResourceGroup, labRegion } from "../core/seeds";
import { Addon, Cluster } from "../core/state";
import { Tags } from "../core/tags";
import { addonsAtCreation, findAddon } from "./addonCatalog";
import {
  checkClusterDomain,
  checkName,
  checkNetworks,
  checkVersion,
  checkVSwitches,
} from "./clusterRules";
import { controlPlaneEndpoints } from "./controlPlaneEndpoints";
import { digest, repeated } from "./find";
import { CsCall } from "./route";

const defaultVersion = "1.35.4-aliyun.1";

export function createCluster({ context, body }: CsCall): object {
  const { state } = context;
  const request = digest(body);
  const id = repeated(state.clusters, request) ?? newHexId("c");
  const cluster = (state.clusters[id] ??= clusterFrom(context, id, body, request));
  if (cluster.status === "failed") cluster.status = "initial";
  const taskId = context.tasks.start("cluster_create", id, {
    kind: "createCluster",
    clusterId: id,
  });
  return { cluster_id: id, task_id: taskId, instanceId: id };
}

function clusterFrom(context: Context, id: string, body: JsonObject, request: string): Cluster {
  const { state } = context;
  const type = asText(body.cluster_type) ?? "";
  if (type !== "ManagedKubernetes") {
    throw badRequest(
      "InvalidParameter",
      `cluster_type "${type}": this cloud makes ManagedKubernetes.`,
    );
  }
  const name = asText(body.name) ?? "";
  checkName(name);
  const clusterDomain = asText(body.cluster_domain) || "cluster.local";
  checkClusterDomain(clusterDomain);
  const version = asText(body.kubernetes_version) || defaultVersion;
  checkVersion(version);
  const vswitchIds = asTexts(body.vswitch_ids);
  const podVswitchIds = asTexts(body.pod_vswitch_ids);
  const [first] = checkVSwitches(state, vswitchIds, asText(body.vpcid));
  const vpcId = asText(body.vpcid) ?? first?.vpcId ?? "";
  checkVSwitches(state, [...vswitchIds, ...podVswitchIds], vpcId);
  const vpc = state.vpcs[vpcId];
  if (!vpc) throw badRequest("InvalidVpcId.NotFound", `The VPC ${vpcId} does not exist.`);
  const networks = checkNetworks(body, vpc, podVswitchIds);
  const created = context.now().toISOString();
  const audit = asObject(body.audit_log_config);
  const autoMode = isObject(body.auto_mode) ? asBoolean(body.auto_mode.enable) : undefined;
  return {
    request,
    name,
    status: "initial",
    region: asText(body.region_id) ?? labRegion,
    profile: asText(body.profile) ?? "Default",
    spec: asText(body.cluster_spec) || "ack.standard",
    version,
    vpcId,
    vswitchIds,
    podVswitchIds,
    securityGroupId: securityGroup(context, id, vpcId, body),
    resourceGroupId: asText(body.resource_group_id) || defaultResourceGroup(),
    clusterDomain,
    serviceCidr: networks.service,
    podCidr: networks.pods,
    nodeCidrMask: asNumber(body.node_cidr_mask) ?? 24,
    proxyMode: asText(body.proxy_mode) ?? "ipvs",
    ipStack: asText(body.ip_stack) ?? "ipv4",
    timezone: asText(body.timezone),
    customSans: splitList(asText(body.custom_san)),
    deletionProtection: asBoolean(body.deletion_protection) ?? false,
    publicEndpoint: asBoolean(body.endpoint_public_access) ?? false,
    natGatewayId: asBoolean(body.snat_entry) ? newId("ngw") : undefined,
    slbId: newId("lb"),
    workerRoleName: `KubernetesWorkerRole-${id.slice(1, 9)}`,
    rrsa: asBoolean(body.enable_rrsa) ?? false,
    encryptionKeyId: asText(body.encryption_provider_key),
    maintenanceWindow: isObject(body.maintenance_window) ? body.maintenance_window : undefined,
    operationPolicy: isObject(body.operation_policy) ? body.operation_policy : undefined,
    autoMode,
    endpoints: isObject(body.control_plane_endpoints_config)
      ? controlPlaneEndpoints(state, vpcId, body.control_plane_endpoints_config)
      : undefined,
    controlPlaneLog: {
      project: asText(body.controlplane_log_project) ?? "",
      ttl: asText(body.controlplane_log_ttl) ?? "30",
      components: asTexts(body.controlplane_log_components),
    },
    auditLog: {
      enabled: asBoolean(audit.enabled) ?? false,
      project: asText(audit.sls_project_name) ?? "",
    },
    addons: addonsOf(body),
    tags: tagsFrom(body.tags),
    created,
    updated: created,
    kubeconfig: "",
  };
}

/** Container Service makes one where none is named, and takes it away with the cluster. */
function securityGroup(
  context: Context,
  clusterId: string,
  vpcId: string,
  body: JsonObject,
): string {
  const named = asText(body.security_group_id);
  if (named) {
    if (context.state.securityGroups[named]?.vpcId !== vpcId) {
      throw badRequest("InvalidSecurityGroupId.NotFound", `There is no ${named} in ${vpcId}.`);
    }
    return named;
  }
  const id = newId("sg");
  context.state.securityGroups[id] = {
    name: `alicloud-cs-auto-created-security-group-${clusterId}`,
    description: `security group of ACS cluster ${clusterId}`,
    vpcId,
    type: asBoolean(body.is_enterprise_security_group) ? "enterprise" : "normal",
    innerAccess: "Accept",
    resourceGroupId: defaultResourceGroup(),
    clusterId,
    created: context.now().toISOString(),
    tags: {},
  };
  return id;
}

function addonsOf(body: JsonObject): Record<string, Addon> {
  const installed: Record<string, Addon> = {};
  for (const addon of addonsAtCreation)
    installed[addon.name] = { version: addon.version, config: "" };
  for (const asked of asObjects(body.addons)) {
    const name = asText(asked.name) ?? "";
    if (asBoolean(asked.disabled)) {
      delete installed[name];
      continue;
    }
    const known = findAddon(name);
    installed[name] = {
      version: asText(asked.version) || known.version,
      config: asText(asked.config) ?? "",
    };
  }
  return installed;
}

export const splitList = (text: string | undefined) =>
  (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** `[{key, value}]` */
export function tagsFrom(value: unknown): Tags {
  const pairs = asObjects(value).map((tag) => [asText(tag.key) ?? "", asText(tag.value) ?? ""]);
  return Object.fromEntries(pairs) as Tags;
}
