import { Secret, Unknown } from "../../../lab/plugins/rpc/values";
import { Provider } from "./harness";

describe("check", () => {
  let provider: Provider;
  beforeAll(async () => (provider = await Provider.start()));
  afterAll(() => provider.stop());

  const local = "command:local:Command";
  const remote = "command:remote:Command";

  test("takes well-formed inputs as they are", async () => {
    const inputs = {
      create: "echo",
      triggers: [1, "a", { b: true }],
      environment: { A: "b" },
      interpreter: ["bash", "-c"],
      addPreviousOutputInEnv: false,
      logging: "none",
    };
    expect(await provider.check(local, inputs)).toEqual({ inputs, failures: [] });
  });

  test.each([
    [{ nope: 1 }, "nope: Unrecognized field 'nope' on 'local.CommandInputs'"],
    [
      { create: 3 },
      "create: Field 'create' on 'local.CommandInputs' must be a 'string'; got 'float64' instead",
    ],
    [
      { interpreter: "bash" },
      "interpreter: Field 'interpreter' on 'local.CommandInputs' must be a '[]string'; got 'string' instead",
    ],
    [
      { interpreter: ["bash", 1] },
      "interpreter[1]: Field 'interpreter[1]' on 'local.CommandInputs' must be a 'string'; got 'float64' instead",
    ],
    [
      { environment: { A: true } },
      "environment[A] value: Field 'environment[A] value' on 'local.CommandInputs' must be a 'string'; got 'bool' instead",
    ],
    [
      { logging: 1 },
      "logging: Field 'logging' on 'local.CommandInputs' must be a 'local.Logging'; got 'float64' instead",
    ],
    [
      { create: { a: 1 } },
      "create: An error occurred decoding 'CommandInputs.create': Cannot decode Object{} to type string; it isn't a struct, and no custom decoder exists",
    ],
  ])("refuses %j", async (inputs, failure) => {
    expect((await provider.check(local, inputs)).failures).toEqual([failure]);
  });

  test("names every fault at once", async () => {
    const { failures } = await provider.check(local, { b: 1, a: 1, create: 1 });
    expect(failures.map((failure) => failure.split(":")[0])).toEqual(["create", "a", "b"]);
  });

  test("asks for a connection and a host", async () => {
    expect((await provider.check(remote, {})).failures).toEqual([
      "connection: Missing required field 'connection' on 'remote.CommandInputs'",
    ]);
    expect((await provider.check(remote, { connection: { user: "a" } })).failures).toEqual([
      "connection: An error occurred decoding 'CommandInputs.connection': 1 failures decoding:\n" +
        "\thost: Missing required field 'host' on 'remote.Connection'",
    ]);
  });

  test("fills in the defaults of a connection and hides it", async () => {
    const { inputs } = await provider.check(remote, {
      connection: { host: "h", password: "p", proxy: { host: "q", port: 23 } },
    });
    expect(inputs).toEqual({
      connection: new Secret({
        host: "h",
        password: new Secret("p"),
        user: "root",
        port: 22,
        dialErrorLimit: 10,
        perDialTimeout: 15,
        proxy: { host: "q", port: 23, user: "root", dialErrorLimit: 10, perDialTimeout: 15 },
      }),
    });
  });

  test("hides a malformed connection too", async () => {
    const { inputs } = await provider.check(remote, { connection: { password: "p" } });
    expect(inputs).toEqual({ connection: new Secret({ password: new Secret("p") }) });
  });

  test("leaves unknown and secret values alone", async () => {
    const inputs = {
      create: Unknown.value,
      stdin: new Secret("s"),
      dir: new Secret(Unknown.value),
    };
    expect(await provider.check(local, inputs)).toEqual({ inputs, failures: [] });
    expect(await provider.check(remote, { connection: Unknown.value })).toEqual({
      inputs: { connection: new Secret(Unknown.value) },
      failures: [],
    });
  });

  test("a copy wants a file, a text or a directory", async () => {
    const copy = async (source: object): Promise<string[]> =>
      (
        await provider.check("command:remote:CopyToRemote", {
          connection: { host: "h" },
          remotePath: "/x",
          source: source,
        })
      ).failures;
    const key = "4dabf18193072939515e22adb298388d";
    const asset = { [key]: "c44067f5952c0a294b673a41bacd8c17" };
    const archive = { [key]: "0def7320c3a5731c473e5ecbe6d01bc7" };
    expect(await copy({ ...asset, text: "t" })).toEqual([]);
    expect(await copy({ ...asset, path: "p" })).toEqual([]);
    expect(await copy({ ...archive, path: "p" })).toEqual([]);
    expect(await copy({})).toEqual(["asset: either asset or archive must be set"]);
    expect(await copy({ ...asset, uri: "http://x" })).toEqual([
      "asset: asset must be a path-based file asset or a text asset",
    ]);
    expect(await copy({ ...archive, assets: {} })).toEqual([
      "archive: archive must be a path to a file or directory",
    ]);
  });
});
