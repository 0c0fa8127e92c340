import { timestamp } from "../core/context";
import { badRequest, notFound } from "../core/errors";
import { newId } from "../core/ids";
import { CloudState, VSwitch } from "../core/state";
import { tagList, tagsOf } from "../core/tags";
import { zonesOf } from "./catalog";
import { contains, overlap, parseCidr } from "./cidr";
import { Actions, Call, regionOf } from "./call";
import { findVpc } from "./vpcs";

export function findVSwitch(state: CloudState, id: string): VSwitch {
  const vswitch = state.vswitches[id];
  if (!vswitch) {
    throw notFound("InvalidVSwitchId.NotFound", `Specified virtual switch ${id} does not exist.`);
  }
  return vswitch;
}

function create({ context, params }: Call, vpcId: string, isDefault: boolean): object {
  const { state } = context;
  const vpc = findVpc(state, vpcId);
  const cidrBlock = params.need("CidrBlock");
  const range = parseCidr(cidrBlock);
  const networks = [vpc.cidrBlock, ...vpc.secondaryCidrBlocks];
  if (!range || !networks.some((outer) => contains(parseCidr(outer), range))) {
    throw badRequest(
      "InvalidCidrBlock",
      `Specified CIDR block ${cidrBlock} is not part of ${networks.join(", ")} of ${vpcId}.`,
    );
  }
  const neighbour = Object.entries(state.vswitches).find(
    ([, other]) => other.vpcId === vpcId && overlap(parseCidr(other.cidrBlock), range),
  );
  if (neighbour) {
    throw badRequest(
      "InvalidCidrBlock.Overlapped",
      `Specified CIDR block ${cidrBlock} overlaps with ${neighbour[1].cidrBlock} of ${neighbour[0]}.`,
    );
  }
  const zoneId = params.need("ZoneId");
  if (!zonesOf(regionOf(params)).includes(zoneId)) {
    throw badRequest("InvalidZoneId.NotFound", `Specified zone ${zoneId} does not exist.`);
  }
  const id = newId("vsw");
  state.vswitches[id] = {
    name: params.get("VSwitchName") ?? "",
    description: params.get("Description") ?? "",
    vpcId,
    cidrBlock,
    zoneId,
    isDefault,
    ipv6CidrBlock: ipv6Block(params.number("Ipv6CidrBlock")),
    created: timestamp(context.now()),
    tags: tagsOf(params),
  };
  return { VSwitchId: id };
}

const ipv6Block = (mask: number | undefined) =>
  mask === undefined ? "" : `2408:4005:1:${mask.toString(16)}::/64`;

function createDefault(call: Call): object {
  const found = Object.entries(call.context.state.vpcs).find(([, vpc]) => vpc.isDefault);
  if (!found) throw badRequest("InvalidVpc.NotFound", "The account has no default VPC.");
  return create(call, found[0], true);
}

function describe({ context, params }: Call): object {
  const id = params.need("VSwitchId");
  const vswitch = findVSwitch(context.state, id);
  return {
    VSwitchId: id,
    VSwitchName: vswitch.name,
    Description: vswitch.description,
    VpcId: vswitch.vpcId,
    CidrBlock: vswitch.cidrBlock,
    Ipv6CidrBlock: vswitch.ipv6CidrBlock,
    ZoneId: vswitch.zoneId,
    Status: "Available",
    IsDefault: vswitch.isDefault,
    CreationTime: vswitch.created,
    AvailableIpAddressCount: 250,
    Tags: { Tag: tagList(vswitch.tags) },
  };
}

function modify({ context, params }: Call): void {
  const vswitch = findVSwitch(context.state, params.need("VSwitchId"));
  vswitch.name = params.raw("VSwitchName") ?? vswitch.name;
  vswitch.description = params.raw("Description") ?? vswitch.description;
  const ipv6 = params.boolean("EnableIPv6");
  if (ipv6 === false) vswitch.ipv6CidrBlock = "";
  if (ipv6 === true) vswitch.ipv6CidrBlock = ipv6Block(params.number("Ipv6CidrBlock") ?? 0);
}

function remove({ context, params }: Call): void {
  const { state } = context;
  const id = params.need("VSwitchId");
  findVSwitch(state, id);
  const clusters = Object.entries(state.clusters);
  const user = clusters.find(([, item]) =>
    [...item.vswitchIds, ...item.podVswitchIds].includes(id),
  );
  if (user) {
    throw badRequest("DependencyViolation", `Specified vswitch ${id} is in use by ${user[0]}.`);
  }
  delete state.vswitches[id];
}

export const vswitchActions: Actions = {
  CreateVSwitch: (call) => create(call, call.params.need("VpcId"), false),
  CreateDefaultVSwitch: createDefault,
  DescribeVSwitchAttributes: describe,
  ModifyVSwitchAttribute: modify,
  DeleteVSwitch: remove,
};
