import { performance } from "node:perf_hooks";

import {
  checkCorefile,
  CorefileSyntaxError,
  parseCorefile,
  printCorefile,
  tryParseName,
} from "../../dns";
import { FILES, LINES } from "../fixtures/corefiles/lines";
import { runs } from "../support/runs";

const RUNS = runs(1_000_000);
const WANTED_MS = 50;
/** The check reads each input several times over; every tenth will do. */
const CHECK_EVERY = 10;
/** A pause of the collector or of the machine is no fault of the input: it must be slow again. */
const TRIES = 5;

const PIECES = [
  "{",
  "}",
  "\n",
  " ",
  "\t",
  "\r",
  '"',
  "\\",
  "#",
  ",",
  ".",
  "/",
  ":",
  "import",
  "(s)",
  "{$A}",
  "{%B%}",
  "0",
  "-1",
  "\ufeff",
  "\u0000",
  "\ud800",
  "é",
  "(",
  "[",
  "*",
];
const KNOWN = [...FILES, ...LINES.map((line) => `.:53 {\n${line}\n}\n`)];

/** Mulberry32: small, and the same on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function input(next: (below: number) => number): string {
  const piece = (): string => PIECES[next(PIECES.length)] as string;
  if (next(4) === 0) return Array.from({ length: next(60) }, piece).join("");
  let text = KNOWN[next(KNOWN.length)] as string;
  for (let slips = 1 + next(4); slips > 0; slips--) {
    const at = next(text.length + 1);
    text = text.slice(0, at) + (next(3) === 0 ? "" : piece()) + text.slice(at + next(4));
  }
  return text;
}

function read(text: string, check: boolean): void {
  tryParseName(text);
  if (check) checkCorefile(text, "1.15.0");
  try {
    if (printCorefile(parseCorefile(text)) !== text)
      throw new Error(`not the same again: ${JSON.stringify(text)}`);
  } catch (error) {
    if (!(error instanceof CorefileSyntaxError)) throw error;
    if (error.line < 1 || error.column < 1) throw new Error(`no place: ${JSON.stringify(text)}`);
  }
}

/**
 * Random and mutated text to the parsers and the check.
 * @returns whether none crashed them, came back changed or took long.
 */
export function fuzzCorefiles(print: (line: string) => void = console.log): boolean {
  const seed = Number(process.env["DNS_FUZZ_SEED"] ?? Date.now() % 2 ** 31);
  const next = random(seed);
  let worst = 0;
  let last = performance.now();
  for (let run = 0; run < RUNS; run++) {
    const text = input(next);
    const check = run % CHECK_EVERY === 0;
    let time = Infinity;
    for (let attempt = 0; attempt < TRIES && time >= WANTED_MS; attempt++) {
      const start = performance.now();
      read(text, check);
      time = Math.min(time, performance.now() - start);
    }
    worst = Math.max(worst, time);
    if (performance.now() - last > 10_000) {
      last = performance.now();
      print(`hostile text: ${run} of ${RUNS}`);
    }
  }
  print(
    `hostile text: ${RUNS} inputs (seed ${seed}), slowest ${worst.toFixed(1)} ms (wanted ${WANTED_MS})`,
  );
  return worst < WANTED_MS;
}

if (require.main === module) process.exitCode = fuzzCorefiles() ? 0 : 1;
