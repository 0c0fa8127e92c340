import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";

const patience = 30_000;

/** What HTTPS_PROXY names; as Go has it, HTTP is meant where no scheme is written. */
export function proxyUrl(text = ""): URL | undefined {
  const url = text.includes("://") ? text : `http://${text}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** Connects a caller who asked for CONNECT with where it wants to go, by way of `proxy` if given. */
export function openTunnel(caller: net.Socket, target: string, proxy?: URL): void {
  dial(target, proxy).then(
    (server) => {
      if (caller.destroyed) return server.destroy();
      caller.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      for (const [one, other] of [
        [caller, server],
        [server, caller],
      ] as const) {
        one.pipe(other);
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
      }
    },
    ({ message }: Error) => {
      // Callers show the reason phrase, and no body.
      const reason = `${target}: ${message}`.replace(/[^ -~]/g, " ");
      caller.end(`HTTP/1.1 502 ${reason}\r\nconnection: close\r\n\r\n`);
    },
  );
}

async function dial(target: string, proxy?: URL): Promise<net.Socket> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const host = bare(hostname);
  const isLocal = host === "localhost" || host === "::1" || host.startsWith("127.");
  if (proxy && !isLocal) return connectThrough(proxy, target);
  return new Promise((resolve, reject) => {
    const server = net.connect(Number(port), host, () => {
      server.setTimeout(0).off("error", reject);
      resolve(server);
    });
    server.on("error", reject);
    server.setTimeout(patience, () => server.destroy(new Error("no answer")));
  });
}

/** An address of IPv6 without what sets it off in a URL. */
const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, "");

function connectThrough(proxy: URL, target: string): Promise<net.Socket> {
  const { request } = proxy.protocol === "https:" ? https : http;
  const name = [proxy.username, proxy.password].map(decodeURIComponent).join(":");
  const authorization =
    name === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(name).toString("base64")}` };
  return new Promise((resolve, reject) => {
    request({
      host: bare(proxy.hostname),
      port: proxy.port,
      method: "CONNECT",
      path: target,
      headers: { host: target, ...authorization },
      agent: false,
      timeout: patience,
    })
      .on("connect", ({ statusCode, statusMessage }, socket, head) => {
        if (statusCode === 200) {
          if (head.length > 0) socket.unshift(head);
          return resolve(socket.setTimeout(0));
        }
        socket.destroy();
        reject(new Error(`${proxy.host} answers ${statusCode} ${statusMessage}`));
      })
      .on("timeout", function (this: http.ClientRequest) {
        this.destroy(new Error(`${proxy.host} does not answer`));
      })
      .on("error", reject)
      .end();
  });
}
