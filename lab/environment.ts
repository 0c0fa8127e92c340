import * as fs from "node:fs";
import * as path from "node:path";

import { labRegion } from "./cloud/core/seeds";
import { quoted, writeEngineWrapper } from "./engineWrapper";
import { repository, toolsDir, type Instance } from "./instance";
import { asksForOfficial, ownPulumiHome, pluginVersions } from "./official";
import { version as engineVersion } from "./plugins/nodejs/version";

const products = "CS ECS VPC ALIDNS DNS PVTZ STS LOCATION BSSOPENAPI KMS".split(" ");

/**
 * What makes plain Pulumi commands work on the lab: programs, backend, keys that the lab's cloud
 * accepts, and where that cloud is.
 */
export function labEnvironment(instance: Instance): Record<string, string> {
  const endpoint = `127.0.0.1:${instance.cloudPort}`;
  const backend = path.join(instance.dir, "pulumi");
  fs.mkdirSync(backend, { recursive: true });
  return {
    LAB_INSTANCE: instance.name,
    PATH: [enginePrograms(instance), process.env.PATH ?? ""].join(":"),
    // Never left as it is: a shell may have that of the other plugins from an earlier call.
    PULUMI_HOME: asksForOfficial() ? ownPulumiHome() : standInHome(instance),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    ALICLOUD_ACCESS_KEY: "lab",
    ALICLOUD_SECRET_KEY: "lab",
    ALIBABA_CLOUD_ACCOUNT_TYPE: "Domestic",
    ...Object.fromEntries(
      products.map((product) => [`ALIBABA_CLOUD_ENDPOINT_${product}`, endpoint]),
    ),
    // Buckets are labels before this name, which an address cannot have. The engine's proxy leads here.
    ALIBABA_CLOUD_ENDPOINT_OSS: `oss-${labRegion}.aliyuncs.com`,
    // These two services have a client of the provider that knows only the older variable.
    STS_ENDPOINT: endpoint,
    LOCATION_ENDPOINT: endpoint,
  };
}

/** The environment as lines for a shell. */
export function renderExports(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("");
}

// The folder of the tools holds a plugin too, so the programs get one without it.
function enginePrograms(instance: Instance): string {
  const folder = path.join(instance.dir, "bin");
  link(path.join(folder, "kubectl"), path.join(toolsDir, "bin", "kubectl"));
  writeEngineWrapper(instance, path.join(folder, "pulumi"));
  return folder;
}

/** A Pulumi home in which the lab's plugins stand as if installed: one from PATH is a warning in every run. */
function standInHome(instance: Instance): string {
  const home = path.join(instance.dir, "pulumi-home");
  const standIns = path.join(repository, "lab", "plugins", "bin");
  const install = (kind: string, name: string, version: string, folder: string) => {
    const program = `pulumi-${kind}-${name}`;
    const plugin = path.join(home, "plugins", `${kind}-${name}-v${version}`);
    link(path.join(plugin, program), path.join(folder, program));
  };
  install("language", "nodejs", engineVersion, standIns);
  for (const [name, version] of pluginVersions()) {
    const folder = name === "alicloud" ? path.join(toolsDir, "bin") : standIns;
    install("resource", name, version, folder);
  }
  return home;
}

// Others may be using the link while it is made again, so it is never away.
function link(name: string, target: string): void {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  if (fs.lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink()) {
    if (fs.readlinkSync(name) === target) return;
  }
  fs.symlinkSync(target, `${name}.${process.pid}`);
  fs.renameSync(`${name}.${process.pid}`, name);
}
