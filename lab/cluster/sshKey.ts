import * as fs from "node:fs";
import * as path from "node:path";
import { utils } from "ssh2";

import type { Instance } from "../instance";

/** The private half of the key pair that every node lets in as root. */
export function sshKeyFile(instance: Instance): string {
  return path.join(instance.dir, "ssh", "id_ed25519");
}

/** The public half, making the pair the first time. */
export function sshPublicKey(instance: Instance): string {
  const file = sshKeyFile(instance);
  if (!fs.existsSync(`${file}.pub`)) {
    const pair = utils.generateKeyPairSync("ed25519", { comment: `lab-${instance.name}` });
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, pair.private, { mode: 0o600 });
    fs.writeFileSync(`${file}.pub`, `${pair.public}\n`);
  }
  return fs.readFileSync(`${file}.pub`, "utf8");
}
