import { Context } from "../core/context";
import { JsonObject, Json } from "../core/json";

/** One ROA request: a path, a query and a JSON body. */
export interface CsCall {
  readonly context: Context;
  /** The parts of the path that its pattern names. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** Where the body is a list. */
  readonly items: Json[];
}

export type CsHandler = (call: CsCall) => object;

export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly handler: CsHandler;
}

export function route(method: string, pattern: string, handler: CsHandler): Route {
  return { method, pattern, handler };
}

/** `/clusters/{c}/nodepools/{n}` against a path; undefined when they differ. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const parts = path.replace(/\/+$/, "").split("/");
  if (wanted.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, piece] of wanted.entries()) {
    const part = decodeURIComponent(parts[index] ?? "");
    if (piece.startsWith("{")) found[piece.slice(1, -1)] = part;
    else if (piece !== part) return undefined;
  }
  return found;
}
