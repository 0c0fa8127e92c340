import * as net from "net";
import { Client, utils, type ConnectConfig, type ParsedKey } from "ssh2";
import type { Duplex } from "stream";
import { setTimeout as delay } from "timers/promises";

import type { Operation } from "./resource";

/** Where and as whom to log in. Check has filled in the defaults. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  dialErrorLimit: number;
  perDialTimeout: number;
  hostKey?: string;
}

export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

const socketErrors: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  ECONNRESET: "read: connection reset by peer",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ENOENT: "connect: no such file or directory",
  EACCES: "connect: permission denied",
  ETIMEDOUT: "connect: connection timed out",
};

function parseHostKey(text: string): ParsedKey {
  const key = utils.parseKey(text);
  if (key instanceof Error) throw new Error("failed to parse host key: ssh: no key found");
  return key;
}

function checkPrivateKey(text: string, passphrase: string | undefined): void {
  const key = utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) return;
  if (/no passphrase/i.test(key.message)) {
    throw new Error("ssh: this private key is passphrase protected");
  }
  if (passphrase !== undefined && /decrypt|integrity|passphrase|checkint/i.test(key.message)) {
    throw new Error("x509: decryption password incorrect");
  }
  throw new Error("ssh: no key found");
}

function checkAgent(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(`dial unix ${path}: ${socketErrors[error.code ?? ""] ?? error.message}`)),
    );
  });
}

interface Login {
  config: ConnectConfig;
  methods: string[];
}

async function loginFor(endpoint: Endpoint): Promise<Login> {
  const agent = endpoint.agentSocketPath ?? (process.env["SSH_AUTH_SOCK"] || undefined);
  const hostKey = endpoint.hostKey === undefined ? undefined : parseHostKey(endpoint.hostKey);
  if (endpoint.privateKey !== undefined) {
    checkPrivateKey(endpoint.privateKey, endpoint.privateKeyPassword);
  }
  if (agent !== undefined) await checkAgent(agent);

  const methods: string[] = [];
  if (endpoint.privateKey !== undefined) methods.push("publickey");
  if (endpoint.password !== undefined) methods.push("password", "keyboard-interactive");
  if (agent !== undefined) methods.push("agent");
  return {
    methods,
    config: {
      host: endpoint.host,
      port: endpoint.port,
      username: endpoint.user,
      password: endpoint.password,
      privateKey: endpoint.privateKey,
      passphrase: endpoint.privateKeyPassword,
      agent,
      tryKeyboard: endpoint.password !== undefined,
      readyTimeout: endpoint.perDialTimeout * 1000,
      authHandler: ["none", ...methods] as ConnectConfig["authHandler"],
      ...(hostKey && {
        hostVerifier: (key: Buffer) => key.equals(hostKey.getPublicSSH()),
        // RSA keys sign with SHA-2 on every server of today.
        algorithms: {
          serverHostKey: (hostKey.type === "ssh-rsa"
            ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]
            : [hostKey.type]) as ["ssh-ed25519"],
        },
      }),
    },
  };
}

function explain(error: Error & { level?: string; code?: string }, login: Login): Error {
  const { host = "", port = 22 } = login.config;
  const address = net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
  if (error.code === "ENOTFOUND") return new Error(`dial tcp: lookup ${host}: no such host`);
  const socket = socketErrors[error.code ?? ""];
  if (socket) return new Error(`dial tcp ${address}: ${socket}`);
  if (error.level === "client-timeout") return new Error(`dial tcp ${address}: i/o timeout`);
  if (error.level === "client-authentication") {
    const tried = ["none", ...login.methods.map((name) => name.replace("agent", "publickey"))];
    return new Error(
      "ssh: handshake failed: ssh: unable to authenticate, " +
        `attempted methods [${[...new Set(tried)].join(" ")}], no supported methods remain`,
    );
  }
  const reason = /verification failed/.test(error.message) ? "host key mismatch" : error.message;
  return new Error(`ssh: handshake failed: ssh: ${reason}`);
}

function connect(login: Login, sock?: Duplex): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("keyboard-interactive", (_name, _text, _language, prompts, answer) =>
      answer(prompts.map(() => login.config.password ?? "")),
    );
    client.once("ready", () => resolve(client));
    client.on("error", (error) => {
      client.destroy();
      reject(explain(error, login));
    });
    client.connect({ ...login.config, sock: sock });
  });
}

function openTunnel(proxy: Client, to: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) => {
      if (error) reject(new Error(`ssh: rejected: ${error.message}`));
      else resolve(channel);
    });
  });
}

async function retrying<T>(
  what: string,
  limit: number,
  { log, signal }: Operation,
  attempt: () => Promise<T>,
): Promise<T> {
  let pause = 100;
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (limit > -1 && failures > limit) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`after ${failures - 1} failed attempts: ${reason}`, { cause: error });
      }
      const most = limit === -1 ? "inf" : limit;
      log.status("info", `${what} ${failures}/${most} failed: retrying`);
    }
    await delay(pause, undefined, { signal });
    pause = Math.min(pause * 1.5, 5000);
  }
}

/** Logs in, through the proxy if there is one; retries as often as the connection allows. */
export async function withClient<T>(
  connection: Connection,
  operation: Operation,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const opened: Client[] = [];
  const keep = (client: Client): Client => {
    opened.push(client);
    return client;
  };
  const close = (): void => opened.forEach((client) => client.end());
  operation.signal.addEventListener("abort", close);
  try {
    const login = await loginFor(connection);
    const { proxy, dialErrorLimit } = connection;
    const client = proxy
      ? await throughProxy(connection, proxy, login, operation, keep)
      : await retrying("Dial", dialErrorLimit, operation, () => connect(login));
    return await use(keep(client));
  } finally {
    operation.signal.removeEventListener("abort", close);
    close();
  }
}

async function throughProxy(
  connection: Connection,
  proxy: Endpoint,
  login: Login,
  operation: Operation,
  keep: (client: Client) => Client,
): Promise<Client> {
  try {
    const proxyLogin = await loginFor(proxy);
    const gate = await retrying("Dial proxy", proxy.dialErrorLimit, operation, () =>
      connect(proxyLogin),
    );
    keep(gate);
    return await retrying("Dial from proxy", connection.dialErrorLimit, operation, async () =>
      connect(login, await openTunnel(gate, connection)),
    );
  } catch (error) {
    throw new Error(`proxy: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
