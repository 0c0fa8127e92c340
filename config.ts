import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { AckPlatformArgs } from "./components";
import { describeFaults, type Fault } from "./components/rules/faults";
import { platformFaults, type PlatformParts } from "./components/rules/platform";

const project = "ack-cluster-dns";

const domain = z.string().describe('a domain name, such as "example.com"');
const domains = z.array(domain).describe("a list of domain names");
const text = (what: string) => z.string().min(1).describe(what);
const count = (what: string) => z.number().int().describe(what);
const flag = z.boolean().describe("true or false");
const texts = (what: string) => z.array(z.string().min(1)).describe(`a list of ${what}`);
const pairs = z.record(z.string(), z.string().describe("a text")).describe("keys with a text each");

const organisation = z
  .strictObject({
    zones: domains,
    names: domains.optional(),
    reserved: domains.optional(),
    wildcardZones: domains.optional(),
  })
  .describe("what the organisation has in DNS");

const cluster = z
  .strictObject({
    name: text("the cluster's name"),
    clusterDomain: domain,
    provisionedClusterDomain: domain.optional(),
    legacyClusterDomains: domains.optional(),
    acceptCollidingDomain: domain.optional(),
    version: text("a Kubernetes version").optional(),
    clusterSpec: text("a cluster specification").optional(),
    vswitchIds: texts("VSwitch IDs"),
    podCidr: text("a CIDR block").optional(),
    podVswitchIds: texts("VSwitch IDs").optional(),
    serviceCidr: text("a CIDR block"),
    nodeCidrMask: count("a whole number from 24 to 28").optional(),
    proxyMode: text("ipvs, iptables or nftables").optional(),
    publicEndpoint: flag.optional(),
    newNatGateway: flag.optional(),
    securityGroupId: text("the ID of a security group").optional(),
    certificateSans: texts("names and addresses").optional(),
    addons: z
      .array(
        z.strictObject({
          name: text("the add-on's name"),
          config: text("a JSON text").optional(),
          version: text("the add-on's version").optional(),
        }),
      )
      .describe("a list of add-ons")
      .optional(),
    tags: pairs.optional(),
    resourceGroupId: text("the ID of a resource group").optional(),
    deletionProtection: flag.optional(),
  })
  .describe("the cluster");

const nodePools = z
  .array(
    z
      .strictObject({
        name: text("the pool's name"),
        vswitchIds: texts("VSwitch IDs").optional(),
        instanceTypes: texts("instance types"),
        desiredSize: count("a whole number").optional(),
        minSize: count("a whole number").optional(),
        maxSize: count("a whole number").optional(),
        imageType: text("an image type").optional(),
        systemDiskCategory: text("a kind of disk").optional(),
        systemDiskSize: count("GiB, a whole number").optional(),
        keyName: text("the name of a key pair").optional(),
        labels: pairs.optional(),
        taints: z
          .array(
            z.strictObject({
              key: text("the taint's key"),
              value: z.string().describe("the taint's value").optional(),
              effect: text("NoSchedule, PreferNoSchedule or NoExecute"),
            }),
          )
          .describe("a list of taints")
          .optional(),
        runtimeName: text("a container runtime").optional(),
        runtimeVersion: text("the runtime's version").optional(),
        userData: text("shell commands").optional(),
      })
      .describe("a pool of nodes"),
  )
  .describe("a list of pools of nodes");

const ossDomains = z
  .array(
    z
      .strictObject({
        domain,
        bucket: text("the name of a bucket"),
        region: text('a region, such as "cn-beijing"').optional(),
        zone: domain.optional(),
        ttl: count("seconds, a whole number").optional(),
        ownershipRecord: count("a whole number").optional(),
        certificateId: text("the ID of a certificate").optional(),
      })
      .describe("a domain of a bucket"),
  )
  .describe("a list of domains of buckets");

const coreDns = z
  .strictObject({
    version: text("the version of the coredns add-on"),
    corefile: text("the path of a Corefile, from the project's folder").optional(),
    forwardedDomains: domains.optional(),
  })
  .describe("the coredns add-on");

const probe = z
  .strictObject({
    image: text("the name of an image"),
    externalNames: domains.optional(),
    timeoutSeconds: count("seconds, a whole number").optional(),
    namespace: text("a namespace").optional(),
  })
  .describe("what a pod asks at the end");

/** What a cluster's other faults may not hide: the domains that it must be checked for. */
const clusterDomains = z.object({
  clusterDomain: domain,
  provisionedClusterDomain: domain.optional(),
  legacyClusterDomains: domains.optional(),
  acceptCollidingDomain: domain.optional(),
});

const sections = {
  organisation,
  cluster,
  nodePools,
  ossDomains: ossDomains.optional(),
  coreDns,
  probe: probe.optional(),
};

/** The keys that are read, in order. */
export const sectionNames = Object.keys(sections);

/**
 * The stack's config, checked whole.
 * @throws pulumi.RunError that lists every fault, shown without a stack trace.
 */
export function readConfig(): AckPlatformArgs {
  const faults = unknownKeys();
  const found: PlatformParts = {};
  const region = readRegion(faults);
  for (const [name, schema] of Object.entries(sections)) {
    const value = leftOut(schema, readSection(name, faults));
    if (value instanceof Malformed) continue;
    const { success, data, error } = schema.safeParse(value);
    if (success) Object.assign(found, { [name]: data });
    else faults.push(...error.issues.flatMap((issue) => issueFaults(name, schema, value, issue)));
    if (name === "cluster" && !success) found.clusterDomains = clusterDomains.safeParse(value).data;
  }
  readCorefile(found, faults);
  faults.push(...platformFaults(found));
  if (faults.length > 0) throw new pulumi.RunError(describeFaults(faults.map(shortened)));
  return { ...found, region } as AckPlatformArgs;
}

