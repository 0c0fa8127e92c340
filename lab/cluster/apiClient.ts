import * as fs from "node:fs";
import * as https from "node:https";

import type { Instance } from "../instance";
import { certificatePath, keyPath, type Pki } from "./pki";

/** What the lab itself asks of the API server, as its administrator. */
export interface ApiClient {
  get(path: string): Promise<ApiAnswer>;
  create(path: string, object: object, fieldManager: string): Promise<ApiAnswer>;
  /** A JSON merge patch. */
  patch(path: string, change: object, fieldManager: string): Promise<ApiAnswer>;
  delete(path: string): Promise<ApiAnswer>;
}

export interface ApiAnswer {
  /** HTTP status; 0 when nothing answered. */
  status: number;
  /** The parsed JSON, or the text when it was none. */
  body: unknown;
}

export function createApiClient(instance: Instance, pki: Pki): ApiClient {
  const agent = new https.Agent({
    ca: fs.readFileSync(certificatePath(pki, "ca")),
    cert: fs.readFileSync(certificatePath(pki, "admin")),
    key: fs.readFileSync(keyPath(pki, "admin")),
  });
  const send = (method: string, path: string, body?: object, contentType = "application/json") =>
    new Promise<ApiAnswer>((resolve) => {
      const request = https.request(
        {
          ...{ agent, method, path, host: "127.0.0.1", port: instance.apiPort, timeout: 10_000 },
          headers: body ? { "Content-Type": contentType } : {},
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          response.on("error", () => resolve(silence));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: parse(text) }),
          );
        },
      );
      request.on("error", () => resolve(silence));
      request.on("timeout", () => request.destroy());
      request.end(body && JSON.stringify(body));
    });
  const managedBy = (path: string, manager: string) => `${path}?fieldManager=${manager}`;
  return {
    get: (path) => send("GET", path),
    create: (path, object, manager) => send("POST", managedBy(path, manager), object),
    patch: (path, change, manager) =>
      send("PATCH", managedBy(path, manager), change, "application/merge-patch+json"),
    delete: (path) => send("DELETE", path),
  };
}

const silence: ApiAnswer = { status: 0, body: "no answer" };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
