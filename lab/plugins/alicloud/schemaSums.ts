/**
 * What the plugin's schema must be, without a copy of the official one: a digest for every token.
 * To make the digests anew, with the schema.json of the official plugin's release at hand:
 *
 *   .tools/bin/pulumi package get-schema .tools/bin/pulumi-resource-alicloud > /tmp/plugin.json
 *   npx tsx lab/plugins/alicloud/schemaSums.ts OFFICIAL.json /tmp/plugin.json > lab/plugins/alicloud/schema.sums
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Schema {
  readonly resources: Record<string, Json>;
  readonly functions: Record<string, Json>;
  readonly types: Record<string, Json>;
  readonly config: Json;
  readonly provider: Json;
}

/**
 * Words for people and hints for code generators. Properties that happen to bear one of these names
 * are left out with them, on both sides.
 */
const words = new Set(["description", "deprecationMessage", "deprecated", "language"]);

/** What follows from the other parts of a resource. */
const derived = new Set(["stateInputs", "methods"]);

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key]) => !words.has(key) && !derived.has(key));
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, canonical(child)]),
  );
}

const digest = (value: Json): string =>
  createHash("sha256")
    .update(JSON.stringify(canonical(value)))
    .digest("hex");

/** The bridge's own functions, such as terraformConfig: they come with the provider. */
const isMethod = (token: string): boolean => token.startsWith("pulumi:");

/** The digest of each resource, function and type, and of the provider's own inputs. */
export function schemaSums(schema: Schema): Map<string, string> {
  const sums = new Map<string, string>();
  for (const section of ["resources", "functions", "types"] as const) {
    const tokens = Object.keys(schema[section]).filter((token) => !isMethod(token));
    for (const token of tokens.sort()) {
      sums.set(`${section}/${token}`, digest(schema[section][token] ?? null));
    }
  }
  sums.set("config", digest(schema.config));
  const { inputProperties = null, requiredInputs = null } = schema.provider as Record<string, Json>;
  sums.set("provider", digest({ inputProperties, requiredInputs }));
  return sums;
}

export function printSums(sums: Map<string, string>): string {
  return [...sums].map(([token, sum]) => `${sum}  ${token}\n`).join("");
}

export function parseSums(text: string): Map<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/** The digests of the official schema, for the tokens that the plugin has. */
function main(officialPath: string, pluginPath: string): void {
  const read = (path: string) => schemaSums(JSON.parse(readFileSync(path, "utf8")) as Schema);
  const official = read(officialPath);
  const wanted = [...read(pluginPath).keys()].map((token): [string, string] => {
    const sum = official.get(token);
    if (sum === undefined) throw new Error(`${officialPath} has no ${token}, which the plugin has`);
    return [token, sum];
  });
  process.stdout.write(printSums(new Map(wanted)));
}

if (require.main === module) {
  const [official, plugin] = process.argv.slice(2);
  if (official === undefined || plugin === undefined) {
    process.stderr.write("usage: schemaSums.ts OFFICIAL.json PLUGIN.json > schema.sums\n");
    process.exit(2);
  }
  main(official, plugin);
}
