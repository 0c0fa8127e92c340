import { performance } from "node:perf_hooks";

import {
  findCollisions,
  isSubdomainOf,
  OrganisationIndex,
  type OrganisationName,
  parseName,
} from "../../dns";

const WANTED_MS = 100;
const NAMES = 1_000_000;
const SIZES = [10_000, 100_000, NAMES];
const RUNS = 200;

function organisationNames(count: number): OrganisationName[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `host-${index}.department-${index % 1000}.oneprocloud.com`,
    origin: "alidns",
  }));
}

/** Milliseconds for one call, the fastest of a few rounds: others may use the machine too. */
function milliseconds(runs: number, work: () => unknown): number {
  const rounds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let run = 0; run < runs; run++) work();
    return (performance.now() - start) / runs;
  });
  return Math.min(...rounds);
}

/**
 * A cluster domain against many organisation names, loaded once; against the obvious way, which looks
 * at each name.
 * @returns whether it is as fast as it must be.
 */
export function benchNames(print: (line: string) => void = console.log): boolean {
  const names = organisationNames(NAMES);
  const domains = [
    "com",
    "oneprocloud.com",
    "k8s.oneprocloud.com",
    "a.b.c.d.e.f.oneprocloud.com",
    "cluster.local",
  ];
  let worst = 0;
  for (const size of SIZES) {
    const start = performance.now();
    const index = new OrganisationIndex({ zones: [], names: names.slice(0, size) });
    const loaded = performance.now() - start;
    const times = domains.map((domain) => milliseconds(RUNS, () => findCollisions(domain, index)));
    worst = Math.max(worst, ...times);
    const each = domains.map((domain, at) => `${domain} ${(times[at] as number).toFixed(3)}`);
    print(
      `collisions among ${size} names (loaded in ${Math.round(loaded)} ms), ms: ${each.join(", ")}`,
    );
  }
  const parsed = names.map(({ name }) => parseName(name));
  const domain = parseName("k8s.oneprocloud.com");
  const scan = milliseconds(1, () =>
    parsed.filter((name) => isSubdomainOf(name, domain) || isSubdomainOf(domain, name)),
  );
  print(`collisions among ${NAMES} names, the simple way: ${scan.toFixed(1)} ms`);
  print(`collisions, worst: ${worst.toFixed(3)} ms (wanted ${WANTED_MS})`);
  return worst < WANTED_MS;
}

if (require.main === module) process.exitCode = benchNames() ? 0 : 1;
