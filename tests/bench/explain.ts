import { performance } from "node:perf_hooks";

import { type AskingPod, compileCorefile, explain, type Records } from "../../dns";

const WANTED_PER_SECOND = 100_000;
const NAMES = 200_000;
/** The simple way is too slow for as many. */
const SIMPLE_NAMES = 500;
const SERVICES = 1_000;

/** As a cluster on ACK runs it while an old domain is still served. */
const COREFILE = `.:53 {
    errors
    log
    health {
        lameduck 15s
    }
    ready
    kubernetes cluster.local oneprocloud.com in-addr.arpa ip6.arpa {
        pods verified
        fallthrough in-addr.arpa ip6.arpa downloads.oneprocloud.com
        ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
        prefer_udp
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

const POD: AskingPod = { namespace: "ns1", clusterDomain: "cluster.local" };

function records(): Records {
  const services = Array.from({ length: SERVICES }, (_, index) => ({
    namespace: `ns${index % 20}`,
    name: `service-${index}`,
    clusterIps: [`10.96.${index >> 8}.${index & 255}`],
    ports: [{ name: "http", port: 80 }],
  }));
  const names = Array.from({ length: 1_000 }, (_, index) => ({
    name: `name-${index}.oneprocloud.com`,
    type: "A",
    data: "203.0.113.10",
  }));
  return {
    cluster: {
      namespaces: Array.from({ length: 20 }, (_, index) => `ns${index}`),
      services,
      endpoints: [],
      pods: [],
    },
    zones: [
      {
        name: "oneprocloud.com",
        records: [
          ...names,
          { name: "downloads.oneprocloud.com", type: "CNAME", data: "bucket.aliyuncs.com" },
        ],
      },
      {
        name: "aliyuncs.com",
        records: [{ name: "bucket.aliyuncs.com", type: "A", data: "203.0.113.20" }],
      },
    ],
  };
}

/** What pods really look up: their own Services, Services elsewhere, the organisation's names, the world. */
function nameAt(index: number): string {
  const kinds = [
    `service-${(index % 50) * 20 + 1}`,
    `service-${index % SERVICES}.ns${index % 20}`,
    "downloads.oneprocloud.com",
    `www.site-${index}.com`,
  ];
  return kinds[index % kinds.length] as string;
}

function perSecond(calls: number, work: (index: number) => unknown): number {
  for (let index = 0; index < calls / 10; index++) work(index);
  const start = performance.now();
  for (let index = 0; index < calls; index++) work(index);
  return Math.round((calls / (performance.now() - start)) * 1000);
}

/**
 * Compiled Corefile against the obvious way: parse and compile for every name.
 * @returns whether it is as fast as it must be.
 */
export function benchExplain(print: (line: string) => void = console.log): boolean {
  const world = records();
  const compiled = compileCorefile(COREFILE, world);
  const fast = perSecond(NAMES, (index) => compiled.explain(nameAt(index), POD));
  const simple = perSecond(SIMPLE_NAMES, (index) => explain(nameAt(index), POD, COREFILE, world));
  print(`explain, compiled once:  ${fast} names/s (wanted ${WANTED_PER_SECOND})`);
  print(`explain, the simple way: ${simple} names/s`);
  return fast >= WANTED_PER_SECOND;
}

if (require.main === module) process.exitCode = benchExplain() ? 0 : 1;
