import * as fs from "node:fs";
import * as path from "node:path";

import { labRegion } from "./cloud/core/seeds";
import { writeCaBundle } from "./cloud/core/tls";
import { toolsDir, type Instance } from "./instance";

// Programs put sockets below TMPDIR, and the path of one has 107 bytes at the most.
const longestTmpDir = 75;

/** Words as a shell reads them back. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Makes the program that a lab's PATH has as `pulumi`. What only the engine and its plugins are to
 * see of the lab is set there and not in a person's shell: a proxy above all.
 */
export function writeEngineWrapper(instance: Instance, file: string): void {
  const engine = path.join(toolsDir, "bin", "pulumi");
  const text = render(instance, engine, writeCaBundle(instance));
  if (isFile(file) && fs.readFileSync(file, "utf8") === text) return;
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, text, { mode: 0o755 });
  fs.renameSync(aside, file);
}

const isFile = (file: string) => fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

function render(instance: Instance, engine: string, caBundle: string): string {
  const cloud = `127.0.0.1:${instance.cloudPort}`;
  const hosts = `cs.aliyuncs.com https://oss-${labRegion}.aliyuncs.com:443`;
  const tmp = path.join(instance.dir, "tmp");
  const ownTmp = `export TMPDIR=${quoted(tmp)}
# shellcheck disable=SC2174 # only the last folder is new
mkdir -p -m 700 "$TMPDIR"
`;
  return `#!/usr/bin/env bash
# The engine on the lab "${instance.name}". \`lab/lab env\` makes this file.
set -euf

# A person's exceptions stay, but for those that lead past the lab's cloud. Alibaba's SDKs read each
# as a regular expression, and do nothing more after one that is none.
leads_past_cloud() { [[ '${hosts}' =~ \${1/#\\*/.*} ]]; }
exceptions=${cloud},127.0.0.1,localhost
IFS=', '
for exception in \${NO_PROXY:-\${no_proxy:-}}; do
	outcome=0
	leads_past_cloud "$exception" || outcome=$?
	[ "$outcome" != 1 ] || exceptions+=,$exception
done
export HTTPS_PROXY=http://${cloud} NO_PROXY=$exceptions no_proxy=$exceptions
export SSL_CERT_FILE=${quoted(caBundle)}
${Buffer.byteLength(tmp) > longestTmpDir ? "" : ownTmp}exec ${quoted(engine)} "$@"
`;
}
