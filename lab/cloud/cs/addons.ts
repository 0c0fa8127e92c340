import { badRequest, notFound } from "../core/errors";
import { asObject, asObjects, asText, isObject, JsonObject } from "../core/json";
import { Addon, Cluster } from "../core/state";
import { findAddon, KnownAddon, knownAddons } from "./addonCatalog";
import { findCluster } from "./find";
import { CsCall, Route, route } from "./route";

const clusterOf = ({ context, path }: CsCall): Cluster =>
  findCluster(context.state, path.cluster ?? "");

function installed(cluster: Cluster, name: string): Addon {
  const addon = cluster.addons[name];
  if (!addon) throw notFound("AddonNotFound", `Addon ${name} is not installed.`);
  return addon;
}

/** Members are merged into what is there: leaving one out does not take it away. */
function mergeConfig(old: string, added: string | undefined): string {
  if (!added) return old;
  return JSON.stringify(merge(parse(old), parse(added)));
}

function parse(text: string): JsonObject {
  if (text === "") return {};
  try {
    return asObject(JSON.parse(text));
  } catch {
    throw badRequest("InvalidAddonConfig", "config is not a JSON object.");
  }
}

function merge(base: JsonObject, added: JsonObject): JsonObject {
  const merged = { ...base };
  for (const [key, value] of Object.entries(added)) {
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return merged;
}

function started(call: CsCall, type: string): object {
  const clusterId = call.path.cluster ?? "";
  const taskId = call.context.tasks.start(type, clusterId, { kind: "none" });
  return { cluster_id: clusterId, task_id: taskId, request_id: "" };
}

function install(call: CsCall): object {
  const cluster = clusterOf(call);
  for (const asked of asObjects(call.items)) {
    const name = asText(asked.name) ?? "";
    const version = asText(asked.version);
    const known = findAddon(name, version);
    if (cluster.addons[name]) {
      throw badRequest("AddonAlreadyInstalled", `Addon ${name} is installed already.`);
    }
    const config = mergeConfig("", asText(asked.config));
    cluster.addons[name] = { version: version || known.version, config };
  }
  return started(call, "addon_install");
}

function upgrade(call: CsCall): object {
  const cluster = clusterOf(call);
  for (const asked of asObjects(call.items)) {
    const name = asText(asked.component_name) ?? "";
    const addon = installed(cluster, name);
    const version = asText(asked.next_version);
    findAddon(name, version);
    addon.version = version || addon.version;
    addon.config = mergeConfig(addon.config, asText(asked.config));
  }
  return started(call, "addon_upgrade");
}

function uninstall(call: CsCall): object {
  const cluster = clusterOf(call);
  for (const asked of asObjects(call.items)) {
    const name = asText(asked.name) ?? "";
    installed(cluster, name);
    if (findAddon(name).required) {
      throw badRequest("AddonRequired", `Addon ${name} is part of every cluster.`);
    }
    delete cluster.addons[name];
  }
  return started(call, "addon_uninstall");
}

function configure(call: CsCall): object {
  const addon = installed(clusterOf(call), call.path.addon ?? "");
  addon.config = mergeConfig(addon.config, asText(call.body.config));
  return started(call, "addon_config");
}

function upgradeStatus(call: CsCall): object {
  const cluster = clusterOf(call);
  const asked = call.query.get("componentIds") ?? "";
  const names = asked
    .replace(/[[\]"]/g, "")
    .split(",")
    .filter((name) => name !== "");
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        addon_info: { component_name: name, version: installed(cluster, name).version },
        can_upgrade: newerVersions(findAddon(name), installed(cluster, name).version).length > 0,
        tasks: { status: "Success", message: "" },
      },
    ]),
  );
}

const newerVersions = (known: KnownAddon, version: string) =>
  known.versions
    .slice(known.versions.indexOf(version) + 1)
    .map((newer) => ({ version: newer, upgradable: true, minimum_cluster_version: "" }));

function view(known: KnownAddon, version: string): object {
  return {
    name: known.name,
    version,
    category: known.category,
    managed: false,
    architecture: ["amd64", "arm64"],
    install_by_default: known.installedByDefault,
    supported_actions: known.required
      ? ["Upgrade", "Modify"]
      : ["Install", "Upgrade", "Modify", "Uninstall"],
    config_schema: JSON.stringify(known.configSchema),
    newer_versions: newerVersions(known, version),
  };
}

export const addonRoutes: Route[] = [
  route("GET", "/addons", (call) => {
    const clusterId = call.query.get("cluster_id");
    if (clusterId) findCluster(call.context.state, clusterId);
    return { addons: knownAddons.map((known) => view(known, known.version)) };
  }),
  route("GET", "/addons/{addon}", ({ context, path, query }) => {
    const clusterId = query.get("cluster_id");
    if (clusterId) findCluster(context.state, clusterId);
    const version = query.get("version") ?? "";
    const known = findAddon(path.addon ?? "", version);
    return view(known, version || known.version);
  }),
  route("GET", "/clusters/{cluster}/addon_instances/{addon}", (call) => {
    const name = call.path.addon ?? "";
    const addon = installed(clusterOf(call), name);
    return { name, version: addon.version, state: "active", config: addon.config };
  }),
  route("POST", "/clusters/{cluster}/components/install", install),
  route("POST", "/clusters/{cluster}/components/upgrade", upgrade),
  route("POST", "/clusters/{cluster}/components/uninstall", uninstall),
  route("POST", "/clusters/{cluster}/components/{addon}/config", configure),
  route("GET", "/clusters/{cluster}/components/upgradestatus", upgradeStatus),
];
