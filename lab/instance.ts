import * as fs from "node:fs";
import * as path from "node:path";

/** One running (or stopped) lab. Several may run at once; every name on the host carries `name`. */
export interface Instance {
  /** "local" unless LAB_INSTANCE or the caller says otherwise. */
  readonly name: string;
  /** Everything the instance keeps: state, logs, keys. */
  readonly dir: string;
  /** 127.0.0.1: Alibaba Cloud's API, TLS and plain on one port. */
  readonly cloudPort: number;
  /** 127.0.0.1: forwards to the API server inside the namespaces. */
  readonly apiPort: number;
}

export const repository = path.resolve(__dirname, "..");
export const toolsDir = path.join(repository, ".tools");
export const labDir = path.join(repository, ".lab");
/** Whether a file belongs to a lab, of this checkout or another. */
export const isInLab = (file: string) => path.resolve(file).split(path.sep).includes(".lab");

const portsDir = path.join(labDir, ".ports");

const preferredPorts = { cloudPort: 18443, apiPort: 16443 };
// Below the range from which the kernel takes ports for outgoing connections.
const portRange = { first: 20000, last: 29999 };
// Namespace names on the host are made of it, and interface aliases.
const namePattern = /^[a-z][a-z0-9-]{0,22}[a-z0-9]$/;

/**
 * Opens an instance, making its folder and choosing its ports the first time.
 * Throws when the name cannot be part of a host name.
 */
export function openInstance(name = process.env.LAB_INSTANCE || "local"): Instance {
  if (!namePattern.test(name)) {
    throw new Error(
      `LAB_INSTANCE "${name}": use 2 to 24 of a-z, 0-9 and "-", starting with a letter.`,
    );
  }
  const dir = path.join(labDir, name);
  fs.mkdirSync(dir, { recursive: true });
  const file = path.join(dir, "instance.json");
  const ports = readPorts(file) ?? choosePorts(name, file);
  return { name, dir, ...ports };
}

/** A port on 127.0.0.1 that no other instance gets, until it is released. */
export function reservePort(instanceName: string, preferred?: number): number {
  const listening = listeningPorts();
  const start = portRange.first + (hash(instanceName) % (portRange.last - portRange.first));
  const candidates = preferred === undefined ? [] : [preferred];
  for (let port = start; port <= portRange.last; port++) candidates.push(port);
  for (let port = portRange.first; port < start; port++) candidates.push(port);
  for (const port of candidates) {
    if (!listening.has(port) && reserve(port, instanceName)) return port;
  }
  throw new Error(`No free port on 127.0.0.1 between ${portRange.first} and ${portRange.last}.`);
}

export function releasePort(port: number): void {
  fs.rmSync(reservation(port), { force: true });
}

/** Forgets every port of an instance whose folder is being thrown away. */
export function releasePorts(instance: Instance): void {
  for (const port of fs.existsSync(portsDir) ? fs.readdirSync(portsDir).map(Number) : []) {
    if (fs.readFileSync(reservation(port), "utf8") === instance.name) releasePort(port);
  }
}

type Ports = Pick<Instance, "cloudPort" | "apiPort">;

function readPorts(file: string): Ports | undefined {
  if (!fs.existsSync(file)) return undefined;
  const { cloudPort, apiPort } = JSON.parse(fs.readFileSync(file, "utf8")) as Ports;
  return { cloudPort, apiPort };
}

function choosePorts(name: string, file: string): Ports {
  const preferred = name === "local" ? preferredPorts : undefined;
  const ports: Ports = {
    cloudPort: reservePort(name, preferred?.cloudPort),
    apiPort: reservePort(name, preferred?.apiPort),
  };
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, `${JSON.stringify({ name, ...ports }, null, 2)}\n`);
  fs.renameSync(aside, file);
  return ports;
}

// A file that only one process can create keeps instances that start together apart.
function reserve(port: number, name: string): boolean {
  const file = reservation(port);
  fs.mkdirSync(portsDir, { recursive: true });
  try {
    fs.writeFileSync(file, name, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return takeOver(file, name);
  }
}

/** Takes the port of an instance whose folder somebody threw away by hand. */
function takeOver(file: string, name: string): boolean {
  const owner = fs.readFileSync(file, "utf8");
  if (owner === "" || fs.existsSync(path.join(labDir, owner))) return false;
  fs.writeFileSync(file, name);
  return true;
}

function reservation(port: number): string {
  return path.join(portsDir, String(port));
}

function listeningPorts(): Set<number> {
  const ports = new Set<number>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    if (!fs.existsSync(table)) continue;
    for (const line of fs.readFileSync(table, "utf8").split("\n").slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      const port = local?.split(":")[1];
      if (state === "0A" && port !== undefined) ports.add(parseInt(port, 16));
    }
  }
  return ports;
}

function hash(text: string): number {
  let value = 7;
  for (const char of text) value = (value * 31 + char.charCodeAt(0)) >>> 0;
  return value;
}
