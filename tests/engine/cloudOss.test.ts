import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setInCloud } from "../../lab/cloud/admin";
import { CloudFixture } from "./support/cloudFixture";
import { Resource } from "./support/providerPlugin";
import { lifecycle, quiet, remove, runScenarios } from "./support/scenarios";

const bucketType = "alicloud:oss/bucket:Bucket";
const aclType = "alicloud:oss/bucketAcl:BucketAcl";
const tokenType = "alicloud:oss/bucketCnameToken:BucketCnameToken";
const cnameType = "alicloud:oss/bucketCname:BucketCname";
const recordType = "alicloud:dns/alidnsRecord:AlidnsRecord";
const domainName = "oneprocloud.com";

async function prove({ provider }: CloudFixture, token: Resource, sub: string): Promise<Resource> {
  const value = token.state.token as string;
  const rr = `_dnsauth.${sub}`;
  return provider.create(recordType, rr, { domainName, rr, type: "TXT", value });
}

runScenarios("cloud-oss", {
  async "a bucket"(fixture) {
    await lifecycle(fixture, {
      type: bucketType,
      name: "plain",
      inputs: { bucket: "plain-bucket", tags: { a: "1" } },
      changed: {
        bucket: "plain-bucket",
        tags: { b: "2" },
        versioning: { status: "Enabled" },
        serverSideEncryptionRule: { sseAlgorithm: "AES256" },
        website: { indexDocument: "index.html", errorDocument: "error.html" },
        logging: { targetBucket: "saas-downloads", targetPrefix: "log/" },
        refererConfig: { allowEmpty: false, referers: ["https://www.oneprocloud.com"] },
        corsRules: [{ allowedOrigins: ["*"], allowedMethods: ["GET"] }],
        lifecycleRules: [{ id: "old", enabled: true, prefix: "tmp/", expirations: [{ days: 7 }] }],
        policy: JSON.stringify({ Statement: [], Version: "1" }),
      },
    });
    expect(JSON.stringify(fixture.driver.zones)).not.toContain("plain-bucket");
  },

  async "a bucket's ACL"(fixture) {
    const bucket = await fixture.provider.create(bucketType, "shown", { bucket: "shown-bucket" });
    await lifecycle(fixture, {
      type: aclType,
      name: "acl",
      inputs: { bucket: "shown-bucket", acl: "private" },
      changed: { bucket: "shown-bucket", acl: "public-read" },
      keep: true,
    });
    await remove(fixture, bucket);
  },

  async "a bucket that holds something"(fixture) {
    const { provider } = fixture;
    const inputs = { bucket: "full-bucket" };
    const bucket = await provider.create(bucketType, "full", inputs);
    await setInCloud(fixture.cloud.context.instance, "buckets/full-bucket/objects", '["a","b"]');
    await expect(provider.delete(bucket)).rejects.toThrow("BucketNotEmpty");
    await remove(fixture, await provider.update(bucket, { ...inputs, forceDestroy: true }));
  },

  async "a domain bound to a bucket once its owner has proved it"(fixture) {
    const inputs = { bucket: "saas-downloads", domain: `downloads.${domainName}` };
    const token = await lifecycle(fixture, {
      type: tokenType,
      name: "token",
      inputs,
      changed: null,
      keep: true,
    });
    const proof = await prove(fixture, token, "downloads");
    const cname = await lifecycle(fixture, {
      type: cnameType,
      name: "cname",
      inputs,
      changed: null,
      look: ({ state }) => expect(state).toMatchObject({ status: "Enabled" }),
      keep: true,
    });
    // Bound, the token is not told any more: the state keeps the one that it has.
    const after = await quiet(fixture, token, inputs);
    expect(after.state.token).toBe(token.state.token);
    await remove(fixture, proof);
    await quiet(fixture, cname, inputs);
    await remove(fixture, cname);
  },

  async "a domain that waits for its proof"(fixture) {
    const { provider, cloud } = fixture;
    const inputs = { bucket: "saas-downloads", domain: `later.${domainName}` };
    const token = await provider.create(tokenType, "later", inputs);
    const binding = provider.create(cnameType, "later", inputs);
    const refused = () =>
      cloud.requests.list().filter((r) => r.code === "NeedVerifyDomainOwnership");
    while (refused().length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const proof = await prove(fixture, token, "later");
    await remove(fixture, await binding);
    await remove(fixture, proof);
  },

  async "a domain that another bucket has"(fixture) {
    const { provider } = fixture;
    const domain = `taken.${domainName}`;
    await provider.create(bucketType, "rival", { bucket: "rival-bucket" });
    const rival = { bucket: "rival-bucket", domain };
    const proof = await prove(fixture, await provider.create(tokenType, "rival", rival), "taken");
    await provider.create(cnameType, "rival", rival);
    await expect(
      provider.create(cnameType, "late", { bucket: "saas-downloads", domain }),
    ).rejects.toThrow("CnameAlreadyExists");
    await remove(fixture, proof);
  },

  async "a domain with a certificate"(fixture) {
    const dir = fs.mkdtempSync(path.join(fixture.instance.dir, "certificate-"));
    const issue = (name: string) => {
      execFileSync(
        "openssl",
        `req -x509 -nodes -newkey rsa:2048 -keyout ${name}.key -out ${name}.pem -subj /CN=${name}`.split(
          " ",
        ),
        { cwd: dir, stdio: "pipe" },
      );
      const read = (end: string) => fs.readFileSync(path.join(dir, `${name}.${end}`), "utf8");
      return { certificate: read("pem"), privateKey: read("key") };
    };
    const inputs = { bucket: "saas-downloads", domain: `secure.${domainName}` };
    const token = await fixture.provider.create(tokenType, "secure", inputs);
    await prove(fixture, token, "secure");
    await lifecycle(fixture, {
      type: cnameType,
      name: "secure",
      inputs: { ...inputs, force: true, certificate: issue("one") },
      changed: { ...inputs, force: true, certificate: issue("two") },
    });
  },

  async "the account's buckets"({ provider }) {
    const buckets = await provider.invoke("alicloud:oss/getBuckets:getBuckets", {
      nameRegex: "^saas-",
    });
    expect(buckets.buckets).toMatchObject([
      { name: "saas-downloads", location: "oss-cn-beijing", acl: "public-read" },
    ]);
  },
});
