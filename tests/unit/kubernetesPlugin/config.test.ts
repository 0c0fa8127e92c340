import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { checkConfig, diffConfig } from "../../../lab/plugins/kubernetes/config";
import {
  ambientKubeconfig,
  loadKubeconfig,
  namespaceIn,
  parseKubeconfig,
  select,
} from "../../../lab/plugins/kubernetes/kubeconfig";
import { readSettings } from "../../../lab/plugins/kubernetes/settings";
import { Secret, Unknown, type Properties } from "../../../lab/plugins/rpc/values";

const kubeconfig = (server: string, token = "t", context = "main"): string => `
apiVersion: v1
kind: Config
current-context: ${context}
clusters:
- name: one
  cluster: {server: "${server}", certificate-authority: ca.crt}
- name: two
  cluster: {server: "https://two"}
contexts:
- name: main
  context: {cluster: one, user: u, namespace: team}
- name: side
  context: {cluster: two, user: u}
- name: broken
  context: {cluster: none, user: u}
users:
- name: u
  user: {token: "${token}"}
`;

const savedEnvironment = { ...process.env };
afterEach(() => {
  process.env = { ...savedEnvironment };
});

describe("a change of the provider's inputs", () => {
  const one = kubeconfig("https://one");
  const other = kubeconfig("https://other");
  test.each<[string, Properties, Properties, string[], string[]]>([
    ["none", { kubeconfig: one }, { kubeconfig: new Secret(one) }, [], []],
    ["of no weight", { a: "1" }, { a: "2", b: "1" }, ["a", "b"], []],
    [
      "of the user",
      { kubeconfig: one },
      { kubeconfig: kubeconfig("https://one", "u") },
      ["kubeconfig"],
      [],
    ],
    ["of the server", { kubeconfig: one }, { kubeconfig: other }, ["kubeconfig"], ["kubeconfig"]],
    [
      "of the context",
      { kubeconfig: one },
      { kubeconfig: one, context: "side" },
      ["context"],
      ["context"],
    ],
    [
      "of the cluster",
      { kubeconfig: one },
      { kubeconfig: one, cluster: "two" },
      ["cluster"],
      ["cluster"],
    ],
    ["from the ambient one", {}, { kubeconfig: one }, ["kubeconfig"], []],
    [
      "to something unknown",
      { kubeconfig: one },
      { kubeconfig: Unknown.value },
      ["kubeconfig"],
      ["kubeconfig"],
    ],
    [
      "under one identifier",
      { kubeconfig: one, clusterIdentifier: "c" },
      { kubeconfig: other, clusterIdentifier: "c" },
      ["kubeconfig"],
      [],
    ],
    [
      "to something unknown under one identifier",
      { kubeconfig: one, clusterIdentifier: "c" },
      { kubeconfig: Unknown.value, clusterIdentifier: "c" },
      ["kubeconfig"],
      [],
    ],
    [
      "of the identifier",
      { kubeconfig: one, clusterIdentifier: "c" },
      { kubeconfig: one, clusterIdentifier: "d" },
      ["clusterIdentifier"],
      ["clusterIdentifier"],
    ],
    [
      "to an identifier",
      { kubeconfig: one },
      { kubeconfig: one, clusterIdentifier: "c" },
      ["clusterIdentifier"],
      [],
    ],
    [
      "of the folder for manifests",
      { renderYamlToDirectory: "a" },
      { renderYamlToDirectory: "b" },
      ["renderYamlToDirectory"],
      ["renderYamlToDirectory"],
    ],
  ])("%s", (_, olds, news, diffs, replaces) => {
    expect(diffConfig(olds, news)).toEqual({ changed: diffs.length > 0, diffs, replaces });
  });

  test("to a kubeconfig that is none is refused", () => {
    expect(() => diffConfig({}, { kubeconfig: "[" })).toThrow("failed to parse kubeconfig: ");
    expect(() => diffConfig({}, { kubeconfig: 1 })).toThrow("unexpected kubeconfig format");
  });
});

