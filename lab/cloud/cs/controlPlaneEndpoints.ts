import { badRequest } from "../core/errors";
import { newId } from "../core/ids";
import { asBoolean, asObjects, asText, asTexts, isObject, JsonObject } from "../core/json";
import { CloudState, ControlPlaneEndpoints } from "../core/state";

const refuse = (what: string) =>
  badRequest("InvalidParameter", `control_plane_endpoints_config: ${what}`);

/** What is sent takes the place of what was there, part by part. */
export function controlPlaneEndpoints(
  state: CloudState,
  vpcId: string,
  asked: JsonObject,
  old?: ControlPlaneEndpoints,
): ControlPlaneEndpoints {
  const { load_balancers_config: balancers, internal_dns_config: dns } = asked;
  return {
    loadBalancers: Array.isArray(balancers)
      ? asObjects(balancers).map(loadBalancer)
      : (old?.loadBalancers ?? []),
    internalDns: isObject(dns)
      ? internalDns(state, vpcId, dns, old)
      : (old?.internalDns ?? { enabled: false, vpcIds: [vpcId] }),
  };
}

function loadBalancer(asked: JsonObject): ControlPlaneEndpoints["loadBalancers"][number] {
  const type = asText(asked.endpoint_type);
  if (type !== "private" && type !== "public") {
    throw refuse(`endpoint_type is "private" or "public", not ${JSON.stringify(type)}.`);
  }
  return { id: asText(asked.load_balancer_id) || newId("nlb"), type };
}

/** The cluster's own VPC is always one of them. */
function internalDns(
  state: CloudState,
  vpcId: string,
  asked: JsonObject,
  old?: ControlPlaneEndpoints,
): ControlPlaneEndpoints["internalDns"] {
  const vpcIds = [...new Set([vpcId, ...asTexts(asked.bind_vpcs)])];
  for (const id of vpcIds) {
    if (!state.vpcs[id]) throw refuse(`the VPC ${id} does not exist.`);
  }
  return { enabled: asBoolean(asked.enabled) ?? old?.internalDns.enabled ?? false, vpcIds };
}

export function controlPlaneEndpointsView(
  endpoints: ControlPlaneEndpoints,
  addresses: Record<"private" | "public", string>,
): object {
  return {
    load_balancers_config: endpoints.loadBalancers.map(({ id, type }) => ({
      load_balancer_id: id,
      endpoint_type: type,
      endpoint: addresses[type],
    })),
    internal_dns_config: {
      enabled: endpoints.internalDns.enabled,
      bind_vpcs: endpoints.internalDns.vpcIds,
    },
  };
}
