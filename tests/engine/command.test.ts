import * as fs from "node:fs";
import * as path from "node:path";

import { startSshServer, type SshServer } from "../unit/commandPlugin/sshServer";
import { makeSmallProject, type SmallProject } from "./support/smallProject";

jest.setTimeout(300_000);

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as command from "@pulumi/command";
const config = new pulumi.Config();
const connection = config.requireSecretObject<command.types.input.remote.ConnectionArgs>("connection");
const dir = config.require("dir");
const local = new command.local.Command("local", {
  create: "echo created >> log; cat",
  update: 'echo "updated after $PULUMI_COMMAND_STDOUT" >> log; cat',
  delete: "echo deleted >> log",
  stdin: config.require("word"),
  dir,
  triggers: [config.get("trigger")],
});
const remote = new command.remote.Command("remote", {
  connection,
  create: pulumi.interpolate\`echo "\${local.stdout} from \$SSH_CONNECTION"\`,
  delete: \`touch \${dir}/remote-deleted\`,
});
new command.remote.CopyToRemote("copy", {
  connection,
  source: new pulumi.asset.StringAsset("copied"),
  remotePath: \`\${dir}/copied\`,
});
export const said = remote.stdout;
export const ran = command.local.runOutput({ command: "echo ran" }).stdout;
if (config.get("fail")) new command.local.Command("failing", { create: "echo oops >&2; exit 3" });
`;

describe("commands", () => {
  let project: SmallProject;
  let server: SshServer;
  let dir: string;
  const log = (): string[] => fs.readFileSync(path.join(dir, "log"), "utf8").trim().split("\n");
  const set = (key: string, value: string, ...flags: string[]): Promise<unknown> =>
    project.pulumi("config", "set", ...flags, key, "--", value);

  beforeAll(async () => {
    server = await startSshServer();
    project = await makeSmallProject("engine-command", program);
    dir = path.join(project.dir, "work");
    fs.mkdirSync(dir);
    await set("dir", dir);
    await set("word", "one");
    await set("connection.host", "127.0.0.1", "--path");
    await set("connection.port", String(server.port), "--path");
    await set("connection.user", server.user, "--path");
    await set("connection.privateKey", server.privateKey, "--path", "--secret");
  });
  afterAll(() => {
    project.remove();
    server.stop();
  });

  test("a preview runs none", async () => {
    const { code, output } = await project.pulumi("preview");
    expect(output).toContain("+ 4 to create");
    expect(code).toBe(0);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test("up runs each once, and a second up none", async () => {
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
    expect(output).toMatch(/said *: "one from 127\.0\.0\.1/);
    expect(output).toMatch(/ran *: "ran"/);
    expect(code).toBe(0);
    expect(fs.readFileSync(path.join(dir, "copied"), "utf8")).toBe("copied");
    const again = await project.pulumi("up", "--yes", "--refresh", "--expect-no-changes");
    expect(again.output).toContain("4 unchanged");
    expect(again.code).toBe(0);
    expect(log()).toEqual(["created"]);
  });

  test("the key is nowhere in the state", async () => {
    const state = await project.state();
    expect(state).toContain("ciphertext");
    expect(state).not.toContain("OPENSSH PRIVATE KEY");
  });

  test("a changed input updates, a trigger replaces", async () => {
    await set("word", "two");
    expect((await project.pulumi("up", "--yes", "--skip-preview")).output).toContain("~ 2 updated");
    expect(log()).toEqual(["created", "updated after one"]);
    await set("trigger", "x");
    const preview = await project.pulumi("preview");
    expect(preview.output).toMatch(/local +replace .*~triggers/);
    await project.pulumi("up", "--yes", "--skip-preview");
    expect(log()).toEqual(["created", "updated after one", "created", "deleted"]);
  });

  test("a failing command says what it wrote, and leaves nothing in the state", async () => {
    await set("fail", "yes");
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
    await project.pulumi("config", "rm", "fail");
    expect(code).not.toBe(0);
    expect(output).toContain('error: exit status 3: running "echo oops >&2; exit 3":\n    oops');
    expect(await project.state()).not.toContain("::failing");
  });

  test("destroy runs the delete commands", async () => {
    expect((await project.pulumi("destroy", "--yes")).code).toBe(0);
    expect(log().at(-1)).toBe("deleted");
    expect(fs.existsSync(path.join(dir, "remote-deleted"))).toBe(true);
  });
});
