import { timestamp } from "../core/context";
import { ApiError, badRequest, notFound } from "../core/errors";
import { newId } from "../core/ids";
import { CloudState, Vpc } from "../core/state";
import { defaultResourceGroup } from "../core/seeds";
import { tagList, tagsOf } from "../core/tags";
import { contains, parseCidr } from "./cidr";
import { Action, Actions, Call, regionOf } from "./call";

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

export function findVpc(state: CloudState, id: string): Vpc {
  const vpc = state.vpcs[id];
  if (!vpc) throw notFound("InvalidVpcID.NotFound", `Specified VPC ${id} does not exist.`);
  return vpc;
}

function create({ context, params }: Call, isDefault: boolean): object {
  const cidrBlock = params.get("CidrBlock") ?? "172.16.0.0/12";
  const range = parseCidr(cidrBlock);
  if (!range || !privateRanges.some((outer) => contains(parseCidr(outer), range))) {
    throw badRequest(
      "InvalidCidrBlock",
      `Specified CIDR block ${cidrBlock} is not valid: use (part of) ${privateRanges.join(", ")}.`,
    );
  }
  if (range.prefix < 8 || range.prefix > 28) {
    throw badRequest("InvalidCidrBlock.Mask", `The mask of ${cidrBlock} must be 8 to 28.`);
  }
  const id = newId("vpc");
  const ipv6 = params.boolean("EnableIpv6") ?? false;
  const vpc: Vpc = {
    name: params.get("VpcName") ?? "",
    description: params.get("Description") ?? "",
    cidrBlock,
    secondaryCidrBlocks: [],
    userCidrs: params.get("UserCidr")?.split(",") ?? [],
    region: regionOf(params),
    isDefault,
    ipv6,
    ipv6CidrBlock: ipv6 ? (params.get("Ipv6CidrBlock") ?? "2408:4005:1::/56") : "",
    classicLink: false,
    dnsHostname: params.boolean("EnableDnsHostname") ?? false,
    resourceGroupId: params.get("ResourceGroupId") ?? defaultResourceGroup(),
    created: timestamp(context.now()),
    routeTable: {
      id: newId("vtb"),
      routerId: newId("vrt"),
      name: "",
      description: "",
      propagation: true,
    },
    tags: tagsOf(params),
  };
  context.state.vpcs[id] = vpc;
  return { VpcId: id, VRouterId: vpc.routeTable.routerId, RouteTableId: vpc.routeTable.id };
}

function describe({ context, params }: Call): object {
  const id = params.need("VpcId");
  const vpc = findVpc(context.state, id);
  const vswitches = Object.entries(context.state.vswitches);
  return {
    VpcId: id,
    VpcName: vpc.name,
    Description: vpc.description,
    CidrBlock: vpc.cidrBlock,
    SecondaryCidrBlocks: { SecondaryCidrBlock: vpc.secondaryCidrBlocks },
    UserCidrs: { UserCidr: vpc.userCidrs },
    RegionId: vpc.region,
    Status: "Available",
    IsDefault: vpc.isDefault,
    EnabledIpv6: vpc.ipv6,
    Ipv6CidrBlock: vpc.ipv6CidrBlock,
    Ipv6CidrBlocks: {
      Ipv6CidrBlock: vpc.ipv6 ? [{ Ipv6CidrBlock: vpc.ipv6CidrBlock, Ipv6Isp: "BGP" }] : [],
    },
    ClassicLinkEnabled: vpc.classicLink,
    DnsHostnameStatus: vpc.dnsHostname ? "ENABLED" : "DISABLED",
    ResourceGroupId: vpc.resourceGroupId,
    CreationTime: vpc.created,
    VRouterId: vpc.routeTable.routerId,
    VSwitchIds: { VSwitchId: vswitches.filter(([, v]) => v.vpcId === id).map(([key]) => key) },
    Tags: { Tag: tagList(vpc.tags) },
  };
}

function routeTables({ context, params }: Call): object {
  const id = params.need("VpcId");
  const vpc = context.state.vpcs[id];
  const tables = vpc
    ? [
        {
          VpcId: id,
          RouteTableType: "System",
          RouteTableId: vpc.routeTable.id,
          RouterId: vpc.routeTable.routerId,
          RouterType: "VRouter",
          RouteTableName: vpc.routeTable.name,
          Description: vpc.routeTable.description,
          RoutePropagationEnable: vpc.routeTable.propagation,
          ResourceGroupId: vpc.resourceGroupId,
          Status: "Available",
        },
      ]
    : [];
  return {
    TotalCount: tables.length,
    PageNumber: 1,
    PageSize: 10,
    RouterTableList: { RouterTableListType: tables },
  };
}

