/** A CoreDNS version, as upstream numbers it, and whether it is Alibaba Cloud's build. */
export interface CoreDnsVersion {
  /** As written. */
  readonly text: string;
  /** Major, minor, patch, and the fourth number of ACK's builds (0 without one). */
  readonly numbers: readonly [number, number, number, number];
  /** Built by Alibaba Cloud, as `v1.9.3.10-7dfca203-aliyun` says. */
  readonly ack: boolean;
}

/** The oldest CoreDNS whose rules are known here. */
export const OLDEST = "1.6.7";
/** The newest CoreDNS whose rules are known here. */
export const NEWEST = "1.15.0";

/**
 * Reads `1.15.0`, `v1.15.0` and ACK's add-on versions such as `v1.9.3.10-7dfca203-aliyun`.
 * `undefined` for anything else.
 */
export function parseVersion(text: string): CoreDnsVersion | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:\.(\d+))?(-[0-9A-Za-z.-]+)?$/.exec(text);
  if (match === null) return undefined;
  const numbers = match.slice(1, 5).map((part) => Number(part ?? 0));
  const ack = match[4] !== undefined || /-aliyun$/.test(match[5] ?? "");
  return { text, numbers: numbers as [number, number, number, number], ack };
}

/** Negative when `a` is older than `b`, by all four numbers. */
export function compareVersions(a: CoreDnsVersion, b: CoreDnsVersion): number {
  const at = a.numbers.findIndex((number, index) => number !== b.numbers[index]);
  return at === -1 ? 0 : (a.numbers[at] as number) - (b.numbers[at] as number);
}

/** Whether `version` is `minimum` (as text, known to be right) or newer. */
export function isAtLeast(version: CoreDnsVersion, minimum: string): boolean {
  return compareVersions(version, parseVersion(minimum) as CoreDnsVersion) >= 0;
}
