import { execFileSync } from "node:child_process";
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
const bundle = () => fs.readFileSync(path.join(lab.dir, "ca-bundle.pem"), "utf8");
const bucketHost = "saas-downloads.oss-cn-beijing.aliyuncs.com";

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

  it("makes another identity when the one it has lacks a name, and its clients follow", async () => {
    const before = authority();
    const { X509Certificate } = await import("node:crypto");
    const certificate = path.join(lab.dir, "tls", "server.pem");
    const answersFor = (name: string) =>
      new X509Certificate(fs.readFileSync(certificate)).checkHost(name) !== undefined;
    execFileSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-keyout", "/dev/null", "-out", certificate, "-days", "3650", "-subj", "/CN=older"],
      ...["-addext", "subjectAltName=DNS:*.aliyuncs.com"],
    ]);
    expect(answersFor(bucketHost)).toBe(false);
    await lab.restart();
    expect([bucketHost, "cs.aliyuncs.com"].map(answersFor)).toEqual([true, true]);
    expect(authority()).not.toBe(before);
    expect(bundle()).toContain(authority().trim());
  });

  it("adds its authority to those of the system", () => {
    expect(bundle()).toContain(authority().trim());
    expect(bundle().split("BEGIN CERTIFICATE").length).toBeGreaterThan(2);
  });

  it("keeps those that a person trusts besides", async () => {
    const own = path.join(lab.dir, "own.pem");
    fs.writeFileSync(own, "the company's\n");
    process.env.SSL_CERT_FILE = own;
    try {
      await lab.restart();
    } finally {
      delete process.env.SSL_CERT_FILE;
    }
    expect(bundle()).toContain("the company's\n");
    expect(bundle()).toContain(authority().trim());
  });

  it("keeps its keys to itself", () => {
    for (const name of ["tls/ca.key", "tls/server.key", "cloud/state.json"]) {
      expect(fs.statSync(path.join(lab.dir, name)).mode & 0o077).toBe(0);
    }
  });
});

describe("as a proxy", () => {
  const connect = (target: string) =>
    new Promise<{ status?: number; reason?: string; socket: net.Socket }>((resolve, reject) => {
      http
        .request({ host: "127.0.0.1", port: lab.cloud.port, method: "CONNECT", path: target })
        .on("connect", (response, socket, head) => {
          if (head.length > 0) socket.unshift(head);
          resolve({ status: response.statusCode, reason: response.statusMessage, socket });
        })
        .on("error", reject)
        .end();
    });
  const identify =
    "GET /?Action=GetCallerIdentity&Version=2015-04-01&AccessKeyId=k&Signature=s HTTP/1.1\r\n" +
    "host: any\r\nconnection: close\r\n\r\n";
  /** What comes back through the tunnel until it ends. */
  const say = (socket: net.Socket, text: string) =>
    new Promise<string>((resolve, reject) => {
      let heard = "";
      socket.setEncoding("utf8").on("data", (chunk: string) => (heard += chunk));
      socket.on("end", () => resolve(heard)).on("error", reject);
      socket.write(text);
    });

  const others: http.Server[] = [];
  /** Somebody else's server on this machine. */
  const elsewhere = (server: http.Server) =>
    new Promise<number>((resolve) => {
      others.push(server);
      server.listen(0, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port));
    });
  const echo = () => elsewhere(http.createServer((request, response) => response.end(request.url)));
  afterEach(async () => {
    for (const server of others.splice(0)) server.close();
    await lab.restart({ proxy: "" });
  });

  it.each(["cs.aliyuncs.com", bucketHost])("takes the place of %s", async (host) => {
    const { status, socket } = await connect(`${host}:443`);
    expect(status).toBe(200);
    const name = await new Promise((resolve, reject) => {
      const secure = tls.connect({ socket, servername: host, ca: authority() }, () => {
        resolve(secure.authorized);
        secure.destroy();
      });
      secure.on("error", reject);
    });
    expect(name).toBe(true);
  });

  it("answers for its own address, TLS and plain", async () => {
    const own = `127.0.0.1:${lab.cloud.port}`;
    const plain = await connect(own);
    expect(await say(plain.socket, identify)).toMatch(/^HTTP\/1.1 200 [^]*"AccountId"/);
    const { socket } = await connect(own);
    const secure = tls.connect({ socket, host: "127.0.0.1", ca: authority() });
    expect(await say(secure, identify)).toMatch(/^HTTP\/1.1 200 [^]*"AccountId"/);
  });

  it("leads to other hosts", async () => {
    const { status, socket } = await connect(`127.0.0.1:${await echo()}`);
    expect(status).toBe(200);
    const answer = await say(socket, "GET /there HTTP/1.0\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 200 [^]*\/there$/);
  });

  it("says when a host cannot be reached", async () => {
    const port = await echo();
    await new Promise((resolve) => others.splice(0)[0]?.close(resolve));
    const { status, reason, socket } = await connect(`127.0.0.1:${port}`);
    socket.destroy();
    expect(status).toBe(502);
    expect(reason).toMatch(/^127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  it("goes through the proxy that it was started with, and says there who it is", async () => {
    const target = await echo();
    const asked: (string | undefined)[] = [];
    const upstream = http.createServer().on("connect", (request, client: net.Socket) => {
      asked.push(request.url, request.headers["proxy-authorization"]);
      if (request.url === "refused.example.com:443") {
        client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        return;
      }
      const server = net.connect(target, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\nwelcome ");
        server.pipe(client).pipe(server);
      });
    });
    await lab.restart({ proxy: `http://me:p%40ss@127.0.0.1:${await elsewhere(upstream)}` });
    const { status, socket } = await connect("www.example.com:443");
    expect(status).toBe(200);
    expect(await say(socket, "GET /far HTTP/1.0\r\n\r\n")).toMatch(
      /^welcome HTTP\/1.1 200 [^]*\/far$/,
    );
    expect(asked).toEqual([
      "www.example.com:443",
      `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
    ]);
    const refused = await connect("refused.example.com:443");
    refused.socket.destroy();
    expect(refused.reason).toMatch(/ answers 407 Proxy Authentication Required$/);
  });

  it("outlives callers and settings that make no sense", async () => {
    await lab.restart({ proxy: "://" });
    for (const target of ["", ":", "[::1", "host:99999"]) {
      const { status, socket } = await connect(target);
      socket.destroy();
      expect(status).toBe(502);
    }
  });

  it("is never its own", async () => {
    const { port } = lab.cloud;
    await lab.restart({ port, proxy: `http://localhost:${port}` });
    const { status, socket } = await connect("host.invalid:443");
    socket.destroy();
    expect(status).toBe(502);
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
