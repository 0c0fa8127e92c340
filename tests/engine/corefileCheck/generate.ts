import fc from "fast-check";

import { FILES, LINES } from "../../fixtures/corefiles/lines";

const KEYS = [
  ".",
  ".:53",
  ".:5353",
  "example.org",
  "a.example.org:53",
  "10.0.0.0/24",
  "dns://b.test",
  "tls://c.test",
  "x,",
  "{$NONE}",
];

/** Whole files made of lines that each start alone, with a few that don't and a few slips of the hand. */
export function corefiles(starting: readonly string[]): fc.Arbitrary<string> {
  const line = fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...starting) },
    { weight: 1, arbitrary: fc.constantFrom(...LINES) },
  );
  const lines = fc.uniqueArray(line, {
    minLength: 1,
    maxLength: 6,
    selector: (each) => each.split(/\s/)[0],
  });
  const block = fc
    .tuple(fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 2 }), lines)
    .map(([keys, each]) => `${keys.join(" ")} {\n${each.join("\n")}\n}\n`);
  const whole = fc.array(block, { minLength: 1, maxLength: 3 }).map((blocks) => blocks.join(""));
  return fc.oneof(
    { weight: 3, arbitrary: whole },
    { weight: 2, arbitrary: slipped(whole) },
    { weight: 1, arbitrary: slipped(fc.constantFrom(...FILES)) },
  );
}

/** One word or blank left out, doubled or put in. */
function slipped(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const stray = fc.constantFrom(
    "{",
    "}",
    "\n",
    " ",
    '"',
    "\\",
    "#",
    "import",
    "x",
    "0",
    "-1",
    ",",
    "{$X}",
    "..",
  );
  return fc
    .tuple(text, fc.nat(), fc.constantFrom("drop", "double", "insert"), stray)
    .map(([whole, at, how, word]) => {
      const parts = whole.split(/(\s+)/);
      const index = at % parts.length;
      const part = parts[index] ?? "";
      parts[index] = how === "drop" ? "" : how === "double" ? `${part} ${part}` : `${part}${word}`;
      return parts.join("");
    });
}
