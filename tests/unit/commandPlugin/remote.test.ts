import * as fs from "fs";
import * as path from "path";

import { Unknown, type Properties } from "../../../lab/plugins/rpc/values";
import { Provider, refusal } from "./harness";
import { startSshServer, type SshServer } from "./sshServer";

// Each login is a key exchange, which a busy machine takes its time for.
jest.setTimeout(60_000);

describe("remote commands and copies over a real sshd", () => {
  let provider: Provider;
  let server: SshServer;
  let connection: Record<string, string | number>;
  beforeAll(async () => {
    delete process.env["SSH_AUTH_SOCK"];
    [provider, server] = await Promise.all([Provider.start(), startSshServer()]);
    connection = {
      host: "127.0.0.1",
      port: server.port,
      user: server.user,
      privateKey: server.privateKey,
      dialErrorLimit: 0,
      perDialTimeout: 15,
    };
  });
  beforeEach(() => provider.messages.splice(0));
  afterAll(() => {
    provider.stop();
    server.stop();
  });

  const token = "command:remote:Command";
  const create = (
    more: Properties,
    at: Properties = connection,
  ): Promise<{ outputs: Properties }> => provider.create(token, { connection: at, ...more });

  test("runs a command with its input and shows its output", async () => {
    const { outputs } = await create({ create: "cat; echo err >&2", stdin: "in\n" });
    expect(outputs).toMatchObject({ stdout: "in", stderr: "err" });
    expect([...provider.messages].sort()).toEqual(["err", "in"]);
  });

  test("a preview connects to nobody", async () => {
    const preview = await provider.create(token, { connection: Unknown.value, create: "x" }, true);
    expect(preview.outputs).toMatchObject({ stdout: Unknown.value, stderr: Unknown.value });
  });

  test("a failing command is reported with all that it wrote", async () => {
    expect(await refusal(create({ create: "echo out; exit 3" }))).toBe(
      'Process exited with status 3: running "echo out; exit 3":\nout\n',
    );
    expect(await refusal(create({ create: "kill -9 $$" }))).toBe(
      'Process exited with status 137 from signal KILL: running "kill -9 $$":\n',
    );
  });

  test("passes the variables that the server accepts, and no other", async () => {
    const { outputs } = await create({
      create: 'echo "$GREETING"',
      environment: { GREETING: "hello" },
    });
    expect(outputs["stdout"]).toBe("hello");
    expect(await refusal(create({ create: "true", environment: { OTHER: "x" } }))).toBe(
      'could not set environment variable "OTHER": ssh: setenv failed',
    );
    expect(provider.messages.at(-1)).toMatch(/^error: Unable to set 'OTHER'/);
  });

  test("hands on the outputs before, and warns where the server does not take them", async () => {
    const state = { connection, create: "c", stdout: "before", stderr: "oops" };
    const update = 'echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"';
    expect(await provider.update(token, state, { connection, update })).toMatchObject({
      stdout: "before/",
    });
    expect(provider.messages[0]).toMatch(/^warning: Unable to set 'PULUMI_COMMAND_STDERR'/);

    const file = path.join(server.dir, "deleted");
    await provider.delete(token, {
      ...state,
      delete: `printf %s "$PULUMI_COMMAND_STDOUT" > ${file}`,
    });
    expect(fs.readFileSync(file, "utf8")).toBe("before");
  });

  test("logs in with an encrypted key, with an agent, and checks the host's key", async () => {
    const hello = { create: "echo hello" };
    const keyless = { ...connection };
    delete keyless["privateKey"];
    const ways: Properties[] = [
      { ...keyless, privateKey: server.encryptedKey, privateKeyPassword: "open sesame" },
      { ...keyless, agentSocketPath: server.agentSocket },
      { ...connection, hostKey: server.hostKey },
    ];
    for (const way of ways) {
      expect((await create(hello, way)).outputs["stdout"]).toBe("hello");
    }
    const otherKey = fs.readFileSync(path.join(server.dir, "user.pub"), "utf8");
    const refused: [Properties, string][] = [
      [
        { ...keyless, privateKey: server.encryptedKey },
        "ssh: this private key is passphrase protected",
      ],
      [{ ...keyless, privateKey: "rubbish" }, "ssh: no key found"],
      [{ ...connection, hostKey: "rubbish" }, "failed to parse host key: ssh: no key found"],
      [
        { ...connection, hostKey: otherKey },
        "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch",
      ],
      [
        { ...keyless, password: "wrong" },
        "after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate, " +
          "attempted methods [none password keyboard-interactive], no supported methods remain",
      ],
      [
        { ...keyless, agentSocketPath: "/no/agent" },
        "dial unix /no/agent: connect: no such file or directory",
      ],
    ];
    for (const [way, message] of refused) expect(await refusal(create(hello, way))).toBe(message);
  });

  test("goes through a proxy", async () => {
    const { outputs } = await create(
      { create: "echo $SSH_CONNECTION" },
      { ...connection, proxy: connection },
    );
    expect(outputs["stdout"]).toMatch(/^127\.0\.0\.1 /);
    const closed = { ...connection, port: 1 };
    expect(await refusal(create({ create: "true" }, { ...connection, proxy: closed }))).toBe(
      "proxy: after 0 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused",
    );
  });

  test("tries again as often as it may", async () => {
    const closed = { ...connection, port: 1, dialErrorLimit: 2 };
    expect(await refusal(create({ create: "true" }, closed))).toBe(
      "after 2 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused",
    );
    expect(provider.messages).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
  });

  describe("copies", () => {
    const key = "4dabf18193072939515e22adb298388d";
    const assetOf = (more: Record<string, string>): Properties => ({
      [key]: "c44067f5952c0a294b673a41bacd8c17",
      ...more,
    });
    const archiveOf = (place: string): Properties => ({
      [key]: "0def7320c3a5731c473e5ecbe6d01bc7",
      path: place,
      hash: "h",
    });
    let source: string;
    let target: string;
    beforeEach(() => {
      source = fs.mkdtempSync(path.join(server.dir, "source-"));
      target = path.join(source, "../", `target-${path.basename(source)}`);
      fs.mkdirSync(path.join(source, "deep"));
      fs.writeFileSync(path.join(source, "deep/b"), "b");
      fs.writeFileSync(path.join(source, "a"), "a");
    });
    const copy = (from: Properties, to: string): Promise<unknown> =>
      provider.create("command:remote:CopyToRemote", { connection, source: from, remotePath: to });

    test("a file to a new place, into a directory, over a file", async () => {
      const file = assetOf({ path: path.join(source, "a"), hash: "1" });
      await copy(file, path.join(target, "x/y"));
      expect(fs.readFileSync(path.join(target, "x/y"), "utf8")).toBe("a");
      await copy(file, target);
      expect(fs.readFileSync(path.join(target, "a"), "utf8")).toBe("a");
      fs.writeFileSync(path.join(target, "a"), "something longer");
      await copy(file, path.join(target, "a"));
      expect(fs.readFileSync(path.join(target, "a"), "utf8")).toBe("a");
    });

    test("a directory under its own name, or what it holds", async () => {
      await copy(archiveOf(source), target);
      const inside = path.join(target, path.basename(source));
      expect(fs.readFileSync(path.join(inside, "deep/b"), "utf8")).toBe("b");
      await copy(archiveOf(`${source}/`), target);
      expect(fs.readFileSync(path.join(target, "deep/b"), "utf8")).toBe("b");
      expect(await refusal(copy(archiveOf(`${source}/`), path.join(target, "a")))).toBe(
        `remote path ${path.join(target, "a")} exists but is not a directory`,
      );
    });

    test("a text to a file, never to a directory", async () => {
      const file = path.join(target, "deeper/text");
      await copy(assetOf({ text: "hello", hash: "1" }), file);
      expect(fs.readFileSync(file, "utf8")).toBe("hello");
      expect(await refusal(copy(assetOf({ text: "x", hash: "1" }), target))).toBe(
        `remote path ${target} is a directory; when using a text asset, remotePath must be a file path`,
      );
    });

    test("an update copies only what changed", async () => {
      const kind = "command:remote:CopyToRemote";
      const file = path.join(target, "text");
      const state = (text: string, hash: string): Properties => ({
        connection,
        source: assetOf({ text, hash }),
        remotePath: file,
      });
      await provider.update(kind, state("a", "1"), state("b", "1"));
      expect(fs.existsSync(file)).toBe(false);
      await provider.update(kind, state("a", "1"), state("b", "2"));
      expect(fs.readFileSync(file, "utf8")).toBe("b");
    });

    test("the deprecated CopyFile copies one file", async () => {
      fs.mkdirSync(target);
      await provider.create("command:remote:CopyFile", {
        connection,
        localPath: path.join(source, "a"),
        remotePath: path.join(target, "z"),
      });
      expect(fs.readFileSync(path.join(target, "z"), "utf8")).toBe("a");
      expect(await refusal(provider.update("command:remote:CopyFile", {}, {}))).toMatch(
        /^Update is not implemented for resource/,
      );
    });
  });
});
