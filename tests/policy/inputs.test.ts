import { renderPreUserData, renderUserData, toUserData } from "../../node";
import { kubeletDomains } from "../../policy/inputs";

const clusterDomain = "cluster.local";

describe("the domains that a node's scripts give its kubelet", () => {
  test.each([
    ["pre user data", renderPreUserData({ clusterDomain })],
    ["user data", renderUserData({ clusterDomain })],
    ["user data with commands", renderUserData({ clusterDomain, commands: "echo hello" })],
  ])("our own %s: what runs, and not what a comment says", (_, text) => {
    expect(kubeletDomains(toUserData(text))).toEqual([clusterDomain]);
    expect(kubeletDomains(text)).toEqual([clusterDomain]);

    const comment = `kubelet --cluster-domain=${clusterDomain}\n`;
    expect(text).toContain(comment);
    const quiet = text.replace(comment, "\n");
    expect(kubeletDomains(toUserData(quiet))).toEqual([clusterDomain]);

    const edited = text.replace(
      /(kubelet-cluster-domain\.sh (merge|apply)) \S+/g,
      "$1 other.local",
    );
    expect(edited).toContain(comment);
    expect(kubeletDomains(toUserData(edited))).toEqual(["other.local"]);
  });

  test("our script and a flag of the user's own, each in its place", () => {
    const commands =
      'echo KUBELET_EXTRA_ARGS="--cluster-domain=b.local" >/etc/sysconfig/kubelet # not --cluster-domain=c.local';
    expect(kubeletDomains(toUserData(renderUserData({ clusterDomain, commands })))).toEqual([
      clusterDomain,
      "b.local",
    ]);
  });

  test.each([
    ["--cluster-domain=a.local", ["a.local"]],
    ["--cluster-domain a.local", ["a.local"]],
    ["--cluster_domain=a.local", ["a.local"]],
    ["--cluster-domain='a.local'", ["a.local"]],
    ['echo "--cluster-domain=\\"a.local\\""', ["a.local"]],
    ["--cluster-domain=A.Local", ["a.local"]],
    ["--cluster-domain=a.local --cluster-domain=b.local", ["a.local", "b.local"]],
    ["sed -i 's#--cluster-domain=a.local#--cluster-domain=b.local#' x", ["a.local", "b.local"]],
    ["echo ' # ' --cluster-domain=a.local", ["a.local"]],
    ["echo \\' # --cluster-domain=a.local", []],
    ["# --cluster-domain=a.local", []],
    ["  # --cluster-domain=a.local", []],
    ["; --cluster-domain=a.local", []],
    ["true # --cluster-domain=a.local", []],
    ["# kubelet-cluster-domain.sh merge a.local", []],
    ["--cluster-domain=$DOMAIN", []],
  ])("%s", (line, domains) => {
    expect(kubeletDomains(toUserData(`#!/bin/sh\n${line}\n`))).toEqual(domains);
  });

  test("what is not base64 is the text itself, as the provider takes it", () => {
    const text = "--cluster-domain=a.local\n";
    const base64 = toUserData(text);
    for (const given of [text, base64, `${base64.slice(0, 8)}\n${base64.slice(8)}\n`]) {
      expect(kubeletDomains(given)).toEqual(["a.local"]);
    }
    expect(kubeletDomains(base64.replace(/=*$/, "."))).toEqual([]);
    expect(kubeletDomains("")).toEqual([]);
    expect(kubeletDomains(undefined)).toEqual([]);
  });
});
