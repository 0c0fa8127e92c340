import fc from "fast-check";

import { checkCorefile, renderCorefile } from "../../dns";
import { corefiles } from "./corefileCheck/generate";
import { judgeAll, type Verdict, type Version } from "./corefileCheck/judge";
import { FILES, LINES } from "../fixtures/corefiles/lines";

const FIXED_SEED = 20_240_611;
const RUNS = Number(process.env["COREFILE_CHECK_RUNS"] ?? 60);

const inBlock = (line: string): string => `.:53 {\n${line}\n}\n`;
const refusal = (corefile: string, version: Version): string | undefined =>
  checkCorefile(corefile, version).find(({ severity }) => severity === "error")?.code;

/** Where the check refuses what starts all the same, since it can't be what was meant. */
const STRICTER = new Set([
  "arguments",
  "brace",
  "duplicate-zone",
  "empty",
  "import-merge",
  "newer-option",
  "no-block",
  "no-zone",
  "options",
  "port-clash",
  "transport",
  "zone",
]);

describe.each<Version>(["1.15.0", "1.6.7"])(
  "the check of a Corefile against CoreDNS %s",
  (version) => {
    const known = [...LINES.map(inBlock), ...FILES];
    let verdicts: Verdict[];
    beforeAll(async () => {
      verdicts = await judgeAll(version, known);
    }, 600_000);

    /** What the check lets pass and CoreDNS refuses. */
    const wrong = (texts: readonly string[], given: readonly Verdict[]): object[] =>
      texts.flatMap((text, index) => {
        const { starts, log } = given[index] as Verdict;
        // Which network interfaces and files there are is not in the text.
        const outside = /not a valid IP address or interface name|no such file or directory/.test(
          log,
        );
        return !starts && !outside && refusal(text, version) === undefined ? [{ text, log }] : [];
      });

    it("refuses every line and file that CoreDNS refuses", () => {
      expect(wrong(known, verdicts)).toEqual([]);
      expect(verdicts.filter(({ starts }) => !starts).length).toBeGreaterThan(200);
    });

    it("lets what starts pass but for slips that CoreDNS overlooks", () => {
      const stricter = known.filter(
        (text, index) => verdicts[index]?.starts && refusal(text, version),
      );
      expect(
        stricter.map((text) => refusal(text, version)).filter((code) => !STRICTER.has(code ?? "")),
      ).toEqual([]);
      expect(stricter.length).toBeLessThan(60);
    });

    it("starts with what is rendered", async () => {
      const request = {
        clusterDomain: "cluster.local",
        legacyClusterDomains: ["oneprocloud.com"],
        organisationNames: ["downloads.oneprocloud.com"],
        coreDnsVersion: version,
      };
      const rendered = [
        renderCorefile({ ...request, legacyClusterDomains: [] }),
        renderCorefile(request),
        renderCorefile({ ...request, zonesForwarded: ["oneprocloud.com"] }),
        ...(version === "1.15.0"
          ? [renderCorefile({ ...request, organisationNames: ["oneprocloud.com"] })]
          : []),
      ];
      // Out of a cluster, CoreDNS must be told where the API server is; that it is closed keeps
      // nothing from starting.
      const reachable = rendered.map((text) =>
        text.replaceAll("pods insecure", "pods insecure\n        endpoint http://127.0.0.1:1"),
      );
      const given = await judgeAll(version, reachable);
      expect(given.filter(({ starts }) => !starts)).toEqual([]);
    }, 120_000);

    it.each([
      ["known", FIXED_SEED],
      ["new", Number(process.env["COREFILE_CHECK_SEED"] ?? Date.now() % 2 ** 31)],
    ])(
      "refuses whatever CoreDNS refuses in %s files made at random (seed %d)",
      async (_, seed) => {
        const starting = LINES.filter((_line, index) => verdicts[index]?.starts);
        const made = fc.sample(corefiles(starting), { seed, numRuns: RUNS });
        const given = await judgeAll(version, made);
        expect(wrong(made, given)).toEqual([]);
        expect(given.some(({ starts }) => starts)).toBe(true);
      },
      600_000,
    );
  },
);
