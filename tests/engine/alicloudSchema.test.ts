import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { repository } from "../../lab/instance";
import { parseSums, schemaSums, type Schema } from "../../lab/plugins/alicloud/schemaSums";
import { dependencies } from "../../package.json";

const bin = path.join(repository, ".tools", "bin");

const readSchema = (): Schema & { version: string } =>
  JSON.parse(
    execFileSync(
      path.join(bin, "pulumi"),
      ["package", "get-schema", path.join(bin, "pulumi-resource-alicloud")],
      { encoding: "utf8", env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" } },
    ),
  ) as Schema & { version: string };

describe("the schema of the alicloud plugin", () => {
  const schema = readSchema();
  const expected = parseSums(
    fs.readFileSync(path.join(repository, "lab/plugins/alicloud/schema.sums"), "utf8"),
  );

  it("is that of the official release of the same provider, 3.105.0, token by token", () => {
    const actual = schemaSums(schema);
    const faults: string[] = [];
    for (const token of new Set([...expected.keys(), ...actual.keys()])) {
      if (!actual.has(token)) faults.push(`${token} is missing`);
      else if (!expected.has(token)) faults.push(`${token} is not in schema.sums`);
      else if (actual.get(token) !== expected.get(token)) faults.push(`${token} differs`);
    }
    expect(faults).toEqual([]);
  });

  it("covers what the sums cover: 18 resources and 12 functions", () => {
    const count = (section: string) =>
      [...expected.keys()].filter((token) => token.startsWith(`${section}/`)).length;
    expect([count("resources"), count("functions"), count("types")]).toEqual([18, 12, 102]);
  });

  it("bears the version of the npm package, so that the engine does not warn", () => {
    expect(schema.version).toBe(dependencies["@pulumi/alicloud"]);
  });
});

describe("schemaSums", () => {
  const schema = (network: object): Schema => ({
    resources: { "a:b:Network": network as never },
    functions: { "pulumi:providers:a/terraformConfig": {} },
    types: {},
    config: {},
    provider: { inputProperties: {}, properties: { any: {} } },
  });
  const sum = (network: object) => schemaSums(schema(network)).get("resources/a:b:Network");

  it("sees a changed type, and a property that is gone", () => {
    const whole = sum({ properties: { id: { type: "string" }, size: { type: "integer" } } });
    expect(sum({ properties: { id: { type: "string" }, size: { type: "number" } } })).not.toBe(
      whole,
    );
    expect(sum({ properties: { id: { type: "string" } } })).not.toBe(whole);
  });

  it("does not see order, words, or what follows from the rest", () => {
    expect(
      sum({
        stateInputs: { properties: {} },
        properties: {
          size: { type: "integer", deprecationMessage: "old" },
          id: { description: "x", type: "string" },
        },
      }),
    ).toBe(sum({ properties: { id: { type: "string" }, size: { type: "integer" } } }));
  });

  it("leaves the functions of the bridge itself out", () => {
    expect([...schemaSums(schema({})).keys()]).toEqual([
      "resources/a:b:Network",
      "config",
      "provider",
    ]);
  });

  it("prints what it parses", () => {
    expect(parseSums(`${"0".repeat(64)}  types/x\n`)).toEqual(
      new Map([["types/x", "0".repeat(64)]]),
    );
  });
});
