import { createSocket, type Socket } from "node:dgram";

import { type Answer, decode, encode, type Question, type RecordType } from "dns-packet";

import type { ResourceRecord } from "../../../dns/resolution";

/** A reply as it came over the wire. */
export interface WireReply {
  /** `TIMEOUT` without one. */
  readonly rcode: string;
  /** Question section, lower case, complete. */
  readonly question: string;
  readonly answers: readonly ResourceRecord[];
}

/** Asks CoreDNS over UDP from addresses of its choice in 127.0.0.0/8. */
export interface Client {
  readonly ask: (
    port: number,
    name: string,
    type: string,
    from: string,
    timeoutMs: number,
  ) => Promise<WireReply>;
  readonly close: () => Promise<void>;
}

const UDP_PAYLOAD = 4096;

export function createClient(): Client {
  const sockets = new Map<string, Promise<Socket>>();
  const waiting = new Map<string, (reply: WireReply) => void>();
  let lastId = 0;

  const open = (from: string): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = createSocket("udp4");
      socket.on("message", (message) => {
        const reply = readReply(message);
        waiting.get(`${from} ${reply.id}`)?.(reply.reply);
      });
      socket.once("error", reject);
      socket.bind(0, from, () => resolve(socket));
    });

  const socketFor = (from: string): Promise<Socket> => {
    const known = sockets.get(from) ?? open(from);
    sockets.set(from, known);
    return known;
  };

  return {
    ask: async (port, name, type, from, timeoutMs) => {
      const socket = await socketFor(from);
      lastId = (lastId + 1) % 65536;
      const id = lastId;
      const key = `${from} ${id}`;
      return new Promise((resolve) => {
        const finish = (reply: WireReply): void => {
          clearTimeout(timer);
          waiting.delete(key);
          resolve(reply);
        };
        const timer = setTimeout(
          () => finish({ rcode: "TIMEOUT", question: "", answers: [] }),
          timeoutMs,
        );
        waiting.set(key, finish);
        socket.send(question(id, name, type), port, "127.0.0.1");
      });
    },
    close: async () => {
      for (const socket of sockets.values()) (await socket).close();
    },
  };
}

function question(id: number, name: string, type: string): Buffer {
  const asked: Question = { name: name.replace(/\.$/, ""), type: type as RecordType, class: "IN" };
  return encode({
    type: "query",
    id,
    flags: 256,
    questions: [asked],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: UDP_PAYLOAD,
        flags: 0,
        options: [],
        extendedRcode: 0,
        ednsVersion: 0,
        flag_do: false,
      },
    ],
  });
}

function readReply(message: Buffer): { id: number; reply: WireReply } {
  const packet = decode(message);
  return {
    id: packet.id ?? 0,
    reply: {
      rcode: (packet as unknown as { rcode: string }).rcode,
      question: complete(packet.questions?.[0]?.name ?? ""),
      answers: (packet.answers ?? []).map(toRecord),
    },
  };
}

function complete(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower : `${lower}.`;
}

function toRecord(answer: Answer): ResourceRecord {
  const ttl = "ttl" in answer ? (answer.ttl ?? 0) : 0;
  return { name: complete(answer.name), type: answer.type, ttl, data: dataOf(answer) };
}

/** In the words of the model: names complete, serials of SOA left out. */
function dataOf(answer: Answer): string {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the types that are never asked for
  switch (answer.type) {
    case "A":
    case "AAAA":
      return answer.data;
    case "CNAME":
    case "PTR":
    case "NS":
      return complete(answer.data);
    case "SRV": {
      const { priority = 0, weight = 0, port, target } = answer.data;
      return `${priority} ${weight} ${port} ${complete(target)}`;
    }
    case "MX":
      return `${answer.data.preference} ${complete(answer.data.exchange)}`;
    case "SOA": {
      const { mname, rname, refresh, retry, expire, minimum } = answer.data;
      return `${complete(mname)} ${complete(rname)} 0 ${refresh} ${retry} ${expire} ${minimum}`;
    }
    case "HINFO":
      return `"${answer.data.cpu}" "${answer.data.os}"`;
    case "TXT":
      return [answer.data]
        .flat()
        .map((part) => `"${String(part)}"`)
        .join(" ");
    default:
      return JSON.stringify("data" in answer ? answer.data : undefined);
  }
}
