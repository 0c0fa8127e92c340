import { certificateFaults } from "../../components/rules/cluster";
import { creationFaults } from "../../components/rules/clusterDomain";
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
