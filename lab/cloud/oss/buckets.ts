import { ApiError, badRequest, notFound } from "../core/errors";
import { defaultResourceGroup } from "../core/seeds";
import { Bucket } from "../core/state";
import { accountId } from "../rpc/account";
import { findBucket, noContent, notSupported, ok, OssAnswer, OssCall } from "./call";
import { at, document, parseXml } from "./xml";

const owner = { ID: accountId, DisplayName: accountId };

/** GET on the service. */
export function listBuckets({ context, query }: OssCall): OssAnswer {
  const prefix = query.get("prefix") ?? "";
  const marker = query.get("marker") ?? "";
  const limit = Number(query.get("max-keys") || 100);
  const found = Object.entries(context.state.buckets)
    .filter(([name]) => name.startsWith(prefix) && name > marker)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = found.slice(0, limit);
  const truncated = page.length < found.length;
  return ok(
    document("ListAllMyBucketsResult", {
      Prefix: prefix,
      Marker: marker,
      MaxKeys: limit,
      IsTruncated: truncated,
      NextMarker: truncated ? page.at(-1)?.[0] : undefined,
      Owner: owner,
      Buckets: {
        Bucket: page.map(([name, bucket]) => ({
          Name: name,
          Location: `oss-${bucket.region}`,
          CreationDate: milliseconds(bucket.created),
          ExtranetEndpoint: `oss-${bucket.region}.aliyuncs.com`,
          IntranetEndpoint: `oss-${bucket.region}-internal.aliyuncs.com`,
          StorageClass: bucket.storageClass,
        })),
      },
    }),
  );
}

const milliseconds = (time: string) => new Date(time).toISOString();

export async function putBucket(call: OssCall): Promise<OssAnswer> {
  const { context, bucketName: name, headers, body } = call;
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
    throw badRequest("InvalidBucketName", `The specified bucket is not valid: ${name}.`);
  }
  if (context.state.buckets[name]) {
    throw new ApiError(409, "BucketAlreadyExists", "The requested bucket name is not available.");
  }
  const configuration = body.trim() === "" ? {} : parseXml(body);
  const setting = (member: string) => at(configuration, "CreateBucketConfiguration", member);
  const algorithm = headers["x-oss-server-side-encryption"];
  context.state.buckets[name] = {
    region: call.region,
    acl: headers["x-oss-acl"] ?? "private",
    storageClass: setting("StorageClass") || "Standard",
    redundancy: setting("DataRedundancyType") || "LRS",
    versioning: "",
    accessMonitor: "Disabled",
    encryption: algorithm
      ? {
          algorithm,
          keyId: headers["x-oss-server-side-encryption-key-id"] ?? "",
          dataAlgorithm: headers["x-oss-server-side-data-encryption"] ?? "",
        }
      : undefined,
    resourceGroupId: headers["x-oss-resource-group-id"] ?? defaultResourceGroup(),
    documents: {},
    objects: [],
    cnames: {},
    cnameTokens: {},
    created: context.now().toISOString(),
  };
  await context.publicDns.publish();
  return ok();
}

export async function deleteBucket(call: OssCall): Promise<OssAnswer> {
  if (findBucket(call).objects.length > 0) {
    throw new ApiError(409, "BucketNotEmpty", "The bucket you tried to delete is not empty.");
  }
  delete call.context.state.buckets[call.bucketName];
  await call.context.publicDns.publish();
  return noContent;
}

export function bucketInfo(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  const { encryption } = bucket;
  return ok(
    document("BucketInfo", {
      Bucket: {
        Name: call.bucketName,
        Location: `oss-${bucket.region}`,
        CreationDate: milliseconds(bucket.created),
        ExtranetEndpoint: `oss-${bucket.region}.aliyuncs.com`,
        IntranetEndpoint: `oss-${bucket.region}-internal.aliyuncs.com`,
        AccessControlList: { Grant: bucket.acl },
        DataRedundancyType: bucket.redundancy,
        StorageClass: bucket.storageClass,
        Owner: owner,
        ResourceGroupId: bucket.resourceGroupId,
        Versioning: bucket.versioning || undefined,
        AccessMonitor: bucket.accessMonitor,
        ServerSideEncryptionRule: encryption
          ? {
              SSEAlgorithm: encryption.algorithm,
              KMSMasterKeyID: encryption.keyId || undefined,
              KMSDataEncryption: encryption.dataAlgorithm || undefined,
            }
          : { SSEAlgorithm: "None" },
      },
    }),
  );
}

