import * as fs from "fs";
import * as os from "os";
import * as path from "path";

import {
  installCommand,
  listDependencies,
  resolvePackageManager,
  workspaceRoot,
} from "../../../lab/plugins/nodejs/packageManager";
import { requiredPackages } from "../../../lab/plugins/nodejs/requiredPackages";

describe("the packages of a program", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "packages-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  const write = (name: string, content: unknown): void => {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  };
  const plugins = (from = dir): string[] =>
    requiredPackages(from).map((found) => `${found.getName()} ${found.getVersion()}`);

  test("are those that ask for a plugin, wherever they are installed", () => {
    const resource = { resource: true };
    write("node_modules/@pulumi/random/package.json", {
      name: "@pulumi/random",
      version: "v4.1.0",
      pulumi: resource,
    });
    write("node_modules/third/package.json", {
      name: "third",
      version: "1.0.0",
      pulumi: { resource: true, name: "own", version: "2.0.0", server: "https://example.org" },
    });
    write("node_modules/third/node_modules/@pulumi/tls/package.json", {
      name: "@pulumi/tls",
      version: "5.0.0",
      pulumi: resource,
    });
    write("node_modules/plain/package.json", { name: "plain", version: "1.0.0" });
    write("node_modules/off/package.json", { name: "@pulumi/off", pulumi: { resource: false } });
    write("node_modules/nameless/package.json", { name: "x", version: "1.0.0", pulumi: resource });
    write("node_modules/broken/package.json", "{");
    write("part/node_modules/@pulumi/aws/package.json", {
      name: "@pulumi/aws",
      version: "7.0.0",
      pulumi: resource,
    });
    expect(plugins()).toEqual(["random v4.1.0", "tls v5.0.0", "own v2.0.0", "aws v7.0.0"]);
    expect(requiredPackages(dir)[2]?.getServer()).toBe("https://example.org");
  });

  test("hand parameters on", () => {
    const parameterization = { name: "p", version: "1.0.0", value: "YWJj" };
    write("node_modules/p/package.json", {
      name: "p",
      version: "1.0.0",
      pulumi: { resource: true, name: "base", version: "3.0.0", parameterization },
    });
    const [found] = requiredPackages(dir);
    expect(found?.getParameterization()?.getName()).toBe("p");
    expect(Buffer.from(found?.getParameterization()?.getValue_asU8() ?? "").toString()).toBe("abc");
  });

  test("are no policy pack's, no hidden folder's, and counted once behind links", () => {
    const manifest = { name: "@pulumi/x", version: "1.0.0", pulumi: { resource: true } };
    write("policy/PulumiPolicy.yaml", "");
    write("policy/node_modules/@pulumi/x/package.json", manifest);
    write(".cache/node_modules/@pulumi/x/package.json", manifest);
    write("store/node_modules/@pulumi/x/package.json", manifest);
    fs.mkdirSync(path.join(dir, "node_modules"));
    fs.symlinkSync("../store/node_modules/@pulumi", path.join(dir, "node_modules/@pulumi"));
    fs.symlinkSync("../policy", path.join(dir, "node_modules/pack"));
    fs.symlinkSync(dir, path.join(dir, "node_modules/loop"));
    fs.symlinkSync("/no/where", path.join(dir, "node_modules/dangling"));
    expect(plugins()).toEqual(["x v1.0.0"]);
  });

  test("are listed with their versions", () => {
    write("package.json", { dependencies: { a: "1" }, devDependencies: { b: "1", missing: "1" } });
    write("node_modules/a/package.json", { version: "1.2.3" });
    write("node_modules/b/package.json", { version: "2.0.0" });
    write("package-lock.json", {
      packages: {
        "": { version: "0.0.0" },
        "node_modules/a": { version: "1.2.3" },
        "node_modules/a/node_modules/@s/c": { version: "3.0.0" },
        "node_modules/linked": { link: true, version: "9" },
      },
    });
    expect(listDependencies(dir, false)).toEqual([
      { name: "a", version: "1.2.3" },
      { name: "b", version: "2.0.0" },
    ]);
    expect(listDependencies(dir, true)).toEqual([
      { name: "a", version: "1.2.3" },
      { name: "@s/c", version: "3.0.0" },
    ]);
    fs.rmSync(path.join(dir, "package-lock.json"));
    expect(() => listDependencies(dir, true)).toThrow("no package-lock.json found");
    fs.rmSync(path.join(dir, "package.json"));
    expect(() => listDependencies(dir, false)).toThrow("could not find package.json");
  });

  test("are installed at the root of their workspace", () => {
    write("package.json", { workspaces: ["apps/*", "lone"] });
    write("apps/web/package.json", {});
    write("lone/package.json", {});
    write("other/package.json", {});
    expect(workspaceRoot(path.join(dir, "apps/web"))).toBe(dir);
    expect(workspaceRoot(path.join(dir, "lone"))).toBe(dir);
    expect(workspaceRoot(path.join(dir, "other"))).toBe(path.join(dir, "other"));
    write("package.json", { workspaces: { packages: ["other"] } });
    expect(workspaceRoot(path.join(dir, "other"))).toBe(dir);
  });

  test("are installed by the manager that is asked for, else by the one whose lock file is there", () => {
    const before = process.env["PATH"];
    write("bin/pnpm", "");
    process.env["PATH"] = path.join(dir, "bin");
    try {
      expect(resolvePackageManager("yarn", dir)).toBe("yarn");
      expect(resolvePackageManager("auto", dir)).toBe("npm");
      write("pnpm-lock.yaml", "");
      write("yarn.lock", "");
      expect(resolvePackageManager("auto", dir)).toBe("pnpm");
    } finally {
      process.env["PATH"] = before;
    }
    expect(installCommand("npm", false)).toEqual(["npm", "install", "--loglevel=error"]);
    expect(installCommand("pnpm", true)).toEqual(["pnpm", "install", "--prod"]);
  });
});
