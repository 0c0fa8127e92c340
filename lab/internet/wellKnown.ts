import type { PublicRecord, PublicZone } from "../cluster/driver";

/** Regions whose OSS endpoints the public DNS knows. */
const ossRegions = ["cn-beijing", "cn-hangzhou", "cn-shanghai", "cn-shenzhen", "ap-southeast-1"];

/** The part of the Internet that every lab has: what workloads ask for besides their own zone. */
export function wellKnownZones(): PublicZone[] {
  return [
    {
      name: "baidu.com",
      records: [
        record("@", "A", "198.51.100.10"),
        // As in life, the name leads into another zone.
        record("www", "CNAME", "www.a.shifen.com"),
      ],
    },
    { name: "shifen.com", records: [record("www.a", "A", "198.51.100.11")] },
    { name: "aliyuncs.com", records: ossRegions.flatMap(ossEndpoint) },
    { name: "taihangcda.cn", records: ossRegions.flatMap(taihangEndpoint) },
  ];
}

// Every bucket name resolves there, whether the bucket exists or not.
function ossEndpoint(region: string, index: number): PublicRecord[] {
  return [`oss-${region}`, `*.oss-${region}`]
    .map((rr) => record(rr, "A", `198.51.100.${20 + index}`))
    .concat(
      [`oss-${region}-internal`, `*.oss-${region}-internal`].map((rr) =>
        record(rr, "A", `100.118.28.${20 + index}`),
      ),
    );
}

function taihangEndpoint(region: string, index: number): PublicRecord[] {
  return [record(`*.${region}`, "A", `198.51.100.${40 + index}`)];
}

function record(rr: string, type: string, value: string): PublicRecord {
  return { rr, type, value, ttl: 60 };
}
