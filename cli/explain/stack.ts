import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import ipaddr from "ipaddr.js";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";

import type { CorefileRequest, Records, Service, ServicePort, ZoneRecord } from "../../dns";
import { UsageFault } from "./usage";

/** What an explanation needs to know of a stack. */
export interface Stack {
  /** The domain in force first, then those that running pods may still carry. */
  readonly clusterDomains: readonly string[];
  readonly request: CorefileRequest;
  /** Names of the organisation that pods must reach. */
  readonly organisationNames: readonly string[];
  readonly organisationZones: readonly string[];
  readonly ossDomains: readonly { readonly domain: string; readonly target: string }[];
  readonly wildcardZones: readonly string[];
  readonly serviceCidr: string;
}

const PROJECT = "ack-cluster-dns";
const FOLDER = "stacks";
const names = z.array(z.string());

/** The keys that matter here; `pulumi preview` checks them all. */
const schema = z.object({
  [`${PROJECT}:organisation`]: z.object({
    zones: names,
    names: names.optional(),
    wildcardZones: names.optional(),
  }),
  [`${PROJECT}:cluster`]: z.object({
    clusterDomain: z.string(),
    legacyClusterDomains: names.optional(),
    serviceCidr: z.string(),
  }),
  [`${PROJECT}:ossDomains`]: z
    .array(z.object({ domain: z.string(), bucket: z.string(), region: z.string().optional() }))
    .optional(),
  [`${PROJECT}:coreDns`]: z.object({
    version: z.string(),
    corefile: z.string().optional(),
    forwardedDomains: names.optional(),
  }),
  "alicloud:region": z.string().optional(),
});

/** Stands where an address would, of which the stack file says nothing. */
export const UNRECORDED = "(an address from the public DNS)";

/**
 * Reads `stacks/Pulumi.<stack>.yaml` in the folder or in one above it.
 * @throws UsageFault when it is not there, is no YAML, or lacks a key.
 */
export function readStack(stack: string, from: string): Stack {
  const path = find(stack, from);
  const found = schema.safeParse(configIn(path));
  if (!found.success) {
    const faults = found.error.issues.map(
      ({ path: keys, message }) => `${keys.join(".")}: ${message}`,
    );
    throw new UsageFault(`${path} can't be used: ${faults.join("; ")}. Correct it there`);
  }
  const organisation = found.data[`${PROJECT}:organisation`];
  const cluster = found.data[`${PROJECT}:cluster`];
  const coreDns = found.data[`${PROJECT}:coreDns`];
  const ossDomains = (found.data[`${PROJECT}:ossDomains`] ?? []).map(
    ({ domain, bucket, region }) => ({
      domain,
      target: `${bucket}.oss-${region ?? found.data["alicloud:region"] ?? "REGION"}.aliyuncs.com`,
    }),
  );
  const organisationNames = [
    ...new Set([...(organisation.names ?? []), ...ossDomains.map(({ domain }) => domain)]),
  ].sort();
  const legacyClusterDomains = cluster.legacyClusterDomains ?? [];
  const wildcardZones = organisation.wildcardZones ?? [];
  const base = coreDns.corefile;
  return {
    clusterDomains: [cluster.clusterDomain, ...legacyClusterDomains],
    request: {
      clusterDomain: cluster.clusterDomain,
      legacyClusterDomains,
      organisationNames,
      coreDnsVersion: coreDns.version,
      zonesForwarded: coreDns.forwardedDomains ?? [],
      wildcardZones,
      base:
        base === undefined
          ? undefined
          : readText(join(dirname(dirname(path)), base), "coreDns.corefile"),
    },
    organisationNames,
    organisationZones: organisation.zones,
    ossDomains,
    wildcardZones,
    serviceCidr: cluster.serviceCidr,
  };
}

/** @throws UsageFault when the file can't be read. */
export function readText(path: string, argument: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new UsageFault(`${argument} "${path}" can't be read (${code}); write the path of a file`);
  }
}

function find(stack: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, FOLDER, `Pulumi.${stack}.yaml`);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) break;
  }
  const folder = join(from, FOLDER);
  const known = (existsSync(folder) ? readdirSync(folder) : [])
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((each) => each !== undefined);
  const way =
    known.length === 0
      ? `run it in the folder that holds ${FOLDER}/`
      : `known are ${known.join(", ")}`;
  throw new UsageFault(`--stack "${stack}" has no ${FOLDER}/Pulumi.${stack}.yaml; ${way}`);
}

function configIn(path: string): unknown {
  try {
    const document = parse(readText(path, "the stack file")) as { config?: unknown } | null;
    return document?.config ?? {};
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new UsageFault(
      `${path} is no YAML: ${error.message.split("\n")[0] ?? ""}. Correct it there`,
    );
  }
}

/**
 * The world as far as a stack file tells of it: the organisation's names have addresses, its zones
 * may hold more, and every cluster has the Services that Kubernetes itself makes.
 */
export function recordsOf(stack: Stack, namespace: string): Records {
  const address = (name: string): ZoneRecord => ({ name, type: "A", data: UNRECORDED });
  const service = (namespace: string, name: string, host: number, port: ServicePort): Service => ({
    namespace,
    name,
    clusterIps: [addressIn(stack.serviceCidr, host)],
    ports: [port],
  });
  const aliases = new Map(stack.ossDomains.map(({ domain, target }) => [domain, target]));
  const records: ZoneRecord[] = [
    ...stack.organisationNames.map((name): ZoneRecord => {
      const target = aliases.get(name);
      return target === undefined ? address(name) : { name, type: "CNAME", data: target };
    }),
    ...stack.ossDomains.map(({ target }) => address(target)),
    ...stack.wildcardZones.map((zone) => address(`*.${zone}`)),
  ];
  const systemNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];
  return {
    cluster: {
      namespaces: [...new Set([...systemNamespaces, namespace])],
      services: [
        service("default", "kubernetes", 1, { name: "https", port: 443 }),
        service("kube-system", "kube-dns", 10, { name: "dns", port: 53, protocol: "UDP" }),
      ],
      endpoints: [],
      pods: [],
    },
    zones: [{ name: ".", records, complete: false }],
  };
}

/** Kubernetes gives its own Service the first address, ACK gives DNS the tenth. */
function addressIn(cidr: string, host: number): string {
  if (!ipaddr.isValidCIDR(cidr)) {
    throw new UsageFault(
      `cluster.serviceCidr "${cidr}" is no CIDR block; write one such as 172.21.0.0/20`,
    );
  }
  const bytes = ipaddr.parseCIDR(cidr)[0].toByteArray();
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) + host;
  return ipaddr.fromByteArray(bytes).toString();
}
