/** Classes that RE2 knows by name (https://github.com/google/re2/wiki/Syntax). */
const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/**
 * A regular expression of Go as one of JavaScript, for what Corefiles hold: named groups, flags at
 * the front, named classes, `\A` and `\z`.
 * @returns undefined where Go would refuse the text or JavaScript can't express it.
 */
export function goRegExp(text: string): RegExp | undefined {
  const flags = /^\(\?([ims]+)\)/.exec(text);
  const body = (flags === null ? text : text.slice(flags[0].length))
    .replaceAll("(?P<", "(?<")
    .replaceAll("\\A", "^")
    .replaceAll("\\z", "$")
    .replace(/\[:([a-z]+):\]/g, (whole, name: string) => POSIX[name] ?? whole);
  // Look-around and back references are what RE2 leaves out.
  if (/\(\?(?:<?[=!])|\\[1-9]/.test(body)) return undefined;
  try {
    return new RegExp(body, flags?.[1] ?? "");
  } catch {
    return undefined;
  }
}
