import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { ServerIdentity } from "./tls";
import { openTunnel, proxyUrl } from "./tunnel";

export type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  tls: boolean,
) => void;

export interface Listener {
  port: number;
  close(): Promise<void>;
}

// The first byte of a TLS handshake record; no HTTP method begins with it.
const handshake = 0x16;

// Some calls go to fixed hosts, whatever endpoints are set: HTTPS_PROXY leads them here.
const answeredHosts = /^([a-z0-9-]+\.)+aliyuncs\.com:\d+$/;

/**
 * TLS and plain HTTP on one port of 127.0.0.1: the first byte tells which it is.
 * As a proxy it connects callers of Alibaba's hosts to itself, and others to where they want to go,
 * through `proxy` if there is one.
 */
export async function listen(
  port: number,
  identity: ServerIdentity,
  handler: Handler,
  proxy?: string,
): Promise<Listener> {
  const upstream = proxyUrl(proxy);
  const plain = http.createServer((request, response) => handler(request, response, false));
  const secure = https.createServer(identity, (request, response) =>
    handler(request, response, true),
  );
  const take = (socket: net.Socket) => {
    socket.once("data", (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === handshake ? secure : plain).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  };
  plain.on("connect", (request, stream, head) => {
    if (!(stream instanceof net.Socket)) return;
    if (head.length > 0) stream.unshift(head);
    const target = request.url ?? "";
    const own = new RegExp(`^(127\\.0\\.0\\.1|localhost):${address().port}$`);
    if (answeredHosts.test(target) || own.test(target)) {
      stream.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      take(stream);
    } else {
      openTunnel(stream, target, upstream && !own.test(upstream.host) ? upstream : undefined);
    }
  });
  const open = new Set<net.Socket>();
  const front = net.createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    take(socket);
  });
  const address = () => front.address() as net.AddressInfo;
  await new Promise<void>((resolve, reject) => {
    front.once("error", reject);
    front.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: address().port,
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
