import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import fc from "fast-check";

import {
  compileCorefile,
  type Records,
  type Resolution,
  type ResourceRecord,
} from "../../../dns/resolution";
import { type Client, createClient, type WireReply } from "./client";
import { corefileArb } from "./corefiles";
import { freePort, scratch, startCoreDns, type Version } from "./coredns";
import { type FakeApi, startFakeApi } from "./fakeApi";
import { type Asked, askedArb } from "./questions";
import { clusterArb, PUBLIC_DNS, startPublicDns } from "./world";

/** Everything that runs beside the CoreDNS under test. */
export interface Bench {
  readonly api: FakeApi;
  readonly client: Client;
  readonly dir: string;
  readonly publicPorts: readonly number[];
  readonly stop: () => Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const api = await startFakeApi();
  const client = createClient();
  const { dir, remove } = await scratch();
  const { ports, server } = await startPublicDns(PUBLIC_DNS, dir, client);
  const stop = async (): Promise<void> => {
    await server.stop();
    await api.close();
    await client.close();
    await remove();
  };
  return { api, client, dir, publicPorts: ports, stop };
}

/** What was compared. */
export interface Tally {
  corefiles: number;
  questions: number;
  /** How often each plugin ended a question, and each did something on the way: `kubernetes fellThrough`. */
  readonly events: Map<string, number>;
}

/** How much is asked. */
export interface Effort {
  readonly corefiles: number;
  readonly questions: number;
}

const TIMEOUT_MS = 8000;
/** A question that nobody answers costs its whole time. */
const SILENCE_MS = 400;
const ATTEMPTS = 2;
/** CoreDNS remembers a failure for so long. */
const CACHED_FAILURE_MS = 6000;

/**
 * Starts CoreDNS once for each generated Corefile, asks it and the model the same questions, and
 * fails at the first difference with everything that is needed to see it again.
 */
export async function compareAll(
  bench: Bench,
  version: Version,
  seed: number,
  effort: Effort,
): Promise<Tally> {
  const legacy = version === "1.6.7";
  const tally: Tally = { corefiles: 0, questions: 0, events: new Map() };
  const property = fc.asyncProperty(
    fc.record({
      corefile: corefileArb(legacy),
      cluster: clusterArb(legacy),
      publicDns: fc.nat({ max: PUBLIC_DNS.length - 1 }),
      asked: fc.uniqueArray(askedArb(legacy), {
        minLength: effort.questions,
        maxLength: effort.questions,
        selector: ({ name, type }) => `${name} ${type}`,
      }),
    }),
    async ({ corefile, cluster, publicDns, asked }) => {
      const port = await freePort();
      const upstream = bench.publicPorts[publicDns] as number;
      const text = corefile.render({ port, api: bench.api.publish(cluster), upstream });
      const records: Records = {
        cluster,
        zones: PUBLIC_DNS[publicDns] ?? [],
        coreDnsSearch: ownSearch(),
        files: { "/etc/hosts": readFileSync("/etc/hosts", "utf8") },
      };
      const model = compileCorefile(text, records, { coreDnsVersion: version, port });
      const differences: string[] = [];
      const server = await startCoreDns(version, text, port, bench.dir, bench.client);
      try {
        const from = corefile.oneAsker ? asked[0]?.from : undefined;
        const compareOne = async (each: Asked): Promise<void> => {
          const one = from === undefined ? each : { ...each, from };
          const said = model.ask(one.name, one.type, { ip: one.from, namespace: "" });
          const difference = await compare(bench.client, one, said, port, corefile.cached);
          if (difference !== undefined) differences.push(difference);
          tally.questions++;
          const steps = said.steps.map(({ plugin, action }) => `${plugin} ${action}`);
          for (const event of [said.plugin, ...steps]) {
            tally.events.set(event, (tally.events.get(event) ?? 0) + 1);
          }
        };
        await Promise.all(asked.map(compareOne));
      } finally {
        await server.stop();
      }
      tally.corefiles++;
      if (differences.length > 0) {
        throw new Error([...differences, server.log(), text, JSON.stringify(cluster)].join("\n"));
      }
    },
  );
  await fc.assert(property, { seed, numRuns: effort.corefiles, endOnFailure: true });
  return tally;
}

/** Also CoreDNS's own: `autopath` appends what its resolv.conf says. */
function ownSearch(): string[] {
  const lines = readFileSync("/etc/resolv.conf", "utf8").split("\n");
  const search = lines
    .map((each) => /^(?:search|domain)\s+(.*)$/.exec(each)?.[1])
    .filter((each) => each !== undefined);
  return (search[search.length - 1] ?? "")
    .split(/\s+/)
    .filter((each) => each !== "")
    .map((each) => (each.endsWith(".") ? each : `${each}.`));
}

async function compare(
  client: Client,
  asked: Asked,
  said: Resolution,
  port: number,
  cached: boolean,
): Promise<string | undefined> {
  const wait = said.message === undefined ? SILENCE_MS : TIMEOUT_MS;
  const expected = modelView(said, cached);
  let actual = "";
  // Under load CoreDNS's own time limits run out. A difference counts when it stays.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(attempt * CACHED_FAILURE_MS);
    const reply = await client.ask(port, asked.name, asked.type, asked.from, wait);
    actual = wireView(reply, cached);
    if (expected === actual) return undefined;
  }
  return [
    `${asked.name} ${asked.type} from ${asked.from}`,
    `  model:   ${expected}`,
    `  CoreDNS: ${actual}`,
    `  steps:   ${JSON.stringify(said.steps)} by ${said.plugin} in ${said.block ?? "no block"}`,
  ].join("\n");
}

function modelView({ message }: Resolution, cached: boolean): string {
  if (message === undefined) return "TIMEOUT";
  return view(message.rcode, message.question, message.answers, cached);
}

function wireView({ rcode, question, answers }: WireReply, cached: boolean): string {
  return rcode === "TIMEOUT" ? rcode : view(rcode, question, answers, cached);
}

/** A cache changes times to live, and puts the question right that a rewrite left wrong. */
function view(
  rcode: string,
  question: string,
  answers: readonly ResourceRecord[],
  cached: boolean,
): string {
  const lines = answers.map(({ name, type, ttl, data }) =>
    [name, cached ? "" : String(ttl), type, data].join(" ").toLowerCase(),
  );
  return [rcode, cached ? "" : question, ...[...new Set(lines)].sort()].join(" | ");
}
