import * as fs from "node:fs";
import * as path from "node:path";

import { repository, toolsDir, type Instance } from "./instance";

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
  const folders = official
    ? [enginePrograms(instance)]
    : [path.join(toolsDir, "bin"), path.join(repository, "lab", "plugins", "bin")];
  return {
    LAB_INSTANCE: instance.name,
    PATH: [...folders, process.env.PATH ?? ""].join(":"),
    // Official plugins stay in the user's own Pulumi home: they are no part of the lab.
    ...(official ? {} : { PULUMI_HOME: path.join(instance.dir, "pulumi-home") }),
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
  fs.mkdirSync(folder, { recursive: true });
  for (const name of ["pulumi", "kubectl"]) {
    const program = path.join(toolsDir, "bin", name);
    const link = path.join(folder, name);
    fs.rmSync(link, { force: true });
    if (fs.existsSync(program)) fs.symlinkSync(program, link);
  }
  return folder;
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