// The SDK's types leave it out, and nothing else tells which keys are secret.
const { isConfigSecret } = pulumi.runtime as unknown as {
  isConfigSecret: (key: string) => boolean;
};

function refusedAsSecret(key: string, faults: Fault[]): boolean {
  if (!isConfigSecret(key)) return false;
  faults.push({
    key,
    rule: "it is secret, and cannot be: it decides structure or reaches the nodes' user data, which any pod on a node can read from the ECS metadata service",
    wayOut:
      "Set it with `pulumi config set` without --secret, and give pods their secrets through a Kubernetes Secret or KMS",
  });
  return true;
}

function readRegion(faults: Fault[]): string | undefined {
  const key = "alicloud:region";
  if (refusedAsSecret(key, faults)) return undefined;
  const region = new pulumi.Config("alicloud").get("region");
  if (region === undefined) {
    faults.push({ key, rule: "missing", wayOut: 'Write a region, such as "cn-beijing"' });
  } else if (!/^(?:[a-z]{2}|rus)-[a-z]{2,}(?:-(?:[a-z][a-z0-9]+|[0-9]+))*$/.test(region)) {
    faults.push({
      key,
      value: region,
      rule: "it is not the ID of a region",
      wayOut: 'Write for example "cn-beijing"; "cn-beijing-h" is a zone in it',
    });
  }
  return region;
}

class Malformed {}

function readSection(name: string, faults: Fault[]): unknown {
  if (refusedAsSecret(`${project}:${name}`, faults)) return new Malformed();
  try {
    return new pulumi.Config(project).getObject(name);
  } catch {
    faults.push({
      key: name,
      value: new pulumi.Config(project).get(name),
      rule: "it is a text, and this key has fields of its own",
      wayOut: "Write it as YAML fields in the stack file",
    });
    return new Malformed();
  }
}

// Pulumi.yaml can declare a key that may be left out only with a default, and that of an object is empty.
function leftOut(schema: z.ZodType, value: unknown): unknown {
  const optional = schema instanceof z.ZodOptional && schema.unwrap() instanceof z.ZodObject;
  return optional && JSON.stringify(value) === "{}" ? undefined : value;
}

const longestShown = 80;

// Beside a fault, a value has to be recognised, not read; one cut short is no JSON, so that the rule has to carry it.
function shortened(fault: Fault): Fault {
  const { value, rule, ...rest } = fault;
  const text = value === undefined ? "" : JSON.stringify(value);
  if (text.length <= longestShown) return fault;
  return { ...rest, rule: `value ${text.slice(0, longestShown - 1)}…: ${rule}` };
}

function readCorefile({ coreDns }: Partial<AckPlatformArgs>, faults: Fault[]): void {
  if (coreDns?.corefile === undefined) return;
  try {
    coreDns.corefile = readFileSync(coreDns.corefile, "utf8");
  } catch (error) {
    faults.push({
      key: "coreDns.corefile",
      value: coreDns.corefile,
      rule: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      wayOut: "Write the path of a Corefile, from the project's folder",
    });
    delete coreDns.corefile;
  }
}

function unknownKeys(): Fault[] {
  const known = sectionNames;
  return Object.keys(pulumi.runtime.allConfig())
    .filter(
      (key) => key.startsWith(`${project}:`) && !known.includes(key.slice(project.length + 1)),
    )
    .sort()
    .map((key) => unknownKey(key, key.slice(project.length + 1), known));
}

function unknownKey(key: string, name: string, known: readonly string[]): Fault {
  const meant = closest(name, known);
  return {
    key,
    rule: "no such key",
    wayOut:
      meant === undefined
        ? `Known are ${known.join(", ")}`
        : `Did you mean ${JSON.stringify(meant)}?`,
  };
}

function issueFaults(
  section: string,
  schema: z.ZodType,
  root: unknown,
  issue: z.core.$ZodIssue,
): Fault[] {
  const key = issue.path.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : `${path}.${String(step)}`),
    section,
  );
  const here = schemaAt(schema, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = here instanceof z.ZodObject ? Object.keys(here.shape) : [];
    return issue.keys.map((name) => unknownKey(`${key}.${name}`, name, known));
  }
  const value = issue.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown>)[step],
    root,
  );
  const what = here?.description ?? "another value";
  if (value === undefined || value === null)
    return [{ key, rule: "missing", wayOut: `Write ${what}` }];
  const unquoted =
    issue.code === "invalid_type" && issue.expected === "string" && typeof value !== "object";
  const wayOut = unquoted
    ? `Write it in quotes: ${JSON.stringify(JSON.stringify(value))}`
    : "Correct it";
  return [{ key, value, rule: `it must be ${what}`, wayOut }];
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  const described = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  const [step, ...rest] = path;
  if (step === undefined) return described;
  if (described instanceof z.ZodArray) return schemaAt(described.element as z.ZodType, rest);
  if (described instanceof z.ZodRecord) return schemaAt(described.valueType as z.ZodType, rest);
  const field =
    described instanceof z.ZodObject
      ? (described.shape[String(step)] as z.ZodType | undefined)
      : undefined;
  return field && schemaAt(field, rest);
}

/** The name that was most likely meant: at most a third of its letters differ. */
function closest(name: string, known: readonly string[]): string | undefined {
  return known
    .map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, distance }) => distance <= Math.max(1, each.length / 3))
    .sort((a, b) => a.distance - b.distance)[0]?.each;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
