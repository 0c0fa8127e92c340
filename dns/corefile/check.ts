import { expandCorefile } from "./expand";
import type { CorefileFinding } from "./finding";
import { checkListeners } from "./listeners";
import { parseCorefile } from "./parser";
import { checkPlugins } from "./pluginCheck";
import { checkProduction } from "./production";
import type { Corefile, CorefileSyntaxError } from "./syntax";
import {
  compareVersions,
  type CoreDnsVersion,
  isAtLeast,
  NEWEST,
  OLDEST,
  parseVersion,
} from "./version";

/**
 * What keeps CoreDNS of a version from starting with a Corefile (errors), and what production needs
 * and the Corefile lacks (warnings), in the order of the text. A Corefile without an error starts;
 * some without would too, where what they say is surely not what is meant. What lies outside of the
 * text is not judged: files that it names, addresses, the API server. Never throws.
 * @param coreDnsVersion `1.6.7` to `1.15.0`, or ACK's such as `v1.9.3.10-7dfca203-aliyun`
 * @param environment what CoreDNS will have in its environment; a name that is missing is empty
 */
export function checkCorefile(
  text: string,
  coreDnsVersion: string,
  environment: Readonly<Record<string, string>> = {},
): CorefileFinding[] {
  const version = parseVersion(coreDnsVersion);
  if (version === undefined || !isAtLeast(version, OLDEST)) {
    const message = `the rules of CoreDNS ${JSON.stringify(coreDnsVersion)} are not known; write a version from ${OLDEST} to ${NEWEST}`;
    return [{ code: "unknown-version", severity: "error", message, line: 0, column: 0 }];
  }
  let corefile: Corefile;
  try {
    corefile = parseCorefile(text);
  } catch (error) {
    const { reason, line, column } = error as CorefileSyntaxError;
    return [{ code: "syntax", severity: "error", message: reason, line, column }];
  }
  const { blocks, findings } = expandCorefile(corefile, environment);
  const listening = checkListeners(blocks, version);
  return [
    ...newerVersion(version),
    ...findings,
    ...listening.findings,
    ...blocks.flatMap((block) => checkPlugins(block, version)),
    ...checkProduction(blocks, listening.listeners),
  ].sort((a, b) => a.line - b.line || a.column - b.column);
}

function newerVersion(version: CoreDnsVersion): CorefileFinding[] {
  const newest = parseVersion(NEWEST) as CoreDnsVersion;
  if (compareVersions(version, newest) <= 0) return [];
  const message = `CoreDNS ${version.text} is newer than what is known here; the rules of ${NEWEST} are applied`;
  return [{ code: "newer-version", severity: "warning", message, line: 0, column: 0 }];
}
