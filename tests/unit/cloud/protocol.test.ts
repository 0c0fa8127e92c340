import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import * as path from "node:path";
import * as tls from "node:tls";
import { TestCloud } from "./support/testCloud";

const lab = new TestCloud();
beforeAll(() => lab.start());
afterAll(() => lab.stop());

const authority = () => fs.readFileSync(path.join(lab.dir, "ca.pem"), "utf8");

describe("one port", () => {
  it("answers TLS, signed by the instance's own authority", async () => {
    const status = await new Promise((resolve, reject) => {
      https
        .get(
          {
            host: "127.0.0.1",
            port: lab.cloud.port,
            ca: authority(),
            path: "/?Action=GetCallerIdentity&Version=2015-04-01&AccessKeyId=k&Signature=s",
          },
          (response) => resolve(response.statusCode),
        )
        .on("error", reject);
    });
    expect(status).toBe(200);
    expect(lab.cloud.requests.list().at(-1)).toMatchObject({ tls: true, product: "sts" });
  });

  it("answers plain HTTP", async () => {
    expect(await lab.rpc("sts", "GetCallerIdentity")).toMatchObject({ status: 200 });
    expect(lab.cloud.requests.list().at(-1)).toMatchObject({ tls: false });
  });

  it("keeps the authority that it has once made", async () => {
    const before = authority();
    await lab.restart();
    expect(authority()).toBe(before);
  });

  it("adds its authority to those of the system", () => {
    const bundle = fs.readFileSync(path.join(lab.dir, "ca-bundle.pem"), "utf8");
    expect(bundle).toContain(authority().trim());
    expect(bundle.split("BEGIN CERTIFICATE").length).toBeGreaterThan(2);
  });

  it("keeps its keys to itself", () => {
    for (const name of ["tls/ca.key", "tls/server.key", "cloud/state.json"]) {
      expect(fs.statSync(path.join(lab.dir, name)).mode & 0o077).toBe(0);
    }
  });
});

describe("as a proxy", () => {
  const connect = (target: string) =>
    new Promise<{ status?: number; socket: net.Socket }>((resolve, reject) => {
      http
        .request({ host: "127.0.0.1", port: lab.cloud.port, method: "CONNECT", path: target })
        .on("connect", (response, socket) =>
          resolve({ status: response.statusCode, socket: socket }),
        )
        .on("error", reject)
        .end();
    });

  it("takes the place of Alibaba's hosts", async () => {
    const { status, socket } = await connect("cs.aliyuncs.com:443");
    expect(status).toBe(200);
    const name = await new Promise((resolve, reject) => {
      const secure = tls.connect({ socket, servername: "cs.aliyuncs.com", ca: authority() }, () => {
        resolve(secure.authorized);
        secure.destroy();
      });
      secure.on("error", reject);
    });
    expect(name).toBe(true);
  });

  it("leads nowhere else", async () => {
    const { status, socket } = await connect("www.example.com:443");
    socket.destroy();
    expect(status).toBe(403);
  });
});

