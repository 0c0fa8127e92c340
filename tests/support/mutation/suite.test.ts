import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

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

for (const folder of ["dns", "resolution"])
  for (const file of testFiles(join(UNIT, folder)))
    describe(relative(UNIT, file), () => {
      // The files are found, not named, so that a new one needs no entry here.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      require(file);
    });
