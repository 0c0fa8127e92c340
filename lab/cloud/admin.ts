import { Instance } from "../instance";
import { adminPrefix } from "./admin/server";
import { Json } from "./core/json";
import { LoggedRequest } from "./core/requestLog";

/** Where the cloud answers. */
type Address = Pick<Instance, "cloudPort">;

async function ask(address: Address, command: string, path = "", body?: string): Promise<Json> {
  const query = new URLSearchParams({ path }).toString();
  const url = `http://127.0.0.1:${address.cloudPort}${adminPrefix}${command}?${query}`;
  const response = await fetch(url, { method: "POST", body }).catch((error: unknown) => {
    throw new Error(`The cloud does not answer on 127.0.0.1:${address.cloudPort}: run "lab up".`, {
      cause: error,
    });
  });
  const value = (await response.json()) as Json;
  if (!response.ok) {
    throw new Error((value as { error?: string } | null)?.error ?? JSON.stringify(value));
  }
  return value;
}

/** What the account owns at a path, such as `domainRecords/www.example.com:A`; all of it without one. */
export const getFromCloud = (address: Address, path = "") => ask(address, "get", path);

/** Changes one value behind everyone's back. JSON, or text where text stands now. */
export async function setInCloud(address: Address, path: string, value: string): Promise<void> {
  await ask(address, "set", path, value);
}

export async function removeFromCloud(address: Address, path: string): Promise<void> {
  await ask(address, "rm", path);
}

/** The requests that were answered since the cloud started, oldest first. */
export async function cloudRequests(address: Address): Promise<LoggedRequest[]> {
  return (await ask(address, "log")) as unknown as LoggedRequest[];
}

const usage = `usage: lab cloud get [PATH]
       lab cloud set PATH VALUE
       lab cloud rm PATH
       lab cloud log
PATH is made of ids or names: domainRecords/www.oneprocloud.com:A/value,
clusters/NAME/clusterDomain, nodePools/NAME/kubernetes_config/user_data`;

/** `lab cloud ...`. Throws with the usage when the words make no sense. */
export async function cloudCommand(
  address: Address,
  words: string[],
  print: (line: string) => void,
): Promise<void> {
  const [command, path, value, ...rest] = words;
  const show = (found: Json) =>
    print(typeof found === "string" ? found : JSON.stringify(found, null, 2));
  if (command === "get" && value === undefined) return show(await getFromCloud(address, path));
  if (command === "set" && path && value !== undefined && rest.length === 0) {
    return setInCloud(address, path, value);
  }
  if (command === "rm" && path && value === undefined) return removeFromCloud(address, path);
  if (command === "log" && path === undefined) {
    for (const entry of await cloudRequests(address)) print(logLine(entry));
    return;
  }
  throw new Error(usage);
}

function logLine(entry: LoggedRequest): string {
  const scheme = entry.tls ? "https" : "http ";
  const result = entry.code ? `${entry.status} ${entry.code}` : String(entry.status);
  return `${entry.at} ${scheme} ${entry.product} ${entry.action} -> ${result}`;
}
