import * as fs from "node:fs";
import * as path from "node:path";
import {
  cloudCommand,
  cloudRequests,
  getFromCloud,
  removeFromCloud,
  setInCloud,
} from "../../../lab/cloud/admin";
import { TestCloud } from "./support/testCloud";

const lab = new TestCloud();
beforeEach(() => lab.start());
afterEach(() => lab.stop());

const address = () => lab.cloud.context.instance;
const www = "domainRecords/www.oneprocloud.com:A/value";

describe("behind everyone's back", () => {
  it("a value is found by name as by id", async () => {
    expect(await getFromCloud(address(), www)).toBe("203.0.113.10");
    expect(await getFromCloud(address(), "domainRecords/100000000000001/value")).toBe(
      "203.0.113.10",
    );
    expect(await getFromCloud(address(), "domainRecords/oneprocloud.com:A/rr")).toBe("@");
    expect(await getFromCloud(address(), "vswitches/lab-a/cidrBlock")).toBe("10.240.0.0/24");
  });

  it("a change is seen by the API, by the public DNS, and after a restart", async () => {
    await setInCloud(address(), www, "203.0.113.99");
    expect(JSON.stringify(lab.driver.zones)).toContain("203.0.113.99");
    await lab.restart();
    expect(await getFromCloud(address(), www)).toBe("203.0.113.99");
  });

  it("a value keeps its kind", async () => {
    await setInCloud(address(), "domainRecords/www.oneprocloud.com:A/ttl", "60");
    expect(await getFromCloud(address(), "domainRecords/www.oneprocloud.com:A/ttl")).toBe(60);
    await setInCloud(address(), "vpcs/lab/name", "42");
    expect(await getFromCloud(address(), "vpcs/vpc-lab/name")).toBe("42");
  });

  it("an object is taken away", async () => {
    await removeFromCloud(address(), "domainRecords/www.oneprocloud.com");
    expect(JSON.stringify(lab.driver.zones)).not.toContain("203.0.113.10");
    await expect(getFromCloud(address(), www)).rejects.toThrow("There is nothing at");
  });

  it("a path that leads nowhere says what there is", async () => {
    await expect(getFromCloud(address(), "records/a/b")).rejects.toThrow("There is: vpcs");
    await expect(setInCloud(address(), "vpcs/lab/name/deeper", "x")).rejects.toThrow(
      "nothing lies below",
    );
    await expect(removeFromCloud(address(), "vpcs/none")).rejects.toThrow("nothing at vpcs/none");
  });

  it("a name that several bear is refused", async () => {
    await lab.rpc("alidns", "AddDomainRecord", {
      ...{ DomainName: "oneprocloud.com", RR: "www", Type: "TXT", Value: "text" },
    });
    await expect(
      getFromCloud(address(), "domainRecords/www.oneprocloud.com/value"),
    ).rejects.toThrow("name of several");
    expect(await getFromCloud(address(), www)).toBe("203.0.113.10");
  });

  it("no secret is shown", async () => {
    await lab.cluster();
    const text = JSON.stringify(await getFromCloud(address()));
    expect(text).not.toContain("client-key-data");
    expect(await getFromCloud(address(), "clusters/main/kubeconfig")).toBe("(secret)");
  });

  it("requests are listed, but not those through this door", async () => {
    await lab.rpc("sts", "GetCallerIdentity");
    expect(await cloudRequests(address())).toMatchObject([
      { product: "sts", action: "GetCallerIdentity", status: 200 },
    ]);
  });
});

describe("lab cloud", () => {
  const run = async (...words: string[]) => {
    const lines: string[] = [];
    await cloudCommand(address(), words, (line) => lines.push(line));
    return lines.join("\n");
  };

  it("gets, sets, removes and tells what was asked", async () => {
    expect(await run("get", www)).toBe("203.0.113.10");
    await run("set", www, "203.0.113.1");
    expect(JSON.parse(await run("get", "domainRecords/www.oneprocloud.com"))).toMatchObject({
      value: "203.0.113.1",
    });
    await run("rm", "domainRecords/www.oneprocloud.com");
    await lab.rpc("vpc", "DescribeVpcAttribute", { VpcId: "vpc-none" });
    expect(await run("log")).toMatch(
      /^\S+ http {2}vpc DescribeVpcAttribute -> 404 InvalidVpcID.NotFound$/,
    );
  });

  it("shows how to use it", async () => {
    await expect(run("frobnicate")).rejects.toThrow("usage: lab cloud get");
    await expect(run("set", www)).rejects.toThrow("usage: lab cloud get");
  });

  it("says that the cloud is not there", async () => {
    await expect(getFromCloud({ cloudPort: 1 })).rejects.toThrow('run "lab up"');
  });
});

describe("the state", () => {
  it("is one document that a crash cannot tear", async () => {
    const file = path.join(lab.dir, "cloud", "state.json");
    const before = fs.statSync(file).ino;
    await setInCloud(address(), www, "203.0.113.2");
    expect(fs.statSync(file).ino).not.toBe(before);
    expect(fs.readdirSync(path.dirname(file)).sort()).toEqual(["state.json"]);
  });

  it("is not seeded again", async () => {
    await removeFromCloud(address(), "buckets/saas-downloads");
    await lab.restart();
    expect(lab.state.buckets).toEqual({});
  });
});
