import { addSlow, makeFixture, until, type Fixture } from "./fixture";

const policy = "system/usr/sbin/policy-rc.d";
const own = "#!/bin/sh\nexit 104\n";

let fixture: Fixture;
beforeEach(() => {
  fixture = makeFixture();
  addSlow(fixture); // an order of tools that these tests do not ask for
  fixture.write("tools/recipes/packages", "# needed\nsocat\nopenssh-server\n\ncurl # to fetch\n");
  fixture.write("installed", "curl\n");
  fake(
    "dpkg-query",
    `for name; do grep -qx "$name" installed && echo "$name installed"; done; exit 1`,
  );
  fake("dpkg", `echo "dpkg $*" >>calls`);
  fake("id", `echo 0`);
  fake("systemctl", `echo "systemctl $*" >>calls`);
  fake(
    "apt-get",
    `echo "apt-get $*" >>calls
     [ "$2" = install ] || exit 0
     cp ${policy} policy-seen
     echo "pmstatus:socat:50.0:Installing" >&3
     echo $$ >pid
     while [ -e hold ]; do sleep 0.1; done
     [ ! -e broken ] || { echo "E: no space left"; exit 100; }
     for name; do case $name in socat | openssh-server) echo "$name" >>installed ;; esac; done`,
  );
});
afterEach(() => fixture.remove());

/** A program of the system that writes down how it was called. */
function fake(name: string, script: string): void {
  fixture.write(`fake-bin/${name}`, `#!/bin/sh\ncd '${fixture.root}' || exit\n${script}\n`, 0o755);
}

const install = () => fixture.run(["packages"]);
const calls = () => fixture.read("calls").trim().split("\n");

describe("tools/install packages", () => {
  jest.setTimeout(60_000);

  it("installs what is missing, and only then", async () => {
    const { code, output } = await install();
    expect(output).toContain("Debian packages: installed socat openssh-server");
    expect(code).toBe(0);
    expect(calls()).toEqual([
      "dpkg --configure -a",
      "apt-get -q update",
      expect.stringMatching(
        /^apt-get -q install -y --no-install-recommends .*socat openssh-server$/,
      ),
      "systemctl -q disable containerd.service",
      "systemctl -q disable ssh.service",
      "systemctl -q disable ssh.socket",
    ]);
    fixture.write("calls", "");
    expect(await install()).toEqual({ code: 0, output: "" });
    expect(fixture.read("calls")).toBe("");
  });

  it("starts no daemon meanwhile, and leaves no trace of that", async () => {
    await install();
    expect(fixture.read("policy-seen")).toMatch(/\nexit 101\n$/);
    expect(fixture.exists(policy)).toBe(false);
  });

  it("puts a policy of the machine's own back", async () => {
    fixture.write(policy, own, 0o755);
    await install();
    expect(fixture.read("policy-seen")).toMatch(/\nexit 101\n$/);
    expect(fixture.read(policy)).toBe(own);
  });

  it("leaves a daemon enabled that was so before", async () => {
    fixture.write("system/etc/systemd/system/multi-user.target.wants/ssh.service", "");
    await install();
    expect(calls()).not.toContain("systemctl -q disable ssh.service");
  });

  it.each(["SIGKILL", "SIGINT"] as const)(
    "puts the policy back after %s, at the latest in the next run",
    async (signal) => {
      fixture.write(policy, own, 0o755);
      fixture.write("hold", "");
      const { child, result } = fixture.start(["packages"]);
      await until(() => fixture.exists("pid"));
      expect(fixture.read(policy)).not.toBe(own);
      child.kill(signal);
      await result;
      if (signal === "SIGINT") expect(fixture.read(policy)).toBe(own);

      fixture.write("installed", "curl\nsocat\nopenssh-server\n");
      expect((await install()).code).toBe(0);
      expect(fixture.read(policy)).toBe(own);
      expect(await install()).toEqual({ code: 0, output: "" });
    },
  );

  it("shows what apt said when it failed, and puts the policy back", async () => {
    fixture.write("broken", "");
    const { code, output } = await install();
    expect(code).toBe(1);
    expect(output).toContain("Debian packages could not be installed (socat openssh-server)");
    expect(output).toContain("E: no space left");
    expect(fixture.exists(policy)).toBe(false);
  });

  it("says so when it is not root", async () => {
    fake("id", "echo 1000");
    expect(await install()).toEqual({
      code: 1,
      output:
        "tools: these packages are missing and only root can install them: socat openssh-server. As root: tools/install packages\n",
    });
  });
});