describe("RPC", () => {
  it("takes parameters from the query and from the form", async () => {
    const query =
      "Action=DescribeVpcAttribute&Version=2016-04-28&AccessKeyId=k&Signature=s&VpcId=vpc-lab";
    const response = await fetch(`${lab.url}/?${query}`, {
      method: "POST",
      body: new URLSearchParams({ RegionId: "cn-beijing" }),
    });
    expect(await response.json()).toMatchObject({ VpcId: "vpc-lab", CidrBlock: "10.240.0.0/16" });
  });

  it("takes the action from the headers of a newer client", async () => {
    const response = await fetch(`${lab.url}/`, {
      method: "POST",
      headers: {
        "x-acs-action": "GetCallerIdentity",
        "x-acs-version": "2015-04-01",
        authorization: "ACS3-HMAC-SHA256 Credential=k",
      },
    });
    expect(response.status).toBe(200);
  });

  it("refuses an action that it does not know, by name, and says so in the log", async () => {
    const { status, body } = await lab.rpc("vpc", "CreateNatGateway");
    expect(status).toBe(400);
    expect(body).toMatchObject({
      Code: "InvalidAction.NotFound",
      Message: expect.stringContaining("CreateNatGateway") as string,
      RequestId: expect.any(String) as string,
    });
    expect(lab.reports.at(-1)).toContain("CreateNatGateway");
  });

  it("does not take what every object has for an action", async () => {
    expect((await lab.rpc("vpc", "constructor")).body.Code).toBe("InvalidAction.NotFound");
  });

  it("names a parameter that is missing", async () => {
    const { status, body } = await lab.rpc("vpc", "DescribeVpcAttribute");
    expect([status, body.Code]).toEqual([400, "MissingVpcId"]);
  });

  it("needs an access key", async () => {
    const response = await fetch(`${lab.url}/?Action=DescribeVpcs&Version=2016-04-28`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ Code: "MissingAccessKeyId" });
  });

  it("says where each product answers", async () => {
    const { body } = await lab.rpc("location", "DescribeEndpoints", { ServiceCode: "ecs" });
    expect(body.Endpoints).toMatchObject({
      Endpoint: [{ Endpoint: `127.0.0.1:${lab.cloud.port}` }],
    });
  });
});

describe("ROA", () => {
  it("writes errors in both spellings", async () => {
    const { status, body } = await lab.cs("GET", "/clusters/cnone");
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: "ErrorClusterNotFound", Code: "ErrorClusterNotFound" });
  });

  it("refuses a path that it does not know, by name", async () => {
    const { status, body } = await lab.cs("GET", "/clusters/c1/vuls");
    expect([status, body.code]).toEqual([400, "InvalidAction.NotFound"]);
    expect(body.message).toContain("GET /clusters/c1/vuls");
  });

  it("refuses a body that is not JSON", async () => {
    const response = await fetch(`${lab.url}/clusters`, {
      method: "POST",
      headers: { "x-acs-version": "2015-12-15", authorization: "acs k:s" },
      body: "{",
    });
    expect(await response.json()).toMatchObject({ code: "InvalidJSON" });
  });

  it("needs an access key", async () => {
    const response = await fetch(`${lab.url}/clusters`);
    expect(await response.json()).toMatchObject({ code: "MissingAccessKeyId" });
  });
});

describe("OSS", () => {
  it("writes errors in XML, with the request's id in a header", async () => {
    const { status, body } = await lab.oss("GET", "/none/?bucketInfo");
    expect(status).toBe(404);
    expect(body.Error).toMatchObject({ Code: "NoSuchBucket" });
    const response = await fetch(`${lab.url}/none/?bucketInfo`, {
      headers: { authorization: "OSS4-HMAC-SHA256 Credential=k/20260101/cn-beijing/oss/x" },
    });
    expect(response.headers.get("x-oss-request-id")).toMatch(/^[0-9A-F-]{36}$/);
  });

  it("refuses what it does not know, by name", async () => {
    const { status, body } = await lab.oss("PUT", "/saas-downloads/?replication", "<a/>");
    expect(status).toBe(400);
    expect(body.Error).toMatchObject({
      Code: "InvalidAction.NotFound",
      Message: expect.stringContaining("replication") as string,
    });
  });

  it("needs an access key", async () => {
    const response = await fetch(`${lab.url}/saas-downloads/?bucketInfo`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>AccessDenied</Code>");
  });
});

describe("the request log", () => {
  it("tells what was asked and what came of it, and no secret", async () => {
    await lab.rpc("ecs", "ImportKeyPair", {
      KeyPairName: "logged",
      PublicKeyBody: "ssh-rsa VERYSECRET",
    });
    const entry = lab.cloud.requests.list().at(-1);
    expect(entry).toEqual({
      at: lab.clock.toISOString(),
      tls: false,
      method: "POST",
      path: "/",
      product: "ecs",
      action: "ImportKeyPair",
      status: 200,
      code: undefined,
    });
    const file = fs.readFileSync(path.join(lab.dir, "cloud", "requests.jsonl"), "utf8");
    expect(file).not.toContain("VERYSECRET");
  });
});
