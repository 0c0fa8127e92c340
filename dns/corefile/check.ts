import { expandCorefile } from "./expand";
import type { CorefileFinding } from "./finding";
import { parseCorefile } from "./parser";
import { PLUGINS } from "./plugins";
import type { CorefileSyntaxError } from "./syntax";
import { isAtLeast, NEWEST, OLDEST, parseVersion } from "./version";

/**
 * What keeps CoreDNS of a version from starting with a Corefile, and what production needs and the
 * Corefile lacks. In the order of the text. Never throws.
 * @param coreDnsVersion `1.6.7` to `1.15.0`, or ACK's such as `v1.9.3.10-7dfca203-aliyun`
 * @param environment what CoreDNS will have in its environment; a name that is missing is empty
 */
export function checkCorefile(
  text: string,
  coreDnsVersion: string,
  environment: Readonly<Record<string, string>> = {},
): CorefileFinding[] {
  const version = parseVersion(coreDnsVersion);
  const findings: CorefileFinding[] = [];
  if (version === undefined || !isAtLeast(version, OLDEST)) {
    const message = `the rules of CoreDNS ${JSON.stringify(coreDnsVersion)} are not known; write a version from ${OLDEST} to ${NEWEST}`;
    return [{ code: "unknown-version", severity: "error", message, line: 0, column: 0 }];
  }
  let expanded;
  try {
    expanded = expandCorefile(parseCorefile(text), environment);
  } catch (error) {
    const { reason, line, column } = error as CorefileSyntaxError;
    return [{ code: "syntax", severity: "error", message: reason, line, column }];
  }
  findings.push(...expanded.findings);
  for (const block of expanded.blocks) {
    for (const { name } of block.entries) {
      const plugin = PLUGINS.get(name.text);
      const { line, column } = name;
      if (plugin === undefined || !plugin.isKnown(version)) {
        const message = `CoreDNS ${coreDnsVersion} has no plugin ${JSON.stringify(name.text)}; take it out`;
        findings.push({ code: "unknown-plugin", severity: "error", message, line, column });
      }
    }
  }
  return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}
