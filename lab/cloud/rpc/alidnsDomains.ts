import { timestamp } from "../core/context";
import { badRequest } from "../core/errors";
import { pageOf } from "../core/params";
import { defaultResourceGroup } from "../core/seeds";
import { CloudState, Domain } from "../core/state";
import { tagList } from "../core/tags";
import { newToken } from "../core/ids";
import { Actions, Call } from "./call";

const domainPattern = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const dnsServers = ["dns1.hichina.com", "dns2.hichina.com"];

export function findDomain(state: CloudState, name: string): Domain {
  const domain = state.domains[name];
  if (!domain) {
    throw badRequest("InvalidDomainName.NoExist", `The specified domain ${name} does not exist.`);
  }
  return domain;
}

const recordCount = (state: CloudState, name: string) =>
  Object.values(state.domainRecords).filter((record) => record.domain === name).length;

async function add({ context, params }: Call): Promise<object> {
  const name = params.need("DomainName").toLowerCase();
  if (!domainPattern.test(name)) {
    throw badRequest("InvalidDomainName.Format", `The domain name ${name} is not valid.`);
  }
  if (context.state.domains[name]) {
    throw badRequest("InvalidDomainName.Duplicate", `The domain name ${name} was added before.`);
  }
  const domain: Domain = {
    id: newToken(),
    groupId: params.get("GroupId") ?? "",
    remark: "",
    resourceGroupId: params.get("ResourceGroupId") ?? defaultResourceGroup(),
    created: timestamp(context.now()),
    tags: {},
  };
  context.state.domains[name] = domain;
  await context.publicDns.publish();
  return {
    DomainId: domain.id,
    DomainName: name,
    PunyCode: name,
    GroupId: domain.groupId,
    GroupName: "",
    DnsServers: { DnsServer: dnsServers },
  };
}

const summary = (state: CloudState, name: string, domain: Domain) => ({
  DomainId: domain.id,
  DomainName: name,
  PunyCode: name,
  AliDomain: false,
  GroupId: domain.groupId,
  GroupName: "",
  InstanceId: "",
  VersionCode: "mianfei",
  VersionName: "Alibaba Cloud DNS",
  Remark: domain.remark,
  ResourceGroupId: domain.resourceGroupId,
  RecordCount: recordCount(state, name),
  DnsServers: { DnsServer: dnsServers },
});

function describe({ context, params }: Call): object {
  const name = params.need("DomainName");
  const domain = findDomain(context.state, name);
  return {
    ...summary(context.state, name, domain),
    MinTtl: 600,
    InBlackHole: false,
    InClean: false,
    RegionLines: false,
    SubDomain: false,
    RecordLines: { RecordLine: [] },
  };
}

function list({ context, params }: Call): object {
  const keyword = params.get("KeyWord")?.toLowerCase() ?? "";
  const group = params.get("GroupId");
  const resourceGroup = params.get("ResourceGroupId");
  const found = Object.entries(context.state.domains)
    .filter(([name]) => name.includes(keyword))
    .filter(([, domain]) => group === undefined || domain.groupId === group)
    .filter(([, domain]) => !resourceGroup || domain.resourceGroupId === resourceGroup)
    .sort(([a], [b]) => a.localeCompare(b));
  const page = params.page(20);
  return {
    TotalCount: found.length,
    PageNumber: page.number,
    PageSize: page.size,
    Domains: {
      Domain: pageOf(found, page).map(([name, domain]) => ({
        ...summary(context.state, name, domain),
        Starmark: false,
        CreateTime: domain.created,
        CreateTimestamp: Date.parse(domain.created),
        Tags: { Tag: tagList(domain.tags) },
      })),
    },
  };
}

async function remove({ context, params }: Call): Promise<object> {
  const { state } = context;
  const name = params.need("DomainName");
  findDomain(state, name);
  delete state.domains[name];
  for (const [id, record] of Object.entries(state.domainRecords)) {
    if (record.domain === name) delete state.domainRecords[id];
  }
  await context.publicDns.publish();
  return { DomainName: name };
}

export const domainActions: Actions = {
  AddDomain: add,
  DescribeDomainInfo: describe,
  DescribeDomains: list,
  DeleteDomain: remove,
  UpdateDomainRemark({ context, params }) {
    findDomain(context.state, params.need("DomainName")).remark = params.get("Remark") ?? "";
  },
  ChangeDomainGroup({ context, params }) {
    const groupId = params.get("GroupId") ?? "";
    findDomain(context.state, params.need("DomainName")).groupId = groupId;
    return { GroupId: groupId, GroupName: "" };
  },
};
