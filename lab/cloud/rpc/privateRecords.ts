import { badRequest } from "../core/errors";
import { newNumericId } from "../core/ids";
import { pageOf } from "../core/params";
import { CloudState, PrivateRecord } from "../core/state";
import { checkNeighbours, checkRecord, RecordData } from "../dns/recordRules";
import { Actions, Call } from "./call";
import { findZone } from "./privateZones";

const minimumTtl = 1;

function findRecord(state: CloudState, id: string): PrivateRecord {
  const record = state.privateRecords[id];
  if (!record) throw badRequest("Record.Invalid.Id", `Record ${id} does not exist.`);
  return record;
}

/** PrivateZone knows no lines: one stands for all. */
function check(data: RecordData, neighbours: PrivateRecord[]): void {
  checkRecord(data, minimumTtl);
  checkNeighbours(
    data,
    neighbours.map((record) => ({ ...record, line: data.line })),
  );
}

function neighbours(state: CloudState, zoneId: string, self?: PrivateRecord): PrivateRecord[] {
  return Object.values(state.privateRecords).filter(
    (record) => record.zoneId === zoneId && record !== self,
  );
}

function add({ context, params }: Call): object {
  const zoneId = params.need("ZoneId");
  findZone(context.state, zoneId);
  const type = params.need("Type").toUpperCase();
  const data: RecordData = {
    rr: params.need("Rr"),
    type,
    value: params.need("Value"),
    ttl: params.number("Ttl") ?? 60,
    priority: type === "MX" ? params.number("Priority") : undefined,
    line: "default",
  };
  check(data, neighbours(context.state, zoneId));
  const id = newNumericId();
  const { rr, value, ttl, priority } = data;
  context.state.privateRecords[id] = {
    ...{ zoneId, rr, type, value, ttl, priority },
    status: "ENABLE",
    remark: "",
  };
  return { RecordId: Number(id), Success: true };
}

function update({ context, params }: Call): object {
  const id = params.need("RecordId");
  const record = findRecord(context.state, id);
  const type = params.get("Type")?.toUpperCase() ?? record.type;
  const data: RecordData = {
    rr: params.get("Rr") ?? record.rr,
    type,
    value: params.get("Value") ?? record.value,
    ttl: params.number("Ttl") ?? record.ttl,
    priority: type === "MX" ? (params.number("Priority") ?? record.priority) : undefined,
    line: "default",
  };
  check(data, neighbours(context.state, record.zoneId, record));
  const { rr, value, ttl, priority } = data;
  Object.assign(record, { rr, type, value, ttl, priority });
  return { RecordId: Number(id) };
}

function list({ context, params }: Call): object {
  const zoneId = params.need("ZoneId");
  findZone(context.state, zoneId);
  const keyword = params.get("Keyword")?.toLowerCase();
  const exact = params.get("SearchMode")?.toUpperCase() === "EXACT";
  const matches = (rr: string) =>
    keyword === undefined || (exact ? rr === keyword : rr.includes(keyword));
  const found = Object.entries(context.state.privateRecords)
    .filter(([, record]) => record.zoneId === zoneId && matches(record.rr.toLowerCase()))
    .sort(([a], [b]) => a.localeCompare(b));
  const page = params.page(20);
  return {
    TotalItems: found.length,
    TotalPages: Math.ceil(found.length / page.size),
    PageNumber: page.number,
    PageSize: page.size,
    Records: {
      Record: pageOf(found, page).map(([id, record]) => ({
        RecordId: Number(id),
        ZoneId: zoneId,
        Rr: record.rr,
        Type: record.type,
        Value: record.value,
        Ttl: record.ttl,
        Priority: record.priority ?? 0,
        Remark: record.remark,
        Status: record.status,
      })),
    },
  };
}

export const privateRecordActions: Actions = {
  AddZoneRecord: add,
  UpdateZoneRecord: update,
  DescribeZoneRecords: list,
  SetZoneRecordStatus({ context, params }) {
    const status = params.need("Status");
    if (status !== "ENABLE" && status !== "DISABLE") {
      throw badRequest("Record.Invalid.Status", `Status is ENABLE or DISABLE: ${status}.`);
    }
    findRecord(context.state, params.need("RecordId")).status = status;
    return { RecordId: Number(params.need("RecordId")), Status: status };
  },
  UpdateRecordRemark({ context, params }) {
    findRecord(context.state, params.need("RecordId")).remark = params.get("Remark") ?? "";
  },
  DeleteZoneRecord({ context, params }) {
    const id = params.need("RecordId");
    findRecord(context.state, id);
    delete context.state.privateRecords[id];
    return { RecordId: Number(id) };
  },
};
