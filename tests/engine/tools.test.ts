import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { repository, toolsDir } from "../../lab/instance";

const bin = path.join(toolsDir, "bin");

/** What a program prints of itself, stdout and stderr. */
function ask(name: string, ...args: string[]): string {
  const { stdout, stderr, error } = spawnSync(path.join(bin, name), args, {
    encoding: "utf8",
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" },
  });
  if (error) throw error;
  return stdout + stderr;
}

describe("the programs in .tools/bin", () => {
  it.each([
    ["pulumi", ["version"], /^v3\.259\.0$/m],
    ["kube-apiserver", ["--version"], /^Kubernetes v1\.35\.4$/m],
    ["kube-controller-manager", ["--version"], /^Kubernetes v1\.35\.4$/m],
    ["kube-scheduler", ["--version"], /^Kubernetes v1\.35\.4$/m],
    ["kubelet", ["--version"], /^Kubernetes v1\.35\.4$/m],
    ["kube-proxy", ["--version"], /^Kubernetes v1\.35\.4$/m],
    ["kubectl", ["version", "--client"], /^Client Version: v1\.35\.4$/m],
    ["kubeone", ["kubectl", "version", "--client"], /^Client Version: v1\.35\.4$/m],
    ["etcd", ["--version"], /^etcd Version: 3\.6\.16$/m],
    ["coredns", ["-version"], /^CoreDNS-1\.15\.0$/m],
    ["coredns-1.6.7", ["-version"], /^CoreDNS-1\.6\.7$/m],
    ["pulumi-resource-alicloud", ["--version"], /^3\.106\.0$/m],
  ])("%s is of the pinned version", (name, args, version) => {
    expect(ask(name, ...args)).toMatch(version);
  });

  it("say what they are for when called by no name of theirs", () => {
    expect(ask("kubeone")).toMatch(/^usage: kubeone kube-apiserver\|.*\|kubelet\|kubectl/);
  });

  // What an ACK Corefile may use; the order of plugins is CoreDNS's own.
  const plugins =
    "acl any auto autopath bind bufsize cache cancel debug errors file forward health hosts kubernetes " +
    "loadbalance log loop metadata prometheus ready reload rewrite template whoami";

  it.each([
    ["coredns", `${plugins} dns64 header local minimal view`],
    ["coredns-1.6.7", plugins],
  ])("%s knows the plugins of a cluster's Corefile", (name, wanted) => {
    const known = ask(name, "-plugins")
      .split(/\s+/)
      .map((plugin) => plugin.replace("dns.", ""));
    expect(known).toEqual(expect.arrayContaining(wanted.split(" ")));
  });
});

describe("tools/install, when everything is in place", () => {
  it("says nothing, changes nothing, and takes no time", () => {
    const links = () =>
      fs.readdirSync(bin).map((name) => [name, fs.readlinkSync(path.join(bin, name))]);
    const before = links();
    const started = Date.now();
    const { status, stdout, stderr } = spawnSync(path.join(repository, "tools", "install"), {
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(links()).toEqual(before);
  });
});
