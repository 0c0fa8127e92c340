import {
  compileCorefile,
  type Libc,
  type Question,
  type ResourceRecord,
} from "../../dns/resolution";
import {
  corefileOf,
  incidentRecords,
  LOOKED_UP,
  POD_IP,
  QUESTIONS,
  type Way,
  WAYS,
} from "../unit/resolution/incident";
import { type Client, createClient } from "./resolution/client";
import { freePort, type RunningCoreDns, scratch, startCoreDns } from "./resolution/coredns";
import { type FakeApi, startFakeApi } from "./resolution/fakeApi";
import { startPublicDns } from "./resolution/world";

const TIMEOUT_MS = 8000;
const DOMAINS = ["oneprocloud.com", "cluster.local"];
const LIBCS: Libc[] = ["glibc", "musl"];
/** A pod whose address CoreDNS does not know, so that nothing is searched for it. */
const STRANGER = "127.0.0.99";

const sorted = (answers: readonly ResourceRecord[]): string[] =>
  answers.map(({ name, type, data }) => `${name} ${type} ${data}`).sort();

describe.each([false, true])("the incident, with a wildcard record: %s", (wildcard) => {
  const records = incidentRecords(wildcard);
  let api: FakeApi;
  let client: Client;
  let dir: string;
  let remove: () => Promise<void>;
  let upstream: { ports: number[]; server: RunningCoreDns };

  beforeAll(async () => {
    api = await startFakeApi();
    client = createClient();
    ({ dir, remove } = await scratch());
    upstream = await startPublicDns([records.zones], dir, client);
  }, 60_000);
  afterAll(async () => {
    await upstream.server.stop();
    await api.close();
    await client.close();
    await remove();
  });

  describe.each(Object.keys(WAYS) as Way[])("%s", (way) => {
    it.each([true, false])(
      "is explained as CoreDNS answers, with autopath: %s",
      async (autopath) => {
        const port = await freePort();
        const text = corefileOf(way, {
          port,
          forward: `forward . 127.0.0.1:${String(upstream.ports[0])}`,
          api: `endpoint ${api.publish(records.cluster)}`,
          autopath,
        });
        const bound = text.replace(/^(\S.*:\d+) \{$/gm, "$1 {\n    bind 127.0.0.1");
        const model = compileCorefile(bound, records, { port });
        const server = await startCoreDns("1.15.0", bound, port, dir, client);
        const compare = async (
          said: Pick<Question, "name" | "type" | "rcode" | "answers">,
          from: string,
        ): Promise<void> => {
          const seen = await client.ask(port, said.name, said.type, from, TIMEOUT_MS);
          expect({ name: said.name, rcode: seen.rcode, answers: sorted(seen.answers) }).toEqual({
            name: said.name,
            rcode: said.rcode,
            answers: sorted(said.answers),
          });
        };
        try {
          for (const [name, type] of QUESTIONS) {
            const { message } = model.ask(name, type, { ip: STRANGER, namespace: "" });
            const { rcode = "", answers = [] } = message ?? {};
            await compare({ name, type: type as "A", rcode, answers }, STRANGER);
          }
          for (const clusterDomain of DOMAINS) {
            for (const libc of LIBCS) {
              const pod = { namespace: "default", clusterDomain, libc, ip: POD_IP };
              const lookups = LOOKED_UP.flatMap((name) => model.explain(name, pod).lookups);
              for (const question of lookups.flatMap((each) => each.questions)) {
                await compare(question, POD_IP);
              }
            }
          }
        } finally {
          await server.stop();
        }
      },
      120_000,
    );
  });
});
