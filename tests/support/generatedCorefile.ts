import fc from "fast-check";

const blank = fc.constantFrom(" ", "\t", "  ", " \r");
const end = fc.constantFrom("\n", "\r\n", " # note\n", "\n\n", "\n\t# {\n");
const keys = fc.constantFrom(".:53", "a.b, c", "(s)", "tls://. x", "10.0.0.0/8");
const word = fc.oneof(
  fc.stringMatching(/^[a-z./:@*$%-]{1,8}$/),
  fc.constantFrom(
    '"a b"',
    '""',
    '"x \\" y"',
    "{$HOME}",
    "{%X%}",
    "a#b",
    "10.0.0.0/8",
    '"two\nlines"',
  ),
);

const { file } = fc.letrec<{ file: string; line: string; block: string }>((tie) => ({
  line: fc
    .tuple(
      fc.stringMatching(/^[a-z_]{1,6}$/),
      fc.array(fc.tuple(blank, word)),
      fc.option(tie("block")),
      end,
    )
    .map(([name, args, block, last]) => name + args.flat().join("") + (block ?? "") + last),
  block: fc
    .tuple(blank, end, fc.array(tie("line"), { maxLength: 4 }))
    .map(([before, first, lines]) => `${before}{${first}${lines.join("")}}`),
  file: fc
    .array(fc.tuple(keys, tie("block"), end), { maxLength: 5 })
    .map((blocks) => blocks.flat().join("")),
}));

/** A Corefile by the grammar, with every kind of blank, comment, quote and nesting. */
export const generatedCorefile: fc.Arbitrary<string> = file;
