import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { repository } from "../../../lab/instance";

let root: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "recipe-")));
  fs.mkdirSync(path.join(root, "checkout/.tools"), { recursive: true });
});
afterEach(() => fs.rmSync(root, { recursive: true }));

function pulumi(folder: string, version: string): void {
  fs.mkdirSync(path.join(root, folder), { recursive: true });
  const text = `#!/bin/sh\n[ "\${0##*/}" = pulumi ] && echo v${version}\n`;
  fs.writeFileSync(path.join(root, folder, "pulumi"), text, { mode: 0o755 });
}
function link(folder: string, target: string): void {
  fs.mkdirSync(path.join(root, folder), { recursive: true });
  fs.symlinkSync(path.join(root, target), path.join(root, folder, "pulumi"));
}
/** What the recipe finds on a PATH of these folders. */
function found(...folders: string[]): string {
  const script = `root=$1/checkout out=$1/checkout/.tools
source "$2" && recipe_version=$version && found`;
  const recipe = path.join(repository, "tools/recipes/pulumi.sh");
  return execFileSync("bash", ["-euc", script, "bash", root, recipe], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: [...folders.map((name) => path.join(root, name)), process.env.PATH].join(":") },
  })
    .trim()
    .replace(`${root}/`, "");
}
const version = "3.259.0";

it("is the file itself of a person's own pulumi", () => {
  pulumi("opt/pulumi", version);
  link("bin", "opt/pulumi/pulumi");
  expect(found("bin")).toBe("opt/pulumi/pulumi");
});

it("is of the pinned version", () => {
  pulumi("old", "3.100.0");
  pulumi("new", version);
  expect(found("old", "new")).toBe("new/pulumi");
});

it("leads back to no lab, nor to what is installed already", () => {
  pulumi("checkout/.lab/local/bin", version);
  pulumi("another/.lab/local/bin", version);
  pulumi("checkout/.tools/pulumi-1", version);
  link("checkout/.tools/bin", "own/pulumi");
  link("shortcut", "checkout/.tools/pulumi-1/pulumi");
  pulumi("own", version);
  const ours = [
    "checkout/.lab/local/bin",
    "another/.lab/local/bin",
    "checkout/.tools/bin",
    "shortcut",
  ];
  expect(found(...ours)).toBe("");
  expect(found(...ours, "own")).toBe("own/pulumi");
});

it("is no launcher that goes by the name it is called by", () => {
  pulumi("launcher", version);
  fs.renameSync(path.join(root, "launcher/pulumi"), path.join(root, "launcher/any"));
  link("shims", "launcher/any");
  expect(found("shims")).toBe("");
});
