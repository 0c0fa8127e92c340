import { activeCluster, loadKubeconfig, type Kubeconfig, type Overrides } from "./kubeconfig";
import { equal, isMap, reveal, Unknown, type Properties, type Value } from "../rpc/values";

export interface Failure {
  property: string;
  reason: string;
}

const isTrue = (value: Value | undefined): boolean => value === true || value === "true";
const isGiven = (value: Value | undefined): boolean => typeof value === "string" && value !== "";

/** The rules on a provider's own inputs. Keys that it does not know are passed over. */
export function checkConfig(urn: string, inputs: Properties): Failure[] {
  const news = reveal(inputs);
  if (isTrue(news["strictMode"] ?? ambientStrictMode())) {
    const failures: Failure[] = [];
    if (/::default(_|$)/.test(urn)) {
      failures.push({ property: "", reason: "strict mode prohibits default provider" });
    }
    for (const property of ["kubeconfig", "context"]) {
      if (isGiven(news[property])) continue;
      failures.push({ property, reason: `strict mode requires Provider "${property}" argument` });
    }
    if (failures.length > 0) return failures;
  }

  const renders = isGiven(news["renderYamlToDirectory"]);
  if (!renders) {
    if (!isTrue(news["alwaysRender"])) return [];
    const reason = '"alwaysRender" requires "renderYamlToDirectory" to be set';
    return [{ property: "alwaysRender", reason }];
  }
  const ambient = process.env["KUBECONFIG"];
  return ["cluster", "context", "kubeconfig"]
    .filter((property) => isGiven(news[property]))
    .filter((property) => property !== "kubeconfig" || news[property] !== ambient)
    .map((property) => ({
      property,
      reason: `"${property}" arg is not compatible with "renderYamlToDirectory" arg`,
    }));
}

function ambientStrictMode(): Value {
  try {
    const config = JSON.parse(process.env["PULUMI_CONFIG"] ?? "{}") as Value;
    return isMap(config) ? (config["strictMode"] ?? false) : false;
  } catch {
    return false;
  }
}

export interface ConfigDiff {
  changed: boolean;
  diffs: string[];
  replaces: string[];
}

const identityKeys = ["kubeconfig", "context", "cluster"] as const;

/**
 * What a change of the provider's inputs means for its resources. With a `clusterIdentifier` it
 * alone says whether the cluster is another one. Without, the active cluster of the kubeconfig
 * does, and what is not known yet counts as another one.
 */
export function diffConfig(oldState: Properties, newInputs: Properties): ConfigDiff {
  const olds = reveal(oldState);
  const news = reveal(newInputs);
  const diffs = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((key) => !equal(olds[key] ?? undefined, news[key] ?? undefined))
    .sort();
  if (diffs.length === 0) return { changed: false, diffs: [], replaces: [] };

  const [oldIdentifier, newIdentifier] = [olds["clusterIdentifier"], news["clusterIdentifier"]];
  const bothIdentified = (oldIdentifier ?? null) !== null && (newIdentifier ?? null) !== null;
  const sameIdentifier = bothIdentified && equal(oldIdentifier, newIdentifier);
  const settle = (diff: ConfigDiff): ConfigDiff =>
    sameIdentifier ? { ...diff, replaces: [] } : diff;
  const replaces = bothIdentified && !sameIdentifier ? ["clusterIdentifier"] : [];

  const unknown = identityKeys.find((key) => news[key] instanceof Unknown);
  if (unknown !== undefined) {
    return settle({ changed: true, diffs: [unknown], replaces: [...replaces, unknown] });
  }

  if (diffs.includes("renderYamlToDirectory")) replaces.push("renderYamlToDirectory");
  const oldCluster = activeCluster(kubeconfigIn(olds), overridesIn(olds));
  const newCluster = activeCluster(kubeconfigIn(news), overridesIn(news));
  if (oldCluster && newCluster && !equal(oldCluster, newCluster)) {
    replaces.push(...identityKeys.filter((key) => diffs.includes(key)));
  }
  return settle({ changed: true, diffs, replaces });
}

function overridesIn(inputs: Properties): Overrides {
  const read = (key: string): string | undefined => {
    const value = inputs[key];
    return typeof value === "string" ? value : undefined;
  };
  return { context: read("context"), cluster: read("cluster") };
}

function kubeconfigIn(inputs: Properties): Kubeconfig {
  const value = inputs["kubeconfig"];
  if (value === undefined || value === null) return loadKubeconfig("");
  if (typeof value !== "string" && !isMap(value)) {
    throw new Error(`unexpected kubeconfig format, type: ${typeof value}`);
  }
  try {
    return loadKubeconfig(isMap(value) ? JSON.stringify(value) : value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`failed to parse kubeconfig: ${reason}`, { cause: error });
  }
}
