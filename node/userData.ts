import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the node keeps the script; under `/etc`, which is writable on every ACK image. */
export const scriptPath = "/etc/ack-cluster-dns/kubelet-cluster-domain.sh";
/** The file through which ACK lets a user add arguments to kubelet. */
export const argumentsPath = "/etc/kubernetes/kubelet-customized-args.conf";
/** The systemd drop-in that runs the script before each start of kubelet. */
export const dropInPath = "/etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf";

const script = readFileSync(join(__dirname, "kubelet-cluster-domain.sh"), "utf8");
const endOfFile = "ACK_CLUSTER_DNS";

export interface UserDataRequest {
  /**
   * The cluster domain that kubelet writes into its pods' search lists, for example `cluster.local`.
   * Lower-case letters, digits, `-` and `.` only, since it becomes part of a shell script; anything else throws.
   */
  clusterDomain: string;
  /**
   * Shell commands of the user's own, run after ours. Default: none. Read by bash; an `exit` in them ends only them.
   * Must be a script: cloud-config and MIME documents throw, because they cannot be joined to a script.
   */
  commands?: string;
}

/**
 * The text that runs before ACK sets a node up. It installs the script and the drop-in, and nothing else: kubelet does
 * not exist yet, and ACK writes its arguments file anew. It never exits, because ACK's own set-up may follow in the
 * same shell.
 */
export function renderPreUserData(request: UserDataRequest): string {
  const domain = shellSafe(request.clusterDomain);
  return `#!/bin/bash
# ack-cluster-dns: kubelet --cluster-domain=${domain}
(
umask 022
${installed(scriptPath, script)}
${installed(dropInPath, dropIn(domain))}
systemctl daemon-reload
) || echo "ack-cluster-dns: pre user data failed" >&2
`;
}

/**
 * The text that runs when ACK has set a node up, while the node already registers. It restarts a kubelet that has
 * another domain, as it would where ACK removed the drop-in after the pre user data.
 */
export function renderUserData(request: UserDataRequest): string {
  const domain = shellSafe(request.clusterDomain);
  const own = `#!/bin/bash
# ack-cluster-dns: kubelet --cluster-domain=${domain}
(
umask 022
${installed(dropInPath, dropIn(domain))}
/bin/sh ${scriptPath} apply ${domain} ${argumentsPath} ${dropInPath}
) || echo "ack-cluster-dns: user data failed" >&2
`;
  return request.commands === undefined
    ? own
    : `${own}\n${scriptOnly(request.commands).trimEnd()}\n`;
}

/** The form in which ACK takes user data; anything but base64 differs from what it reads back, at every preview. */
export function toUserData(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** Why `commands` cannot be joined to a shell script, or undefined when they can. */
export function commandsFault(commands: string): string | undefined {
  const head = commands.trimStart();
  if (
    /^(#cloud-config|#include|#part-handler|## template:|Content-Type:|MIME-Version:)/i.test(head)
  ) {
    return "it is a cloud-init document, and user data is joined to a shell script";
  }
  const shebang = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(head);
  if (
    shebang &&
    !/(^|\/)(ba|da|)sh$/.test(
      shebang[1]?.endsWith("/env") ? (shebang[2] ?? "") : (shebang[1] ?? ""),
    )
  ) {
    return "its first line names another interpreter than sh or bash";
  }
  return commands.includes("\0") ? "it holds a NUL character" : undefined;
}

function dropIn(domain: string): string {
  // The dash lets kubelet start even where the script cannot write: a node with the wrong domain beats no node.
  return `[Service]
ExecStartPre=-/bin/sh ${scriptPath} merge ${domain} ${argumentsPath}
`;
}

function installed(path: string, text: string): string {
  const folder = path.slice(0, path.lastIndexOf("/"));
  return `mkdir -p ${folder} && cat >${path}.new <<'${endOfFile}' && mv -f ${path}.new ${path} || exit
${text}${endOfFile}`;
}

function shellSafe(domain: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(domain)) {
    throw new Error(
      `cluster domain ${JSON.stringify(domain)}: only lower-case letters, digits, "-" and "." are allowed`,
    );
  }
  return domain;
}

function scriptOnly(commands: string): string {
  const fault = commandsFault(commands);
  if (fault !== undefined) throw new Error(`user data: ${fault}`);
  return commands;
}
