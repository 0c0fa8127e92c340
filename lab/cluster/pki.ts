import * as fs from "node:fs";
import * as path from "node:path";
import { isIP } from "node:net";

import { run } from "./process";

/** A folder of keys and certificates under one authority of its own. */
export interface Pki {
  dir: string;
}

export interface CertificateRequest {
  /** Names the files. */
  name: string;
  commonName: string;
  organisation?: string;
  /** Host names and addresses that the certificate is good for. */
  hosts?: string[];
}

const days = "3650";
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export const keyPath = (pki: Pki, name: string) => path.join(pki.dir, `${name}.key`);
export const certificatePath = (pki: Pki, name: string) => path.join(pki.dir, `${name}.crt`);

/** Opens the folder, making the authority and the service accounts' key the first time. */
export async function openPki(dir: string): Promise<Pki> {
  const pki = { dir };
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  // The machine's own configuration would add extensions of its own.
  fs.writeFileSync(configPath(pki), "[req]\ndistinguished_name=dn\n[dn]\n");
  await make(
    pki,
    "ca",
    ["-subj", "/CN=kubernetes"],
    [
      "basicConstraints=critical,CA:TRUE",
      "keyUsage=critical,digitalSignature,keyCertSign,cRLSign",
      "subjectKeyIdentifier=hash",
    ],
  );
  if (!fs.existsSync(path.join(dir, "sa.pub"))) {
    await run(["openssl", "genrsa", "-out", keyPath(pki, "sa"), "2048"]);
    const publicKey = path.join(dir, "sa.pub");
    await run(["openssl", "rsa", "-in", keyPath(pki, "sa"), "-pubout", "-out", publicKey]);
  }
  return pki;
}

/** Issues a certificate, unless the folder has one for the very same request. */
export async function issue(pki: Pki, request: CertificateRequest): Promise<void> {
  const asked = path.join(pki.dir, `${request.name}.json`);
  const text = JSON.stringify(request);
  if (fs.existsSync(asked) && fs.readFileSync(asked, "utf8") === text) return;
  fs.rmSync(certificatePath(pki, request.name), { force: true });
  const organisation = request.organisation ? `/O=${request.organisation}` : "";
  const hosts = (request.hosts ?? []).map((host) => (isIP(host) ? `IP:${host}` : `DNS:${host}`));
  await make(
    pki,
    request.name,
    ["-subj", `${organisation}/CN=${request.commonName}`].concat([
      "-CA",
      certificatePath(pki, "ca"),
      "-CAkey",
      keyPath(pki, "ca"),
    ]),
    [
      "basicConstraints=critical,CA:FALSE",
      "keyUsage=critical,digitalSignature,keyEncipherment",
      "extendedKeyUsage=serverAuth,clientAuth",
      "authorityKeyIdentifier=keyid",
      ...(hosts.length > 0 ? [`subjectAltName=${hosts.join(",")}`] : []),
    ],
  );
  fs.writeFileSync(asked, text);
}

async function make(pki: Pki, name: string, subject: string[], extensions: string[]) {
  if (fs.existsSync(certificatePath(pki, name))) return;
  const aside = `${certificatePath(pki, name)}.new`;
  await run([
    ...["openssl", "req", "-x509", "-config", configPath(pki), "-days", days, ...newKey],
    ...["-keyout", keyPath(pki, name), "-out", aside, ...subject],
    ...extensions.flatMap((extension) => ["-addext", extension]),
  ]);
  fs.renameSync(aside, certificatePath(pki, name));
}

function configPath(pki: Pki): string {
  return path.join(pki.dir, "openssl.cnf");
}
