import { execFile } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { promisify } from "util";

import type { PackageManagerName, RuntimeOptions } from "./options";

const run = promisify(execFile);

const lockFiles: [file: string, manager: PackageManagerName][] = [
  ["yarn.lock", "yarn"],
  ["pnpm-lock.yaml", "pnpm"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

const installArguments: Record<PackageManagerName, { install: string[]; production: string[] }> = {
  npm: { install: ["install", "--loglevel=error"], production: ["--production"] },
  yarn: { install: ["install"], production: ["--production"] },
  pnpm: { install: ["install"], production: ["--prod"] },
  bun: { install: ["install"], production: ["--production"] },
};

function searchUp(from: string, file: string): string | undefined {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const place = path.join(folder, file);
    if (fs.existsSync(place)) return place;
    if (folder === path.dirname(folder)) return undefined;
  }
}

export function isOnPath(command: string): boolean {
  return (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .some((folder) => fs.existsSync(path.join(folder, command)));
}

/** The one that the options name, else the one whose lock file is there, else npm. */
export function resolvePackageManager(
  wanted: RuntimeOptions["packagemanager"],
  directory: string,
): PackageManagerName {
  if (wanted !== "auto") return wanted;
  const preferYarn = /^(1|true)$/i.test(process.env["PULUMI_PREFER_YARN"] ?? "");
  if (preferYarn && isOnPath("yarn")) return "yarn";
  const locked = lockFiles.find(
    ([file, manager]) => fs.existsSync(path.join(directory, file)) && isOnPath(manager),
  );
  return locked?.[1] ?? "npm";
}

export function installCommand(manager: PackageManagerName, production: boolean): string[] {
  const { install, production: only } = installArguments[manager];
  return [manager, ...install, ...(production ? only : [])];
}

interface Manifest {
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  workspaces?: string[] | { packages?: string[] };
}

function readManifest(file: string): Manifest {
  return JSON.parse(fs.readFileSync(file, "utf8")) as Manifest;
}

function matchesGlob(glob: string, relative: string): boolean {
  const pattern = path
    .normalize(glob)
    .replace(/\/$/, "")
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/\*+/g, "[^/]*")
    .replace(/\?/g, "[^/]");
  return new RegExp(`^${pattern}$`).test(relative);
}

/** The folder whose workspaces hold `directory`, else `directory` itself. */
export function workspaceRoot(directory: string): string {
  const manifest = searchUp(directory, "package.json");
  if (!manifest) return directory;
  const member = path.dirname(manifest);
  for (let folder = member; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const candidate = path.join(folder, "package.json");
    if (!fs.existsSync(candidate)) continue;
    const { workspaces = [] } = readManifest(candidate);
    const globs = Array.isArray(workspaces) ? workspaces : (workspaces.packages ?? []);
    if (globs.some((glob) => matchesGlob(glob, path.relative(folder, member)))) return folder;
  }
  return directory;
}

export async function versionOf(command: string): Promise<string> {
  try {
    return (await run(command, ["--version"])).stdout.trim();
  } catch {
    return "";
  }
}

export interface Dependency {
  name: string;
  version: string;
}

function allDependencies(directory: string): Dependency[] {
  const lock = searchUp(directory, "package-lock.json");
  if (!lock) throw new Error(`no package-lock.json found (searching upwards from ${directory})`);
  const { packages = {} } = JSON.parse(fs.readFileSync(lock, "utf8")) as {
    packages?: Record<string, { version?: string; link?: boolean }>;
  };
  const marker = "node_modules/";
  return Object.entries(packages).flatMap(([place, { version, link }]) =>
    version && !link && place.includes(marker)
      ? [{ name: place.slice(place.lastIndexOf(marker) + marker.length), version }]
      : [],
  );
}

function directDependencies(directory: string): Dependency[] {
  const manifest = searchUp(directory, "package.json");
  if (!manifest) throw new Error(`could not find package.json in ${directory}`);
  const { dependencies = {}, devDependencies = {} } = readManifest(manifest);
  return Object.keys({ ...dependencies, ...devDependencies }).flatMap((name) => {
    const installed = searchUp(path.dirname(manifest), `node_modules/${name}/package.json`);
    const version = installed && readManifest(installed).version;
    return version ? [{ name, version }] : [];
  });
}

/** What is installed for the program: its own dependencies, or theirs as well. */
export function listDependencies(directory: string, transitive: boolean): Dependency[] {
  return transitive ? allDependencies(directory) : directDependencies(directory);
}
