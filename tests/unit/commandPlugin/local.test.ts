import { createHash } from "crypto";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";

import { globToRegExp } from "../../../lab/plugins/command/globs";
import { Secret, Unknown } from "../../../lab/plugins/rpc/values";
import { Provider, refusal } from "./harness";

describe("local commands", () => {
  const token = "command:local:Command";
  let provider: Provider;
  let dir: string;
  beforeAll(async () => {
    provider = await Provider.start();
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "command-"));
  });
  beforeEach(() => provider.messages.splice(0));
  afterAll(() => {
    provider.stop();
    fs.rmSync(dir, { recursive: true });
  });

  test("create runs the command with its input, environment and directory", async () => {
    const inputs = {
      create: 'cat; echo "$A" >&2; pwd',
      stdin: "from stdin\n",
      environment: { A: "from the environment" },
      dir,
    };
    const { id, outputs } = await provider.create(token, inputs);
    expect(id).toMatch(/^thing[0-9a-f]{8}$/);
    expect(outputs).toEqual({
      ...inputs,
      stdout: `from stdin\n${dir}`,
      stderr: "from the environment",
    });
  });

  test("an interpreter takes the command as its last argument", async () => {
    const { outputs } = await provider.create(token, {
      create: "process.argv.length",
      interpreter: [process.execPath, "-p"],
    });
    expect(outputs["stdout"]).toBe("1");
  });

  test("secrets stay secret in the state and reach the process", async () => {
    const stdin = new Secret("hush");
    const { outputs } = await provider.create(token, { create: "wc -c", stdin });
    expect(outputs).toMatchObject({ stdin, stdout: "4" });
  });

  test("a preview runs nothing, and says what it does not know", async () => {
    const create = `touch ${dir}/preview`;
    const { outputs } = await provider.create(token, { create }, true);
    expect(outputs).toEqual({ create, stdout: Unknown.value, stderr: Unknown.value });
    expect(fs.existsSync(path.join(dir, "preview"))).toBe(false);

    const state = { create: "a", stdout: "s", stderr: "" };
    expect(await provider.update(token, state, { create: "b" }, true)).toEqual({
      create: "b",
      stdout: Unknown.value,
      stderr: Unknown.value,
    });
    expect(await provider.update(token, state, { create: "a", update: "u" }, true)).toEqual({
      create: "a",
      update: "u",
      stdout: "s",
      stderr: "",
    });
  });

  test("update prefers its own command, and sees what the one before wrote", async () => {
    const state = { create: "c", stdout: "before", stderr: "oops" };
    const show = 'echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"';
    expect(await provider.update(token, state, { create: "false", update: show })).toMatchObject({
      stdout: "before/oops",
    });
    expect(await provider.update(token, state, { create: show })).toMatchObject({
      stdout: "before/oops",
    });
    expect(
      await provider.update(token, state, { create: show, addPreviousOutputInEnv: false }),
    ).toMatchObject({ stdout: "/" });
    expect(await provider.update(token, state, {})).toEqual({ stdout: "before", stderr: "oops" });
  });

  test("delete runs its command, or none", async () => {
    const file = path.join(dir, "deleted");
    await provider.delete(token, {
      delete: `printf %s "$PULUMI_COMMAND_STDOUT" > ${file}`,
      stdout: "bye",
      stderr: "",
    });
    expect(fs.readFileSync(file, "utf8")).toBe("bye");
    await provider.delete(token, { create: "false", stdout: "", stderr: "" });
  });

  test.each([
    [
      "echo out; echo err >&2; exit 3",
      {},
      'exit status 3: running "echo out; echo err >&2; exit 3":\nout\nerr\n',
    ],
    ["kill -9 $$", {}, 'signal: killed: running "kill -9 $$":\n'],
    [
      "x",
      { interpreter: ["no-such-program"] },
      'exec: "no-such-program": executable file not found in $PATH: running "x":\n',
    ],
    [
      "x",
      { interpreter: ["/no/such"] },
      'fork/exec /no/such: no such file or directory: running "x":\n',
    ],
    ["x", { dir: "/no/such" }, 'chdir /no/such: no such file or directory: running "x":\n'],
  ])("a failing %j is reported with all that it wrote", async (create, more, message) => {
    const said = await refusal(provider.create(token, { create, ...more }));
    const sorted = (text: string): string[] => text.split("\n").sort();
    expect(sorted(said)).toEqual(sorted(message));
  });

  test("shows the output line by line as it comes, as far as logging allows", async () => {
    const create = "echo one; echo two >&2; printf three";
    await provider.create(token, { create });
    expect([...provider.messages].sort()).toEqual(["one", "three", "two"]);
    for (const [logging, expected] of [
      ["stdout", ["one", "three"]],
      ["stderr", ["two"]],
      ["none", []],
    ] as const) {
      provider.messages.splice(0);
      await provider.create(token, { create, logging });
      expect(provider.messages).toEqual(expected);
    }
  });

  test("returns files and an archive", async () => {
    const tree = path.join(dir, "tree");
    fs.mkdirSync(path.join(tree, "src/deep"), { recursive: true });
    for (const name of ["src/a.js", "src/secret.js", "src/deep/b.js", "c.txt"]) {
      fs.writeFileSync(path.join(tree, name), name);
    }
    const { outputs } = await provider.create(token, {
      dir: tree,
      assetPaths: ["src/**.js", "!**secret.*"],
      archivePaths: ["*.txt"],
      create: "true",
    });
    const { assets, archive } = outputs as {
      assets: Record<string, { path: string; hash: string }>;
      archive: { assets: object };
    };
    expect(Object.keys(assets)).toEqual(["src/a.js", "src/deep/b.js"]);
    expect(assets["src/a.js"]).toMatchObject({
      path: path.join(tree, "src/a.js"),
      hash: createHash("sha256").update("src/a.js").digest("hex"),
    });
    expect(Object.keys(archive.assets)).toEqual(["c.txt"]);
  });

  test("run executes at once and returns its inputs and outputs", async () => {
    expect(await provider.invoke({ command: "echo hi" })).toEqual({
      result: { command: "echo hi", stdout: "hi", stderr: "" },
      failures: [],
    });
    expect((await provider.invoke({})).failures).toEqual([
      "command: Missing required field 'command' on 'local.RunInputs'",
    ]);
  });

  test("cancel ends a running command", async () => {
    const other = await Provider.start();
    const said = refusal(other.create(token, { create: "exec sleep 60" }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await other.cancel();
    expect(await said).toBe('signal: killed: running "exec sleep 60":\n');
    other.stop();
  });

  test("an unknown kind of resource is refused", async () => {
    expect(await refusal(provider.create("command:local:Nope", {}))).toBe(
      "unknown resource type command:local:Nope",
    );
  });
});

describe("globs", () => {
  test.each([
    ["*.js", "a.js", true],
    ["*.js", "src/a.js", false],
    ["**.js", "src/a.js", true],
    ["src/?.js", "src/a.js", true],
    ["src/?.js", "src/ab.js", false],
    ["[ab].js", "a.js", true],
    ["[!ab].js", "a.js", false],
    ["*.{js,ts}", "a.ts", true],
    ["*.{js,ts}", "a.tsx", false],
    [String.raw`\*.js`, "*.js", true],
    [String.raw`\*.js`, "a.js", false],
    ["a+(b).js", "a+(b).js", true],
  ])("%s on %s: %s", (glob, file, matches) => {
    expect(globToRegExp(glob).test(file)).toBe(matches);
  });

  test("a broken pattern is refused", () => {
    expect(() => globToRegExp("[a")).toThrow("unclosed [ in the pattern [a");
    expect(() => globToRegExp("{a")).toThrow("unclosed { in the pattern {a");
  });
});
