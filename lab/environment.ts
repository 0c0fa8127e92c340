import * as fs from "node:fs";
import * as path from "node:path";

import { repository, toolsDir, type Instance } from "./instance";
import { version as engineVersion } from "./plugins/nodejs/version";

const systemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
const products = "CS ECS VPC ALIDNS DNS PVTZ OSS STS LOCATION BSSOPENAPI KMS".split(" ");

/**
 * What makes plain Pulumi commands work on the lab: programs, backend, keys that the lab's cloud
 * accepts, and where that cloud is. With LAB_PLUGINS=official, language host and plugins come from
 * PATH or from Pulumi's own download.
 */
export function labEnvironment(instance: Instance): Record<string, string> {
  const official = process.env.LAB_PLUGINS === "official";
  const endpoint = `127.0.0.1:${instance.cloudPort}`;
  const backend = path.join(instance.dir, "pulumi");
  fs.mkdirSync(backend, { recursive: true });
  return {
    LAB_INSTANCE: instance.name,
    PATH: [enginePrograms(instance), process.env.PATH ?? ""].join(":"),
    // Official plugins stay in the user's own Pulumi home: they are no part of the lab.
    ...(official ? {} : { PULUMI_HOME: pulumiHome(instance) }),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    SSL_CERT_FILE: authorities(instance),
    ALICLOUD_ACCESS_KEY: "lab",
    ALICLOUD_SECRET_KEY: "lab",
    ALIBABA_CLOUD_ACCOUNT_TYPE: "Domestic",
    ...Object.fromEntries(
      products.map((product) => [`ALIBABA_CLOUD_ENDPOINT_${product}`, endpoint]),
    ),
    // A person's own proxy cannot reach what listens here.
    NO_PROXY: [process.env.NO_PROXY, "127.0.0.1", "localhost"].filter(Boolean).join(","),
    // These two services have a client of the provider that knows only the older variable.
    STS_ENDPOINT: endpoint,
    LOCATION_ENDPOINT: endpoint,
  };
}

/** The environment as lines for a shell. */
export function renderExports(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}

// The folder of the tools holds a plugin too, so the programs get one without it.
function enginePrograms(instance: Instance): string {
  const folder = path.join(instance.dir, "bin");
  for (const name of ["pulumi", "kubectl"]) {
    link(path.join(folder, name), path.join(toolsDir, "bin", name));
  }
  return folder;
}

/** A Pulumi home in which the lab's plugins stand as if installed: one from PATH is a warning in every run. */
function pulumiHome(instance: Instance): string {
  const home = path.join(instance.dir, "pulumi-home");
  const standIns = path.join(repository, "lab", "plugins", "bin");
  const { dependencies } = JSON.parse(
    fs.readFileSync(path.join(repository, "package.json"), "utf8"),
  ) as { dependencies: Record<string, string> };
  const install = (kind: string, name: string, version: string, folder: string) => {
    const program = `pulumi-${kind}-${name}`;
    const plugin = path.join(home, "plugins", `${kind}-${name}-v${version}`);
    link(path.join(plugin, program), path.join(folder, program));
  };
  install("language", "nodejs", engineVersion, standIns);
  install("resource", "kubernetes", dependencies["@pulumi/kubernetes"] ?? "", standIns);
  install("resource", "command", dependencies["@pulumi/command"] ?? "", standIns);
  install(
    "resource",
    "alicloud",
    dependencies["@pulumi/alicloud"] ?? "",
    path.join(toolsDir, "bin"),
  );
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

/** The machine's authorities and the lab's own, in one file. */
function authorities(instance: Instance): string {
  const bundle = path.join(instance.dir, "ca-bundle.pem");
  const own = path.join(instance.dir, "ca.pem");
  const text = [systemAuthorities, own]
    .filter((file) => fs.existsSync(file))
    .map((file) => fs.readFileSync(file, "utf8"))
    .join("");
  fs.writeFileSync(`${bundle}.${process.pid}`, text);
  fs.renameSync(`${bundle}.${process.pid}`, bundle);
  return bundle;
}
