import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { repository } from "../../lab/instance";

/** The policy pack built from the sources of now, in a folder of its own below `dir`. */
export function freshPack(dir: string): string {
  const pack = path.join(dir, "policy");
  fs.mkdirSync(pack);
  for (const name of ["PulumiPolicy.yaml", "package.json"]) {
    fs.copyFileSync(path.join(repository, "policy", name), path.join(pack, name));
  }
  fs.symlinkSync(path.join(repository, "node_modules"), path.join(pack, "node_modules"));
  const bundle = path.join(pack, "bin", "index.js");
  execFileSync("npm", ["run", "--silent", "-w", "policy", "build", "--", `--outfile=${bundle}`], {
    cwd: repository,
  });
  return pack;
}
