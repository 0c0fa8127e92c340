import { startCloud, type Cloud } from "../../lab/cloud/cloud";
import { NullDriver } from "../../lab/cloud/nullDriver";
import { makeSmallProject, type SmallProject } from "./support/smallProject";

jest.setTimeout(240_000);

const program = (tags: string) => `
import { ManagedKubernetes } from "@pulumi/alicloud/cs";
import { BucketCnameToken } from "@pulumi/alicloud/oss";
new ManagedKubernetes("cluster", {
  name: "proxied",
  clusterSpec: "ack.pro.small",
  vswitchIds: ["vsw-laba", "vsw-labb"],
  serviceCidr: "10.96.0.0/16",
  podCidr: "10.244.0.0/16",
  newNatGateway: false,
  slbInternetEnabled: true,
  skipSetCertificateAuthority: true,
  tags: ${tags},
});
new BucketCnameToken("token", { bucket: "saas-downloads", domain: "proxied.oneprocloud.com" });
`;

/** What the plugin asks for at hosts that no endpoint moves, in the environment that people get. */
describe("the engine on the lab's cloud", () => {
  let project: SmallProject;
  let cloud: Cloud;
  beforeAll(async () => {
    project = await makeSmallProject("proxied", program('{ team: "a" }'));
    const { instance } = project;
    cloud = await startCloud({ instance, driver: new NullDriver(instance) });
  });
  afterAll(async () => {
    await cloud.close();
    project.remove();
  });

  const up = async () => {
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
    expect(output).not.toMatch(/error:/);
    expect(code).toBe(0);
    return output;
  };
  const asked = () => cloud.requests.list().map(({ action, tls }) => ({ action, tls }));

  test("reaches a bucket, whose name stands before that of OSS", async () => {
    expect(await up()).toMatch(/\+ 3 created/);
    expect(asked()).toContainEqual({ action: "POST /?cname&comp", tls: true });
  });

  test("changes a cluster's tags", async () => {
    project.write("index.ts", program('{ team: "b" }'));
    expect(await up()).toMatch(/~ 1 updated/);
    const [id = "", cluster] = Object.entries(cloud.context.state.clusters)[0] ?? [];
    expect(cluster).toMatchObject({ tags: { team: "b" } });
    expect(asked()).toContainEqual({ action: `POST /clusters/${id}/tags`, tls: true });
  });
});
