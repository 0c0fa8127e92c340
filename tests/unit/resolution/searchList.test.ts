import { MAX_SEARCH_CHARACTERS, resolverConfig } from "../../../dns/searchList";

const pod = { namespace: "shop", clusterDomain: "cluster.local" };
const CLUSTER = ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"];

describe("what the kubelet writes into a pod's resolv.conf", () => {
  it("puts the namespace, the Services and the domain first, then the node's suffixes", () => {
    const hostSearch = ["corp.example.", ".", "vpc.internal"];
    expect(resolverConfig({ ...pod, hostSearch })).toEqual({
      search: [...CLUSTER, "corp.example", "vpc.internal"],
      ndots: 5,
      asksCluster: true,
    });
  });

  it("takes a cluster domain with a trailing dot, and none at all", () => {
    expect(resolverConfig({ ...pod, clusterDomain: "cluster.local." }).search).toEqual(CLUSTER);
    expect(resolverConfig({ ...pod, clusterDomain: "", hostSearch: ["a.test"] }).search).toEqual([
      "a.test",
    ]);
  });

  it("writes each suffix once", () => {
    const config = resolverConfig({
      ...pod,
      hostSearch: ["cluster.local", "a.test"],
      searches: ["a.test", "b.test"],
    });
    expect(config.search).toEqual([...CLUSTER, "a.test", "b.test"]);
  });

  it("gives pods on the host network the node's configuration, unless they ask for the cluster's", () => {
    const host = { ...pod, hostNetwork: true, hostSearch: ["a.test"], hostNdots: 2 };
    expect(resolverConfig(host)).toEqual({ search: ["a.test"], ndots: 2, asksCluster: false });
    expect(resolverConfig({ ...host, dnsPolicy: "ClusterFirstWithHostNet" })).toEqual({
      search: [...CLUSTER, "a.test"],
      ndots: 5,
      asksCluster: true,
    });
  });

  it("gives pods with the policy Default the node's configuration", () => {
    expect(resolverConfig({ ...pod, dnsPolicy: "Default", searches: ["own.test"] })).toEqual({
      search: ["own.test"],
      ndots: 1,
      asksCluster: false,
    });
  });

  it("gives pods with the policy None what they say themselves", () => {
    const none = {
      ...pod,
      dnsPolicy: "None",
      searches: ["own.test"],
      hostSearch: ["a.test"],
    } as const;
    expect(resolverConfig(none)).toEqual({ search: ["own.test"], ndots: 1, asksCluster: false });
    expect(resolverConfig({ ...none, ndots: 3, asksCluster: true })).toEqual({
      search: ["own.test"],
      ndots: 3,
      asksCluster: true,
    });
  });

  it("cuts the list to 32 suffixes", () => {
    const hostSearch = Array.from({ length: 40 }, (_, index) => `s${index}.test`);
    const { search } = resolverConfig({ ...pod, hostSearch });
    expect(search).toHaveLength(32);
    expect(search[31]).toBe("s28.test");
  });

  it("leaves out a suffix over 253 characters", () => {
    const hostSearch = ["a.".repeat(127), `${"b.".repeat(126)}b`, "c.test"];
    expect(resolverConfig({ ...pod, hostSearch }).search).toEqual([
      ...CLUSTER,
      hostSearch[0]?.slice(0, -1),
      hostSearch[1],
      "c.test",
    ]);
    expect(resolverConfig({ ...pod, hostSearch: ["d".repeat(254), "c.test"] }).search).toEqual([
      ...CLUSTER,
      "c.test",
    ]);
  });

  it("drops suffixes from the end until the line has 2048 characters", () => {
    const suffix = (index: number): string =>
      `${"x".repeat(197)}.${String(index).padStart(2, "0")}`;
    const hostSearch = Array.from({ length: 12 }, (_, index) => suffix(index));
    const { search } = resolverConfig({ ...pod, clusterDomain: "", hostSearch });
    expect(search).toEqual(hostSearch.slice(0, 10));
    expect(search.join(" ")).toHaveLength(10 * 200 + 9);
    const exact = ["y".repeat(MAX_SEARCH_CHARACTERS - 10 * 201), ...hostSearch.slice(0, 10)];
    expect(resolverConfig({ ...pod, clusterDomain: "", hostSearch: exact }).search).toEqual(exact);
    const longer = [`y${String(exact[0])}`, ...exact.slice(1)];
    expect(resolverConfig({ ...pod, clusterDomain: "", hostSearch: longer }).search).toEqual(
      longer.slice(0, -1),
    );
  });
});
