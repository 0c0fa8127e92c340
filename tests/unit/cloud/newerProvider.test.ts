import { JsonObject } from "../../../lab/cloud/core/json";
import { cnameBody, TestCloud } from "./support/testCloud";

// What terraform-provider-alicloud 1.289.0 asks for and 1.285.0 does not.

describe("a node pool's containerd_config", () => {
  const lab = new TestCloud();
  let pool = "";
  beforeEach(async () => {
    await lab.start();
    const cluster = await lab.cluster();
    const { body } = await lab.cs("POST", `/clusters/${cluster}/nodepools`, {
      nodepool_info: { name: "workers" },
      scaling_group: { vswitch_ids: ["vsw-laba"], desired_size: 0 },
    });
    await lab.task(body.task_id);
    pool = `/clusters/${cluster}/nodepools/${body.nodepool_id as string}`;
  });
  afterEach(() => lab.stop());

  const put = (containerd_config: object, more: object = {}) =>
    lab.cs("PUT", `${pool}/node_config`, { containerd_config, rolling_policy: {}, ...more });
  const read = async () => (await lab.cs("GET", pool)).body.node_config as JsonObject;

  it("is not shown where there is none", async () => {
    expect(await read()).toEqual({});
  });

  it("is read back as it was sent, after a task, and leaves the kubelet's alone", async () => {
    const config = {
      maxConcurrentDownloads: 10,
      ignoreImageDefinedVolume: false,
      limitCore: 0,
      limitNoFile: 1024,
      limitMemLock: 65536,
      registryMirrors: ["docker.io=https://a.example.com,http://10.0.0.1:5000&override_path"],
      insecureRegistries: ["registry.example.com", "192.168.1.1:5000"],
    };
    const { body } = await put(config);
    expect(await lab.task(body.task_id)).toMatchObject({ state: "success" });
    expect(await read()).toEqual({ containerd_config: config });
  });

  it("is replaced as a whole, and gone when it is empty", async () => {
    await put({ maxConcurrentDownloads: 20, limitCore: 1 });
    await put({ limitCore: 2 }, { kubelet_config: { maxPods: 40 } });
    const kubelet_configuration = { maxPods: 40 };
    expect(await read()).toEqual({ containerd_config: { limitCore: 2 }, kubelet_configuration });
    await lab.cs("PUT", `${pool}/node_config`, { kubelet_config: {} });
    expect(await read()).toEqual({ containerd_config: { limitCore: 2 }, kubelet_configuration });
    await put({});
    expect(await read()).toEqual({ kubelet_configuration });
  });

  const faulty: JsonObject[] = [
    { maxConcurrentDownloads: 0 },
    { maxConcurrentDownloads: 21 },
    { maxConcurrentDownloads: "10" },
    { ignoreImageDefinedVolume: "true" },
    { limitCore: -1 },
    { limitNoFile: 1023 },
    { limitMemLock: 65535.5 },
    { limitMemLock: 65535 },
    { limitCore: Number.MAX_SAFE_INTEGER + 1 },
    { registryMirrors: "docker.io=https://a.example.com" },
    { registryMirrors: ["docker.io"] },
    { registryMirrors: ["https://docker.io=https://a.example.com"] },
    { registryMirrors: ["docker.io=a.example.com"] },
    { registryMirrors: ["docker.io=https://a.example.com="] },
    { registryMirrors: ["docker.io=https://a.example.com,"] },
    { insecureRegistries: [1] },
    { insecureRegistries: ["http://registry.example.com"] },
    { toString: 1 },
    { max_concurrent_downloads: 10 },
  ];
  it.each(faulty)("cannot be %j", async (config) => {
    await put({ limitCore: 5 });
    const [name] = Object.keys(config);
    expect(await put(config, { kubelet_config: { maxPods: 40 } })).toMatchObject({
      status: 400,
      body: {
        code: "InvalidParameter",
        message: expect.stringContaining(`containerd_config.${name} cannot be`) as string,
      },
    });
    expect(await read()).toEqual({ containerd_config: { limitCore: 5 } });
  });
});

