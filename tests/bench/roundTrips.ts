import fc from "fast-check";

import { parseCorefile, printCorefile } from "../../dns";
import { generatedCorefile } from "../support/generatedCorefile";
import { runs } from "../support/runs";

const RUNS = runs(100_000);

/**
 * Generated Corefiles, read and printed.
 * @returns whether each came back as it was.
 */
export function roundTrips(print: (line: string) => void = console.log): boolean {
  const seed = Number(process.env["DNS_FUZZ_SEED"] ?? Date.now() % 2 ** 31);
  let done = 0;
  let octets = 0;
  let last = performance.now();
  const found = fc.check(
    fc.property(generatedCorefile, (text) => {
      done++;
      octets += text.length;
      if (performance.now() - last > 10_000) {
        last = performance.now();
        print(`round trips: ${done} of ${RUNS}`);
      }
      return printCorefile(parseCorefile(text)) === text;
    }),
    { numRuns: RUNS, seed },
  );
  print(
    found.failed
      ? `round trips: not the same again (seed ${seed}): ${JSON.stringify(found.counterexample)}`
      : `round trips: ${done} generated Corefiles, ${octets} characters (seed ${seed}), each the same again`,
  );
  return !found.failed;
}

if (require.main === module) process.exitCode = roundTrips() ? 0 : 1;
