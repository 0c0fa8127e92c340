import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { labEnvironment, renderExports } from "../../../lab/environment";
import { openInstance, releasePorts, toolsDir } from "../../../lab/instance";

const instance = openInstance("t-unit-env");
const cloud = `127.0.0.1:${instance.cloudPort}`;
const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
});
afterAll(() => {
  releasePorts(instance);
  fs.rmSync(instance.dir, { recursive: true });
});

it("sends every product's calls to the lab's cloud", () => {
  const environment = labEnvironment(instance);
  const endpoints = Object.entries(environment).filter(([name]) => name.includes("ENDPOINT"));
  expect(endpoints.length).toBeGreaterThanOrEqual(10);
  for (const [name, value] of endpoints) {
    expect(value).toBe(name.endsWith("_OSS") ? "oss-cn-beijing.aliyuncs.com" : cloud);
  }
  expect(environment.PULUMI_BACKEND_URL).toBe(`file://${instance.dir}/pulumi`);
});

const plugins = [
  "language-nodejs-v3.259.0/pulumi-language-nodejs",
  "resource-alicloud-v3.106.0/pulumi-resource-alicloud",
  "resource-command-v1.2.1/pulumi-resource-command",
  "resource-kubernetes-v4.32.0/pulumi-resource-kubernetes",
];

it("installs the stand-in plugins in a Pulumi home of its own", () => {
  const { PULUMI_HOME = "", PATH = "" } = labEnvironment(instance);
  expect(
    plugins.filter((plugin) => !fs.lstatSync(`${PULUMI_HOME}/plugins/${plugin}`).isSymbolicLink()),
  ).toEqual([]);
  expect(PATH.startsWith(`${instance.dir}/bin:`)).toBe(true);
  expect(fs.readdirSync(`${instance.dir}/bin`).sort()).toEqual(["kubectl", "pulumi"]);
});

const home = path.join(os.homedir(), ".pulumi");
const standIns = path.join(instance.dir, "pulumi-home");

it.each([
  ["official", undefined, home],
  ["official", "", home],
  ["official", "/somewhere/pulumi", "/somewhere/pulumi"],
  ["official", standIns, home],
  ["official", "/another/checkout/.lab/local/pulumi-home", home],
  ["", home, standIns],
  ["", standIns, standIns],
  [undefined, "/somewhere/pulumi", standIns],
])("with LAB_PLUGINS %j, a PULUMI_HOME %j becomes %j", (asked, set, expected) => {
  delete process.env.LAB_PLUGINS;
  delete process.env.PULUMI_HOME;
  if (asked !== undefined) process.env.LAB_PLUGINS = asked;
  if (set !== undefined) process.env.PULUMI_HOME = set;
  expect(labEnvironment(instance).PULUMI_HOME).toBe(expected);
});

it("does not take a misspelt LAB_PLUGINS for the stand-ins", () => {
  process.env.LAB_PLUGINS = "offical";
  expect(() => labEnvironment(instance)).toThrow('LAB_PLUGINS: "offical" is unknown');
});

it("renders lines that a shell reads back", () => {
  const script = `${renderExports({ A: "it's $HOME", B: "" })}printf '%s|%s' "$A" "$B"`;
  expect(execFileSync("bash", ["-c", script], { encoding: "utf8" })).toBe("it's $HOME|");
});

