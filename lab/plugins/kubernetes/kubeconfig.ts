import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse } from "yaml";

import { list, pluck, text } from "./objects";
import { isMap, type Properties, type Value } from "../rpc/values";

/** A kubeconfig with its lists turned into maps by name; the first of a name wins. */
export interface Kubeconfig {
  currentContext: string;
  clusters: Record<string, Properties>;
  contexts: Record<string, Properties>;
  users: Record<string, Properties>;
}

export interface Overrides {
  context?: string;
  cluster?: string;
  namespace?: string;
}

export interface Selection {
  cluster: Properties;
  user: Properties;
  namespace: string;
}

const empty: Kubeconfig = { currentContext: "", clusters: {}, contexts: {}, users: {} };

function byName(document: Value, section: string, entry: string): Record<string, Properties> {
  const named = list(document, section).flatMap((item): [string, Properties][] => {
    const value = pluck(item, entry);
    return [[text(item, "name"), isMap(value) ? value : {}]];
  });
  return Object.fromEntries(named.reverse());
}

/** Paths in a kubeconfig file are relative to that file. */
function anchor(entries: Record<string, Properties>, folder: string, keys: string[]): void {
  for (const entry of Object.values(entries)) {
    for (const key of keys) {
      const file = entry[key];
      if (typeof file === "string" && file !== "") entry[key] = path.resolve(folder, file);
    }
  }
}

export function parseKubeconfig(content: string, folder = process.cwd()): Kubeconfig {
  // Pretty errors show the lines around a fault, and with them the keys.
  const document = parse(content, { prettyErrors: false }) as Value | undefined;
  if (document === undefined || document === null) return empty;
  if (!isMap(document)) {
    throw new Error("couldn't get version/kind; a kubeconfig is a map, and this is not one");
  }
  const version = text(document, "apiVersion") || "v1";
  const kind = text(document, "kind") || "Config";
  if (version !== "v1" || kind !== "Config") {
    throw new Error(`no kind "${kind}" is registered for version "${version}"`);
  }
  const config: Kubeconfig = {
    currentContext: text(document, "current-context"),
    clusters: byName(document, "clusters", "cluster"),
    contexts: byName(document, "contexts", "context"),
    users: byName(document, "users", "user"),
  };
  anchor(config.clusters, folder, ["certificate-authority"]);
  anchor(config.users, folder, ["client-certificate", "client-key", "tokenFile"]);
  return config;
}

/** Takes a kubeconfig's text, or the path of a file that holds one. */
export function loadKubeconfig(pathOrContent: string): Kubeconfig {
  if (pathOrContent === "") return empty;
  const file = pathOrContent.replace(/^~(?=$|\/)/, os.homedir());
  if (!fs.existsSync(file)) return parseKubeconfig(pathOrContent);
  return parseKubeconfig(fs.readFileSync(file, "utf8"), path.dirname(file));
}

/** What kubectl would use: the files that KUBECONFIG names, else the one in the home folder. */
export function ambientKubeconfig(): Kubeconfig {
  const named = (process.env["KUBECONFIG"] ?? "").split(path.delimiter).filter(Boolean);
  const files = named.length > 0 ? named : [path.join(os.homedir(), ".kube", "config")];
  return files
    .filter((file) => fs.existsSync(file))
    .map((file) => parseKubeconfig(fs.readFileSync(file, "utf8"), path.dirname(file)))
    .reduce(
      (merged, next) => ({
        currentContext: merged.currentContext || next.currentContext,
        clusters: { ...next.clusters, ...merged.clusters },
        contexts: { ...next.contexts, ...merged.contexts },
        users: { ...next.users, ...merged.users },
      }),
      empty,
    );
}

/** The namespace that applies where an object names none. */
export function namespaceIn(config: Kubeconfig, overrides: Overrides): string {
  const context = config.contexts[overrides.context || config.currentContext];
  return overrides.namespace || text(context, "namespace") || "default";
}

/** What the context in force selects; throws when the kubeconfig is not complete. */
export function select(config: Kubeconfig, overrides: Overrides): Selection {
  if (Object.keys(config.clusters).length === 0 && Object.keys(config.contexts).length === 0) {
    throw new Error(
      "invalid configuration: no configuration has been provided, " +
        "try setting KUBERNETES_MASTER environment variable",
    );
  }
  const name = overrides.context || config.currentContext;
  const context = config.contexts[name];
  if (name !== "" && !context) throw new Error(`context "${name}" does not exist`);
  const clusterName = overrides.cluster || text(context, "cluster");
  const cluster = config.clusters[clusterName];
  if (clusterName !== "" && !cluster) throw new Error(`cluster "${clusterName}" does not exist`);
  const userName = text(context, "user");
  const user = config.users[userName];
  if (userName !== "" && !user) throw new Error(`auth info "${userName}" does not exist`);
  if (!cluster || text(cluster, "server") === "") {
    throw new Error(
      "invalid configuration: no server found for cluster " + JSON.stringify(clusterName),
    );
  }
  return { cluster, user: user ?? {}, namespace: namespaceIn(config, overrides) };
}

/** The cluster that a provider with these inputs talks to, if that can be told. */
export function activeCluster(config: Kubeconfig, overrides: Overrides): Properties | undefined {
  const context = config.contexts[overrides.context ?? config.currentContext];
  return context && config.clusters[overrides.cluster ?? text(context, "cluster")];
}
