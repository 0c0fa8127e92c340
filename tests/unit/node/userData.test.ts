import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as fc from "fast-check";
import {
  argumentsPath,
  commandsFault,
  dropInPath,
  renderPreUserData,
  renderUserData,
  scriptPath,
  toUserData,
} from "../../../node";
import { folder, removeFolders, script } from "./support";

afterAll(removeFolders);

const golden = resolve(__dirname, "../../golden/user-data");
const clusterDomain = "cluster.local";
const commands = '#!/bin/bash\nset -e\necho "{\\"log-driver\\": \\"json\\"}" >/etc/example.json\n';

const texts: [file: string, text: string][] = [
  ["pre-user-data.sh", renderPreUserData({ clusterDomain })],
  ["user-data.sh", renderUserData({ clusterDomain })],
  ["user-data-with-commands.sh", renderUserData({ clusterDomain, commands })],
];

describe.each(texts)("%s", (file, text) => {
  test("is what was reviewed; write it anew with UPDATE_GOLDEN=1", () => {
    const path = join(golden, file);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, "utf8"));
  });

  test("passes shellcheck", () => {
    const { stdout, status } = spawnSync("shellcheck", ["-"], { input: text, encoding: "utf8" });
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  test("begins with #!, which is how cloud-init knows a script", () => {
    expect(text.startsWith("#!/bin/bash\n")).toBe(true);
  });
});

test("both together stay far below the 16 KiB that ECS takes", () => {
  const domain = "x".repeat(63);
  const size =
    renderPreUserData({ clusterDomain: domain }).length +
    renderUserData({ clusterDomain: domain }).length;
  expect(size).toBeLessThan(8 * 1024);
});

test("base64 keeps every character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(Buffer.from(toUserData(text), "base64").toString("utf8")).toBe(text);
    }),
  );
});

/** The text with a temporary folder in the place of the root, run with a systemctl that only logs. */
function runRooted(text: string): { root: string; status: number | null; stderr: string } {
  const root = folder();
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "bin/systemctl"), `#!/bin/sh\necho "$*" >>${root}/log\n`, {
    mode: 0o755,
  });
  const { status, stderr } = spawnSync("bash", ["-c", text.replaceAll("/etc/", `${root}/etc/`)], {
    encoding: "utf8",
    // With a socket as its input bash would read the files of whoever runs the test.
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: `${join(root, "bin")}:${process.env.PATH}` },
  });
  return { root, status, stderr };
}

test("pre user data installs the script and the drop-in, twice as well as once", () => {
  const text = renderPreUserData({ clusterDomain });
  const { root, status, stderr } = runRooted(`${text}\n${text}\necho reached >/etc/end`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const content = (path: string) => readFileSync(join(root, path), "utf8").replaceAll(root, "");
  expect(content(scriptPath)).toBe(readFileSync(script, "utf8"));
  expect(content(dropInPath)).toBe(
    `[Service]\nExecStartPre=-/bin/sh ${scriptPath} merge ${clusterDomain} ${argumentsPath}\n`,
  );
  expect(content("log")).toBe("daemon-reload\ndaemon-reload\n");
  expect(content("etc/end")).toBe("reached\n");
});

test("a failure of ours does not stop ACK's set-up or the user's commands", () => {
  const blocked = "touch /etc/ack-cluster-dns /etc/systemd\n";
  for (const text of [renderPreUserData({ clusterDomain }), renderUserData({ clusterDomain })]) {
    const { root, status, stderr } = runRooted(
      `mkdir -p /etc/\n${blocked}${text}\necho reached >/etc/end`,
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/ack-cluster-dns: (pre )?user data failed\n$/);
    expect(readFileSync(join(root, "etc/end"), "utf8")).toBe("reached\n");
  }
});

test("systemd accepts the drop-in", () => {
  const root = folder();
  const unit = join(root, "kubelet.service");
  mkdirSync(`${unit}.d`);
  writeFileSync(unit, "[Service]\nExecStart=/bin/true\n");
  const [, dropIn = ""] =
    /<<'ACK_CLUSTER_DNS' .*\n(\[Service\][^]*?)ACK_CLUSTER_DNS\n/.exec(
      renderUserData({ clusterDomain }),
    ) ?? [];
  expect(dropIn).toContain("ExecStartPre=-/bin/sh");
  writeFileSync(join(`${unit}.d`, "99-ack-cluster-dns.conf"), dropIn);
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", unit], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test.each(["", "Cluster.local", "cluster.local; reboot", "a'b", "a b", "-a", "a\n", "$(id)"])(
  "a domain that could act in a shell is refused: %j",
  (domain) => {
    const message = `cluster domain ${JSON.stringify(domain)}: only lower-case letters, digits, "-" and "." are allowed`;
    expect(() => renderPreUserData({ clusterDomain: domain })).toThrow(message);
    expect(() => renderUserData({ clusterDomain: domain })).toThrow(message);
  },
);

test.each([
  ["echo hello", undefined],
  ["#!/bin/sh\necho hello", undefined],
  ["#!/usr/bin/env bash\necho hello", undefined],
  ["# a comment\necho hello", undefined],
  [
    "#cloud-config\nruncmd: []",
    "it is a cloud-init document, and user data is joined to a shell script",
  ],
  [
    "Content-Type: multipart/mixed\n",
    "it is a cloud-init document, and user data is joined to a shell script",
  ],
  [
    "\n#include\nhttp://example.com",
    "it is a cloud-init document, and user data is joined to a shell script",
  ],
  ["#!/usr/bin/python3\nprint()", "its first line names another interpreter than sh or bash"],
  ["#!/usr/bin/env python3\nprint()", "its first line names another interpreter than sh or bash"],
  ["echo \0", "it holds a NUL character"],
])("commands %j: %s", (text, fault) => {
  expect(commandsFault(text)).toBe(fault);
  if (fault === undefined)
    expect(renderUserData({ clusterDomain, commands: text })).toContain(text);
  else
    expect(() => renderUserData({ clusterDomain, commands: text })).toThrow(`user data: ${fault}`);
});
