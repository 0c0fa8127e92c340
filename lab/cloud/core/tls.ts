import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { X509Certificate } from "node:crypto";
import { Instance, isInLab } from "../../instance";
import { labRegion } from "./seeds";

const run = promisify(execFile);
const systemBundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
const days = 3650;
const leeway = 30 * 24 * 60 * 60 * 1000;

export interface ServerIdentity {
  key: string;
  cert: string;
}

const tlsDir = (instance: Instance) => path.join(instance.dir, "tls");

/** The authority that signs for this instance's cloud. */
export const caFile = (instance: Instance) => path.join(instance.dir, "ca.pem");

/** For SSL_CERT_FILE: what the system and the person trust, and this instance's cloud. */
export const caBundleFile = (instance: Instance) => path.join(instance.dir, "ca-bundle.pem");

// A wildcard stands for one label, and a bucket is a label before OSS's own.
const names = ["*.aliyuncs.com", `*.oss-${labRegion}.aliyuncs.com`];

/** Makes what is missing or about to expire; what is there stays, so that clients go on trusting it. */
export async function ensureIdentity(instance: Instance): Promise<ServerIdentity> {
  const dir = tlsDir(instance);
  const file = (name: string) => path.join(dir, name);
  const cert = file("server.pem");
  if (!isValid(cert)) {
    const aside = `${dir}.${process.pid}`;
    fs.rmSync(aside, { recursive: true, force: true });
    fs.mkdirSync(aside, { recursive: true, mode: 0o700 });
    await makeIdentity(aside);
    fs.rmSync(dir, { recursive: true, force: true });
    fs.renameSync(aside, dir);
  }
  replaceFile(caFile(instance), [fs.readFileSync(file("ca.pem"), "utf8").trim()]);
  writeCaBundle(instance);
  return { key: fs.readFileSync(file("server.key"), "utf8"), cert: fs.readFileSync(cert, "utf8") };
}

/** Writes the file for SSL_CERT_FILE and returns its name. */
export function writeCaBundle(instance: Instance): string {
  const own = process.env.SSL_CERT_FILE ?? "";
  const parts = [
    systemBundles.find((file) => fs.existsSync(file)) ?? "",
    isInLab(own) ? "" : own,
    caFile(instance),
  ].filter((file) => fs.existsSync(file));
  const texts = [...new Set(parts)].map((file) => fs.readFileSync(file, "utf8").trim());
  replaceFile(caBundleFile(instance), texts);
  return caBundleFile(instance);
}

function isValid(file: string): boolean {
  if (!fs.existsSync(file)) return false;
  const certificate = new X509Certificate(fs.readFileSync(file));
  const until = Date.parse(certificate.validTo);
  const hosts = names.map((name) => name.replace("*", "any"));
  return until > Date.now() + leeway && hosts.every((host) => certificate.checkHost(host));
}

async function makeIdentity(dir: string): Promise<void> {
  const openssl = (...args: string[]) => run("openssl", args, { cwd: dir });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await openssl(
    ...["req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-days", String(days)],
    ...["-subj", "/O=ack-cluster-dns/CN=lab cloud CA"],
    ...["-addext", "basicConstraints=critical,CA:TRUE"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  );
  await openssl(
    ...["req", ...newKey, "-keyout", "server.key", "-out", "server.csr"],
    ...["-subj", "/O=ack-cluster-dns/CN=lab cloud"],
  );
  fs.writeFileSync(
    path.join(dir, "server.ext"),
    `subjectAltName=IP:127.0.0.1,DNS:localhost,${names.map((name) => `DNS:${name}`).join(",")}\n` +
      "extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n",
  );
  await openssl(
    ...["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"],
    ...["-CAcreateserial", "-days", String(days), "-extfile", "server.ext", "-out", "server.pem"],
  );
  for (const name of ["server.csr", "server.ext", "ca.srl"]) {
    fs.rmSync(path.join(dir, name), { force: true });
  }
}

function replaceFile(file: string, parts: string[]): void {
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, `${parts.join("\n")}\n`);
  fs.renameSync(aside, file);
}
