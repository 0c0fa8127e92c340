import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { addHello, addSlow, isAlive, makeFixture, until, type Fixture } from "./fixture";

let fixture: Fixture;
beforeEach(() => (fixture = makeFixture()));
afterEach(() => fixture.remove());

const call = (name: string): string =>
  execFileSync("sh", ["-c", `"$0" 2>&1`, path.join(fixture.root, ".tools/bin", name)], {
    encoding: "utf8",
  });
const folders = (): string[] =>
  fs.readdirSync(path.join(fixture.root, ".tools")).filter((name) => /^(hello|slow)-/.test(name));

describe("tools/install", () => {
  jest.setTimeout(120_000);

  it("builds a program, links it under its names, and then has nothing to do", async () => {
    addHello(fixture);
    const first = await fixture.run();
    expect(first).toEqual({
      code: 0,
      output: expect.stringContaining("hello 1.0.0 is ready") as string,
    });
    expect(call("hello")).toBe("hello v1.0.0\n");
    expect(call("hi")).toBe("hello v1.0.0\n");
    expect(await fixture.run()).toEqual({ code: 0, output: "" });
    expect(folders()).toEqual([expect.stringMatching(/^hello-1\.0\.0-[0-9a-f]{12}$/)]);
  });

  it("builds anew what has changed, and drops what it replaces", async () => {
    addHello(fixture);
    await fixture.run();
    const [before] = folders();
    addHello(fixture, "good day");
    expect((await fixture.run()).code).toBe(0);
    expect(call("hello")).toBe("good day v1.0.0\n");
    expect(folders()).toHaveLength(1);
    expect(folders()).not.toContain(before);
  });

  it("is not led astray by a person's own Go settings", async () => {
    addHello(fixture);
    fixture.write("go.work", "go 1.26\n");
    const { code, output } = await fixture.run([], {
      GOFLAGS: "-mod=vendor -tags=none",
      GOOS: "plan9",
      GOARCH: "386",
      CGO_ENABLED: "1",
      GOWORK: path.join(fixture.root, "go.work"),
    });
    expect(output).toContain("is ready");
    expect(code).toBe(0);
    expect(call("hello")).toBe("hello v1.0.0\n");
  });

  it("shows what a compiler said, and where the rest of it is", async () => {
    addHello(fixture);
    fixture.write("src/hello/main.go", "package main\n\nfunc main() { fault }\n");
    const { code, output } = await fixture.run();
    expect(code).toBe(1);
    expect(output).toContain("hello 1.0.0 did not compile");
    expect(output).toContain("undefined: fault");
    expect(output).toContain(path.join(fixture.root, ".tools/logs/hello.log"));
    expect(fixture.exists(".tools/bin/hello")).toBe(false);
  });

  it("names the tools when asked for another", async () => {
    addHello(fixture);
    expect(await fixture.run(["helo"])).toEqual({
      code: 1,
      output: 'tools: there is no tool "helo". There are: packages hello\n',
    });
  });

  it("uses a program on PATH that a recipe finds there", async () => {
    addHello(fixture);
    fs.appendFileSync(
      path.join(fixture.root, "tools/recipes/hello.sh"),
      "found() { type -P hello-there || true; }\n",
    );
    fixture.write("fake-bin/hello-there", "#!/bin/sh\necho found\n", 0o755);
    expect((await fixture.run()).code).toBe(0);
    expect(call("hello")).toBe("found\n");
    expect(folders()).toEqual([]);
    fs.rmSync(path.join(fixture.bin, "hello-there"));
    expect((await fixture.run()).code).toBe(0);
    expect(call("hello")).toBe("hello v1.0.0\n");
  });

  it("says so when Go is too old", async () => {
    addHello(fixture);
    fixture.write("fake-bin/go", "#!/bin/sh\necho go1.21.3\n", 0o755);
    expect(await fixture.run()).toEqual({
      code: 1,
      output: `tools: Go 1.26 or newer is needed, and ${fixture.bin}/go is 1.21.3. Put a newer one first on PATH and run this again.\n`,
    });
  });

  it("shows how far it is: lines in a file, one line that changes on a terminal", async () => {
    addSlow(fixture);
    const running = fixture.start();
    const line = /tools: +\d+% slow 1\.0\.0: half way, about \d+ s left/;
    await until(() => line.test(running.output()));
    fixture.write("go", "");
    expect((await running.result).output).not.toContain("\r");

    fs.rmSync(path.join(fixture.root, ".tools"), { recursive: true });
    fs.rmSync(path.join(fixture.root, "go"));
    const onTerminal = fixture.startOnTerminal();
    const rewritten = new RegExp(`\r\\u001b\\[K${line.source}`);
    await until(() => rewritten.test(onTerminal.output()));
    fixture.write("go", "");
    expect((await onTerminal.result).code).toBe(0);
  });
});

describe("tools/install, when it is stopped", () => {
  jest.setTimeout(60_000);

  const startSlow = async () => {
    addSlow(fixture);
    const running = fixture.start();
    await until(() => fixture.exists("pid") && fixture.read("pid").endsWith("\n"));
    return { ...running, worker: Number(fixture.read("pid")) };
  };

  it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "by %s ends its work, and ends well the next time",
    async (signal) => {
      const { child, result, worker } = await startSlow();
      child.kill(signal);
      const { code, output } = await result;
      expect(code).toBe({ SIGKILL: null, SIGTERM: 143, SIGINT: 130 }[signal]);
      if (signal !== "SIGKILL") expect(output).toContain("stopped: run it again to go on");
      await until(() => !isAlive(worker));
      expect(fixture.exists(".tools/bin/slow")).toBe(false);

      fixture.write("go", "");
      expect((await fixture.run()).code).toBe(0);
      expect(call("slow")).toBe("slow\n");
      expect(await fixture.run()).toEqual({ code: 0, output: "" });
      expect(fixture.exists(".tools/.install/work")).toBe(false);
    },
  );

  it("lets another one wait, which then finds the work done", async () => {
    const first = await startSlow();
    const second = fixture.start();
    await until(() => second.output().includes(`(process ${first.child.pid}) is at work`));
    fixture.write("go", "");
    expect((await first.result).code).toBe(0);
    expect((await second.result).code).toBe(0);
    expect(fixture.read("builds")).toBe("built\n");
  });
});
