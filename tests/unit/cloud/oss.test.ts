import { document, element, parseXml, at } from "../../../lab/cloud/oss/xml";
import { cnameBody, TestCloud } from "./support/testCloud";

describe("XML", () => {
  it("repeats lists, leaves out what is undefined, escapes", () => {
    expect(element("A", { B: ["1", "<&>"], C: undefined, D: true })).toBe(
      "<A><B>1</B><B>&lt;&amp;&gt;</B><D>true</D></A>",
    );
  });

  it("reads back what it wrote", () => {
    const text = document("A", { B: { C: `a "quoted" <b> & c` } });
    expect(at(parseXml(text), "A", "B", "C")).toBe(`a "quoted" <b> & c`);
    expect(at(parseXml(text), "A", "X", "C")).toBeUndefined();
  });

  it("reads numbers as text, and character references", () => {
    expect(at(parseXml("<A><B>0012</B><C>a&#xA;b</C></A>"), "A", "B")).toBe("0012");
    expect(at(parseXml("<A><B>0012</B><C>a&#xA;b</C></A>"), "A", "C")).toBe("a\nb");
  });

  it("refuses what is not XML", () => {
    expect(() => parseXml("<A><B></A>")).toThrow("not well-formed");
  });
});

describe("buckets", () => {
  const lab = new TestCloud();
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  it("are found by the host's name as by the path", async () => {
    const headers = { host: "saas-downloads.oss-cn-beijing.aliyuncs.com" };
    const answers = await Promise.all([
      lab.oss("GET", "/saas-downloads/?bucketInfo"),
      virtualHost(lab.url, "/?bucketInfo", headers.host),
    ]);
    expect(answers[0].body.BucketInfo).toMatchObject({ Bucket: { Name: "saas-downloads" } });
    expect(answers[1]).toContain("<Name>saas-downloads</Name>");
  });

  it("lie in the region that the signature names", async () => {
    await lab.oss("PUT", "/far-bucket/", "", {
      authorization: "OSS4-HMAC-SHA256 Credential=key/20260301/cn-hangzhou/oss/aliyun_v4_request",
    });
    const { body } = await lab.oss("GET", "/far-bucket/?bucketInfo");
    expect(body.BucketInfo).toMatchObject({ Bucket: { Location: "oss-cn-hangzhou" } });
    expect(lab.driver.zones.map((zone) => zone.name)).toContain("oss-cn-hangzhou.aliyuncs.com");
  });

  it("have one name for all accounts", async () => {
    expect(await lab.oss("PUT", "/saas-downloads/")).toMatchObject({
      status: 409,
      body: { Error: { Code: "BucketAlreadyExists" } },
    });
    expect(await lab.oss("PUT", "/Not_A_Name/")).toMatchObject({
      body: { Error: { Code: "InvalidBucketName" } },
    });
  });

  it("go only when they are empty", async () => {
    expect(await lab.oss("DELETE", "/saas-downloads/")).toMatchObject({
      status: 409,
      body: { Error: { Code: "BucketNotEmpty" } },
    });
  });

  it("are listed by prefix and page", async () => {
    const { body } = await lab.oss("GET", "/?prefix=saas&max-keys=1");
    expect(body.ListAllMyBucketsResult).toMatchObject({
      IsTruncated: "false",
      Buckets: { Bucket: { Name: "saas-downloads" } },
    });
  });

  it("answer for what they do not have as the real ones do", async () => {
    const codes = await Promise.all(
      ["cors", "website", "lifecycle", "policy"].map(
        async (name) => (await lab.oss("GET", `/saas-downloads/?${name}`)).body.Error,
      ),
    );
    expect(codes).toMatchObject([
      { Code: "NoSuchCORSConfiguration" },
      { Code: "NoSuchWebsiteConfiguration" },
      { Code: "NoSuchLifecycle" },
      { Code: "NoSuchBucketPolicy" },
    ]);
    for (const name of ["logging", "referer", "tagging"]) {
      expect((await lab.oss("GET", `/saas-downloads/?${name}`)).status).toBe(200);
    }
  });
});

// fetch does not let a caller choose the Host header.
async function virtualHost(url: string, path: string, host: string): Promise<string> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { headers: { host, authorization: "OSS k:s" } }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}

describe("domains of buckets", () => {
  const lab = new TestCloud();
  beforeEach(() => {
    lab.clock = new Date("2026-03-01T00:00:00Z");
    return lab.start();
  });
  afterEach(() => lab.stop());

  const domain = "downloads.oneprocloud.com";
  const post = (comp: string, name = domain, bucket = "saas-downloads") =>
    lab.oss("POST", `/${bucket}/?cname&comp=${comp}`, cnameBody(name));
  const tokenOf = async () => {
    const { body } = await post("token");
    return (body.CnameToken as { Token: string }).Token;
  };
  const prove = (value: string) =>
    lab.rpc("alidns", "AddDomainRecord", {
      ...{ DomainName: "oneprocloud.com", RR: "_dnsauth.downloads", Type: "TXT", Value: value },
    });
  const later = (hours: number) => {
    lab.clock = new Date(lab.clock.getTime() + hours * 3_600_000);
  };

  it("are bound once the TXT record is there, and not before", async () => {
    expect(await post("add")).toMatchObject({
      status: 403,
      body: { Error: { Code: "NeedVerifyDomainOwnership" } },
    });
    const token = await tokenOf();
    await prove("something else");
    expect((await post("add")).status).toBe(403);
    await prove(token);
    expect((await post("add")).status).toBe(200);
    expect((await post("add")).status).toBe(200);
    const { body } = await lab.oss("GET", "/saas-downloads/?cname");
    expect(body.ListCnameResult).toMatchObject({ Cname: { Domain: domain, Status: "Enabled" } });
  });

  it("have a token of 72 hours: the same while it lasts, another one after", async () => {
    const first = await tokenOf();
    await prove(first);
    later(71);
    expect(await tokenOf()).toBe(first);
    later(2);
    expect((await post("add")).status).toBe(403);
    expect(await tokenOf()).not.toBe(first);
    expect((await post("add")).status).toBe(403);
  });

  it("need no token once they are bound, and belong to one bucket", async () => {
    await prove(await tokenOf());
    await post("add");
    expect(await post("token")).toMatchObject({
      body: { Error: { Code: "NoNeedCreateCnameToken" } },
    });
    await lab.oss("PUT", "/rival-bucket/");
    expect(await post("add", domain, "rival-bucket")).toMatchObject({
      status: 409,
      body: { Error: { Code: "CnameAlreadyExists" } },
    });
    expect((await post("delete")).status).toBe(200);
    expect(await post("delete")).toMatchObject({
      status: 404,
      body: { Error: { Code: "NoSuchCname" } },
    });
    expect((await post("add")).status).toBe(403);
  });

  it.each(["*.oneprocloud.com", "host", "münchen.example"])("cannot be %s", async (name) => {
    expect(await post("token", name)).toMatchObject({
      body: { Error: { Code: "InvalidArgument" } },
    });
  });

  it("show when the token ends", async () => {
    const { body } = await post("token");
    expect(body.CnameToken).toMatchObject({
      Bucket: "saas-downloads",
      Cname: domain,
      ExpireTime: "Wed, 04 Mar 2026 00:00:00 GMT",
    });
  });
});
