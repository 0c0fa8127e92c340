import { contains, overlap, parseCidr } from "../../../lab/cloud/rpc/cidr";
import { Params } from "../../../lab/cloud/core/params";
import { TestCloud } from "./support/testCloud";

describe("IPv4 networks", () => {
  it.each(["10.0.0.1/8", "10.0.0.0", "10.0.0.0/33", "300.0.0.0/8", "::/0"])(
    "cannot be %s",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  it("contain and overlap", () => {
    const cidr = (text: string) => parseCidr(text);
    expect(contains(cidr("10.0.0.0/8"), cidr("10.1.0.0/16"))).toBe(true);
    expect(contains(cidr("10.1.0.0/16"), cidr("10.0.0.0/8"))).toBe(false);
    expect(overlap(cidr("10.1.0.0/16"), cidr("10.0.0.0/8"))).toBe(true);
    expect(overlap(cidr("10.1.0.0/16"), cidr("10.2.0.0/16"))).toBe(false);
    expect(overlap(undefined, cidr("10.2.0.0/16"))).toBe(false);
  });
});

describe("parameters", () => {
  const params = (text: string) => Params.merge(new URLSearchParams(text));

  it("hold lists and records, in the order of their numbers", () => {
    const found = params("Id.2=b&Id.10=c&Id.1=a&Tag.1.Key=k&Tag.1.Value=v&Tag.2.Key=x&Idx.1=no");
    expect(found.list("Id")).toEqual(["a", "b", "c"]);
    expect(found.records("Tag")).toEqual([{ Key: "k", Value: "v" }, { Key: "x" }]);
  });

  it("tell absent from empty", () => {
    const found = params("Description=");
    expect(found.get("Description")).toBeUndefined();
    expect(found.raw("Description")).toBe("");
    expect(found.raw("Name")).toBeUndefined();
  });

  it("read numbers and truth as every client writes them", () => {
    expect(params("Memory=8.000000").number("Memory")).toBe(8);
    expect(params("Enable=True").boolean("Enable")).toBe(true);
    expect(() => params("TTL=soon").number("TTL")).toThrow("not a number");
  });

  it("of the form win over those of the query", () => {
    const merged = Params.merge(new URLSearchParams("A=1&B=1"), new URLSearchParams("B=2"));
    expect([merged.get("A"), merged.get("B")]).toEqual(["1", "2"]);
  });
});

describe("VPC and ECS", () => {
  const lab = new TestCloud();
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  it("refuse networks that cannot be", async () => {
    const code = async (action: string, params: Record<string, string>) =>
      (await lab.rpc("vpc", action, params)).body.Code;
    const inLab = { VpcId: "vpc-lab", ZoneId: "cn-beijing-h" };
    expect(await code("CreateVpc", { CidrBlock: "8.8.0.0/16" })).toBe("InvalidCidrBlock");
    expect(await code("CreateVpc", { CidrBlock: "10.0.0.0/30" })).toBe("InvalidCidrBlock.Mask");
    expect(await code("CreateVSwitch", { ...inLab, CidrBlock: "10.9.0.0/24" })).toBe(
      "InvalidCidrBlock",
    );
    expect(await code("CreateVSwitch", { ...inLab, CidrBlock: "10.240.0.0/26" })).toBe(
      "InvalidCidrBlock.Overlapped",
    );
    expect(
      await code("CreateVSwitch", { ...inLab, CidrBlock: "10.240.9.0/24", ZoneId: "cn-beijing-z" }),
    ).toBe("InvalidZoneId.NotFound");
  });

  it("tag what exists, and nothing else", async () => {
    const tag = { ResourceType: "VPC", "Tag.1.Key": "team", "Tag.1.Value": "a" };
    await lab.rpc("vpc", "TagResources", { ...tag, "ResourceId.1": "vpc-lab" });
    const listed = await lab.rpc("vpc", "ListTagResources", {
      ...{ ResourceType: "VPC", "ResourceId.1": "vpc-lab" },
    });
    expect(listed.body.TagResources).toMatchObject({
      TagResource: [{ TagKey: "team", TagValue: "a", ResourceId: "vpc-lab" }],
    });
    expect(await lab.rpc("vpc", "TagResources", { ...tag, "ResourceId.1": "vpc-x" })).toMatchObject(
      {
        body: { Code: "InvalidResourceId.NotFound" },
      },
    );
  });

  it("keep a key pair that a node pool uses", async () => {
    const cluster = await lab.cluster();
    await lab.cs("POST", `/clusters/${cluster}/nodepools`, {
      nodepool_info: { name: "keyed" },
      scaling_group: { vswitch_ids: ["vsw-laba"], key_pair: "lab" },
    });
    expect(await lab.rpc("ecs", "DeleteKeyPairs", { KeyPairNames: '["lab"]' })).toMatchObject({
      body: { Code: "InvalidParameter.KeypairAlreadyAttachedInstance" },
    });
  });

  it("run commands on nodes that exist, once", async () => {
    const content = Buffer.from("uptime").toString("base64");
    const command = { Name: "up", Type: "RunShellScript", CommandContent: content };
    const { body } = await lab.rpc("ecs", "CreateCommand", { ...command, WorkingDir: "/it's" });
    const invoke = (params: Record<string, string>) =>
      lab.rpc("ecs", "InvokeCommand", { CommandId: body.CommandId as string, ...params });
    const codes = [
      await lab.rpc("ecs", "CreateCommand", { ...command, Type: "RunBatScript" }),
      await lab.rpc("ecs", "CreateCommand", { ...command, CommandContent: "not base64!" }),
      await invoke({}),
      await invoke({ "InstanceId.1": "i-none" }),
      await invoke({ "InstanceId.1": "i-none", Frequency: "0 0 * * *" }),
    ].map((answer) => answer.body.Code);
    expect(codes).toEqual([
      "InvalidParameter.Type",
      "CmdContent.DecodeError",
      "MissingParam.InstanceId",
      "InvalidInstance.NotFound",
      "InvalidParameter.Frequency",
    ]);
    lab.state.nodes["i-here"] = {
      ...{ clusterId: "", nodePoolId: "", nodeName: "node-9", ip: "10.240.0.19", attached: false },
      ...{ status: "running", instanceType: "", created: "" },
    };
    await invoke({ "InstanceId.1": "i-here" });
    expect(lab.driver.commands).toEqual([
      { nodeName: "node-9", script: "cd '/it'\\''s' || exit 1\nuptime" },
    ]);
  });
});
