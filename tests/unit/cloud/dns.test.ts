import { textRecords } from "../../../lab/cloud/oss/cnames";
import { checkNeighbours, checkRecord, RecordData } from "../../../lab/cloud/dns/recordRules";
import { TestCloud } from "./support/testCloud";

const record = (more: Partial<RecordData> = {}): RecordData => ({
  ...{ rr: "www", type: "A", value: "203.0.113.1", ttl: 600, line: "default" },
  ...more,
});

describe("a record by itself", () => {
  it.each<Partial<RecordData>>([
    { rr: "@" },
    { rr: "*" },
    { rr: "*.apps" },
    { rr: "_dnsauth.downloads", type: "TXT", value: "anything at all" },
    { type: "AAAA", value: "2001:db8::1" },
    { type: "CNAME", value: "bucket.oss-cn-beijing.aliyuncs.com" },
    { type: "MX", value: "mail.example.test.", priority: 10 },
  ])("is taken: %j", (more) => {
    expect(() => checkRecord(record(more), 600)).not.toThrow();
  });

  it.each<[Partial<RecordData>, string]>([
    [{ type: "WKS" }, "record type WKS is not supported"],
    [{ rr: "-www" }, "host record -www is not valid"],
    [{ rr: "a.*" }, "host record a.* is not valid"],
    [{ value: "300.1.1.1" }, "value 300.1.1.1 is not valid for type A"],
    [{ type: "CNAME", value: "no spaces" }, "value no spaces is not valid for type CNAME"],
    [{ ttl: 599 }, "TTL 599"],
    [{ ttl: 86401 }, "TTL 86401"],
    [{ type: "MX", value: "mail.example.test" }, "needs a priority"],
  ])("is refused: %j", (more, message) => {
    expect(() => checkRecord(record(more), 600)).toThrow(message);
  });
});

describe("a record beside others", () => {
  const codeOf = (added: Partial<RecordData>, ...others: Partial<RecordData>[]) => {
    try {
      checkNeighbours(
        record(added),
        others.map((other) => record(other)),
      );
    } catch (error) {
      return (error as { code: string }).code;
    }
    return undefined;
  };

  it("may have another value", () => {
    expect(codeOf({ value: "203.0.113.2" }, {})).toBeUndefined();
  });

  it("must not be there twice, however it is written", () => {
    expect(codeOf({ rr: "WWW" }, {})).toBe("DomainRecordDuplicate");
    expect(codeOf({ ttl: 1200 }, {})).toBe("DomainRecordDuplicate");
  });

  it("must not stand beside a CNAME, nor be one beside others", () => {
    const cname = { type: "CNAME", value: "a.test" };
    expect(codeOf({}, cname)).toBe("DomainRecordConflict");
    expect(codeOf(cname, {})).toBe("DomainRecordConflict");
    expect(codeOf(cname, { type: "CNAME", value: "b.test" })).toBe("DomainRecordConflict");
  });

  it("does not mind other names and lines", () => {
    const cname = { type: "CNAME", value: "a.test" };
    expect(codeOf(cname, { rr: "ftp" }, { line: "telecom" })).toBeUndefined();
  });
});

