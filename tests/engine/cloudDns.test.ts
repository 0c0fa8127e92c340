import { PublicZone } from "../../lab/cluster/driver";
import { removeFromCloud, setInCloud } from "../../lab/cloud/admin";
import { lifecycle, quiet, remove, runScenarios } from "./support/scenarios";

const domainType = "alicloud:dns/alidnsDomain:AlidnsDomain";
const networkType = "alicloud:vpc/network:Network";
const recordType = "alicloud:dns/alidnsRecord:AlidnsRecord";
const zoneType = "alicloud:pvtz/zone:Zone";
const attachmentType = "alicloud:pvtz/zoneAttachment:ZoneAttachment";
const privateRecordType = "alicloud:pvtz/zoneRecord:ZoneRecord";
const domainName = "oneprocloud.com";

const valuesOf = (zones: PublicZone[], zone: string, rr: string) =>
  zones
    .find(({ name }) => name === zone)
    ?.records.filter((record) => record.rr === rr)
    .map(({ value }) => value);

runScenarios("cloud-dns", {
  async "a domain"(fixture) {
    await lifecycle(fixture, {
      type: domainType,
      name: "domain",
      inputs: { domainName: "example.test", tags: { a: "1" } },
      changed: { domainName: "example.test", remark: "changed", tags: { a: "2" } },
    });
  },

  async "a record, served while it is enabled"(fixture) {
    const served = (rr: string) => valuesOf(fixture.driver.zones, domainName, rr);
    const common = { domainName, rr: "api", type: "A" };
    const record = await lifecycle(fixture, {
      type: recordType,
      name: "api",
      inputs: { ...common, value: "203.0.113.1" },
      changed: { ...common, value: "203.0.113.2", ttl: 1200, remark: "changed" },
      look: (_record, phase) =>
        expect(served("api")).toEqual([phase === "created" ? "203.0.113.1" : "203.0.113.2"]),
      keep: true,
    });
    const disabled = await fixture.provider.update(record, {
      ...{ ...common, value: "203.0.113.2", ttl: 1200, remark: "changed", status: "DISABLE" },
    });
    expect(served("api")).toEqual([]);
    await remove(fixture, disabled);
    expect(served("api")).toEqual([]);
  },

  async "a mail record with its priority"(fixture) {
    const common = { domainName, rr: "post", type: "MX", value: "mail.example.test" };
    await lifecycle(fixture, {
      type: recordType,
      name: "post",
      inputs: { ...common, priority: 10 },
      changed: { ...common, priority: 20 },
    });
  },

  async "a record that somebody changed, and one that somebody deleted"(fixture) {
    const inputs = { domainName, rr: "drift", type: "CNAME", value: "a.example.test" };
    const record = await fixture.provider.create(recordType, "drift", inputs);
    await setInCloud(
      fixture.cloud.context.instance,
      "domainRecords/drift.oneprocloud.com:CNAME/value",
      "b.example.test",
    );
    const changed = await fixture.provider.read(record);
    if (!changed) throw new Error("The record is gone.");
    expect(await fixture.provider.diff(changed, inputs)).toMatchObject({ diffs: ["value"] });
    await quiet(fixture, await fixture.provider.update(changed, inputs), inputs);
    await removeFromCloud(fixture.cloud.context.instance, "domainRecords/drift.oneprocloud.com");
    expect(await fixture.provider.read(record)).toBeUndefined();
  },

  async "records that Alibaba Cloud DNS refuses"({ provider }) {
    const create = (inputs: Record<string, string | number>) =>
      provider.create(recordType, "refused", { domainName, ...inputs });
    const www = { rr: "www", type: "A", value: "203.0.113.10" };
    await Promise.all([
      expect(create(www)).rejects.toThrow("DomainRecordDuplicate"),
      expect(create({ rr: "www", type: "CNAME", value: "a.test" })).rejects.toThrow(
        "DomainRecordConflict",
      ),
      expect(create({ ...www, rr: "short", ttl: 60 })).rejects.toThrow("QuotaExceeded.TTL"),
      expect(create({ ...www, value: "not an address" })).rejects.toThrow("SubDomainInvalid.Value"),
      expect(create({ ...www, domainName: "missing.test" })).rejects.toThrow(
        "InvalidDomainName.NoExist",
      ),
    ]);
  },

  async "a private zone with records, bound to a VPC"(fixture) {
    const zone = await lifecycle(fixture, {
      type: zoneType,
      name: "zone",
      inputs: { zoneName: "corp.internal", remark: "one", tags: { a: "1" } },
      changed: {
        zoneName: "corp.internal",
        remark: "two",
        proxyPattern: "RECORD",
        tags: { b: "2" },
      },
      keep: true,
    });
    const record = { zoneId: zone.id, rr: "db", type: "A" };
    await lifecycle(fixture, {
      type: privateRecordType,
      name: "db",
      inputs: { ...record, value: "10.0.0.1", ttl: 60 },
      changed: { ...record, value: "10.0.0.2", ttl: 30, remark: "changed", status: "DISABLE" },
    });
    const other = await fixture.provider.create(networkType, "other", {
      cidrBlock: "192.168.0.0/16",
    });
    const attachment = await lifecycle(fixture, {
      type: attachmentType,
      name: "attachment",
      inputs: { zoneId: zone.id, vpcIds: ["vpc-lab"] },
      changed: { zoneId: zone.id, vpcIds: [other.id] },
      keep: true,
    });
    await fixture.provider.delete(attachment);
    await remove(fixture, zone);
  },

  async "a private zone that copies host names"(fixture) {
    await lifecycle(fixture, {
      type: zoneType,
      name: "hosts",
      inputs: {
        zoneName: "hosts.internal",
        syncStatus: "ON",
        userInfos: [{ userId: "1000000000000001", regionIds: ["cn-beijing"] }],
      },
      changed: null,
    });
  },

  async "what the account's DNS holds"(fixture) {
    const { provider } = fixture;
    const zone = await provider.create(zoneType, "listed", { zoneName: "listed.internal" });
    await provider.create(privateRecordType, "one", {
      ...{ zoneId: zone.id, rr: "one", type: "A", value: "10.0.0.9" },
    });
    const domains = await provider.invoke("alicloud:dns/getAlidnsDomains:getAlidnsDomains", {
      domainNameRegex: "^oneprocloud",
      enableDetails: true,
    });
    expect(domains.names).toEqual([domainName]);
    const records = await provider.invoke("alicloud:dns/getAlidnsRecords:getAlidnsRecords", {
      domainName,
      rrRegex: "^www$",
    });
    expect(records.records).toMatchObject([{ rr: "www", type: "A", value: "203.0.113.10" }]);
    const zones = await provider.invoke("alicloud:pvtz/getZones:getZones", {
      keyword: "listed",
      enableDetails: true,
    });
    expect(zones.names).toEqual(["listed.internal"]);
    const inside = await provider.invoke("alicloud:pvtz/getZoneRecords:getZoneRecords", {
      zoneId: zone.id,
    });
    expect(inside.records).toMatchObject([{ rr: "one", value: "10.0.0.9", status: "ENABLE" }]);
  },
});
