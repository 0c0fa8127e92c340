import { lifecycle, remove, runScenarios } from "./support/scenarios";
import { region } from "./support/cloudFixture";

const network = "alicloud:vpc/network:Network";
const vswitch = "alicloud:vpc/switch:Switch";
const securityGroup = "alicloud:ecs/securityGroup:SecurityGroup";
const keyPair = "alicloud:ecs/ecsKeyPair:EcsKeyPair";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJUp test";

runScenarios("cloud-network", {
  async "a VPC"(fixture) {
    await lifecycle(fixture, {
      type: network,
      name: "vpc",
      inputs: { vpcName: "one", cidrBlock: "10.0.0.0/16", tags: { team: "a", old: "x" } },
      changed: {
        vpcName: "two",
        description: "changed",
        cidrBlock: "10.0.0.0/16",
        tags: { team: "b" },
        systemRouteTableName: "main",
      },
      look: ({ state }, phase) =>
        expect(state).toMatchObject({
          vpcName: phase === "created" ? "one" : "two",
          tags: phase === "created" ? { team: "a", old: "x" } : { team: "b" },
          status: "Available",
        }),
    });
  },

  async "a vSwitch, and its VPC that stays while it is used"(fixture) {
    const { provider } = fixture;
    const vpc = await provider.create(network, "outer", { cidrBlock: "172.20.0.0/16" });
    const common = { vpcId: vpc.id, cidrBlock: "172.20.1.0/24", zoneId: `${region}-h` };
    const inner = await lifecycle(fixture, {
      type: vswitch,
      name: "inner",
      inputs: { ...common, vswitchName: "one", tags: { a: "1" } },
      changed: { ...common, vswitchName: "two", description: "changed", tags: { a: "2" } },
      keep: true,
    });
    await expect(
      provider.create(vswitch, "overlapping", { ...common, cidrBlock: "172.20.1.128/25" }),
    ).rejects.toThrow("InvalidCidrBlock.Overlapped");
    await remove(fixture, inner);
    await remove(fixture, vpc);
  },

  async "a security group"(fixture) {
    await lifecycle(fixture, {
      type: securityGroup,
      name: "group",
      inputs: { vpcId: "vpc-lab", securityGroupName: "one", tags: { a: "1" } },
      changed: {
        vpcId: "vpc-lab",
        securityGroupName: "two",
        description: "changed",
        innerAccessPolicy: "Drop",
        tags: {},
      },
    });
  },

  async "a key pair"(fixture) {
    const inputs = { keyPairName: "ops", publicKey, tags: { a: "1" } };
    const pair = await lifecycle(fixture, {
      type: keyPair,
      name: "pair",
      inputs,
      changed: { ...inputs, tags: { b: "2" } },
      keep: true,
    });
    await expect(fixture.provider.create(keyPair, "again", inputs)).rejects.toThrow(
      "KeyPair.AlreadyExist",
    );
    await remove(fixture, pair);
  },

  async "a key pair that the cloud makes"(fixture) {
    await lifecycle(fixture, {
      type: keyPair,
      name: "made",
      inputs: { keyPairName: "made" },
      changed: null,
    });
  },

  async "what exists before anything is made"(fixture) {
    const { provider } = fixture;
    const vpc = await provider.read({
      ...{ type: network, name: "lab", id: "vpc-lab", inputs: {}, state: {} },
    });
    expect(vpc?.state).toMatchObject({ cidrBlock: "10.240.0.0/16", vpcName: "lab" });
  },

  async "zones and instance types"({ provider }) {
    const zones = await provider.invoke("alicloud:index/getZones:getZones", {
      availableInstanceType: "ecs.g7.large",
      enableDetails: true,
    });
    expect(zones.ids).toEqual([`${region}-h`, `${region}-i`, `${region}-k`]);
    const types = await provider.invoke("alicloud:ecs/getInstanceTypes:getInstanceTypes", {
      cpuCoreCount: 2,
      memorySize: 8,
    });
    expect(types.ids).toEqual(["ecs.g7.large"]);
  },
});
