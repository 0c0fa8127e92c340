import { servedZones } from "../../../lab/internet/publicDns";
import { renderZone } from "../../../lab/internet/zoneFile";

const record = (rr: string, type: string, value: string, priority?: number) => ({
  rr,
  type,
  value,
  ttl: 600,
  priority,
});

const lines = (...records: ReturnType<typeof record>[]) =>
  renderZone({ name: "oneprocloud.com", records }, 7).trimEnd().split("\n").slice(5);

it("starts a zone with its SOA and its name servers", () => {
  expect(renderZone({ name: "oneprocloud.com", records: [] }, 7)).toBe(
    [
      "$ORIGIN oneprocloud.com.",
      "$TTL 600",
      "@ IN SOA ns1.alidns.com. hostmaster.hichina.com. 7 3600 1200 86400 600",
      "@ IN NS ns1.alidns.com.",
      "@ IN NS ns2.alidns.com.",
      "",
    ].join("\n"),
  );
});

it.each([
  [record("www", "A", "203.0.113.10"), "www 600 IN A 203.0.113.10"],
  [record("*", "CNAME", "a.example.com"), "* 600 IN CNAME a.example.com."],
  [record("@", "MX", "mx.example.com.", 5), "@ 600 IN MX 5 mx.example.com."],
  [record("@", "MX", "mx.example.com"), "@ 600 IN MX 10 mx.example.com."],
  [record("_s._tcp", "SRV", "1 2 80 h.example.com"), "_s._tcp 600 IN SRV 1 2 80 h.example.com."],
  [record("t", "TXT", 'a "b" \\c'), 't 600 IN TXT "a \\"b\\" \\\\c"'],
  [record("t", "TXT", "x".repeat(256)), `t 600 IN TXT "${"x".repeat(255)}" "x"`],
])("renders %j", (given, line) => {
  expect(lines(given)).toEqual([line]);
});

it("leaves out what is no DNS record", () => {
  expect(lines(record("w", "REDIRECT_URL", "http://example.com"))).toEqual([]);
});

it("lets a published zone take the place of a well-known one", () => {
  const own = { name: "baidu.com", records: [record("www", "A", "203.0.113.1")] };
  const served = servedZones([own]);
  expect(served.filter(({ name }) => name === "baidu.com")).toEqual([own]);
  expect(served.map(({ name }) => name)).toContain("aliyuncs.com");
});
