import { certificateFaults } from "../../components/rules/cluster";
import { creationFaults, retirementFaults } from "../../components/rules/clusterDomain";
import { describeFaults } from "../../components/rules/faults";
import { platformWarnings } from "../../components/rules/platform";
import { platformArgs } from "./support";

const moved = () => ({
  ...platformArgs().cluster,
  provisionedClusterDomain: "oneprocloud.com",
  legacyClusterDomains: ["oneprocloud.com"],
});

describe("making a cluster", () => {
  test("with the domain in force is right", () => {
    expect(creationFaults("cluster", platformArgs().cluster)).toEqual([]);
    const same = { ...platformArgs().cluster, provisionedClusterDomain: "cluster.local" };
    expect(creationFaults("cluster", same)).toEqual([]);
  });

  test("with the domain that another cluster moved away from is refused", () => {
    expect(describeFaults(creationFaults("cluster", moved()))).toBe(
      'ack-cluster-dns:cluster.provisionedClusterDomain: value "oneprocloud.com": the stack holds no cluster yet, and a new one is created with cluster.clusterDomain "cluster.local". Import the cluster that was created with it first (docs/adopt.md), or remove the line for a new cluster.',
    );
  });
});

describe("giving up a domain", () => {
  const cluster = (clusterDomain: string, legacyClusterDomains?: string[]) => ({
    clusterDomain,
    legacyClusterDomains,
  });

  test.each([
    ["nothing changes", cluster("a.internal"), ["a.internal"]],
    ["a move", cluster("b.internal", ["a.internal"]), ["a.internal"]],
    ["a move back", cluster("a.internal", ["b.internal"]), ["b.internal", "a.internal"]],
    ["that no pod carries", cluster("b.internal", []), ["b.internal", "a.internal"]],
    [
      "out of several",
      cluster("c.internal", ["b.internal"]),
      ["c.internal", "b.internal", "a.internal"],
    ],
    ["with nothing on record", cluster("a.internal"), []],
  ])("is right: %s", (_, domains, before) => {
    expect(retirementFaults("cluster", domains, before)).toEqual([]);
  });

  test("that is in force is refused, whatever the list says", () => {
    const moved = cluster("c.internal", ["a.internal"]);
    expect(describeFaults(retirementFaults("cluster", moved, ["b.internal", "a.internal"]))).toBe(
      'ack-cluster-dns:cluster.legacyClusterDomains: value ["a.internal"]: "b.internal" is missing, which was in force until now, so that kubelets and pods carry it. Write ["b.internal","a.internal"]; it may go in a later update, when none does any more.',
    );
  });

  test("by a way back that forgets it is refused", () => {
    const back = cluster("a.internal");
    expect(
      describeFaults(retirementFaults("cluster", back, ["b.internal", "a.internal"])),
    ).toContain('"b.internal" is missing, which was in force until now');
  });

  test("unsaid is refused", () => {
    const unsaid = cluster("b.internal");
    expect(describeFaults(retirementFaults("cluster", unsaid, ["b.internal", "a.internal"]))).toBe(
      'ack-cluster-dns:cluster.legacyClusterDomains: missing, though "a.internal" was served until now. Write ["a.internal"] as long as a running pod carries it or a node gives it to new ones, and [] when none does.',
    );
  });
});

describe("the certificate of a moved cluster", () => {
  const api = "kubernetes.default.svc.cluster.local";

  test("that holds names which nobody declared is not overwritten", () => {
    expect(
      describeFaults(certificateFaults("cluster", moved(), `api.example.com,${api},10.0.0.1`)),
    ).toBe(
      'ack-cluster-dns:cluster.certificateSans: missing, though the API server\'s certificate holds api.example.com, 10.0.0.1, which the name for cluster.clusterDomain would take the place of. Write ["api.example.com","10.0.0.1"] to keep them, or [] to give them up.',
    );
  });

  test.each([
    ["no names", moved(), ""],
    ["nothing on record", moved(), undefined],
    ["only the name that is added", moved(), api],
    [
      "names that are declared",
      { ...moved(), certificateSans: ["api.example.com"] },
      "old.example.com",
    ],
    ["names, and the cluster has not moved", platformArgs().cluster, "api.example.com"],
  ])("may be written: %s", (_, args, recorded) => {
    expect(certificateFaults("cluster", args, recorded)).toEqual([]);
  });
});

describe("what is no fault and should yet be known", () => {
  test("is nothing for a platform as it should be", () => {
    expect(platformWarnings(platformArgs())).toEqual([]);
  });

  test("is a domain that mDNS claims", () => {
    const args = platformArgs();
    args.cluster.clusterDomain = "corp.local";
    expect(platformWarnings(args)).toEqual([
      expect.stringMatching(
        /^ack-cluster-dns:cluster\.clusterDomain: "corp\.local".*multicast DNS/,
      ),
    ]);
  });

  test("is what a Corefile lacks for production", () => {
    const args = platformArgs();
    args.coreDns.corefile =
      ".:53 {\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    reload\n    ready\n}\n";
    expect(platformWarnings(args)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^ack-cluster-dns:coreDns\.corefile: .*errors/),
      ]),
    );
  });
});
