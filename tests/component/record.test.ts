import { describeFault } from "../../components/rules/faults";
import { createOnly, recordFaults } from "../../components/rules/record";
import { platformArgs } from "./support";

const { cluster } = platformArgs();
const lines = (recorded: object, change: object = {}) =>
  recordFaults({ ...cluster, ...change }, recorded).map(describeFault);

test("what ACK confirms is no fault, and neither is what it does not tell", () => {
  expect(lines(createOnly(cluster))).toEqual([]);
  expect(lines({ clusterDomain: "cluster.local", podCidr: "", nodeCidrMask: 0 })).toEqual([]);
  expect(
    lines({ podCidr: "172.20.0.0/16" }, { podCidr: undefined, podVswitchIds: ["vsw-p"] }),
  ).toEqual([]);
});

test("a domain that was edited: the way to move", () => {
  expect(lines({ clusterDomain: "oneprocloud.com" })).toEqual([
    'ack-cluster-dns:cluster.clusterDomain: value "cluster.local": cluster "saas" was created with "oneprocloud.com", which can never change. To move to this domain keep it and add provisionedClusterDomain: oneprocloud.com and legacyClusterDomains: [oneprocloud.com].',
  ]);
});

test("a history that is not the cluster's", () => {
  expect(
    lines({ clusterDomain: "oneprocloud.com" }, { provisionedClusterDomain: "old.test" }),
  ).toEqual([
    'ack-cluster-dns:cluster.provisionedClusterDomain: value "old.test": cluster "saas" was created with "oneprocloud.com", which can never change. Write "oneprocloud.com".',
  ]);
});

test("networks and the kube-proxy mode, all at once", () => {
  const recorded = {
    podCidr: "10.0.0.0/16",
    serviceCidr: "10.1.0.0/16",
    nodeCidrMask: 25,
    proxyMode: "iptables",
  };
  const rule = (actual: string) =>
    `cluster "saas" was created with ${actual}, which can never change. Write ${actual}, or make a new cluster under another name.`;
  expect(lines(recorded)).toEqual([
    `ack-cluster-dns:cluster.podCidr: value "172.20.0.0/16": ${rule('"10.0.0.0/16"')}`,
    `ack-cluster-dns:cluster.serviceCidr: value "172.21.0.0/20": ${rule('"10.1.0.0/16"')}`,
    `ack-cluster-dns:cluster.nodeCidrMask: value 24: ${rule("25")}`,
    `ack-cluster-dns:cluster.proxyMode: value "ipvs": ${rule('"iptables"')}`,
  ]);
});
