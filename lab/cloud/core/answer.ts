import * as http from "node:http";
import { answerCs, csError } from "../cs/index";
import { answerOss, ossError } from "../oss/index";
import { answerRpc, productOf } from "../rpc/index";
import { Context } from "./context";
import { ApiError } from "./errors";
import { newRequestId } from "./ids";
import { Params } from "./params";

export interface Incoming {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}

export interface Outgoing {
  status: number;
  headers: Record<string, string>;
  body: string;
  product: string;
  action: string;
  code?: string;
}

const bodyLimit = 8 * 1024 * 1024;

export async function readRequest(request: http.IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyLimit) throw new ApiError(413, "EntityTooLarge", "The body is too long.");
    chunks.push(chunk);
  }
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(",") : (value ?? ""),
  ]);
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** Three APIs share the port; how a request is signed and where it goes tells them apart. */
export async function answer(context: Context, incoming: Incoming): Promise<Outgoing> {
  const { headers, query, path } = incoming;
  const isForm = (headers["content-type"] ?? "").includes("x-www-form-urlencoded");
  if (/^OSS4?[ -]/.test(headers.authorization ?? "")) return answerOssRequest(context, incoming);
  const params = Params.merge(query, new URLSearchParams(isForm ? incoming.body : ""));
  if (path === "/" && (params.has("Action") || headers["x-acs-action"])) {
    return answerRpcRequest(context, incoming, params);
  }
  if (headers["x-acs-version"] !== undefined || isClusterPath(path)) {
    return answerCsRequest(context, incoming);
  }
  return answerOssRequest(context, incoming);
}

const isClusterPath = (path: string) => /^\/(clusters|tasks|addons|k8s|api)(\/|$)/.test(path);

async function answerRpcRequest(
  context: Context,
  { headers }: Incoming,
  fromRequest: Params,
): Promise<Outgoing> {
  const params = fromRequest.with({
    Action: headers["x-acs-action"],
    Version: headers["x-acs-version"],
  });
  const requestId = newRequestId();
  const outgoing = {
    headers: { "content-type": "application/json;charset=utf-8" },
    product: productOf(params.get("Version") ?? ""),
    action: params.get("Action") ?? "",
  };
  try {
    requireAccessKey(params.has("AccessKeyId") && params.has("Signature"), headers);
    const body = { RequestId: requestId, ...(await answerRpc({ context, params })) };
    return { ...outgoing, status: 200, body: JSON.stringify(body) };
  } catch (thrown) {
    const error = asApiError(thrown);
    const { status, code, message } = error;
    const body = { RequestId: requestId, HostId: "127.0.0.1", Code: code, Message: message };
    return { ...outgoing, status, code, body: JSON.stringify(body) };
  }
}

function requireAccessKey(signed: boolean, headers: Record<string, string>): void {
  if (signed || headers.authorization) return;
  throw new ApiError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.");
}

function answerCsRequest(context: Context, incoming: Incoming): Outgoing {
  const requestId = newRequestId();
  const outgoing = {
    headers: { "content-type": "application/json;charset=utf-8", "x-acs-request-id": requestId },
    product: "cs",
    action: `${incoming.method} ${incoming.path}`,
  };
  try {
    requireAccessKey(false, incoming.headers);
    return { ...outgoing, status: 200, body: JSON.stringify(answerCs(context, incoming)) };
  } catch (thrown) {
    const error = asApiError(thrown);
    const body = JSON.stringify(csError(error, requestId));
    return { ...outgoing, status: error.status, code: error.code, body };
  }
}

async function answerOssRequest(context: Context, incoming: Incoming): Promise<Outgoing> {
  const requestId = newRequestId();
  const host = incoming.headers.host ?? "";
  const names = [...incoming.query.keys()].filter((name) => !/^(prefix|max-keys)$/.test(name));
  const outgoing = {
    headers: { "content-type": "application/xml", "x-oss-request-id": requestId },
    product: "oss",
    action: `${incoming.method} ${incoming.path}${names.length > 0 ? `?${names.join("&")}` : ""}`,
  };
  try {
    if (!incoming.headers.authorization) {
      throw new ApiError(403, "AccessDenied", "The request is not signed: no access key.");
    }
    const { status, body, contentType } = await answerOss(context, { ...incoming, host });
    const headers = contentType
      ? { ...outgoing.headers, "content-type": contentType }
      : outgoing.headers;
    return { ...outgoing, headers, status, body: body ?? "" };
  } catch (thrown) {
    const error = asApiError(thrown);
    const body = ossError(error, requestId, host);
    return { ...outgoing, status: error.status, code: error.code, body };
  }
}

function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  // Not a 5xx: clients would try again for minutes before they showed it.
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new ApiError(400, "LabCloudFailure", `The lab's cloud failed: ${message}`);
}
