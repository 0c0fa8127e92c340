import { Context } from "../core/context";
import { ApiError, badRequest, unknownAction } from "../core/errors";
import { Json, JsonObject, isObject } from "../core/json";
import { Work } from "../core/state";
import { Worker } from "../core/tasks";
import { addonRoutes } from "./addons";
import { bootCluster, clusterRoutes, reissueCertificate, tearDownCluster } from "./clusters";
import { nodePoolRoutes } from "./nodePools";
import { deleteNodePool, nodeRoutes, reconcileNodes } from "./nodes";
import { matchPath } from "./route";

const routes = [...clusterRoutes, ...nodePoolRoutes, ...nodeRoutes, ...addonRoutes];

export interface CsRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
}

export function answerCs(context: Context, request: CsRequest): object {
  for (const { method, pattern, handler } of routes) {
    const path = method === request.method ? matchPath(pattern, request.path) : undefined;
    if (path === undefined) continue;
    const parsed = parseBody(request.body);
    return handler({
      context,
      path,
      query: request.query,
      body: isObject(parsed) ? parsed : {},
      items: Array.isArray(parsed) ? parsed : [],
    });
  }
  throw unknownAction(`${request.method} ${request.path}`);
}

function parseBody(text: string): Json | JsonObject {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw badRequest("InvalidJSON", "The body is not JSON.");
  }
}

/** What `/tasks/{id}` stands for. */
export function csWorker(context: Context): Worker {
  return async (work: Work) => {
    switch (work.kind) {
      case "createCluster":
        return bootCluster(context, work.clusterId);
      case "deleteCluster":
        return tearDownCluster(context, work.clusterId);
      case "updateCertificate":
        return reissueCertificate(context, work.clusterId);
      case "reconcileNodes":
        return reconcileNodes(context, work.nodePoolId);
      case "deleteNodePool":
        return deleteNodePool(context, work.nodePoolId);
      case "none":
        return;
    }
  };
}

/** Both spellings: clients of three generations read this API. */
export function csError(error: ApiError, requestId: string): object {
  const { code, message } = error;
  return { code, message, requestId, Code: code, Message: message, RequestId: requestId };
}
