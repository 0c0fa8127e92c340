import { checkClusterDomain } from "../../../lab/cloud/cs/clusterRules";
import { matchPath } from "../../../lab/cloud/cs/route";
import { ClusterDriver } from "../../../lab/cluster/driver";
import { NullDriver } from "../../../lab/cloud/nullDriver";
import { TestCloud } from "./support/testCloud";

const text = (value: unknown) => (typeof value === "string" ? value : "");
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("paths", () => {
  it("give their parts a name", () => {
    const pattern = "/clusters/{cluster}/nodepools/{pool}";
    expect(matchPath(pattern, "/clusters/c1/nodepools/np%201/")).toEqual({
      cluster: "c1",
      pool: "np 1",
    });
    expect(matchPath(pattern, "/clusters/c1/nodepools")).toBeUndefined();
    expect(matchPath(pattern, "/clusters/c1/nodes/np1")).toBeUndefined();
  });
});

describe("a cluster domain", () => {
  it.each(["cluster.local", "oneprocloud.com", "a", "k8s-1.corp.internal"])(
    "may be %s",
    (domain) => {
      expect(() => checkClusterDomain(domain)).not.toThrow();
    },
  );

  it.each([
    "",
    "Upper.local",
    "-a.local",
    "a-.local",
    "a..b",
    "under_score",
    `${"a".repeat(64)}.b`,
  ])("cannot be %j", (domain) => {
    expect(() => checkClusterDomain(domain)).toThrow(`cluster_domain "${domain}"`);
  });
});