describe("the program that PATH has as pulumi", () => {
  const wrapper = path.join(instance.dir, "bin", "pulumi");
  const engine = path.join(toolsDir, "bin", "pulumi");

  /** What the engine gets to see, told by a program that stands for it. */
  function seen(own: Record<string, string> = {}, ...args: string[]): Record<string, string> {
    labEnvironment(instance);
    const probe = path.join(instance.dir, "probe");
    fs.writeFileSync(probe, '#!/bin/sh\nenv\necho "ARGS=$*"\necho "PROCESS=$$"\n', { mode: 0o755 });
    const text = fs.readFileSync(wrapper, "utf8");
    expect(text).toContain(`exec '${engine}' "$@"\n`);
    const probing = path.join(instance.dir, "wrapper");
    fs.writeFileSync(probing, text.replace(engine, probe), { mode: 0o755 });
    const { stdout, stderr, pid, status } = spawnSync(probing, args, {
      encoding: "utf8",
      env: { PATH: process.env.PATH, ...own },
    });
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.trim().split("\n");
    const pairs = lines.map((line) => line.split(/=(.*)/s).slice(0, 2));
    const found = Object.fromEntries(pairs) as Record<string, string>;
    expect(found.PROCESS).toBe(String(pid));
    return found;
  }

  it("passes shellcheck, and takes the place of an older link at once", () => {
    fs.rmSync(wrapper, { force: true });
    fs.symlinkSync(engine, wrapper);
    labEnvironment(instance);
    expect(fs.lstatSync(wrapper).isFile()).toBe(true);
    execFileSync("shellcheck", [wrapper]);
    const { ino } = fs.statSync(wrapper);
    labEnvironment(instance);
    expect(fs.statSync(wrapper).ino).toBe(ino);
  });

  it("has the lab's cloud as its proxy; a shell has not", () => {
    expect(Object.keys(labEnvironment(instance))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/PROXY|SSL_CERT_FILE|TMPDIR/i)]),
    );
    const found = seen({ HTTPS_PROXY: "http://proxy.example.com:3128" }, "up", "--yes");
    expect(found).toMatchObject({
      ARGS: "up --yes",
      HTTPS_PROXY: `http://${cloud}`,
      NO_PROXY: `${cloud},127.0.0.1,localhost`,
      no_proxy: `${cloud},127.0.0.1,localhost`,
      SSL_CERT_FILE: path.join(instance.dir, "ca-bundle.pem"),
      TMPDIR: path.join(instance.dir, "tmp"),
    });
    expect(fs.statSync(path.join(instance.dir, "tmp")).mode & 0o777).toBe(0o700);
  });

  it("leaves TMPDIR alone where the path of a socket below it would be too long", () => {
    const deep = { ...instance, dir: path.join(instance.dir, "d".repeat(80)) };
    labEnvironment(deep);
    expect(fs.readFileSync(path.join(deep.dir, "bin", "pulumi"), "utf8")).not.toContain("TMPDIR");
  });

  // The second column is what the official plugins would not survive: a way past the lab's cloud.
  it.each([
    ["10.0.0.0/8, .corp.example,registry.example:5000,::1", ""],
    ["10.0.0.0/8,.corp.example,registry.example:5000,::1", ",*,*.aliyuncs.com,.com,[::1],a(b,,"],
  ])("keeps a person's exceptions %j, but not %j", (kept, dropped) => {
    const expected = `${cloud},127.0.0.1,localhost,10.0.0.0/8,.corp.example,registry.example:5000,::1`;
    expect(seen({ NO_PROXY: kept + dropped }).NO_PROXY).toBe(expected);
    expect(seen({ no_proxy: kept + dropped }).NO_PROXY).toBe(expected);
  });

  it("trusts whom a person trusts, and forgets what an earlier shell was given", () => {
    const own = path.join(os.tmpdir(), `own-${process.pid}.pem`);
    const bundle = () => fs.readFileSync(path.join(instance.dir, "ca-bundle.pem"), "utf8");
    fs.writeFileSync(own, "the company's\n");
    process.env.SSL_CERT_FILE = own;
    labEnvironment(instance);
    expect(bundle()).toContain("the company's");
    fs.rmSync(own);
    const text = bundle();
    process.env.SSL_CERT_FILE = path.join(instance.dir, "ca-bundle.pem");
    labEnvironment(instance);
    expect(bundle()).not.toContain("the company's");
    expect(bundle().length).toBeLessThan(text.length);
  });
});
