import * as fs from "node:fs";
import * as path from "node:path";

import { labEnvironment } from "../../../lab/environment";
import { openInstance, releasePorts, repository, type Instance } from "../../../lab/instance";
import { run, type Run } from "../../support/project";

/** A Pulumi project of a few lines, with a backend of its own. */
export interface SmallProject {
  /** Its lab, of which nothing is started. */
  readonly instance: Instance;
  readonly dir: string;
  /** Writes or replaces a file of the project. */
  write(name: string, text: string): void;
  /** Runs the Pulumi CLI in the project. */
  pulumi(...args: string[]): Promise<Run>;
  /** The state of stack dev, secrets encrypted. */
  state(): Promise<string>;
  remove(): void;
}

const tsconfig = {
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "commonjs",
    moduleResolution: "node",
    skipLibCheck: true,
    types: ["node"],
  },
};

/** Types stripped by tsx, as this repository's own project does. */
const asProduct = `main: index.ts
runtime:
  name: nodejs
  options:
    typescript: false
    nodeargs: --import tsx`;

/** Makes a project with stack dev. */
export async function makeSmallProject(
  name: string,
  program: string,
  settings = asProduct,
): Promise<SmallProject> {
  const instance = openInstance(`${name}-${process.pid}`);
  const dir = path.join(instance.dir, "project");
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  const env = {
    ...process.env,
    ...labEnvironment(instance),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
  const project: SmallProject = {
    instance,
    dir,
    write: (file, text) => fs.writeFileSync(path.join(dir, file), text),
    pulumi: (...args) =>
      run("pulumi", ["--non-interactive", "--color", "never", ...args], {
        cwd: dir,
        env,
        timeoutMs: 180_000,
      }),
    state: async () => (await project.pulumi("stack", "export", "--stack", "dev")).output,
    remove() {
      releasePorts(instance);
      fs.rmSync(instance.dir, { recursive: true, force: true });
    },
  };
  project.write("Pulumi.yaml", `name: ${name}\n${settings}\n`);
  project.write("package.json", JSON.stringify({ name, main: "index.ts" }));
  project.write("tsconfig.json", JSON.stringify(tsconfig));
  project.write("index.ts", program);
  fs.symlinkSync(path.join(repository, "node_modules"), path.join(dir, "node_modules"));
  await project.pulumi("stack", "init", "dev");
  return project;
}
