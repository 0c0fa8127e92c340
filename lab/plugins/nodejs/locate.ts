import { createRequire } from "module";
import * as path from "path";

/** Finds a module of the Pulumi SDK that a program in `directory` would load. */
export function locateModule(name: string, directory: string, installCommand: string): string {
  try {
    return createRequire(path.join(path.resolve(directory), "index.js")).resolve(name);
  } catch {
    throw new Error(
      `It looks like the Pulumi SDK has not been installed. Have you run ${installCommand}?`,
    );
  }
}
