import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, rmSync } from "node:fs";

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

const plugins = [
  "language-nodejs-v3.259.0/pulumi-language-nodejs",
  "resource-alicloud-v3.106.0/pulumi-resource-alicloud",
  "resource-command-v1.2.1/pulumi-resource-command",
  "resource-kubernetes-v4.32.0/pulumi-resource-kubernetes",
];

it("installs the stand-in plugins in a Pulumi home of its own, unless official ones are asked for", () => {
  const { PULUMI_HOME = "", PATH = "" } = labEnvironment(instance);
  expect(
    plugins.filter((plugin) => !lstatSync(`${PULUMI_HOME}/plugins/${plugin}`).isSymbolicLink()),
  ).toEqual([]);
  expect(PATH.startsWith(`${instance.dir}/bin:`)).toBe(true);
  process.env.LAB_PLUGINS = "official";
  const environment = labEnvironment(instance);
  expect(environment).not.toHaveProperty("PULUMI_HOME");
  expect(readdirSync(`${instance.dir}/bin`).sort()).toEqual(["kubectl", "pulumi"]);
});

it("renders lines that a shell reads back", () => {
  const script = `${renderExports({ A: "it's $HOME", B: "" })}printf '%s|%s' "$A" "$B"`;
  expect(execFileSync("bash", ["-c", script], { encoding: "utf8" })).toBe("it's $HOME|");
});