function modify({ context, params }: Call): void {
  const vpc = findVpc(context.state, params.need("VpcId"));
  vpc.name = params.raw("VpcName") ?? vpc.name;
  vpc.description = params.raw("Description") ?? vpc.description;
  vpc.cidrBlock = params.get("CidrBlock") ?? vpc.cidrBlock;
  vpc.ipv6 = params.boolean("EnableIPv6") ?? vpc.ipv6;
  vpc.ipv6CidrBlock = vpc.ipv6 ? vpc.ipv6CidrBlock || "2408:4005:1::/56" : "";
  vpc.dnsHostname = params.boolean("EnableDnsHostname") ?? vpc.dnsHostname;
}

function modifyRouteTable({ context, params }: Call): void {
  const id = params.need("RouteTableId");
  const vpc = Object.values(context.state.vpcs).find((item) => item.routeTable.id === id);
  if (!vpc) throw notFound("InvalidRouteTableId.NotFound", `Route table ${id} does not exist.`);
  vpc.routeTable.name = params.raw("RouteTableName") ?? vpc.routeTable.name;
  vpc.routeTable.description = params.raw("Description") ?? vpc.routeTable.description;
  vpc.routeTable.propagation =
    params.boolean("RoutePropagationEnable") ?? vpc.routeTable.propagation;
}

function remove({ context, params }: Call): void {
  const { state } = context;
  const id = params.need("VpcId");
  findVpc(state, id);
  const users: [code: string, objects: { vpcId: string }[]][] = [
    ["DependencyViolation.VSwitch", Object.values(state.vswitches)],
    ["DependencyViolation.SecurityGroup", Object.values(state.securityGroups)],
    ["DependencyViolation.Kubernetes", Object.values(state.clusters)],
  ];
  for (const [code, objects] of users) {
    if (objects.some((object) => object.vpcId === id)) {
      throw new ApiError(400, code, `Specified VPC ${id} is in use by ${code.split(".")[1]}.`);
    }
  }
  delete state.vpcs[id];
}

const setClassicLink =
  (enabled: boolean): Action =>
  ({ context, params }) => {
    findVpc(context.state, params.need("VpcId")).classicLink = enabled;
  };

export const vpcActions: Actions = {
  CreateVpc: (call) => create(call, false),
  CreateDefaultVpc: (call) => create(call, true),
  DescribeVpcAttribute: describe,
  DescribeRouteTableList: routeTables,
  ModifyVpcAttribute: modify,
  ModifyRouteTableAttributes: modifyRouteTable,
  DeleteVpc: remove,
  EnableVpcClassicLink: setClassicLink(true),
  DisableVpcClassicLink: setClassicLink(false),
  AssociateVpcCidrBlock({ context, params }) {
    const vpc = findVpc(context.state, params.need("VpcId"));
    vpc.secondaryCidrBlocks.push(params.need("SecondaryCidrBlock"));
  },
  UnassociateVpcCidrBlock({ context, params }) {
    const vpc = findVpc(context.state, params.need("VpcId"));
    const block = params.need("SecondaryCidrBlock");
    vpc.secondaryCidrBlocks = vpc.secondaryCidrBlocks.filter((item) => item !== block);
  },
  MoveResourceGroup({ context, params }) {
    const vpc = findVpc(context.state, params.need("ResourceId"));
    vpc.resourceGroupId = params.need("NewResourceGroupId");
  },
  DescribeNatGateways({ context, params }) {
    const vpcId = params.get("VpcId");
    const gateways = Object.values(context.state.clusters).flatMap((cluster) =>
      cluster.natGatewayId && (!vpcId || cluster.vpcId === vpcId)
        ? [{ NatGatewayId: cluster.natGatewayId, VpcId: cluster.vpcId, Status: "Available" }]
        : [],
    );
    return {
      TotalCount: gateways.length,
      PageNumber: 1,
      PageSize: 10,
      NatGateways: { NatGateway: gateways },
    };
  },
};
