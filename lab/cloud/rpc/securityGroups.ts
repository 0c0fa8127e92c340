import { timestamp } from "../core/context";
import { badRequest, notFound } from "../core/errors";
import { newId } from "../core/ids";
import { defaultResourceGroup } from "../core/seeds";
import { CloudState, SecurityGroup } from "../core/state";
import { tagList, tagsOf } from "../core/tags";
import { asTexts } from "../core/json";
import { Actions, Call, regionOf } from "./call";
import { findVpc } from "./vpcs";

export function findSecurityGroup(state: CloudState, id: string): SecurityGroup {
  const group = state.securityGroups[id];
  if (!group) {
    throw notFound("InvalidSecurityGroupId.NotFound", `Security group ${id} does not exist.`);
  }
  return group;
}

function create({ context, params }: Call): object {
  const vpcId = params.get("VpcId") ?? "";
  if (vpcId) findVpc(context.state, vpcId);
  const id = newId("sg");
  const type = params.get("SecurityGroupType") ?? "normal";
  context.state.securityGroups[id] = {
    name: params.get("SecurityGroupName") ?? "",
    description: params.get("Description") ?? "",
    vpcId,
    type,
    innerAccess: type === "normal" ? "Accept" : "Drop",
    resourceGroupId: params.get("ResourceGroupId") ?? defaultResourceGroup(),
    created: timestamp(context.now()),
    tags: tagsOf(params),
  };
  return { SecurityGroupId: id };
}

function describe({ context, params }: Call): object {
  const asked = params.get("SecurityGroupId");
  const groups = Object.entries(context.state.securityGroups)
    .filter(([id]) => asked === undefined || id === asked)
    .map(([id, group]) => ({
      SecurityGroupId: id,
      SecurityGroupName: group.name,
      Description: group.description,
      VpcId: group.vpcId,
      SecurityGroupType: group.type,
      ResourceGroupId: group.resourceGroupId,
      CreationTime: group.created,
      Tags: { Tag: tagList(group.tags) },
    }));
  return {
    TotalCount: groups.length,
    PageNumber: 1,
    PageSize: 10,
    RegionId: regionOf(params),
    SecurityGroups: { SecurityGroup: groups },
  };
}

function describeAttribute({ context, params }: Call): object {
  const id = params.need("SecurityGroupId");
  const group = findSecurityGroup(context.state, id);
  return {
    SecurityGroupId: id,
    SecurityGroupName: group.name,
    Description: group.description,
    VpcId: group.vpcId,
    RegionId: regionOf(params),
    InnerAccessPolicy: group.innerAccess,
    Permissions: { Permission: [] },
  };
}

function modify({ context, params }: Call): void {
  const group = findSecurityGroup(context.state, params.need("SecurityGroupId"));
  group.name = params.raw("SecurityGroupName") ?? group.name;
  group.description = params.raw("Description") ?? group.description;
}

function setPolicy({ context, params }: Call): void {
  const group = findSecurityGroup(context.state, params.need("SecurityGroupId"));
  const policy = params.need("InnerAccessPolicy");
  if (!/^(accept|drop)$/i.test(policy)) {
    throw badRequest("InvalidPolicy.Malformed", `InnerAccessPolicy is Accept or Drop: ${policy}.`);
  }
  group.innerAccess = policy.toLowerCase() === "accept" ? "Accept" : "Drop";
}

function remove({ context, params }: Call): void {
  const { state } = context;
  const id = params.need("SecurityGroupId");
  findSecurityGroup(state, id);
  const used =
    Object.values(state.clusters).some((cluster) => cluster.securityGroupId === id) ||
    Object.values(state.nodePools).some((pool) =>
      asTexts(pool.scaling_group.security_group_ids).includes(id),
    );
  if (used) throw badRequest("DependencyViolation", `Security group ${id} has instances.`);
  delete state.securityGroups[id];
}

export const securityGroupActions: Actions = {
  CreateSecurityGroup: create,
  DescribeSecurityGroups: describe,
  DescribeSecurityGroupAttribute: describeAttribute,
  ModifySecurityGroupAttribute: modify,
  ModifySecurityGroupPolicy: setPolicy,
  DeleteSecurityGroup: remove,
};