describe("the provider's inputs", () => {
  const urn = "urn:pulumi:s::p::pulumi:providers:kubernetes::";
  test("may hold keys that nobody knows", () => {
    expect(checkConfig(`${urn}k`, { anything: "goes" })).toEqual([]);
  });
  test("in strict mode name the cluster", () => {
    const reasons = (name: string, news: Properties): string[] =>
      checkConfig(urn + name, { strictMode: "true", ...news }).map(({ reason }) => reason);
    expect(reasons("default_4_32_0", {})).toEqual([
      "strict mode prohibits default provider",
      'strict mode requires Provider "kubeconfig" argument',
      'strict mode requires Provider "context" argument',
    ]);
    expect(reasons("k", { kubeconfig: "k", context: "c" })).toEqual([]);
    process.env["PULUMI_CONFIG"] = '{"strictMode":"true"}';
    expect(checkConfig(`${urn}k`, {})).toHaveLength(2);
  });
  test("that render manifests name no cluster", () => {
    const found = checkConfig(`${urn}k`, {
      renderYamlToDirectory: "out",
      cluster: "c",
      kubeconfig: "k",
    });
    expect(found.map(({ property }) => property)).toEqual(["cluster", "kubeconfig"]);
    expect(checkConfig(`${urn}k`, { alwaysRender: "true" })).toEqual([
      {
        property: "alwaysRender",
        reason: '"alwaysRender" requires "renderYamlToDirectory" to be set',
      },
    ]);
  });
});

describe("settings", () => {
  const read = (options: Record<string, string>) =>
    readSettings(
      new Map(Object.entries(options).map(([key, value]) => [`kubernetes:config:${key}`, value])),
    );
  test("come from the provider, else from the environment, else are the official defaults", () => {
    expect(read({})).toMatchObject({ serverSideApply: true, patchForce: false });
    process.env["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true";
    expect(read({})).toMatchObject({ patchForce: true });
    expect(read({ enablePatchForce: "false" })).toMatchObject({ patchForce: false });
  });
  test("may bound each request", () => {
    expect(read({ kubeClientSettings: '{"timeout":3}' }).timeoutMs).toBe(3000);
    process.env["PULUMI_K8S_CLIENT_TIMEOUT"] = "soon";
    expect(() => read({})).toThrow("invalid value specified for PULUMI_K8S_CLIENT_TIMEOUT");
    expect(() => read({ kubeClientSettings: "{" })).toThrow("failed to unmarshal");
  });
  test("for rendering are refused, since nothing would be rendered", () => {
    expect(() => read({ renderYamlToDirectory: "out" })).toThrow("not supported here");
  });
});

describe("a kubeconfig", () => {
  const config = parseKubeconfig(kubeconfig("https://one"), "/home");
  test("selects cluster, user and namespace by its context", () => {
    expect(select(config, {})).toEqual({
      cluster: { server: "https://one", "certificate-authority": "/home/ca.crt" },
      user: { token: "t" },
      namespace: "team",
    });
    expect(select(config, { context: "side" }).cluster).toEqual({ server: "https://two" });
    expect(select(config, { cluster: "two" }).cluster).toEqual({ server: "https://two" });
    expect(namespaceIn(config, { context: "side" })).toBe("default");
    expect(namespaceIn(config, { namespace: "mine" })).toBe("mine");
  });

  test.each<[string, string, Parameters<typeof select>[1], string]>([
    ["empty", "", {}, "no configuration has been provided"],
    [
      "without the context",
      kubeconfig("https://one"),
      { context: "x" },
      'context "x" does not exist',
    ],
    [
      "without the cluster",
      kubeconfig("https://one"),
      { context: "broken" },
      'cluster "none" does not exist',
    ],
    ["without a server", kubeconfig(""), {}, 'no server found for cluster "one"'],
  ])("%s is not complete", (_, text, overrides, message) => {
    expect(() => select(parseKubeconfig(text), overrides)).toThrow(message);
  });

  test("of another kind is none", () => {
    expect(() => parseKubeconfig("kind: Pod\napiVersion: v1")).toThrow('no kind "Pod"');
    expect(() => parseKubeconfig("just text")).toThrow("a kubeconfig is a map");
  });

  test("may be longer than any path", () => {
    const long = kubeconfig("https://one", "x".repeat(10_000));
    expect(loadKubeconfig(long).users["u"]).toEqual({ token: "x".repeat(10_000) });
  });

  test("that cannot be read is not shown", () => {
    const text = "users:\n- token: hunter2\n  user: [";
    const fault = (): unknown => parseKubeconfig(text);
    expect(fault).toThrow();
    expect(fault).not.toThrow("hunter2");
  });

  test("is read from a file where the text names one", () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"));
    const files = ["a", "b"].map((name) => path.join(dir, name));
    fs.writeFileSync(files[0]!, kubeconfig("https://first"));
    fs.writeFileSync(files[1]!, kubeconfig("https://second", "t", "side"));
    expect(loadKubeconfig(files[0]!).clusters["one"]).toEqual({
      server: "https://first",
      "certificate-authority": path.join(dir, "ca.crt"),
    });
    process.env["KUBECONFIG"] = files.join(path.delimiter);
    expect(ambientKubeconfig()).toMatchObject({
      currentContext: "main",
      clusters: { one: { server: "https://first" } },
    });
    fs.rmSync(dir, { recursive: true });
  });
});
