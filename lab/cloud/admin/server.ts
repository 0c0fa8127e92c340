import { Context } from "../core/context";
import { Json, JsonObject } from "../core/json";
import { Incoming, Outgoing } from "../core/answer";
import { RequestLog } from "../core/requestLog";
import {
  PathError,
  readPlace,
  removePlace,
  resolvePath,
  withoutSecrets,
  writePlace,
} from "./paths";

/** Requests to these go to the lab's own door, which no Alibaba API has. */
export const adminPrefix = "/lab/";

/** Changes what the account owns behind everyone's back. */
export async function answerAdmin(
  context: Context,
  requests: RequestLog,
  incoming: Incoming,
): Promise<Outgoing> {
  const command = incoming.path.slice(adminPrefix.length);
  const path = incoming.query.get("path") ?? "";
  try {
    const result = await run(context, requests, command, path, incoming.body);
    return outgoing(200, command, result);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    return outgoing(400, command, { error: error.message });
  }
}

async function run(
  context: Context,
  requests: RequestLog,
  command: string,
  path: string,
  body: string,
): Promise<Json> {
  switch (command) {
    case "log":
      return requests.list() as unknown as Json;
    case "get": {
      if (path === "") return withoutSecrets(context.state as unknown as JsonObject);
      const place = resolvePath(context.state, path);
      const found = readPlace(place);
      if (found === undefined) throw new PathError(`There is nothing at ${path}.`);
      return withoutSecrets({ [place.key]: found })[place.key] ?? null;
    }
    case "set":
      writePlace(resolvePath(context.state, path), body);
      break;
    case "rm": {
      const place = resolvePath(context.state, path);
      if (readPlace(place) === undefined) throw new PathError(`There is nothing at ${path}.`);
      removePlace(place);
      break;
    }
    default:
      throw new PathError(`"${command}" is not one of get, set, rm, log.`);
  }
  context.store.save();
  await context.publicDns.publish();
  return null;
}

function outgoing(status: number, command: string, value: Json): Outgoing {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: JSON.stringify(value), product: "lab", action: command };
}
