import * as fs from "node:fs";
import * as path from "node:path";

import { startCloud, type Cloud } from "../../lab/cloud/cloud";
import { NullDriver } from "../../lab/cloud/nullDriver";
import { labEnvironment } from "../../lab/environment";
import { openInstance, releasePorts, repository } from "../../lab/instance";
import { makeProject, type Project } from "../support/project";

jest.setTimeout(5 * 60_000);

const instance = openInstance("t-program");
let cloud: Cloud;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  fs.rmSync(path.join(instance.dir, "cloud"), { recursive: true, force: true });
  cloud = await startCloud({ instance, driver: new NullDriver(instance) });
  env = { ...process.env, ...labEnvironment(instance) };
});

afterAll(async () => {
  await cloud.close();
  releasePorts(instance);
  fs.rmSync(instance.dir, { recursive: true, force: true });
});

async function project(stack: string): Promise<Project> {
  const made = makeProject(path.join(instance.dir, `project-${stack}`), env);
  const { code, output } = await made.pulumi(["stack", "select", "--create", stack]);
  if (code !== 0) throw new Error(output);
  return made;
}

const changes = () =>
  cloud.requests.list().filter(({ action }) => !/^(Describe|Get|List|Query)/.test(action));

describe("each environment", () => {
  test.each(["local", "dev", "staging", "prod"])(
    "%s previews, and passes the policy pack",
    async (stack) => {
      const made = await project(stack);
      const pack = path.join(repository, "policy");
      // The local cluster is there to be thrown away, and says so.
      const throwaway = stack === "local" ? [`--policy-pack-config=${pack}/throwaway.json`] : [];
      const policies = [`--policy-pack=${pack}`, ...throwaway];
      const preview = await made.pulumi(["preview", "--stack", stack, ...policies], 240_000);
      expect(preview.output).toMatch(/ManagedKubernetes\s+\S+\s+create/);
      expect(preview.output).toMatch(/Policies:\n\s+(✅|⚠️) ack-cluster-dns/);
      expect(preview.output).toMatch(/Resources:\n\s+\+ \d+ to create\n/);
      expect(preview.code).toBe(0);
      expect(changes()).toEqual([]);
    },
  );
});

describe("a mistake gives one clear message, and nothing is made", () => {
  let made: Project;
  beforeAll(async () => {
    made = await project("local");
  });
  beforeEach(() => {
    const file = path.join("stacks", "Pulumi.local.yaml");
    fs.copyFileSync(path.join(repository, file), path.join(made.dir, file));
  });

  const key = (section: string) => `ack-cluster-dns:${section}`;

  test.each<[string, string[], unknown, string[]]>([
    [
      "a cluster domain that is an organisation zone",
      [key("cluster"), "clusterDomain"],
      "oneprocloud.com",
      ["ack-cluster-dns:cluster.clusterDomain", '"oneprocloud.com"', "hides", "cluster.local"],
    ],
    [
      "a cluster domain above one",
      [key("cluster"), "clusterDomain"],
      "com",
      ["ack-cluster-dns:cluster.clusterDomain", '"com"', "oneprocloud.com", "cluster.local"],
    ],
    [
      "a cluster domain inside one",
      [key("cluster"), "clusterDomain"],
      "k8s.oneprocloud.com",
      ["ack-cluster-dns:cluster.clusterDomain", '"k8s.oneprocloud.com"', "cluster.local"],
    ],
    [
      "a malformed domain",
      [key("cluster"), "clusterDomain"],
      "cluster..local",
      ["ack-cluster-dns:cluster.clusterDomain", '"cluster..local"'],
    ],
    [
      "an unknown key",
      [key("organization"), "zones"],
      ["example.com"],
      ["ack-cluster-dns:organization", 'Did you mean "organisation"?'],
    ],
    [
      "an unknown field",
      [key("cluster"), "clusterdomain"],
      "cluster.local",
      ["ack-cluster-dns:cluster.clusterdomain", 'Did you mean "clusterDomain"?'],
    ],
    [
      "a missing field",
      [key("cluster"), "vswitchIds"],
      undefined,
      ["ack-cluster-dns:cluster.vswitchIds", "missing"],
    ],
  ])("%s", async (_what, keys, value, said) => {
    made.set("local", keys, value);
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const run = await made.pulumi([...command, "--stack", "local"]);
      expect(run.code).not.toBe(0);
      for (const text of said) expect(run.output).toContain(text);
      expect(run.output).not.toMatch(/^\s+at |unhandled exception|node:internal/m);
    }
    expect(changes()).toEqual([]);
  });

  test("what is no mistake and should yet be known is a warning", async () => {
    made.set("local", [key("cluster"), "clusterDomain"], "corp.local");
    const run = await made.pulumi(["preview", "--stack", "local"]);
    expect(run.output).toMatch(/warning: ack-cluster-dns:cluster\.clusterDomain: "corp\.local"/);
    expect(run.code).toBe(0);
  });

  test("several mistakes are told at once", async () => {
    made.set("local", [key("cluster"), "clusterDomain"], "com");
    made.set("local", [key("cluster"), "serviceCidr"], undefined);
    made.set("local", [key("ossDomains"), 0, "bucket"], "Not A Bucket");
    const run = await made.pulumi(["preview", "--stack", "local"]);
    for (const text of ["cluster.clusterDomain", "cluster.serviceCidr", "ossDomains[0].bucket"]) {
      expect(run.output).toContain(text);
    }
  });

  // The last one, as its `up` leaves behind what was made before the refusal.
  test("a cluster that moved, in a stack that does not hold it", async () => {
    made.set("local", [key("cluster"), "provisionedClusterDomain"], "oneprocloud.com");
    made.set("local", [key("cluster"), "legacyClusterDomains"], ["oneprocloud.com"]);
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const run = await made.pulumi([...command, "--stack", "local"]);
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(
        'ack-cluster-dns:cluster.provisionedClusterDomain: value "oneprocloud.com": the stack holds no cluster yet',
      );
      expect(run.output).toContain("Import the cluster");
      expect(run.output).not.toMatch(/^\s+at |unhandled exception|node:internal/m);
    }
    expect(changes().filter(({ product }) => product === "cs")).toEqual([]);
  });
});
