import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { toolsDir } from "../instance";
import { dockerArchive } from "./dockerArchive";
import type { Report } from "./driver";
import { buildImages } from "./images";
import { run } from "./process";
import { binary } from "./binaries";
import { withHeartbeat } from "./heartbeat";

/** What nodes boot from; made once for the whole checkout and never written to again. */
export interface NodeImage {
  /** The file system under every node's overlay. */
  rootfs: string;
  /** The containerd store that every node gets a copy of. */
  imageStore: string;
}

const rootfsBuilder = path.join(__dirname, "host", "build-rootfs");
const storeBaker = path.join(__dirname, "host", "bake-store");
const storeSources = ["images.ts", "dockerArchive.ts", "tar.ts", "host/bake-store"];

/** Builds what is missing. Safe to interrupt and to run twice at once. */
export async function prepareNodeImage(report: Report): Promise<NodeImage> {
  const rootfs = path.join(toolsDir, `rootfs-${digest([rootfsBuilder])}`);
  if (!fs.existsSync(rootfs)) {
    report("building the nodes' file system with debootstrap (about 2 minutes, once)");
    let latest = "starting";
    const onLine = (line: string) => {
      if (line.startsWith("I: ")) latest = line.slice(3);
    };
    await withHeartbeat(
      () => `file system: ${latest}`,
      report,
      () => run([rootfsBuilder, rootfs], { onLine }),
    );
  }
  const coredns = binary("coredns");
  const sources = storeSources.map((name) => path.join(__dirname, name));
  const imageStore = path.join(toolsDir, `images-${digest([rootfsBuilder, coredns, ...sources])}`);
  if (!fs.existsSync(imageStore)) {
    report("building the images that nodes hold");
    await withHeartbeat(
      () => "importing the images",
      report,
      () => bake(rootfs, coredns, imageStore),
    );
  }
  return { rootfs, imageStore };
}

async function bake(rootfs: string, coredns: string, imageStore: string): Promise<void> {
  const archives = fs.mkdtempSync(path.join(os.tmpdir(), "lab-images-"));
  try {
    for (const image of await buildImages(rootfs, coredns)) {
      const name = image.reference.replace(/[^a-z0-9.]/g, "-");
      fs.writeFileSync(path.join(archives, `${name}.tar`), dockerArchive(image));
    }
    await run([storeBaker, rootfs, archives, imageStore]);
  } finally {
    fs.rmSync(archives, { recursive: true, force: true });
  }
}

function digest(files: string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(fs.readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}
