import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";

import { dockerArchive } from "../../../lab/cluster/dockerArchive";
import { tar, type TarEntry } from "../../../lab/cluster/tar";

const list = (archive: Buffer) =>
  execFileSync("tar", ["-tvf", "-"], { input: archive, encoding: "utf8" }).trim().split("\n");
const extract = (archive: Buffer, name: string) =>
  execFileSync("tar", ["-xOf", "-", name], { input: archive });
const file = (path: string, text: string): TarEntry => ({
  path,
  kind: "file",
  mode: 0o755,
  content: Buffer.from(text),
});

it("writes archives that tar reads", () => {
  const long = `${"deep/".repeat(30)}name`;
  const archive = tar([
    { path: "tmp", kind: "directory", mode: 0o1777 },
    file("bin/tool", "x".repeat(513)),
    { path: "bin/link", kind: "link", target: "tool" },
    file(long, "end"),
  ]);
  const [directory, tool, link, deep] = list(archive);
  expect(directory).toMatch(/^drwxrwxrwt 0\/0 .* tmp/);
  expect(tool).toMatch(/^-rwxr-xr-x 0\/0 +513 .* bin\/tool$/);
  expect(link).toMatch(/bin\/link -> tool$/);
  expect(deep).toContain(long);
  expect(extract(archive, long).toString()).toBe("end");
});

it("refuses a path that the format cannot hold", () => {
  expect(() => tar([file("x".repeat(300), "")])).toThrow("too long for a tar archive");
});

it("describes the one layer by its digest", () => {
  const image = {
    reference: "lab.local/test:1",
    entrypoint: ["/usr/bin/tool"],
    entries: [file("usr/bin/tool", "tool")],
  };
  const archive = dockerArchive(image);
  const [manifest] = JSON.parse(extract(archive, "manifest.json").toString()) as [
    { Config: string; RepoTags: string[]; Layers: [string] },
  ];
  const layer = extract(archive, manifest.Layers[0]);
  const config = JSON.parse(extract(archive, manifest.Config).toString()) as {
    config: { Entrypoint: string[] };
    rootfs: { diff_ids: string[] };
  };
  expect(manifest.RepoTags).toEqual(["lab.local/test:1"]);
  expect(config.config.Entrypoint).toEqual(["/usr/bin/tool"]);
  expect(config.rootfs.diff_ids).toEqual([
    `sha256:${createHash("sha256").update(layer).digest("hex")}`,
  ]);
  expect(list(layer).map((line) => line.split(" ").at(-1))).toEqual([
    "usr",
    "usr/bin",
    "usr/bin/tool",
  ]);
  expect(dockerArchive(image)).toEqual(archive);
});
