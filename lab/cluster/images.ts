import * as fs from "node:fs";
import * as path from "node:path";

import type { Image } from "./dockerArchive";
import { run } from "./process";
import type { TarEntry } from "./tar";

/** The images that every node holds from its first boot; there is no registry to pull from. */
export const imageNames = {
  pause: "lab.local/pause:1",
  busybox: "lab.local/busybox:1",
  coredns: "lab.local/coredns:1.15.0",
  dnsutils: "lab.local/dnsutils:1",
} as const;

/** Builds the images out of the nodes' own file system and the CoreDNS that was built here. */
export async function buildImages(rootfs: string, corednsBinary: string): Promise<Image[]> {
  const busybox = await busyboxEntries(rootfs);
  return [
    {
      reference: imageNames.pause,
      entrypoint: ["/usr/bin/catatonit", "-P"],
      entries: fromRootfs(rootfs, "usr/bin/catatonit"),
    },
    { reference: imageNames.busybox, entrypoint: [], entries: [...base(), ...busybox] },
    {
      reference: imageNames.coredns,
      entrypoint: ["/coredns"],
      entries: [...base(), file("coredns", 0o755, fs.readFileSync(corednsBinary))],
    },
    {
      reference: imageNames.dnsutils,
      entrypoint: [],
      entries: [
        ...base(),
        ...busybox.filter(({ path: name }) => !["bin/nslookup", "bin/wget"].includes(name)),
        ...(await withLibraries(rootfs, ["/usr/bin/dig", "/usr/bin/getent", "/usr/bin/curl"])),
        ...fromRootfs(rootfs, "etc/ssl/certs/ca-certificates.crt"),
      ],
    },
  ];
}

function base(): TarEntry[] {
  return [
    { path: "tmp", kind: "directory", mode: 0o1777 },
    file("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n"),
    file("etc/group", 0o644, "root:x:0:\n"),
    file("etc/nsswitch.conf", 0o644, "hosts: files dns\n"),
  ];
}

async function busyboxEntries(rootfs: string): Promise<TarEntry[]> {
  const applets = await run(["chroot", rootfs, "/bin/busybox", "--list"]);
  const links = applets
    .split("\n")
    .filter((applet) => applet !== "" && applet !== "busybox")
    .map((applet): TarEntry => ({ path: `bin/${applet}`, kind: "link", target: "busybox" }));
  const [, content] = readThrough(rootfs, "bin/busybox");
  return [file("bin/busybox", 0o755, content), ...links];
}

/** Programs with every library that they load. */
async function withLibraries(rootfs: string, programs: string[]): Promise<TarEntry[]> {
  const listing = await run(["chroot", rootfs, "/usr/bin/ldd", ...programs]);
  const libraries = [...listing.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(
    (match) => match[1] ?? "",
  );
  const files = [...new Set([...programs, ...libraries])].sort();
  return files.flatMap((name) => fromRootfs(rootfs, name.slice(1)));
}

function fromRootfs(rootfs: string, name: string): TarEntry[] {
  const [mode, content] = readThrough(rootfs, name);
  return [file(name, mode, content)];
}

// Links in there may be absolute, so they are followed by hand, within the root.
function readThrough(rootfs: string, name: string): [mode: number, content: Buffer] {
  let current = name;
  for (let step = 0; step < 8; step++) {
    const full = path.join(realDirectory(rootfs, path.dirname(current)), path.basename(current));
    const status = fs.lstatSync(full);
    if (!status.isSymbolicLink()) return [status.mode & 0o777, fs.readFileSync(full)];
    const target = fs.readlinkSync(full);
    current = path.isAbsolute(target) ? target : path.join(path.dirname(current), target);
  }
  throw new Error(`${name}: too many links in ${rootfs}`);
}

function realDirectory(rootfs: string, dir: string): string {
  const full = path.join(rootfs, dir);
  const real = fs.realpathSync(full);
  if (!real.startsWith(fs.realpathSync(rootfs))) throw new Error(`${dir} leads out of ${rootfs}`);
  return real;
}

function file(name: string, mode: number, content: Buffer | string): TarEntry {
  return { path: name, kind: "file", mode, content: Buffer.from(content) };
}
