import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { binary } from "./cluster/binaries";
import type { Report } from "./cluster/driver";
import { withHeartbeat } from "./cluster/heartbeat";
import { run } from "./cluster/process";
import { isInLab, repository, toolsDir } from "./instance";
import { version as engineVersion } from "./plugins/nodejs/version";

const languageHost = "pulumi-language-nodejs";

/**
 * Whether language host and plugins are to be Pulumi's own: the host from PATH or from beside the
 * engine, the plugins from PATH or from Pulumi's own download.
 */
export function asksForOfficial(): boolean {
  const asked = process.env.LAB_PLUGINS ?? "";
  if (asked === "" || asked === "official") return asked === "official";
  throw new Error(`LAB_PLUGINS: "${asked}" is unknown. Set it to "official", or not at all.`);
}

/** Where a person's Pulumi keeps its plugins, whatever an earlier `lab env` has made of PULUMI_HOME. */
export function ownPulumiHome(): string {
  const set = process.env.PULUMI_HOME ?? "";
  return set === "" || isInLab(set) ? path.join(os.homedir(), ".pulumi") : set;
}

/** The resource plugins of the program, at the versions of their npm packages. */
export function pluginVersions(): [name: string, version: string][] {
  const { dependencies } = JSON.parse(
    fs.readFileSync(path.join(repository, "package.json"), "utf8"),
  ) as { dependencies: Record<string, string> };
  return ["alicloud", "command", "kubernetes"].map((name) => [
    name,
    dependencies[`@pulumi/${name}`] ?? "",
  ]);
}

/**
 * Says what only a person can install, and has Pulumi download the rest now rather than in a test.
 * `engine` stands for the program that tools/ has.
 */
export async function prepareOfficial(report: Report, engine = binary("pulumi")): Promise<void> {
  const host = onPath(languageHost) ?? beside(engine);
  if (host === undefined) throw new Error(missingHost(engine));
  report(`language host: ${host}`);
  for (const [name, version] of pluginVersions()) {
    const plugin = onPath(`pulumi-resource-${name}`) ?? installed(name, version);
    if (plugin === undefined) await install(engine, name, version, report);
    else report(`${name} plugin: ${plugin}`);
  }
}

function missingHost(engine: string): string {
  return `LAB_PLUGINS=official: there is no ${languageHost} on PATH or in ${path.dirname(engine)}.
It is a part of Pulumi, and Pulumi does not download it by itself. Install all of Pulumi ${engineVersion}:
  curl -fsSL https://get.pulumi.com | sh -s -- --version ${engineVersion}
put its folder, ~/.pulumi/bin, first on PATH, and run this again.`;
}

async function install(engine: string, name: string, version: string, report: Report) {
  const what = `${name} plugin: Pulumi downloads ${version}`;
  report(what);
  const command = [engine, "plugin", "install", "resource", name, `v${version}`];
  const env = { ...process.env, PULUMI_HOME: ownPulumiHome(), PULUMI_SKIP_UPDATE_CHECK: "1" };
  await withHeartbeat(
    () => what,
    report,
    () => run(command, { env }),
  );
}

/** As the engine finds it: the first one counts. */
function onPath(program: string): string | undefined {
  const file = (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find(isProgram);
  if (file !== undefined && isOurs(fs.realpathSync(file))) {
    throw new Error(`LAB_PLUGINS=official: ${file} is no official plugin. Take it off PATH.`);
  }
  return file;
}

function beside(engine: string): string | undefined {
  const file = path.join(path.dirname(engine), languageHost);
  return isProgram(file) ? file : undefined;
}

function installed(name: string, version: string): string | undefined {
  const folder = path.join(ownPulumiHome(), "plugins", `resource-${name}-v${version}`);
  // Pulumi keeps this beside the folder of a plugin that it has not unpacked to the end.
  if (fs.existsSync(`${folder}.partial`)) return undefined;
  const file = path.join(folder, `pulumi-resource-${name}`);
  return isProgram(file) ? file : undefined;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

const isOurs = (file: string) =>
  isInLab(file) ||
  [toolsDir, path.join(repository, "lab")].some((dir) => file.startsWith(`${dir}/`));
