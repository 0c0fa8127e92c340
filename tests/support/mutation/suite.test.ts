import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

import fc from "fast-check";

// One file that holds every test of the DNS core: a mutant then pays once for loading the core and
// its libraries, not once for each file of tests.
const UNIT = join(__dirname, "../../unit");

const testFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return testFiles(path);
      return entry.name.endsWith(".test.ts") ? [path] : [];
    })
    .sort();

// A mutant is dead at its first failure: what would run after it, and the search for a smaller
// example, only cost time.
fc.configureGlobal({ endOnFailure: true });
type Run = (...args: unknown[]) => unknown;
let failed = false;
const untilFailure =
  (run: Run): (() => Promise<void>) =>
  async (...args: unknown[]) => {
    if (failed) return;
    try {
      await run(...args);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
const every = it;
const each = every.each as (...table: unknown[]) => (name: string, run: Run) => void;
const wrapped = (name: string, run: Run): void => every(name, untilFailure(run));
globalThis.it = Object.assign(wrapped, every, {
  each:
    (...table: unknown[]) =>
    (name: string, run: Run) =>
      each(...table)(name, untilFailure(run)),
});

// A part of the tests is enough where it alone can kill: MUTATION_TESTS="dns/corefile".
const folders = process.env["MUTATION_TESTS"]?.split(" ") ?? ["dns", "resolution"];
for (const folder of folders)
  for (const file of testFiles(join(UNIT, folder)))
    describe(relative(UNIT, file), () => {
      // The files are found, not named, so that a new one needs no entry here.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      require(file);
    });
