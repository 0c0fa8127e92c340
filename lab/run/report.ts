import { parseName } from "../../dns";
import { readStatus, type NodeState } from "../cluster/status";
import type { Instance } from "../instance";
import { table } from "../statusText";
import { PodResolver } from "./podResolver";

const publicResolver = "100.100.2.136";

interface Service {
  metadata: { name: string; namespace: string };
  spec: { clusterIP?: string };
}

/** Asks each name from a pod and says what came back and from where, as a person would check it. */
export async function reportNames(instance: Instance, names: readonly string[]): Promise<string> {
  const resolver = await PodResolver.create(instance);
  try {
    const services = await readServices(resolver);
    const rows: string[][] = [];
    for (const name of names) {
      const { answers } = await resolver.resolve(name);
      rows.push([
        name,
        answers.join(", ") || "NO ANSWER",
        await origin(resolver, name, answers, services),
      ]);
    }
    const search = await resolver.searchList();
    return `${table(["ASKED FROM A POD", "ANSWER", "FROM"], rows, "")}search list of that pod: ${search.trim()}\n`;
  } finally {
    await resolver.remove();
  }
}

/** The cluster domain that each running kubelet has, from its configz. */
export async function reportNodes(instance: Instance): Promise<string> {
  const { cluster } = await readStatus(instance);
  const rows = (cluster?.nodes ?? []).map((node: NodeState) => [
    node.name,
    node.ip,
    node.ready ? "Ready" : "NOT READY",
    node.clusterDomain ?? "unknown",
  ]);
  return table(["NODE", "ADDRESS", "STATE", "KUBELET'S CLUSTER DOMAIN"], rows, "No nodes.");
}

async function readServices(resolver: PodResolver): Promise<Map<string, string>> {
  const { items } = JSON.parse(await resolver.kubectl("get", "services", "-A", "-o", "json")) as {
    items: Service[];
  };
  return new Map(
    items.map(({ metadata, spec }) => [
      spec.clusterIP ?? "",
      `${metadata.namespace}/${metadata.name}`,
    ]),
  );
}

async function origin(
  resolver: PodResolver,
  name: string,
  answers: readonly string[],
  services: ReadonlyMap<string, string>,
): Promise<string> {
  const service = services.get(name) ?? answers.map((answer) => services.get(answer)).find(Boolean);
  if (service !== undefined) return `cluster: Service ${service}`;
  if (answers.length === 0) return "";
  const outside = await resolver.dig(name, publicResolver);
  if (!answers.every((answer) => outside.includes(answer))) return "unknown";
  const alias = outside.find((line) => line.endsWith("."));
  return `public DNS${alias === undefined ? "" : `: CNAME ${parseName(alias).text}`}`;
}
