import { Cluster } from "./api/cluster";
import { endpointOf } from "./api/credentials";
import { Transport } from "./api/http";
import {
  ambientKubeconfig,
  loadKubeconfig,
  namespaceIn,
  select,
  type Kubeconfig,
} from "./kubeconfig";
import type { Settings } from "./settings";

/** What is known of the cluster that the provider is configured for. */
export interface Connection {
  /** Undefined when it cannot be reached, or when nobody says where it is. */
  cluster: Cluster | undefined;
  unreachableReason: string;
  defaultNamespace: string;
  serverVersion: { major: number; minor: number };
}

// What the oldest supported API server is taken for when it does not say its version.
const assumedVersion = { major: 1, minor: 14 };

/**
 * Never throws for a cluster that is away: previews, and programs that do not use the cluster,
 * have to go on. What needs it says then why it is away.
 */
export async function connect(settings: Settings, signal: AbortSignal): Promise<Connection> {
  const unreachable = (reason: string, defaultNamespace = ""): Connection => ({
    cluster: undefined,
    unreachableReason: reason,
    defaultNamespace,
    serverVersion: assumedVersion,
  });

  let config: Kubeconfig;
  try {
    config = settings.kubeconfig === "" ? ambientKubeconfig() : loadKubeconfig(settings.kubeconfig);
  } catch (error) {
    return unreachable(
      `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`- ${messageOf(error)}`,
      settings.overrides.namespace,
    );
  }
  const defaultNamespace = namespaceIn(config, settings.overrides);

  let transport: Transport;
  try {
    const endpoint = await endpointOf(select(config, settings.overrides));
    transport = new Transport(endpoint, settings.timeoutMs, signal);
  } catch (error) {
    return unreachable(
      "unable to load Kubernetes client configuration from kubeconfig file. Make sure you have: " +
        "\n\n \t • set up the provider as per " +
        "https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/ \n\n " +
        messageOf(error),
      defaultNamespace,
    );
  }

  const cluster = new Cluster(transport);
  try {
    const [serverVersion] = await Promise.all([
      cluster.version().catch(() => assumedVersion),
      cluster.discover(),
    ]);
    return { cluster, unreachableReason: "", defaultNamespace, serverVersion };
  } catch (error) {
    return unreachable(
      `unable to load schema information from the API server: ${messageOf(error)}`,
      defaultNamespace,
    );
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
