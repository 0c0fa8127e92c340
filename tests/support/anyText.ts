import fc from "fast-check";

// The library's own unit "binary" takes most of a second to set up, in each process.
const unit = fc
  .oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

/** Text of any characters, half surrogates among them. */
export const anyText = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit, maxLength });
