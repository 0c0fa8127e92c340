import { isReverse, NameError, parseName, reverseName, reverseZones } from "../../../dns";
import { isCidr } from "../../../dns/reverse";

const texts = (cidr: string): string[] => reverseZones(cidr).map(({ text }) => text);

describe("reverse zones", () => {
  it.each([
    ["10.0.0.0/8", ["10.in-addr.arpa"]],
    ["10.96.0.0/16", ["96.10.in-addr.arpa"]],
    ["0.0.0.0/0", ["in-addr.arpa"]],
    ["10.0.0.1/32", ["1.0.0.10.in-addr.arpa"]],
    [
      "10.255.3.4/14",
      ["252.10.in-addr.arpa", "253.10.in-addr.arpa", "254.10.in-addr.arpa", "255.10.in-addr.arpa"],
    ],
    ["2001:db8::/32", ["8.b.d.0.1.0.0.2.ip6.arpa"]],
    ["2001:db8::/31", ["8.b.d.0.1.0.0.2.ip6.arpa", "9.b.d.0.1.0.0.2.ip6.arpa"]],
    ["2001:db8::/30", ["8", "9", "a", "b"].map((nibble) => `${nibble}.b.d.0.1.0.0.2.ip6.arpa`)],
    [
      "2001:db8:f0::/45",
      [
        "0.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "1.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "2.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "3.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "4.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "5.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "6.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "7.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
      ],
    ],
    ["2001:db8::/27", ["a.d.0.1.0.0.2.ip6.arpa", "b.d.0.1.0.0.2.ip6.arpa"]],
    ["::/0", ["ip6.arpa"]],
  ])("of %s", (cidr, zones) => {
    expect(texts(cidr)).toEqual(zones);
  });

  it("cover a half network with 128 zones", () => {
    const zones = texts("10.0.0.128/25");
    expect(zones).toHaveLength(128);
    expect(zones[0]).toBe("128.0.0.10.in-addr.arpa");
    expect(zones[127]).toBe("255.0.0.10.in-addr.arpa");
  });

  it.each([
    "10/8",
    "10.0.0.0",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/8/8",
    "10.0.0.0/",
    "10.0.0.0/x",
    "10.0.0.0/x8",
    "10.0.0.0/8x",
    "10.0.0.0/-8",
    "10.0.0.0/8 ",
    "8/10.0.0.0/8",
    "010.0.0.0/8",
    "fe80::1%eth0/64",
    "a/8",
  ])("refuse %s", (text) => {
    expect(isCidr(text)).toBe(false);
    expect(() => reverseZones(text)).toThrow(NameError);
    expect(() => reverseZones(text)).toThrow("a CIDR block such as 10.0.0.0/8 is needed here");
  });

  it.each(["10.0.0.0/32", "::/128", "1.2.3.4/0"])("take %s", (text) => {
    expect(isCidr(text)).toBe(true);
  });
});

describe("reverse names", () => {
  it.each([
    ["10.96.0.1", "1.0.96.10.in-addr.arpa"],
    ["2001:db8::1", `1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
  ])("of %s", (address, expected) => {
    expect(reverseName(address).text).toBe(expected);
  });

  it.each(["10.96.0", "fe80::1%eth0", "host"])("refuse %s", (text) => {
    expect(() => reverseName(text)).toThrow("an IPv4 or IPv6 address is needed here");
  });

  it("are told from others", () => {
    expect(isReverse(parseName("10.in-addr.arpa"))).toBe(true);
    expect(isReverse(parseName("ip6.arpa"))).toBe(true);
    expect(isReverse(parseName("home.arpa"))).toBe(false);
  });
});
