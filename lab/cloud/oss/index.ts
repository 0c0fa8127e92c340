import { Context } from "../core/context";
import { ApiError } from "../core/errors";
import { labRegion } from "../core/seeds";
import * as buckets from "./buckets";
import { findBucket, notSupported, ok, OssAnswer, OssCall } from "./call";
import { answerCname } from "./cnames";
import { deleteObjects, listVersions } from "./objects";
import { document } from "./xml";

export interface OssRequest {
  method: string;
  host: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}

const settings = ["versioning", "accessmonitor", "encryption"];

export async function answerOss(context: Context, request: OssRequest): Promise<OssAnswer> {
  const { bucketName, key } = placeOf(request);
  const call: OssCall = { context, ...request, bucketName, key, region: regionOf(request) };
  if (bucketName === "") {
    if (call.method !== "GET") throw notSupported(`${call.method} of the service`);
    return buckets.listBuckets(call);
  }
  if (key !== "") throw notSupported(`${call.method} of objects`);
  return answerBucket(call);
}

async function answerBucket(call: OssCall): Promise<OssAnswer> {
  const { method, query } = call;
  if (query.has("cname")) return answerCname(call);
  if (query.has("acl")) return buckets.answerAcl(call);
  if (query.has("bucketInfo")) return buckets.bucketInfo(call);
  if (query.has("versions")) return listVersions(call);
  if (query.has("delete") && method === "POST") return deleteObjects(call);
  if (query.has("resourceGroup") && method === "GET") {
    const ResourceGroupId = findBucket(call).resourceGroupId;
    return ok(document("BucketResourceGroupConfiguration", { ResourceGroupId }));
  }
  for (const name of [...settings, "resourceGroup"]) {
    if (query.has(name)) return buckets.answerSetting(call, name);
  }
  for (const name of Object.keys(buckets.documents)) {
    if (query.has(name)) return buckets.answerDocument(call, name);
  }
  if ([...query.keys()].length > 0) throw notSupported(`${method} of ${query.toString()}`);
  if (method === "PUT") return buckets.putBucket(call);
  if (method === "DELETE") return buckets.deleteBucket(call);
  throw notSupported(`${method} of a bucket`);
}

/** `bucket.oss-region.aliyuncs.com/key`, or `/bucket/key` where the host is an address. */
function placeOf({ host, path }: OssRequest): { bucketName: string; key: string } {
  const name = host.replace(/:\d+$/, "");
  const virtual = /^([a-z0-9-]+)\.oss[-.]/.exec(name);
  const parts = decodeURIComponent(path).split("/").slice(1);
  if (virtual?.[1]) return { bucketName: virtual[1], key: parts.join("/") };
  return { bucketName: parts[0] ?? "", key: parts.slice(1).join("/") };
}

/** A V4 signature names the region; the older one does not. */
function regionOf({ headers, host }: OssRequest): string {
  const signed = /Credential=[^/]+\/\d{8}\/([^/]+)\/oss\//.exec(headers.authorization ?? "");
  const named = /oss-([a-z]+-[a-z0-9-]+?)(-internal)?\.aliyuncs\.com/.exec(host);
  return signed?.[1] ?? named?.[1] ?? labRegion;
}

export function ossError(error: ApiError, requestId: string, host: string): string {
  return document("Error", {
    Code: error.code,
    Message: error.message,
    RequestId: requestId,
    HostId: host,
  });
}
