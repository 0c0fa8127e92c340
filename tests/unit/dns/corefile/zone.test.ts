import { CorefileSyntaxError, kubernetesZones, NameError } from "../../../../dns";
import { compareVersions, isAtLeast, parseVersion } from "../../../../dns/corefile/version";
import { isReverseArgument, parseZoneKey } from "../../../../dns/corefile/zone";

describe("parseZoneKey", () => {
  it.each<[string, string, string[], number]>([
    [".", "dns", ["."], 53],
    [".:5300", "dns", ["."], 5300],
    ["Example.org.", "dns", ["example.org"], 53],
    ["dns://example.org:54", "dns", ["example.org"], 54],
    ["tls://.", "tls", ["."], 853],
    ["quic://.", "quic", ["."], 853],
    ["grpc://.", "grpc", ["."], 443],
    ["https://a.b:8443", "https", ["a.b"], 8443],
    ["https3://.", "https3", ["."], 443],
    ["10.0.0.0/8", "dns", ["10.in-addr.arpa"], 53],
    ["10.0.0.0/15:54", "dns", ["0.10.in-addr.arpa", "1.10.in-addr.arpa"], 54],
    ["2001:db8::/32", "dns", ["8.b.d.0.1.0.0.2.ip6.arpa"], 53],
    ["http://x", "dns", ["http://x"], 53],
    ["constructor://x", "dns", ["constructor://x"], 53],
    ["a:b", "dns", ["a:b"], 53],
    ["a:54x", "dns", ["a:54x"], 53],
    ["a_tls://b", "dns", ["a_tls://b"], 53],
  ])("takes %s apart", (key, transport, zones, port) => {
    const parsed = parseZoneKey(key);
    expect({ ...parsed, zones: parsed.zones.map(({ text }) => text) }).toEqual({
      transport,
      zones,
      port,
    });
  });

  it.each(["", ":53", "a..b", "tls://"])("refuses %j", (key) => {
    expect(() => parseZoneKey(key)).toThrow(NameError);
  });
});

describe("kubernetesZones", () => {
  it.each<[string, string[]]>([
    [
      ".:53 {\n kubernetes cluster.local OneProCloud.com. 10.0.0.0/8 in-addr.arpa ip6.arpa\n}\n",
      ["cluster.local", "oneprocloud.com"],
    ],
    ["a.org b.org:54 10.0.0.0/8 {\n kubernetes\n}\n", ["a.org", "b.org"]],
    [
      "(k) {\n kubernetes a.org\n}\n. {\n import k\n}\nsvc.b.org {\n kubernetes b.org\n}\nc.org {\n kubernetes a.org\n}\n",
      ["a.org", "b.org"],
    ],
    [". {\n kubernetes a..b c.org\n}\n", ["c.org"]],
    [". {\n forward . 1.1.1.1\n}\n", []],
    ["", []],
  ])("reads %j", (text, zones) => {
    expect(kubernetesZones(text)).toEqual(zones);
  });

  it("refuses what is no Corefile", () => {
    expect(() => kubernetesZones(". {")).toThrow(CorefileSyntaxError);
  });
});

describe("isReverseArgument", () => {
  it.each([
    ["in-addr.arpa", true],
    ["IP6.arpa.", true],
    ["10.0.0.0/8", true],
    ["example.org", false],
    ["a..b", false],
  ])("of %s is %s", (text, expected) => {
    expect(isReverseArgument(text)).toBe(expected);
  });
});

describe("versions", () => {
  it.each([
    ["1.15.0", [1, 15, 0, 0], false],
    ["v1.6.7", [1, 6, 7, 0], false],
    ["v1.9.3.10-7dfca203-aliyun", [1, 9, 3, 10], true],
    ["v1.6.7-26a9a7aea-aliyun", [1, 6, 7, 0], true],
    ["1.9.3.6", [1, 9, 3, 6], true],
    ["1.11.1-eks", [1, 11, 1, 0], false],
    ["1.11.1-aliyun-fork", [1, 11, 1, 0], false],
    ["10.0.1", [10, 0, 1, 0], false],
  ])("read %s", (text, numbers, ack) => {
    expect(parseVersion(text)).toEqual({ text, numbers, ack });
  });

  it.each(["", "1.15", "x1.15.0", "1.15.0 ", "1.15.0.1.2", "latest", "1.15.0-"])(
    "refuse %j",
    (text) => {
      expect(parseVersion(text)).toBeUndefined();
    },
  );

  it("compare by all four numbers", () => {
    const of = (text: string): NonNullable<ReturnType<typeof parseVersion>> =>
      parseVersion(text) as never;
    expect(compareVersions(of("1.9.3"), of("1.10.0"))).toBeLessThan(0);
    expect(compareVersions(of("1.9.3.10"), of("1.9.3.6"))).toBeGreaterThan(0);
    expect(compareVersions(of("2.0.0"), of("1.99.99"))).toBeGreaterThan(0);
    expect(compareVersions(of("1.9.3"), of("v1.9.3-aliyun"))).toBe(0);
    expect(isAtLeast(of("1.9.3.6"), "1.9.3.6")).toBe(true);
    expect(isAtLeast(of("1.9.3.5"), "1.9.3.6")).toBe(false);
    expect(isAtLeast(of("1.10.0"), "1.9.3.6")).toBe(true);
  });
});