describe("Container Service", () => {
  const lab = new TestCloud();
  beforeEach(() => lab.start());
  afterEach(() => lab.stop());

  const poolBody = (more: { scaling_group?: object; kubernetes_config?: object } = {}) => ({
    nodepool_info: { name: "workers" },
    scaling_group: {
      ...{ vswitch_ids: ["vsw-laba"], instance_types: ["ecs.g7.large"], desired_size: 2 },
      ...more.scaling_group,
    },
    kubernetes_config: { ...more.kubernetes_config },
  });

  async function pool(cluster: string, more?: Parameters<typeof poolBody>[0]): Promise<string> {
    const { body } = await lab.cs("POST", `/clusters/${cluster}/nodepools`, poolBody(more));
    await lab.task(body.task_id);
    return body.nodepool_id as string;
  }

  it("says cluster.local where no domain is asked for", async () => {
    const id = await lab.cluster();
    expect((await lab.cs("GET", `/clusters/${id}`)).body).toMatchObject({
      cluster_domain: "cluster.local",
      state: "running",
      current_version: "1.35.4-aliyun.1",
    });
    expect(lab.driver.clusters.get(id)).toMatchObject({ clusterDomain: "cluster.local" });
  });

  it("gives a client that was killed, and asks again, what it asked for", async () => {
    const id = await lab.cluster();
    expect(await lab.cluster()).toBe(id);
    const workers = await pool(id);
    expect(await pool(id)).toBe(workers);
    expect(lab.driver.nodes.size).toBe(2);
    expect(await lab.cluster({ name: "other" })).not.toBe(id);
    const taken = await lab.cs("POST", `/clusters/${id}/nodepools`, {
      ...poolBody({ kubernetes_config: { unschedulable: true } }),
    });
    expect(taken.body.code).toBe("NodePoolNameDuplicate");
  });

  it("never tells what is for creation alone", async () => {
    const id = await lab.cluster({
      api_audiences: "https://audience",
      service_account_issuer: "https://issuer",
      addons: [{ name: "flannel" }],
    });
    const detail = JSON.stringify((await lab.cs("GET", `/clusters/${id}`)).body);
    expect(detail).not.toMatch(/audience|issuer|flannel/);
  });

  it.each([
    "cluster_domain",
    "service_cidr",
    "container_cidr",
    "node_cidr_mask",
    "proxy_mode",
    "api_audiences",
  ])("never changes %s", async (member) => {
    const id = await lab.cluster();
    const answer = await lab.cs("PUT", `/api/v2/clusters/${id}`, { [member]: "other" });
    expect(answer).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  });

  it("makes a security group where none is named, and takes it away", async () => {
    const id = await lab.cluster();
    const group = lab.state.clusters[id]?.securityGroupId ?? "";
    expect(lab.state.securityGroups[group]).toMatchObject({ vpcId: "vpc-lab", clusterId: id });
    const { body } = await lab.cs("DELETE", `/clusters/${id}`);
    await lab.task(body.task_id);
    expect(lab.state.securityGroups[group]).toBeUndefined();
    expect(lab.state.clusters).toEqual({});
  });

  it("deletes no protected cluster", async () => {
    const id = await lab.cluster({ deletion_protection: true });
    expect(await lab.cs("DELETE", `/clusters/${id}`)).toMatchObject({
      status: 400,
      body: { code: "ErrorClusterDeletionProtection" },
    });
    await lab.cs("PUT", `/api/v2/clusters/${id}`, { deletion_protection: false });
    expect((await lab.cs("DELETE", `/clusters/${id}`)).status).toBe(200);
  });

  it("keeps networks that a cluster uses", async () => {
    await lab.cluster({ security_group_id: "sg-lab" });
    const answers = await Promise.all([
      lab.rpc("vpc", "DeleteVSwitch", { VSwitchId: "vsw-laba" }),
      lab.rpc("vpc", "DeleteVpc", { VpcId: "vpc-lab" }),
      lab.rpc("ecs", "DeleteSecurityGroup", { SecurityGroupId: "sg-lab" }),
    ]);
    expect(answers.map(({ body }) => body.Code)).toEqual([
      "DependencyViolation",
      "DependencyViolation.VSwitch",
      "DependencyViolation",
    ]);
  });

  it("gives a credential that ends when it was asked to, and one that stays", async () => {
    const id = await lab.cluster();
    const ask = (query: string) => lab.cs("GET", `/k8s/${id}/user_config${query}`);
    const first = (await ask("?PrivateIpAddress=false")).body;
    lab.clock = new Date("2026-03-02T00:00:00Z");
    expect((await ask("")).body).toEqual(first);
    expect((await ask("?TemporaryDurationMinutes=60")).body.expiration).toBe(
      "2026-03-02T01:00:00.000Z",
    );
    lab.clock = new Date("2026-03-01T00:00:00Z");
  });

  it("gives user data back as it came, and decodes it for the node", async () => {
    const id = await lab.cluster();
    const user_data = base64("#!/bin/sh\necho ünïcode\n");
    const poolId = await pool(id, { kubernetes_config: { user_data } });
    const { body } = await lab.cs("GET", `/clusters/${id}/nodepools/${poolId}`);
    expect(body.kubernetes_config).toMatchObject({ user_data, pre_user_data: "" });
    const [node] = lab.driver.nodes.values();
    expect(node).toMatchObject({ userData: "#!/bin/sh\necho ünïcode\n", preUserData: "" });
  });

  it("changes only what an update names", async () => {
    const id = await lab.cluster();
    const poolId = await pool(id, { scaling_group: { key_pair: "lab", system_disk_size: 40 } });
    const path = `/clusters/${id}/nodepools/${poolId}`;
    const { body } = await lab.cs("PUT", path, { scaling_group: { system_disk_size: 80 } });
    await lab.task(body.task_id);
    const after = (await lab.cs("GET", path)).body;
    expect(after.scaling_group).toMatchObject({
      key_pair: "lab",
      system_disk_size: 80,
      desired_size: 2,
    });
    expect(after.status).toMatchObject({ total_nodes: 2, healthy_nodes: 2 });
  });

  it("takes the youngest nodes away, and gives their names to new ones", async () => {
    const id = await lab.cluster();
    const poolId = await pool(id);
    const path = `/clusters/${id}/nodepools/${poolId}`;
    const resize = async (desired_size: number) => {
      const { body } = await lab.cs("PUT", path, { scaling_group: { desired_size } });
      await lab.task(body.task_id);
      return [...lab.driver.nodes.keys()].sort();
    };
    expect(await resize(1)).toEqual(["node-1"]);
    expect(await resize(3)).toEqual(["node-1", "node-2", "node-3"]);
  });

  it("never tells a password", async () => {
    const id = await lab.cluster();
    const poolId = await pool(id, { scaling_group: { login_password: "Secret-1" } });
    const answer = await lab.cs("GET", `/clusters/${id}/nodepools/${poolId}`);
    expect(JSON.stringify(answer)).not.toContain("Secret-1");
  });

  it("lists nodes page by page", async () => {
    const id = await lab.cluster();
    await pool(id);
    const { body } = await lab.cs("GET", `/clusters/${id}/nodes?pageNumber=2&pageSize=1`);
    expect(body.page).toEqual({ page_number: 2, page_size: 1, total_count: 2 });
    expect(body.nodes).toMatchObject([{ node_name: "node-2", ip_address: ["10.240.0.12"] }]);
  });

  it("merges an add-on's configuration into what is there", async () => {
    const id = await lab.cluster();
    const configure = (config: object) =>
      lab.cs("POST", `/clusters/${id}/components/coredns/config`, {
        config: JSON.stringify(config),
      });
    await configure({ replicas: 2, nodeSelector: { a: "1" } });
    await configure({ nodeSelector: { b: "2" } });
    const { body } = await lab.cs("GET", `/clusters/${id}/addon_instances/coredns`);
    expect(JSON.parse(body.config as string)).toEqual({
      replicas: 2,
      nodeSelector: { a: "1", b: "2" },
    });
  });

  it("keeps add-ons that every cluster has", async () => {
    const id = await lab.cluster();
    expect(
      await lab.cs("POST", `/clusters/${id}/components/uninstall`, [{ name: "coredns" }]),
    ).toMatchObject({ body: { code: "AddonRequired" } });
  });
});

