const pattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)((?:[KMGTPE]i)|[numkMGTPE]|[eE][+-]?\d+)?$/;
const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
// Finer than a billionth is rounded away from zero.
const finest = -9;

/**
 * A resource quantity in the one spelling that the API server answers with: `1000m` is `1`,
 * `1024Mi` is `1Gi`. Undefined when the text is none.
 */
export function canonicalQuantity(quantity: string | number): string | undefined {
  const match = pattern.exec(String(quantity).trim());
  if (!match) return undefined;
  const [, sign = "", digits = "", suffix = ""] = match;
  const [whole = "", fraction = ""] = digits.split(".");
  const prefix = sign === "-" ? "-" : "";

  const binary = binarySuffixes.indexOf(suffix);
  const exponentForm = /^[eE][+-]?\d+$/.test(suffix);
  let mantissa = BigInt(whole + fraction);
  let exponent = -fraction.length;
  if (binary > 0) mantissa *= 1024n ** BigInt(binary);
  else if (exponentForm) exponent += Number(suffix.slice(1));
  else exponent += (decimalSuffixes.indexOf(suffix) - 3) * 3;
  [mantissa, exponent] = shorten(mantissa, exponent);
  if (mantissa === 0n) return "0";

  if (binary > 0 && exponent >= 0) {
    const value = mantissa * 10n ** BigInt(exponent);
    if (value >= 1024n) return prefix + binaryForm(value);
  }
  const aligned = Math.floor(exponent / 3) * 3;
  const scaled = mantissa * 10n ** BigInt(exponent - aligned);
  if (exponentForm) return `${prefix}${scaled}${aligned === 0 ? "" : `e${aligned}`}`;
  return `${prefix}${scaled}${decimalSuffixes[aligned / 3 + 3] ?? `e${aligned}`}`;
}

function shorten(mantissa: bigint, exponent: number): [bigint, number] {
  if (exponent < finest) {
    const scale = 10n ** BigInt(finest - exponent);
    mantissa = (mantissa + scale - 1n) / scale;
    exponent = finest;
  }
  while (mantissa !== 0n && mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent += 1;
  }
  return [mantissa, exponent];
}

function binaryForm(value: bigint): string {
  let power = 0;
  while (value % 1024n === 0n && power < binarySuffixes.length - 1) {
    value /= 1024n;
    power += 1;
  }
  return `${value}${binarySuffixes[power]}`;
}
