import * as fs from "node:fs";
import * as path from "node:path";

import { toolsDir } from "../instance";

/** A program that tools/ built, as a file of its own (not the link). */
export function binary(name: string): string {
  const link = path.join(toolsDir, "bin", name);
  if (!fs.existsSync(link)) throw new Error(`${link} is missing. Run \`make tools\` first.`);
  return fs.realpathSync(link);
}

/** The same, by the name that the program is called by: Kubernetes' parts share one file. */
export function command(name: string): string {
  binary(name);
  return path.join(toolsDir, "bin", name);
}
