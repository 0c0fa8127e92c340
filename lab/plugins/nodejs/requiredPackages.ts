import * as fs from "fs";
import * as path from "path";

import { PackageDependency, PackageParameterization } from "@pulumi/pulumi/proto/plugin_pb";

interface Parameterization {
  name: string;
  version: string;
  value: string;
}

interface Manifest {
  name?: string;
  version?: string;
  pulumi?: {
    resource?: boolean;
    name?: string;
    version?: string;
    server?: string;
    parameterization?: Parameterization;
    extensionParameterization?: Parameterization;
  };
}

const policyPackFiles = ["PulumiPolicy.yaml", "PulumiPolicy.yml", "PulumiPolicy.json"];

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function toParameterization(from: Parameterization): PackageParameterization {
  const to = new PackageParameterization();
  to.setName(from.name);
  to.setVersion(from.version);
  to.setValue(from.value);
  return to;
}

/** The plugin that a package asks for; undefined when it asks for none. */
export function toDependency(manifest: Manifest): PackageDependency | undefined {
  const section = manifest.pulumi;
  if (!section?.resource) return undefined;
  const scoped = manifest.name?.startsWith("@pulumi/") ? manifest.name.slice(8) : undefined;
  const name = section.name ?? scoped;
  const version = section.version ?? manifest.version;
  if (!name || !version) return undefined;

  const dependency = new PackageDependency();
  dependency.setName(name);
  dependency.setKind("resource");
  dependency.setVersion(version.startsWith("v") ? version : `v${version}`);
  dependency.setServer(section.server ?? "");
  if (section.parameterization) {
    dependency.setParameterization(toParameterization(section.parameterization));
  }
  if (section.extensionParameterization) {
    dependency.setExtension$(toParameterization(section.extensionParameterization));
  }
  return dependency;
}

/**
 * Every plugin named by a package below `directory`. As the official host does, it looks into each
 * `node_modules`, follows links once, passes over what it cannot read, and leaves nested policy
 * packs out: their plugins are not the program's. Folders that start with a dot are skipped outside
 * `node_modules`; the official host walks through them too, which only costs time: they hold nothing
 * of a program's.
 */
export function requiredPackages(directory: string): PackageDependency[] {
  const found: PackageDependency[] = [];
  const visited = new Set<string>();

  const readManifest = (file: string): void => {
    const dependency = attempt(() =>
      toDependency(JSON.parse(fs.readFileSync(file, "utf8")) as Manifest),
    );
    if (dependency) found.push(dependency);
  };

  const walk = (folder: string, inNodeModules: boolean): void => {
    if (visited.has(folder)) return;
    visited.add(folder);
    const entries = attempt(() => fs.readdirSync(folder, { withFileTypes: true })) ?? [];
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      let place = path.join(folder, entry.name);
      let isDirectory = entry.isDirectory();
      if (entry.isSymbolicLink()) {
        const target = attempt(() => fs.realpathSync(place));
        if (target === undefined) continue;
        place = target;
        isDirectory = attempt(() => fs.statSync(target).isDirectory()) ?? false;
      }
      if (isDirectory) {
        if (!inNodeModules && entry.name.startsWith(".")) continue;
        if (policyPackFiles.some((name) => fs.existsSync(path.join(place, name)))) continue;
        walk(place, inNodeModules || path.basename(folder) === "node_modules");
      } else if (inNodeModules && entry.name === "package.json") {
        readManifest(place);
      }
    }
  };

  walk(path.resolve(directory), false);
  return found;
}