export function answerAcl(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  if (call.method === "GET") {
    const policy = { Owner: owner, AccessControlList: { Grant: bucket.acl } };
    return ok(document("AccessControlPolicy", policy));
  }
  const acl = call.headers["x-oss-acl"] ?? "";
  if (!/^(private|public-read|public-read-write)$/.test(acl)) {
    throw badRequest("InvalidArgument", `The ACL "${acl}" is not one that a bucket can have.`);
  }
  bucket.acl = acl;
  return ok();
}

/** Settings that `?bucketInfo` tells again. */
export function answerSetting(call: OssCall, name: string): OssAnswer {
  const bucket = findBucket(call);
  if (call.method === "DELETE" && name === "encryption") {
    bucket.encryption = undefined;
    return noContent;
  }
  if (call.method !== "PUT") throw notSupported(`${call.method} of ${name}`);
  const parsed = parseXml(call.body);
  applySetting(bucket, name, parsed);
  return ok();
}

function applySetting(bucket: Bucket, name: string, parsed: ReturnType<typeof parseXml>): void {
  const rule = ["ServerSideEncryptionRule", "ApplyServerSideEncryptionByDefault"];
  switch (name) {
    case "versioning":
      bucket.versioning = at(parsed, "VersioningConfiguration", "Status") ?? "";
      return;
    case "accessmonitor":
      bucket.accessMonitor = at(parsed, "AccessMonitorConfiguration", "Status") ?? "Disabled";
      return;
    case "resourceGroup":
      bucket.resourceGroupId =
        at(parsed, "BucketResourceGroupConfiguration", "ResourceGroupId") ?? defaultResourceGroup();
      return;
    default:
      bucket.encryption = {
        algorithm: at(parsed, ...rule, "SSEAlgorithm") ?? "AES256",
        keyId: at(parsed, ...rule, "KMSMasterKeyID") ?? "",
        dataAlgorithm: at(parsed, ...rule, "KMSDataEncryption") ?? "",
      };
  }
}

interface Missing {
  code?: string;
  body?: string;
}

/** Documents that are kept as they come, and what is answered where there is none. */
export const documents: Record<string, Missing> = {
  cors: { code: "NoSuchCORSConfiguration" },
  website: { code: "NoSuchWebsiteConfiguration" },
  lifecycle: { code: "NoSuchLifecycle" },
  policy: { code: "NoSuchBucketPolicy" },
  transferAcceleration: { code: "NoSuchTransferAccelerationConfiguration" },
  logging: { body: document("BucketLoggingStatus", {}) },
  tagging: { body: document("Tagging", { TagSet: {} }) },
  referer: {
    body: document("RefererConfiguration", { AllowEmptyReferer: true, RefererList: {} }),
  },
};

export function answerDocument(call: OssCall, name: string): OssAnswer {
  const bucket = findBucket(call);
  const json = name === "policy";
  switch (call.method) {
    case "PUT":
      if (!json) parseXml(call.body);
      bucket.documents[name] = call.body;
      return ok();
    case "DELETE":
      delete bucket.documents[name];
      return noContent;
    case "GET": {
      const missing = documents[name];
      const body = bucket.documents[name] ?? missing?.body;
      if (body === undefined) {
        throw notFound(missing?.code ?? "NoSuchConfiguration", `The bucket has no ${name}.`);
      }
      return { status: 200, body, contentType: json ? "application/json" : undefined };
    }
    default:
      throw notSupported(`${call.method} of ${name}`);
  }
}
