import { goRegExp } from "../../../dns/resolution/goRegExp";

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const CONTROL = ASCII.filter((each) => each < " " || each === "\x7f").join("");
const LETTERS = UPPER + LOWER;

describe("a regular expression of Go", () => {
  // https://github.com/google/re2/wiki/Syntax
  it.each([
    ["alnum", DIGITS + LETTERS],
    ["alpha", LETTERS],
    ["ascii", ASCII.join("")],
    ["blank", "\t "],
    ["cntrl", CONTROL],
    ["digit", DIGITS],
    ["graph", DIGITS + LETTERS + PUNCTUATION],
    ["lower", LOWER],
    ["print", ` ${DIGITS}${LETTERS}${PUNCTUATION}`],
    ["punct", PUNCTUATION],
    ["space", "\t\n\v\f\r "],
    ["upper", UPPER],
    ["word", `${DIGITS}${LETTERS}_`],
    ["xdigit", `${DIGITS}ABCDEFabcdef`],
  ])("has the class [:%s:]", (name, members) => {
    const pattern = goRegExp(`^[[:${name}:]]$`);
    const found = ASCII.filter((each) => pattern?.test(each) === true);
    expect(found).toEqual([...members].sort());
  });
});
