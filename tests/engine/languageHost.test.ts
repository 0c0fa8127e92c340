import { makeSmallProject, type SmallProject } from "./support/smallProject";

jest.setTimeout(300_000);

const program = `
import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
console.log("said by the program");
export const word = config.require("word");
export const hushed = config.requireSecret("hushed");
export const list = config.requireObject<string[]>("list");
export const where = [pulumi.getProject(), pulumi.getStack(), pulumi.runtime.isDryRun()];
const fail = config.get("fail");
class Part extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Part", "part");
    if (fail === "clear") throw new pulumi.ResourceError("a clear message", this, true);
  }
}
new Part();
if (fail === "crash") throw new Error("a crash");
if (fail === "exit") process.exit(7);
`;

describe("programs in Node.js", () => {
  let project: SmallProject;
  beforeAll(async () => {
    project = await makeSmallProject("engine-nodejs", program, "runtime: nodejs");
    await project.pulumi("config", "set", "word", "hi");
    await project.pulumi("config", "set", "--secret", "hushed", "quiet");
    await project.pulumi("config", "set", "--path", "list[0]", "one");
  });
  afterAll(() => project.remove());

  test("get their config, and export outputs", async () => {
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
    expect(output).toContain("said by the program");
    expect(code).toBe(0);
    const outputs = await project.pulumi("stack", "output", "--json", "--show-secrets");
    expect(JSON.parse(outputs.output.slice(outputs.output.indexOf("{")))).toEqual({
      word: "hi",
      hushed: "quiet",
      list: ["one"],
      where: ["engine-nodejs", "dev", false],
    });
    expect(await project.state()).not.toContain("quiet");
    const again = await project.pulumi("preview", "--json");
    expect(again.code).toBe(0);
  });

  test.each([
    ["clear", /error: a clear message/, /unhandled exception|exited with non-zero/],
    ["crash", /unhandled exception:[^]*Error: a crash/, /exited with non-zero/],
    ["exit", /Program exited with non-zero exit code: 7/, /unhandled exception/],
  ])("that fail (%s) say why, once", async (way, said, unsaid) => {
    const { code, output } = await project.pulumi(
      "preview",
      "--config",
      `engine-nodejs:fail=${way}`,
    );
    await project.pulumi("config", "rm", "fail");
    expect(code).not.toBe(0);
    expect(output).toMatch(said);
    expect(output).not.toMatch(unsaid);
  });

  test("run compiled, and with the arguments that Node.js is to get", async () => {
    project.write(
      "Pulumi.yaml",
      "name: engine-nodejs\nmain: main.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: \"--title='two words'\"\n",
    );
    project.write(
      "main.js",
      "console.log(`${process.title}, ${process.env.PULUMI_NODEJS_TYPESCRIPT ?? 'no TypeScript'}`);",
    );
    const { code, output } = await project.pulumi("preview");
    expect(output).toContain("two words, no TypeScript");
    expect(code).toBe(0);
  });

  test("are told what is wrong with their options", async () => {
    project.write(
      "Pulumi.yaml",
      "name: engine-nodejs\nruntime:\n  name: nodejs\n  options:\n    packagemanager: nope\n",
    );
    const { code, output } = await project.pulumi("preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(
      'packagemanager option must be one of auto, npm, yarn, pnpm or bun, got "nope"',
    );
  });
});
