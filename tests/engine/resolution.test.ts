import { type Bench, compareAll, startBench, type Tally } from "./resolution/compare";
import type { Version } from "./resolution/coredns";

/** The same Corefiles and questions on every machine. */
const FIXED_SEED = 20_240_611;
/** Makes the numbers below larger: the long run asks 20,000 questions and more. */
const TIMES = Number(process.env["RESOLUTION_TIMES"] ?? 1);
const FIXED = { corefiles: 75 * TIMES, questions: 30 };
/** New ones each time; a failure prints its seed, and RESOLUTION_SEED repeats it. */
const FRESH = { corefiles: 35 * TIMES, questions: 30 };

/** What a run must have come across, or it proves little. */
const EVENTS = [
  "kubernetes",
  "kubernetes fellThrough",
  "forward forwarded",
  "hosts",
  "hosts fellThrough",
  "template",
  "template matched",
  "rewrite rewrote",
  "autopath searched",
  "any",
  "server",
];

describe.each<Version>(["1.15.0", "1.6.7"])("explain against CoreDNS %s", (version) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  }, 60_000);
  afterAll(() => bench.stop());

  const expectAll = (tally: Tally, effort: typeof FIXED): void => {
    expect(tally.corefiles).toBe(effort.corefiles);
    expect(tally.questions).toBe(effort.corefiles * effort.questions);
  };

  it("answers the known questions as CoreDNS does", async () => {
    const tally = await compareAll(bench, version, FIXED_SEED, FIXED);
    expectAll(tally, FIXED);
    expect([...tally.events.keys()]).toEqual(expect.arrayContaining(EVENTS));
  }, 900_000);

  it("answers questions that nobody asked before as CoreDNS does", async () => {
    const seed = Number(process.env["RESOLUTION_SEED"] ?? Date.now() % 2 ** 31);
    expectAll(await compareAll(bench, version, seed, FRESH), FRESH);
  }, 900_000);
});
