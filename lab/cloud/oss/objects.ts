import { asObject, asObjects, asText, isObject } from "../core/json";
import { findBucket, ok, OssAnswer, OssCall } from "./call";
import { document, parseXml } from "./xml";

// What an object without versions is called.
const versionId = "null";

export function listVersions(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  return ok(
    document("ListVersionsResult", {
      Name: call.bucketName,
      MaxKeys: 1000,
      IsTruncated: false,
      Version: bucket.objects.map((key) => ({
        Key: key,
        VersionId: versionId,
        IsLatest: true,
        LastModified: bucket.created,
        Size: 0,
        StorageClass: bucket.storageClass,
      })),
    }),
  );
}

export function deleteObjects(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  const listed = asObject(parseXml(call.body).Delete).Object;
  const keys = (isObject(listed) ? [listed] : asObjects(listed)).map((item) => asText(item.Key));
  bucket.objects = bucket.objects.filter((key) => !keys.includes(key));
  return ok(
    document("DeleteResult", {
      Deleted: keys.map((key) => ({ Key: key, VersionId: versionId })),
    }),
  );
}
