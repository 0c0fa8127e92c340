import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

import { Cluster } from "../../../lab/plugins/kubernetes/api/cluster";
import { endpointOf } from "../../../lab/plugins/kubernetes/api/credentials";
import { isForbidden, isNoMatch, isNotFound } from "../../../lab/plugins/kubernetes/api/errors";
import { Transport } from "../../../lab/plugins/kubernetes/api/http";
import type { Properties } from "../../../lab/plugins/rpc/values";

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let server: http.Server;
let handler: Handler;
let address: string;

beforeAll(async () => {
  server = http.createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function transport(user: Properties = {}, timeoutMs?: number): Promise<Transport> {
  const endpoint = await endpointOf({ cluster: { server: address }, user, namespace: "default" });
  return new Transport(endpoint, timeoutMs, new AbortController().signal);
}
const get = { method: "GET", path: "/x" } as const;

const answer = (response: http.ServerResponse, code: number, body: unknown, headers = {}): void => {
  response.writeHead(code, headers).end(typeof body === "string" ? body : JSON.stringify(body));
};

test("a refusal carries the server's own words", async () => {
  handler = (_, response) =>
    answer(response, 404, { reason: "NotFound", message: 'configmaps "x" not found' });
  const refused = (await transport()).call(get);
  await expect(refused).rejects.toThrow('configmaps "x" not found');
  await expect(refused.catch(isNotFound)).resolves.toBe(true);
  handler = (_, response) => answer(response, 403, "go away\n");
  const plain = (await transport()).call(get);
  await expect(plain).rejects.toThrow("go away");
  await expect(plain.catch(isForbidden)).resolves.toBe(true);
});

test("a busy server is asked again when it says when", async () => {
  let calls = 0;
  handler = (_, response) =>
    ++calls < 3
      ? answer(response, 429, {}, { "retry-after": "0" })
      : answer(response, 200, { ok: 1 });
  await expect((await transport()).call(get)).resolves.toEqual({ ok: 1 });
  handler = (_, response) => answer(response, 503, { message: "later" });
  await expect((await transport()).call(get)).rejects.toThrow("later");
});

test("a server that does not answer is named", async () => {
  handler = () => undefined;
  await expect((await transport({}, 100)).call(get)).rejects.toThrow(
    `Get "${address}/x": request timed out`,
  );
});

describe("a user", () => {
  const sent = async (user: Properties): Promise<http.IncomingHttpHeaders> => {
    let headers: http.IncomingHttpHeaders = {};
    handler = (request, response) => {
      headers = request.headers;
      answer(response, 200, {});
    };
    await (await transport(user)).call(get);
    return headers;
  };

  test("is known by a token, a file of one, or a name", async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "token-")), "token");
    fs.writeFileSync(file, "from-file\n");
    expect(await sent({ token: "plain" })).toMatchObject({ authorization: "Bearer plain" });
    expect(await sent({ tokenFile: file })).toMatchObject({ authorization: "Bearer from-file" });
    expect(await sent({ username: "u", password: "p" })).toMatchObject({
      authorization: `Basic ${Buffer.from("u:p").toString("base64")}`,
    });
    expect(await sent({ as: "other" })).toMatchObject({ "impersonate-user": "other" });
  });

  test("may be known by what a program of its own says, asked again when that expires", async () => {
    const script = `echo '{"status":{"token":"'$WORD-$RANDOM$RANDOM'","expirationTimestamp":"2020-01-01T00:00:00Z"}}'`;
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "bash",
      args: ["-c", script],
      env: [{ name: "WORD", value: "secret" }],
    };
    const seen = new Set<string | undefined>();
    handler = (request, response) => {
      seen.add(request.headers.authorization);
      answer(response, 200, {});
    };
    const connection = await transport({ exec });
    await connection.call(get);
    await connection.call(get);
    expect([...seen]).toEqual([
      expect.stringMatching(/^Bearer secret-\d+$/),
      expect.stringMatching(/^Bearer secret-\d+$/),
    ]);
  });
});

test("a kind that is not served is asked for twice, and named", async () => {
  const asked: (string | undefined)[] = [];
  handler = (request, response) => {
    asked.push(request.url);
    answer(response, 200, { items: [] });
  };
  const cluster = new Cluster(await transport());
  const found = cluster.find({ group: "example.com", version: "v1", kind: "Thing" });
  await expect(found).rejects.toThrow('no matches for kind "Thing" in version "example.com/v1"');
  await expect(found.catch(isNoMatch)).resolves.toBe(true);
  expect(asked.sort()).toEqual(["/api", "/apis"]);
});

test("a connection that the server has closed meanwhile is no fault", async () => {
  const connection = await transport();
  handler = (_, response) => answer(response, 200, {});
  await connection.call(get);
  let dropped = false;
  handler = (request, response) => {
    if (dropped) return answer(response, 200, { again: true });
    dropped = true;
    request.socket.resetAndDestroy();
  };
  await expect(connection.call(get)).resolves.toEqual({ again: true });
  handler = (request) => request.socket.resetAndDestroy();
  await expect((await transport()).call(get)).rejects.toThrow("ECONNRESET");
});
