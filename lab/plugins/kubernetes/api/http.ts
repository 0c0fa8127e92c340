import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

import type { Value } from "../../rpc/values";
import { ApiError } from "./errors";

/** How to reach one API server, with the rights of one user. */
export interface Endpoint {
  server: URL;
  tls: https.AgentOptions;
  headers: http.OutgoingHttpHeaders;
  /** Asked before each request: tokens from files and exec plugins change. */
  token?: () => Promise<string | undefined>;
}

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | undefined>;
  body?: Value;
  contentType?: string;
  accept?: string;
}

interface Answer {
  code: number;
  retryAfter: number | undefined;
  body: string;
}

const maxRetries = 10;

/** JSON over HTTP(S) to one API server, over connections that are kept. */
export class Transport {
  private readonly agent: http.Agent;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly timeoutMs: number | undefined,
    private readonly signal: AbortSignal,
  ) {
    const options = { keepAlive: true, maxSockets: 16 };
    this.agent =
      endpoint.server.protocol === "https:"
        ? new https.Agent({ ...options, ...endpoint.tls })
        : new http.Agent(options);
  }

  /** Throws an ApiError when the server refuses, any other error when it cannot be reached. */
  async call(call: Call): Promise<Value> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.exchange(call);
      const mayRetry = answer.code === 429 || answer.code >= 500;
      if (mayRetry && answer.retryAfter !== undefined && attempt < maxRetries) {
        await sleep(answer.retryAfter * 1000, undefined, { signal: this.signal });
        continue;
      }
      const body = parse(answer.body);
      if (answer.code < 300) return body;
      const fallback =
        answer.body.trim() || `the server answered with status ${answer.code} and no message`;
      throw new ApiError(answer.code, body, fallback);
    }
  }

  private async exchange(call: Call): Promise<Answer> {
    const { server, headers, token } = this.endpoint;
    const url = new URL(server.pathname.replace(/\/$/, "") + call.path, server);
    for (const [key, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const bearer = await token?.();
    const options: http.RequestOptions = {
      method: call.method,
      agent: this.agent,
      signal: this.signal,
      ...(this.timeoutMs !== undefined && { timeout: this.timeoutMs }),
      headers: {
        ...headers,
        accept: call.accept ?? "application/json",
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(body && {
          "content-type": call.contentType ?? "application/json",
          "content-length": body.length,
        }),
      },
    };
    try {
      return await send(url, options, body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${titles[call.method]} "${url.href}": ${reason}`, { cause: error });
    }
  }
}

const titles = { GET: "Get", POST: "Post", PUT: "Put", PATCH: "Patch", DELETE: "Delete" };

function send(url: URL, options: http.RequestOptions, body: Buffer | undefined): Promise<Answer> {
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const seconds = Number(response.headers["retry-after"]);
        resolve({
          code: response.statusCode ?? 0,
          retryAfter: Number.isFinite(seconds) ? seconds : undefined,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("request timed out")));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      // The server has closed a connection just as it was taken up again: it has read nothing.
      if (outgoing.reusedSocket && error.code === "ECONNRESET") resolve(send(url, options, body));
      else reject(error);
    });
    outgoing.end(body);
  });
}

function parse(body: string): Value {
  try {
    return JSON.parse(body) as Value;
  } catch {
    return null;
  }
}
