import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

import { labEnvironment, renderExports } from "../../../lab/environment";
import { openInstance, releasePorts } from "../../../lab/instance";

const instance = openInstance("t-unit-env");

afterEach(() => {
  delete process.env.LAB_PLUGINS;
});
afterAll(() => {
  releasePorts(instance);
  rmSync(instance.dir, { recursive: true });
});

it("sends every product's calls to the lab's cloud", () => {
  const environment = labEnvironment(instance);
  const endpoints = Object.entries(environment).filter(([name]) => name.includes("ENDPOINT"));
  expect(endpoints.length).toBeGreaterThanOrEqual(10);
  for (const [, value] of endpoints) expect(value).toBe(`127.0.0.1:${instance.cloudPort}`);
  expect(environment.PULUMI_BACKEND_URL).toBe(`file://${instance.dir}/pulumi`);
});

it("finds the stand-in plugins on PATH, unless official ones are asked for", () => {
  expect(labEnvironment(instance).PATH).toContain("/lab/plugins/bin:");
  process.env.LAB_PLUGINS = "official";
  const environment = labEnvironment(instance);
  expect(environment.PATH).not.toContain("/lab/plugins/bin");
  expect(environment.PATH).not.toContain("/.tools/bin:");
  expect(environment).not.toHaveProperty("PULUMI_HOME");
});

it("renders lines that a shell reads back", () => {
  const script = `${renderExports({ A: "it's $HOME", B: "" })}printf '%s|%s' "$A" "$B"`;
  expect(execFileSync("bash", ["-c", script], { encoding: "utf8" })).toBe("it's $HOME|");
});
