import { badRequest } from "../core/errors";
import { asText, JsonObject } from "../core/json";
import { CloudState, Vpc, VSwitch } from "../core/state";
import { overlap, parseCidr } from "../rpc/cidr";

const clusterDomainPattern =
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const refuse = (message: string) => badRequest("InvalidParameter", message);

export function checkName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}$/u.test(name)) {
    throw refuse(
      `name "${name}": 1 to 63 letters, digits, "-" or "_", starting with a letter or digit.`,
    );
  }
}

/** The only rule that the service knows: it does not look at who else owns the domain. */
export function checkClusterDomain(domain: string): void {
  if (domain.length > 253 || !clusterDomainPattern.test(domain)) {
    throw refuse(
      `cluster_domain "${domain}": labels of 1 to 63 of a-z, 0-9 and "-", ` +
        `starting and ending with a letter or digit, joined by dots.`,
    );
  }
}

export function checkVersion(version: string): void {
  if (!/^1\.\d+\.\d+-aliyun\.\d+$/.test(version)) {
    throw refuse(`kubernetes_version "${version}": there is no such version.`);
  }
}

/** One VPC for all of them. */
export function checkVSwitches(state: CloudState, ids: string[], vpcId?: string): VSwitch[] {
  if (ids.length === 0) throw refuse("vswitch_ids: at least one is needed.");
  return ids.map((id) => {
    const vswitch = state.vswitches[id];
    if (!vswitch)
      throw badRequest("InvalidVSwitchId.NotFound", `The vSwitch ${id} does not exist.`);
    if (vpcId && vswitch.vpcId !== vpcId) throw refuse(`The vSwitch ${id} is not in ${vpcId}.`);
    return vswitch;
  });
}

export interface Networks {
  service: string;
  /** Empty where pods take addresses from vSwitches. */
  pods: string;
}

export function checkNetworks(body: JsonObject, vpc: Vpc, podVSwitches: string[]): Networks {
  const service = asText(body.service_cidr) ?? "";
  const pods = podVSwitches.length > 0 ? "" : (asText(body.container_cidr) ?? "");
  const named: [name: string, cidr: string][] = [["service_cidr", service]];
  if (podVSwitches.length === 0) named.push(["container_cidr", pods]);
  for (const [name, cidr] of named) {
    const range = parseCidr(cidr);
    if (!range) throw refuse(`${name} "${cidr}": an IPv4 network is needed, such as 10.96.0.0/16.`);
    for (const taken of [vpc.cidrBlock, ...vpc.secondaryCidrBlocks]) {
      if (overlap(range, parseCidr(taken))) {
        throw badRequest("VpcCidrConflict", `${name} ${cidr} overlaps with ${taken} of the VPC.`);
      }
    }
  }
  if (overlap(parseCidr(service), parseCidr(pods))) {
    throw badRequest(
      "CidrConflict",
      `service_cidr ${service} overlaps with container_cidr ${pods}.`,
    );
  }
  return { service, pods };
}
