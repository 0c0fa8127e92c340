import type { Overrides } from "./kubeconfig";

/** The provider's configuration as the engine sends it, with the environment's defaults. */
export interface Settings {
  kubeconfig: string;
  overrides: Overrides;
  deleteUnreachable: boolean;
  skipUpdateUnreachable: boolean;
  serverSideApply: boolean;
  patchForce: boolean;
  upsertExistingObjects: boolean;
  configMapMutable: boolean;
  secretMutable: boolean;
  suppressDeprecationWarnings: boolean;
  suppressHelmHookWarnings: boolean;
  rejectUnknownResources: boolean;
  timeoutMs: number | undefined;
}

export function readSettings(variables: Map<string, string>): Settings {
  const option = (name: string): string => variables.get(`kubernetes:config:${name}`) ?? "";
  const flag = (name: string, variable: string, otherwise = false): boolean => {
    const value = variables.get(`kubernetes:config:${name}`) ?? process.env[variable];
    return value === undefined ? otherwise : value === "true";
  };
  if (option("renderYamlToDirectory") !== "") {
    throw new Error(
      "renderYamlToDirectory is not supported here: use the official plugin to render manifests",
    );
  }
  return {
    kubeconfig: option("kubeconfig"),
    overrides: {
      context: option("context"),
      cluster: option("cluster"),
      namespace: option("namespace"),
    },
    deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
    skipUpdateUnreachable: flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
    serverSideApply: flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", true),
    patchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    upsertExistingObjects: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    configMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    secretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    suppressDeprecationWarnings: flag(
      "suppressDeprecationWarnings",
      "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS",
    ),
    suppressHelmHookWarnings: flag(
      "suppressHelmHookWarnings",
      "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS",
    ),
    rejectUnknownResources: option("rejectUnknownResources") === "true",
    timeoutMs: clientTimeout(option("kubeClientSettings")),
  };
}

function clientTimeout(settings: string): number | undefined {
  const fromEnvironment = process.env["PULUMI_K8S_CLIENT_TIMEOUT"] ?? "";
  const { timeout } = parseClientSettings(settings);
  if (timeout !== undefined) return timeout * 1000;
  if (fromEnvironment === "") return undefined;
  if (!/^\d+$/.test(fromEnvironment)) {
    throw new Error(`invalid value specified for PULUMI_K8S_CLIENT_TIMEOUT: ${fromEnvironment}`);
  }
  return Number(fromEnvironment) * 1000;
}

function parseClientSettings(settings: string): { timeout?: number } {
  if (settings === "") return {};
  try {
    return (JSON.parse(settings) ?? {}) as { timeout?: number };
  } catch (error) {
    throw new Error("failed to unmarshal kubeClientSettings option", { cause: error });
  }
}
