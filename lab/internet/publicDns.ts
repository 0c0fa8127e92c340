import * as fs from "node:fs";
import * as path from "node:path";

import { command } from "../cluster/binaries";
import type { PublicZone } from "../cluster/driver";
import { addresses, namespaces } from "../cluster/network";
import { daemonPid, logFile, signal, startDaemon, tail, waitUntil } from "../cluster/process";
import type { Instance } from "../instance";
import { wellKnownZones } from "./wellKnown";
import { renderZone } from "./zoneFile";

const daemon = "public-dns";
const listened = [addresses.publicDns, ...addresses.vpcResolvers];

/** Starts the CoreDNS that plays the public DNS, unless it is running. */
export async function startPublicDns(instance: Instance): Promise<void> {
  if (daemonPid(instance, daemon) !== undefined) return;
  writeConfiguration(instance, readPublished(instance));
  const log = logFrom(instance);
  startDaemon(instance, {
    name: daemon,
    netns: namespaces.publicDns(instance),
    command: [command("coredns"), "-conf", path.join(dnsDir(instance), "Corefile")],
  });
  await waitUntil(() => log().includes("CoreDNS-"), {
    what: "the public DNS",
    timeout: 30,
    report: () => undefined,
    interval: 30,
    evidence: () => tail(logFile(instance, daemon)),
  });
}

/** Replaces what is served besides the well-known zones; resolves when it is in force. */
export function publishZones(instance: Instance, zones: PublicZone[]): Promise<void> {
  const turn = (turns.get(instance.dir) ?? Promise.resolve()).then(() => publish(instance, zones));
  turns.set(
    instance.dir,
    turn.catch(() => undefined),
  );
  return turn;
}

// One change at a time: a reload that overtakes another would tell the wrong one that it is done.
const turns = new Map<string, Promise<void>>();

async function publish(instance: Instance, zones: PublicZone[]): Promise<void> {
  const before = readPublished(instance);
  if (JSON.stringify(before) === JSON.stringify(zones)) return;
  writeConfiguration(instance, zones);
  writeAside(publishedFile(instance), JSON.stringify(zones, null, 2));
  const pid = daemonPid(instance, daemon);
  if (pid === undefined) return;
  const log = logFrom(instance);
  signal(pid, "SIGUSR1");
  await waitUntil(() => /Reloading complete|\[ERROR\] (Restart failed|SIGUSR1)/.test(log()), {
    what: "the public DNS to reload",
    timeout: 20,
    report: () => undefined,
    interval: 20,
    evidence: () => tail(logFile(instance, daemon)),
  });
  if (!log().includes("Reloading complete")) {
    const reason =
      log()
        .split("\n")
        .find((line) => line.includes("[ERROR]")) ?? "";
    throw new Error(`The public DNS refuses the zones and serves the old ones: ${reason}`);
  }
}

/** What was published last. */
export function readPublished(instance: Instance): PublicZone[] {
  const file = publishedFile(instance);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as PublicZone[]) : [];
}

/** Everything that is served: a zone that was published takes the place of a well-known one. */
export function servedZones(published: PublicZone[]): PublicZone[] {
  const names = new Set(published.map(({ name }) => name));
  return [...wellKnownZones().filter(({ name }) => !names.has(name)), ...published];
}

function writeConfiguration(instance: Instance, published: PublicZone[]): void {
  const zones = servedZones(published);
  const serial = Math.floor(Date.now() / 1000);
  const zonesDir = path.join(dnsDir(instance), "zones");
  fs.mkdirSync(zonesDir, { recursive: true });
  for (const zone of [...zones, { name: ".", records: [] }]) {
    writeAside(zoneFile(zonesDir, zone.name), renderZone(zone, serial));
  }
  writeAside(path.join(dnsDir(instance), "Corefile"), corefile(zonesDir, zones));
}

// The root zone is empty: whatever no other zone holds does not exist.
function corefile(zonesDir: string, zones: PublicZone[]): string {
  const blocks = ["", ...zones.map(({ name }) => name)].map(
    (name) => `${name}.:53 {
    bind ${listened.join(" ")}
    errors
    log
    file ${zoneFile(zonesDir, name || ".")} ${name}.
}
`,
  );
  return blocks.join("");
}

function zoneFile(zonesDir: string, name: string): string {
  return path.join(zonesDir, name === "." ? "db.root" : `db.${name}`);
}

/** What the daemon has said since now. */
function logFrom(instance: Instance): () => string {
  const file = logFile(instance, daemon);
  const offset = fs.existsSync(file) ? fs.statSync(file).size : 0;
  return () => (fs.existsSync(file) ? fs.readFileSync(file).subarray(offset).toString() : "");
}

function dnsDir(instance: Instance): string {
  return path.join(instance.dir, "internet");
}

function publishedFile(instance: Instance): string {
  return path.join(dnsDir(instance), "published.json");
}

function writeAside(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, text);
  fs.renameSync(`${file}.new`, file);
}
