import { isReverse, parseName } from "../../../dns";
import { timestamp } from "../core/context";
import { badRequest } from "../core/errors";
import { newToken } from "../core/ids";
import { pageOf } from "../core/params";
import { defaultResourceGroup } from "../core/seeds";
import { CloudState, PrivateZone } from "../core/state";
import { accountId } from "./account";
import { Actions, Call } from "./call";

const zonePattern =
  /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

export function findZone(state: CloudState, id: string): PrivateZone {
  const zone = state.privateZones[id];
  if (!zone) throw badRequest("Zone.NotExists", `Zone ${id} does not exist.`);
  return zone;
}

function add({ context, params }: Call): object {
  const name = params.need("ZoneName").toLowerCase();
  if (!zonePattern.test(name)) {
    throw badRequest("Zone.Invalid.Name", `The zone name ${name} is not valid.`);
  }
  if (Object.values(context.state.privateZones).some((zone) => zone.name === name)) {
    throw badRequest("Zone.Exists", `Zone ${name} already exists.`);
  }
  const id = newToken();
  context.state.privateZones[id] = {
    name,
    remark: "",
    proxyPattern: params.get("ProxyPattern") ?? "ZONE",
    resourceGroupId: params.get("ResourceGroupId") ?? defaultResourceGroup(),
    vpcs: [],
    created: timestamp(context.now()),
    tags: {},
  };
  return { ZoneId: id, ZoneName: name, Success: true };
}

const recordCount = (state: CloudState, id: string) =>
  Object.values(state.privateRecords).filter((record) => record.zoneId === id).length;

const summary = (state: CloudState, id: string, zone: PrivateZone) => ({
  ZoneId: id,
  ZoneName: zone.name,
  Remark: zone.remark,
  IsPtr: isReverse(parseName(zone.name)),
  ProxyPattern: zone.proxyPattern,
  RecordCount: recordCount(state, id),
  ResourceGroupId: zone.resourceGroupId,
  CreateTime: zone.created,
  CreateTimestamp: Date.parse(zone.created),
  UpdateTime: zone.created,
  UpdateTimestamp: Date.parse(zone.created),
  ZoneType: "AUTH_ZONE",
});

function describe({ context, params }: Call): object {
  const id = params.need("ZoneId");
  const zone = findZone(context.state, id);
  return {
    ...summary(context.state, id, zone),
    // A list even when there is none: callers index it.
    BindVpcs: {
      Vpc: zone.vpcs.map(({ vpcId, region }) => ({
        VpcId: vpcId,
        RegionId: region,
        RegionName: region,
        VpcName: context.state.vpcs[vpcId]?.name ?? "",
        VpcUserId: accountId,
      })),
    },
  };
}

function list({ context, params }: Call): object {
  const keyword = params.get("Keyword")?.toLowerCase() ?? "";
  const vpcId = params.get("QueryVpcId");
  const resourceGroup = params.get("ResourceGroupId");
  const exact = params.get("SearchMode")?.toUpperCase() === "EXACT";
  const found = Object.entries(context.state.privateZones)
    .filter(([, zone]) => (exact && keyword ? zone.name === keyword : zone.name.includes(keyword)))
    .filter(([, zone]) => !vpcId || zone.vpcs.some((vpc) => vpc.vpcId === vpcId))
    .filter(([, zone]) => !resourceGroup || zone.resourceGroupId === resourceGroup)
    .sort(([, a], [, b]) => a.name.localeCompare(b.name));
  const page = params.page(20);
  return {
    TotalItems: found.length,
    TotalPages: Math.ceil(found.length / page.size),
    PageNumber: page.number,
    PageSize: page.size,
    Zones: {
      Zone: pageOf(found, page).map(([id, zone]) => summary(context.state, id, zone)),
    },
  };
}

function bind({ context, params }: Call): void {
  const zone = findZone(context.state, params.need("ZoneId"));
  const vpcs = params.records("Vpcs").map((vpc) => ({
    vpcId: vpc.VpcId ?? "",
    region: vpc.RegionId ?? "",
  }));
  for (const { vpcId } of vpcs) {
    const other = Object.values(context.state.privateZones).find(
      (item) =>
        item !== zone && item.name === zone.name && item.vpcs.some((v) => v.vpcId === vpcId),
    );
    if (!context.state.vpcs[vpcId]) {
      throw badRequest("ZoneVpc.NotExists.VpcId", `VPC ${vpcId} does not exist.`);
    }
    if (other) throw badRequest("ZoneVpc.Conflict", `VPC ${vpcId} has a zone ${zone.name}.`);
  }
  zone.vpcs = vpcs;
}

function describeSync({ context, params }: Call): object {
  const zone = findZone(context.state, params.need("ZoneId"));
  if (!zone.sync) {
    throw badRequest("Ecs.SyncTask.NotExists", "There is no task that copies host names.");
  }
  const users = [...new Set(zone.sync.regions.map((region) => region.userId))];
  return {
    Status: zone.sync.status,
    Success: true,
    EcsRegions: {
      EcsRegion: users.map((userId) => ({
        UserId: userId,
        RegionIds: {
          RegionId: (zone.sync?.regions ?? [])
            .filter((region) => region.userId === userId)
            .map((region) => region.regionId),
        },
      })),
    },
  };
}

function updateSync({ context, params }: Call): object {
  const zone = findZone(context.state, params.need("ZoneId"));
  const regions = params.records("Region").map((region) => ({
    userId: region.UserId || accountId,
    regionId: region.RegionId ?? "",
  }));
  if (regions.length === 0) throw badRequest("MissingRegion", "Region is mandatory.");
  zone.sync = { status: params.get("Status") ?? zone.sync?.status ?? "ON", regions };
  return { Success: true };
}

function remove({ context, params }: Call): object {
  const { state } = context;
  const id = params.need("ZoneId");
  if (findZone(state, id).vpcs.length > 0) {
    throw badRequest("Zone.VpcExists", `Zone ${id} is bound to a VPC.`);
  }
  delete state.privateZones[id];
  for (const [recordId, record] of Object.entries(state.privateRecords)) {
    if (record.zoneId === id) delete state.privateRecords[recordId];
  }
  return { ZoneId: id };
}

export const privateZoneActions: Actions = {
  AddZone: add,
  DescribeZoneInfo: describe,
  DescribeZones: list,
  DeleteZone: remove,
  BindZoneVpc: bind,
  DescribeSyncEcsHostTask: describeSync,
  UpdateSyncEcsHostTask: updateSync,
  SetProxyPattern({ context, params }) {
    const zone = findZone(context.state, params.need("ZoneId"));
    zone.proxyPattern = params.need("ProxyPattern");
  },
  UpdateZoneRemark({ context, params }) {
    findZone(context.state, params.need("ZoneId")).remark = params.get("Remark") ?? "";
  },
};