describe("a cluster's control_plane_endpoints_config", () => {
  const lab = new TestCloud();
  beforeEach(() => lab.start());
  afterEach(() => lab.stop());

  const shown = async (id: string) =>
    (await lab.cs("GET", `/clusters/${id}`)).body.control_plane_endpoints_config;
  const modify = (id: string, control_plane_endpoints_config: object) =>
    lab.cs("PUT", `/api/v2/clusters/${id}`, { control_plane_endpoints_config });
  const privateAddress = "https://10.240.0.10:6443";
  const publicAddress = "https://127.0.0.1:6443";

  it("is not shown until it is asked for", async () => {
    const id = await lab.cluster();
    expect(await shown(id)).toBeUndefined();
    await lab.cs("PUT", `/api/v2/clusters/${id}`, { cluster_name: "renamed" });
    expect(await shown(id)).toBeUndefined();
  });

  it("makes the load balancers that are not named, and tells their addresses", async () => {
    const id = await lab.cluster({
      endpoint_public_access: true,
      control_plane_endpoints_config: {
        load_balancers_config: [
          { load_balancer_id: "", endpoint_type: "private" },
          { load_balancer_id: "nlb-mine", endpoint_type: "public" },
        ],
        internal_dns_config: { bind_vpcs: ["vpc-lab"] },
      },
    });
    expect(await shown(id)).toEqual({
      load_balancers_config: [
        {
          load_balancer_id: expect.stringMatching(/^nlb-[a-z0-9]{20}$/) as string,
          endpoint_type: "private",
          endpoint: privateAddress,
        },
        { load_balancer_id: "nlb-mine", endpoint_type: "public", endpoint: publicAddress },
      ],
      internal_dns_config: { enabled: false, bind_vpcs: ["vpc-lab"] },
    });
  });

  it("changes part by part", async () => {
    const id = await lab.cluster({ control_plane_endpoints_config: {} });
    expect(await shown(id)).toEqual({
      load_balancers_config: [],
      internal_dns_config: { enabled: false, bind_vpcs: ["vpc-lab"] },
    });
    const { body } = await modify(id, { internal_dns_config: { enabled: true, bind_vpcs: [] } });
    expect(await lab.task(body.task_id)).toMatchObject({ state: "success" });
    const other = (await lab.rpc("vpc", "CreateVpc", { CidrBlock: "10.0.0.0/8" })).body.VpcId;
    await modify(id, { internal_dns_config: { bind_vpcs: [other] } });
    await modify(id, {
      load_balancers_config: [{ load_balancer_id: "nlb-mine", endpoint_type: "private" }],
    });
    const internal_dns_config = { enabled: true, bind_vpcs: ["vpc-lab", other] };
    expect(await shown(id)).toEqual({
      load_balancers_config: [
        { load_balancer_id: "nlb-mine", endpoint_type: "private", endpoint: privateAddress },
      ],
      internal_dns_config,
    });
    await modify(id, { load_balancers_config: [] });
    expect(await shown(id)).toEqual({ load_balancers_config: [], internal_dns_config });
  });

  it("refuses what ACK does not know, and changes nothing then", async () => {
    const id = await lab.cluster();
    const answers = await Promise.all([
      modify(id, { load_balancers_config: [{ endpoint_type: "intranet" }] }),
      modify(id, { load_balancers_config: [{ load_balancer_id: "nlb-mine" }] }),
      modify(id, { internal_dns_config: { bind_vpcs: ["vpc-none"] } }),
    ]);
    expect(answers.map(({ body }) => [body.code, body.message])).toEqual([
      [
        "InvalidParameter",
        'control_plane_endpoints_config: endpoint_type is "private" or "public", not "intranet".',
      ],
      [
        "InvalidParameter",
        'control_plane_endpoints_config: endpoint_type is "private" or "public", not undefined.',
      ],
      ["InvalidParameter", "control_plane_endpoints_config: the VPC vpc-none does not exist."],
    ]);
    expect(await shown(id)).toBeUndefined();
  });
});

describe("another certificate of a bucket's domain", () => {
  const lab = new TestCloud();
  const domain = "downloads.oneprocloud.com";
  const add = (more = "") =>
    lab.oss(
      "POST",
      "/saas-downloads/?cname&comp=add",
      cnameBody(domain, `<CertificateConfiguration>${more}</CertificateConfiguration>`),
    );
  const certificate = async () => {
    const { body } = await lab.oss("GET", "/saas-downloads/?cname");
    const { Cname } = body.ListCnameResult as JsonObject;
    return (Cname as JsonObject).Certificate;
  };
  beforeAll(async () => {
    await lab.start();
    const path = "/saas-downloads/?cname&comp=token";
    const { body } = await lab.oss("POST", path, cnameBody(domain));
    await lab.rpc("alidns", "AddDomainRecord", {
      ...{ DomainName: "oneprocloud.com", RR: "_dnsauth.downloads", Type: "TXT" },
      Value: (body.CnameToken as { Token: string }).Token,
    });
    await add();
  });
  afterAll(() => lab.stop());

  it("is taken with nothing but its ID", async () => {
    expect(await certificate()).toBeUndefined();
    await add("<CertId>1-cn-beijing</CertId>");
    expect((await add("<CertId>2-cn-beijing</CertId>")).status).toBe(200);
    expect(await certificate()).toMatchObject({ CertId: "2-cn-beijing", Type: "CAS" });
  });

  it("is taken away with nothing but DeleteCertificate", async () => {
    await add("<CertId>2-cn-beijing</CertId>");
    expect((await add("<DeleteCertificate>true</DeleteCertificate>")).status).toBe(200);
    expect(await certificate()).toBeUndefined();
  });
});

describe("headers and parameters of newer clients", () => {
  const lab = new TestCloud();
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  it("do not matter where a call is tried again", async () => {
    const response = await fetch(`${lab.url}/clusters`, {
      headers: {
        ...{ "x-acs-version": "2015-12-15", "x-acs-action": "DescribeClustersV1" },
        ...{ "x-acs-retry-attempts": "1", "x-acs-retry-delay": "100" },
        authorization: "ACS3-HMAC-SHA256 Credential=key,Signature=s",
      },
    });
    expect([response.status, await response.json()]).toEqual([200, []]);
  });

  it("may name the format of an RPC answer", async () => {
    const answer = await lab.rpc("sts", "GetCallerIdentity", { Format: "json" });
    expect(answer).toMatchObject({ status: 200, body: { AccountId: "1000000000000001" } });
  });

  it("do not make a call known that is not", async () => {
    const path = "/clusters/c1/nodepools/np1/component_instances";
    expect(await lab.cs("GET", path)).toMatchObject({
      status: 400,
      body: { code: "InvalidAction.NotFound" },
    });
  });
});
