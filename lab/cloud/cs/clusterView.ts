import { Context } from "../core/context";
import { Cluster } from "../core/state";
import { controlPlaneEndpointsView } from "./controlPlaneEndpoints";
import { nodesOf, poolsOf } from "./find";

const intranetEndpoint = "https://10.240.0.10:6443";

export function endpointsOf({ instance }: Context, cluster: Cluster) {
  return {
    api_server_endpoint: cluster.publicEndpoint ? `https://127.0.0.1:${instance.apiPort}` : "",
    intranet_api_server_endpoint: intranetEndpoint,
  };
}

/** DescribeClusterDetail. What was create-only is not told: addons, audiences, the issuer. */
export function clusterDetail(context: Context, id: string, cluster: Cluster): object {
  const { state } = context;
  const zoneId = state.vswitches[cluster.vswitchIds[0] ?? ""]?.zoneId ?? "";
  const size = poolsOf(state, id).flatMap(([poolId]) => nodesOf(state, poolId)).length;
  const metaData = {
    DockerVersion: "",
    EtcdVersion: "v3.6.16",
    KubernetesVersion: cluster.version,
    MultiAZ: false,
    SubClass: "default",
    ExtraCertSAN: cluster.customSans.length > 0 ? cluster.customSans : null,
    RRSAConfig: rrsaConfig(id, cluster),
    Capabilities: {
      NodeCIDRMask: String(cluster.nodeCidrMask),
      PublicSLB: cluster.publicEndpoint,
      ...(cluster.encryptionKeyId
        ? { EncryptionKMSKeyId: cluster.encryptionKeyId, DisableEncryption: false }
        : {}),
    },
  };
  const endpoints = endpointsOf(context, cluster);
  const addresses = {
    private: endpoints.intranet_api_server_endpoint,
    public: endpoints.api_server_endpoint,
  };
  return {
    cluster_id: id,
    name: cluster.name,
    cluster_type: "ManagedKubernetes",
    profile: cluster.profile,
    cluster_spec: cluster.spec,
    state: cluster.status,
    region_id: cluster.region,
    zone_id: zoneId,
    size,
    created: cluster.created,
    updated: cluster.updated,
    init_version: cluster.version,
    current_version: cluster.version,
    next_version: "",
    vpc_id: cluster.vpcId,
    vswitch_id: cluster.vswitchIds.join(","),
    vswitch_ids: cluster.vswitchIds,
    security_group_id: cluster.securityGroupId,
    resource_group_id: cluster.resourceGroupId,
    network_mode: "vpc",
    private_zone: false,
    cluster_domain: cluster.clusterDomain,
    service_cidr: cluster.serviceCidr,
    container_cidr: cluster.podCidr,
    subnet_cidr: cluster.podCidr,
    node_cidr_mask: String(cluster.nodeCidrMask),
    proxy_mode: cluster.proxyMode,
    ip_stack: cluster.ipStack,
    timezone: cluster.timezone,
    extra_sans: cluster.customSans,
    deletion_protection: cluster.deletionProtection,
    worker_ram_role_name: cluster.workerRoleName,
    external_loadbalancer_id: cluster.slbId,
    maintenance_window: cluster.maintenanceWindow ?? { enable: false },
    operation_policy: cluster.operationPolicy,
    auto_mode: cluster.autoMode === undefined ? undefined : { enable: cluster.autoMode },
    control_plane_endpoints_config:
      cluster.endpoints && controlPlaneEndpointsView(cluster.endpoints, addresses),
    parameters: {
      ServiceCIDR: cluster.serviceCidr,
      ContainerCIDR: cluster.podCidr,
      ProxyMode: cluster.proxyMode,
      NodeCIDRMask: String(cluster.nodeCidrMask),
      KubernetesVersion: cluster.version,
      LoggingType: "None",
      SLSProjectName: "None",
      ZoneId: zoneId,
      VpcId: cluster.vpcId,
    },
    tags: Object.entries(cluster.tags).map(([key, value]) => ({ key, value })),
    meta_data: JSON.stringify(metaData),
    master_url: JSON.stringify(endpoints),
  };
}

function rrsaConfig(id: string, cluster: Cluster): object {
  if (!cluster.rrsa) return { enabled: false };
  const provider = `ack-rrsa-${id}`;
  return {
    enabled: true,
    issuer: `https://oidc-ack-${cluster.region}.oss-${cluster.region}.aliyuncs.com/${id}`,
    oidc_name: provider,
    oidc_arn: `acs:ram::1000000000000001:oidc-provider/${provider}`,
  };
}