describe("Alibaba Cloud DNS", () => {
  const lab = new TestCloud();
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  const add = (params: Record<string, string>) =>
    lab.rpc("alidns", "AddDomainRecord", { DomainName: "oneprocloud.com", ...params });

  it("serves the account's zones and its buckets from the start", () => {
    expect(lab.driver.zones).toEqual([
      {
        name: "oneprocloud.com",
        records: [
          { rr: "@", type: "A", value: "203.0.113.11", ttl: 600 },
          { rr: "www", type: "A", value: "203.0.113.10", ttl: 600 },
        ],
      },
      {
        name: "oss-cn-beijing.aliyuncs.com",
        records: [{ rr: "saas-downloads", type: "A", value: "203.0.113.80", ttl: 60 }],
      },
    ]);
  });

  it("serves a record once the answer is there, and takes it away again", async () => {
    const served = () => JSON.stringify(lab.driver.zones).includes("203.0.113.77");
    const { body } = await add({ RR: "new", Type: "A", Value: "203.0.113.77" });
    expect(served()).toBe(true);
    const id = body.RecordId as string;
    await lab.rpc("alidns", "SetDomainRecordStatus", { RecordId: id, Status: "DISABLE" });
    expect(served()).toBe(false);
    await lab.rpc("alidns", "SetDomainRecordStatus", { RecordId: id, Status: "ENABLE" });
    expect(served()).toBe(true);
    await lab.rpc("alidns", "DeleteDomainRecord", { RecordId: id });
    expect(served()).toBe(false);
  });

  it("says that an update changes nothing", async () => {
    const params = { RR: "same", Type: "A", Value: "203.0.113.5", TTL: "600" };
    const { body } = await add(params);
    const answer = await lab.rpc("alidns", "UpdateDomainRecord", {
      ...params,
      RecordId: body.RecordId as string,
    });
    expect(answer).toMatchObject({ status: 400, body: { Code: "DomainRecordDuplicate" } });
  });

  it("knows neither records nor domains of others", async () => {
    expect(await lab.rpc("alidns", "DescribeDomainRecordInfo", { RecordId: "1" })).toMatchObject({
      status: 400,
      body: { Code: "DomainRecordNotBelongToUser" },
    });
    expect(await lab.rpc("alidns", "DescribeDomainInfo", { DomainName: "a.test" })).toMatchObject({
      status: 400,
      body: { Code: "InvalidDomainName.NoExist" },
    });
  });

  it("gives its lists page by page", async () => {
    const page = (PageNumber: string) =>
      lab.rpc("alidns", "DescribeDomainRecords", {
        ...{ DomainName: "oneprocloud.com", PageSize: "1", PageNumber, Type: "A" },
      });
    const records = async (number: string) =>
      ((await page(number)).body.DomainRecords as { Record: { RR: string }[] }).Record;
    expect(await records("1")).toMatchObject([{ RR: "www", TTL: 600, Locked: false }]);
    expect(await records("2")).toMatchObject([{ RR: "@" }]);
    expect((await page("1")).body.TotalCount).toBeGreaterThanOrEqual(2);
  });

  it("forgets the records of a domain with the domain", async () => {
    await lab.rpc("alidns", "AddDomain", { DomainName: "gone.test" });
    await add({ DomainName: "gone.test", RR: "a", Type: "A", Value: "203.0.113.6" });
    await lab.rpc("alidns", "DeleteDomain", { DomainName: "gone.test" });
    expect(JSON.stringify([lab.state, lab.driver.zones])).not.toContain("gone.test");
  });

  it("goes on when the public DNS fails, and says so", async () => {
    const publishZones = lab.driver.publishZones.bind(lab.driver);
    lab.driver.publishZones = () => Promise.reject(new Error("no port"));
    const answer = await add({ RR: "unserved", Type: "A", Value: "203.0.113.8" });
    lab.driver.publishZones = publishZones;
    expect(answer.status).toBe(200);
    expect(lab.reports.at(-1)).toBe("public DNS: no port");
  });
});

describe("the proof of a domain's ownership", () => {
  const lab = new TestCloud();
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  const put = (domain: string, rr: string, value: string, status: "ENABLE" | "DISABLE") => {
    lab.state.domains[domain] ??= {
      ...{ id: "", groupId: "", remark: "", resourceGroupId: "", created: "", tags: {} },
    };
    const id = String(Object.keys(lab.state.domainRecords).length);
    lab.state.domainRecords[id] = {
      ...{ domain, rr, type: "TXT", value, status },
      ...{ ttl: 600, line: "default", remark: "" },
    };
  };

  it("is looked for in the closest zone of the account", () => {
    put("oneprocloud.com", "_dnsauth.downloads", "deep", "ENABLE");
    put("oneprocloud.com", "_dnsauth", '"apex"', "ENABLE");
    put("oneprocloud.com", "_dnsauth.off", "off", "DISABLE");
    put("eu.oneprocloud.com", "_dnsauth.downloads", "closest", "ENABLE");
    const found = (domain: string) => textRecords(lab.state, domain);
    expect(found("downloads.oneprocloud.com")).toEqual(["deep"]);
    expect(found("oneprocloud.com")).toEqual(["apex"]);
    expect(found("off.oneprocloud.com")).toEqual([]);
    expect(found("downloads.eu.oneprocloud.com")).toEqual(["closest"]);
    expect(found("downloads.example.test")).toEqual([]);
    expect(found("notoneprocloud.com")).toEqual([]);
  });
});