describe("tasks", () => {
  const lab = new TestCloud();
  beforeEach(() => lab.start());
  afterEach(() => lab.stop());

  class Broken extends NullDriver {
    override createCluster: ClusterDriver["createCluster"] = () =>
      Promise.reject(new Error("etcd did not start"));
  }
  class Endless extends NullDriver {
    override createCluster: ClusterDriver["createCluster"] = () => new Promise(() => undefined);
  }
  const where = { name: "test", apiPort: 6443 };
  const create = () =>
    lab.cs("POST", "/clusters", {
      name: "main",
      cluster_type: "ManagedKubernetes",
      vswitch_ids: ["vsw-laba"],
      service_cidr: "10.96.0.0/16",
      container_cidr: "10.244.0.0/16",
    });

  it("fail with the driver's own words", async () => {
    await lab.restart({ driver: new Broken(where) });
    const { body } = await create();
    expect(await lab.task(body.task_id)).toMatchObject({
      state: "fail",
      error: { code: "InternalError", message: "etcd did not start" },
    });
    const detail = await lab.cs("GET", `/clusters/${text(body.cluster_id)}`);
    expect(detail.body.state).toBe("failed");
  });

  it("that a crash cut short are taken up again", async () => {
    await lab.restart({ driver: new Endless(where) });
    const { body } = await create();
    expect((await lab.cs("GET", `/tasks/${text(body.task_id)}`)).body.state).toBe("running");
    await lab.restart();
    expect(await lab.task(body.task_id)).toMatchObject({ state: "success" });
    const detail = await lab.cs("GET", `/clusters/${text(body.cluster_id)}`);
    expect(detail.body.state).toBe("running");
  }, 15_000);

  it("refuse changes to a cluster that is not there yet", async () => {
    await lab.restart({ driver: new Endless(where) });
    const { body } = await create();
    const id = text(body.cluster_id);
    expect(await lab.cs("PUT", `/api/v2/clusters/${id}`, { cluster_name: "b" })).toMatchObject({
      body: { code: "ErrorClusterState" },
    });
    expect((await lab.cs("GET", `/k8s/${id}/user_config`)).body.code).toBe("ErrorClusterState");
  }, 15_000);

  it("that failed on one node are repeated by the next change", async () => {
    const cluster = await lab.cluster();
    const addNode = lab.driver.addNode.bind(lab.driver);
    lab.driver.addNode = (id, node) =>
      node.nodeName === "node-2" ? Promise.reject(new Error("no room")) : addNode(id, node);
    const { body } = await lab.cs("POST", `/clusters/${cluster}/nodepools`, {
      nodepool_info: { name: "workers" },
      scaling_group: { vswitch_ids: ["vsw-laba"], desired_size: 2 },
    });
    expect(await lab.task(body.task_id)).toMatchObject({
      state: "fail",
      error: { message: "no room" },
    });
    lab.driver.addNode = addNode;
    const path = `/clusters/${cluster}/nodepools/${text(body.nodepool_id)}`;
    const again = await lab.cs("PUT", path, { scaling_group: { desired_size: 2 } });
    expect(await lab.task(again.body.task_id)).toMatchObject({ state: "success" });
    expect((await lab.cs("GET", path)).body.status).toMatchObject({ healthy_nodes: 2 });
  });
});
