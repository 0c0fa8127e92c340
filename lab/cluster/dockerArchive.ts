import { createHash } from "node:crypto";
import * as path from "node:path";

import { tar, type TarEntry } from "./tar";

/** An image of one layer. */
export interface Image {
  /** Name and tag. */
  reference: string;
  entrypoint: string[];
  entries: TarEntry[];
}

const created = "2026-01-01T00:00:00Z";

/** What `docker save` would write for the image. */
export function dockerArchive(image: Image): Buffer {
  const layer = tar(withParents(image.entries));
  const layerDigest = sha256(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      created,
      config: {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Entrypoint: image.entrypoint,
        WorkingDir: "/",
      },
      rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
      history: [{ created, created_by: "lab" }],
    }),
  );
  const configName = `${sha256(config)}.json`;
  const layerName = `${layerDigest}/layer.tar`;
  const manifest = [{ Config: configName, RepoTags: [image.reference], Layers: [layerName] }];
  return tar([
    file(configName, config),
    file(layerName, layer),
    file("manifest.json", Buffer.from(JSON.stringify(manifest))),
  ]);
}

function file(name: string, content: Buffer): TarEntry {
  return { path: name, kind: "file", mode: 0o644, content };
}

function withParents(entries: TarEntry[]): TarEntry[] {
  const directories = new Map<string, TarEntry>();
  const addParents = (entryPath: string) => {
    const parent = path.posix.dirname(entryPath);
    if (parent === "." || directories.has(parent)) return;
    addParents(parent);
    directories.set(parent, { path: parent, kind: "directory", mode: 0o755 });
  };
  const explicit = new Set(entries.filter((e) => e.kind === "directory").map((e) => e.path));
  for (const entry of entries) addParents(entry.path);
  const implied = [...directories.values()].filter((entry) => !explicit.has(entry.path));
  return [...implied, ...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
