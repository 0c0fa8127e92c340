import { Secret, Unknown } from "../../../lab/plugins/rpc/values";
import { Provider } from "./harness";

describe("diff", () => {
  let provider: Provider;
  beforeAll(async () => (provider = await Provider.start()));
  afterAll(() => provider.stop());

  const local = "command:local:Command";

  test("nothing changes, nothing is said", async () => {
    const inputs = { create: "a", triggers: [1], stdin: new Secret("s") };
    expect(await provider.diff(local, inputs, inputs)).toEqual({
      changed: false,
      replaces: [],
      detail: {},
    });
  });

  test("paths of what is added, changed and gone", async () => {
    const before = { create: "a", environment: { A: "1", "b.c": "2" }, interpreter: ["x", "y"] };
    const after = { create: "b", environment: { A: "2" }, interpreter: ["x"], dir: "/" };
    expect(await provider.diff(local, before, after)).toEqual({
      changed: true,
      replaces: [],
      detail: {
        create: "UPDATE",
        "environment.A": "UPDATE",
        'environment["b.c"]': "DELETE",
        "interpreter[1]": "DELETE",
        dir: "ADD",
      },
    });
  });

  test("triggers replace when they come or go; their elements are the SDK's to watch", async () => {
    expect(await provider.diff(local, {}, { triggers: [1] })).toMatchObject({
      replaces: ["triggers"],
      detail: { triggers: "ADD_REPLACE" },
    });
    expect(await provider.diff(local, { triggers: [1] }, { triggers: [2] })).toMatchObject({
      replaces: [],
      detail: { "triggers[0]": "UPDATE" },
    });
  });

  test("a connection changes as one secret and replaces nothing", async () => {
    const connection = (host: string): Secret => new Secret({ host });
    expect(
      await provider.diff(
        "command:remote:Command",
        { connection: connection("a") },
        { connection: connection("b") },
      ),
    ).toEqual({ changed: true, replaces: [], detail: { connection: "UPDATE" } });
  });

  test("any change of a CopyFile replaces it", async () => {
    expect(
      await provider.diff("command:remote:CopyFile", { localPath: "a" }, { localPath: "b" }),
    ).toMatchObject({ replaces: ["localPath"], detail: { localPath: "UPDATE_REPLACE" } });
  });

  test("an unknown value is a change; what is internal is not", async () => {
    expect((await provider.diff(local, { create: "a" }, { create: Unknown.value })).detail).toEqual(
      {
        create: "UPDATE",
      },
    );
    expect(
      (await provider.diff(local, { create: "a" }, { create: "a", __defaults: [] })).changed,
    ).toBe(false);
  });

  test("a file is what its hash says", async () => {
    const asset = (hash: string, path: string): Record<string, string> => ({
      "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
      hash,
      path,
    });
    const diff = (one: object, other: object): Promise<{ changed: boolean }> =>
      provider.diff("command:remote:CopyToRemote", { source: one }, { source: other });
    expect((await diff(asset("1", "a"), asset("1", "b"))).changed).toBe(false);
    expect((await diff(asset("1", "a"), asset("2", "a"))).changed).toBe(true);
  });
});
