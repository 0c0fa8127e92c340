import { badRequest } from "../core/errors";
import { newNumericId } from "../core/ids";
import { pageOf } from "../core/params";
import { CloudState, DomainRecord } from "../core/state";
import { checkNeighbours, checkRecord, RecordData } from "../dns/recordRules";
import { Actions, Call } from "./call";
import { findDomain } from "./alidnsDomains";

// The free edition.
const minimumTtl = 600;

function findRecord(state: CloudState, id: string): DomainRecord {
  const record = state.domainRecords[id];
  if (!record) {
    throw badRequest(
      "DomainRecordNotBelongToUser",
      `The DNS record ${id} does not belong to you or does not exist.`,
    );
  }
  return record;
}

function dataOf({ params }: Call): RecordData {
  const type = params.need("Type").toUpperCase();
  return {
    rr: params.need("RR"),
    type,
    value: params.need("Value"),
    ttl: params.number("TTL") ?? minimumTtl,
    line: params.get("Line") ?? "default",
    priority: type === "MX" ? params.number("Priority") : undefined,
  };
}

function others(state: CloudState, domain: string, self?: DomainRecord): DomainRecord[] {
  return Object.values(state.domainRecords).filter(
    (record) => record.domain === domain && record !== self,
  );
}

async function add(call: Call): Promise<object> {
  const { context, params } = call;
  const domain = params.need("DomainName");
  findDomain(context.state, domain);
  const data = dataOf(call);
  checkRecord(data, minimumTtl);
  checkNeighbours(data, others(context.state, domain));
  const id = newNumericId();
  context.state.domainRecords[id] = { domain, ...data, status: "ENABLE", remark: "" };
  await context.publicDns.publish();
  return { RecordId: id };
}

async function update(call: Call): Promise<object> {
  const { context, params } = call;
  const id = params.need("RecordId");
  const record = findRecord(context.state, id);
  const data = dataOf(call);
  checkRecord(data, minimumTtl);
  const members = ["rr", "type", "value", "ttl", "line", "priority"] as const;
  if (members.every((member) => record[member] === data[member])) {
    throw badRequest("DomainRecordDuplicate", "The DNS record already exists.");
  }
  checkNeighbours(data, others(context.state, record.domain, record));
  Object.assign(record, data);
  await context.publicDns.publish();
  return { RecordId: id };
}

async function setStatus({ context, params }: Call): Promise<object> {
  const id = params.need("RecordId");
  const status = params.need("Status").toUpperCase();
  if (status !== "ENABLE" && status !== "DISABLE") {
    throw badRequest("InvalidStatus.Malformed", `Status is ENABLE or DISABLE: ${status}.`);
  }
  findRecord(context.state, id).status = status;
  await context.publicDns.publish();
  return { RecordId: id, Status: status };
}

async function remove({ context, params }: Call): Promise<object> {
  const id = params.need("RecordId");
  findRecord(context.state, id);
  delete context.state.domainRecords[id];
  await context.publicDns.publish();
  return { RecordId: id };
}

const view = (id: string, record: DomainRecord) => ({
  RecordId: id,
  DomainName: record.domain,
  RR: record.rr,
  Type: record.type,
  Value: record.value,
  TTL: record.ttl,
  Line: record.line,
  ...(record.priority === undefined ? {} : { Priority: record.priority }),
  Status: record.status,
  Locked: false,
  Weight: 1,
  Remark: record.remark,
});

function list({ context, params }: Call): object {
  const domain = params.need("DomainName");
  findDomain(context.state, domain);
  const exact = params.get("SearchMode")?.toUpperCase() === "EXACT";
  const matches = (value: string, wanted: string | undefined) =>
    wanted === undefined ||
    (exact
      ? value.toLowerCase() === wanted.toLowerCase()
      : value.toLowerCase().includes(wanted.toLowerCase()));
  const equals = (value: string, wanted: string | undefined) =>
    wanted === undefined || value.toLowerCase() === wanted.toLowerCase();
  const found = Object.entries(context.state.domainRecords)
    .filter(([, record]) => record.domain === domain)
    .filter(
      ([, record]) =>
        matches(record.rr, params.get("RRKeyWord") ?? params.get("KeyWord")) &&
        matches(record.value, params.get("ValueKeyWord")) &&
        equals(record.type, params.get("TypeKeyWord") ?? params.get("Type")) &&
        equals(record.line, params.get("Line")) &&
        equals(record.status, params.get("Status")),
    );
  const page = params.page(20);
  return {
    TotalCount: found.length,
    PageNumber: page.number,
    PageSize: page.size,
    DomainRecords: { Record: pageOf(found, page).map(([id, record]) => view(id, record)) },
  };
}

export const recordActions: Actions = {
  AddDomainRecord: add,
  UpdateDomainRecord: update,
  SetDomainRecordStatus: setStatus,
  DeleteDomainRecord: remove,
  DescribeDomainRecords: list,
  DescribeDomainRecordInfo: ({ context, params }) => {
    const id = params.need("RecordId");
    const record = findRecord(context.state, id);
    const domain = findDomain(context.state, record.domain);
    return { ...view(id, record), DomainId: domain.id, PunyCode: record.domain };
  },
  UpdateDomainRecordRemark({ context, params }) {
    findRecord(context.state, params.need("RecordId")).remark = params.get("Remark") ?? "";
  },
};
