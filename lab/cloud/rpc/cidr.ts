export interface Cidr {
  /** The network address as a number. */
  first: number;
  last: number;
  prefix: number;
}

/** Undefined when the text is not an IPv4 network in canonical form. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const numbers = match.slice(1).map(Number);
  const prefix = numbers.pop() ?? 0;
  if (prefix > 32 || numbers.some((octet) => octet > 255)) return undefined;
  const first = numbers.reduce((address, octet) => address * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

export function contains(outer: Cidr | undefined, inner: Cidr | undefined): boolean {
  return !!outer && !!inner && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(a: Cidr | undefined, b: Cidr | undefined): boolean {
  return !!a && !!b && a.first <= b.last && b.first <= a.last;
}
