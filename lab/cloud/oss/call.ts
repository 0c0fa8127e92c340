import { Context } from "../core/context";
import { notFound, unknownAction } from "../core/errors";
import { Bucket } from "../core/state";

/** One OSS request. */
export interface OssCall {
  readonly context: Context;
  readonly method: string;
  /** Empty for a request to the service itself. */
  readonly bucketName: string;
  /** Empty for a request to the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the signature, where it names one. */
  readonly region: string;
}

export interface OssAnswer {
  status: number;
  body?: string;
  contentType?: string;
}

export const ok = (body?: string): OssAnswer => ({ status: 200, body });
export const noContent: OssAnswer = { status: 204 };

export function findBucket({ context, bucketName }: OssCall): Bucket {
  const bucket = context.state.buckets[bucketName];
  if (!bucket) throw notFound("NoSuchBucket", "The specified bucket does not exist.");
  return bucket;
}

export const notSupported = (what: string) => unknownAction(`oss ${what}`);
