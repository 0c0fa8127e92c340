import * as fs from "node:fs";
import * as path from "node:path";

import { labEnvironment } from "../../lab/environment";
import { openInstance, releasePorts } from "../../lab/instance";
import { makeProject, type Project, type Run } from "../support/project";

jest.setTimeout(5 * 60_000);

describe("what the engine makes of the program's config", () => {
  const instance = openInstance("t-program-config");
  let project: Project;

  beforeAll(async () => {
    const env = { ...process.env, ...labEnvironment(instance) };
    project = makeProject(path.join(instance.dir, "project"), env);
    const { code, output } = await project.pulumi(["stack", "init", "local"]);
    if (code !== 0) throw new Error(output);
  });
  afterAll(() => {
    releasePorts(instance);
    fs.rmSync(instance.dir, { recursive: true, force: true });
  });

  test("a stack without any section hears of all of them from the program", async () => {
    for (const key of ["organisation", "cluster", "nodePools", "ossDomains", "coreDns", "probe"]) {
      project.set("local", [`ack-cluster-dns:${key}`], undefined);
    }
    project.set("local", ["alicloud:region"], "cn-beijing-h");
    const { code, output } = await project.pulumi(["preview", "--stack", "local"]);
    expect(code).not.toBe(0);
    expect(output).toContain('alicloud:region: value "cn-beijing-h": it is not the ID of a region');
    expect(output).toContain("ack-cluster-dns:coreDns.version: missing");
    expect(output).not.toMatch(/missing configuration value|ack-cluster-dns:probe/);
  });

  const set = async (secret: boolean, key: string, value: string): Promise<Run> =>
    project.pulumi([
      ...["config", "set", "--stack", "local", "--path", secret ? "--secret" : "--plaintext"],
      ...[`ack-cluster-dns:${key}`, value],
    ]);

  test("a secret is refused, one field of a section too, and not printed", async () => {
    await set(true, "nodePools[0].userData", "echo hunter2");
    await set(true, "probe.namespace", "hunter2");
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await project.pulumi([...command, "--stack", "local"]);
      expect(code).not.toBe(0);
      expect(output).toContain("ack-cluster-dns:nodePools: it is secret, and cannot be");
      expect(output).toContain("ack-cluster-dns:probe: it is secret, and cannot be");
      expect(output).toContain("`pulumi config set` without --secret");
      expect(output).not.toMatch(/hunter2|^\s+at |unhandled exception/m);
    }
    const exported = await project.pulumi(["stack", "export", "--stack", "local"]);
    expect(exported.code).toBe(0);
    expect(exported.output).not.toContain("hunter2");
  });
});
