import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { checkCorefile } from "../../../../dns";
import { FILES, LINES, UNBUILT } from "../../../fixtures/corefiles/lines";

const GOLDEN = join(__dirname, "../../../golden/corefile");
const NEWEST = "1.15.0";

/** What the check says to a text; CoreDNS itself is asked by the engine tests. */
function verdict(shown: string, text: string, version: string): string {
  const findings = checkCorefile(text, version)
    .filter(({ code }) => !code.startsWith("missing-"))
    .map((f) => `  ${f.line}:${f.column} ${f.severity} ${f.code}: ${f.message}`)
    .map((line) => line.replaceAll(version, "VERSION"));
  return [JSON.stringify(shown), ...(findings.length === 0 ? ["  right"] : findings), ""].join(
    "\n",
  );
}

function verdicts(version: string): string[] {
  return [
    ...[...LINES, ...UNBUILT].map((line) => verdict(line, `.:53 {\n${line}\n}\n`, version)),
    ...FILES.map((text) => verdict(text, text, version)),
  ];
}

describe("the check of a Corefile, line by line", () => {
  let asked: string[] | undefined;
  // In the tests, not while the file loads: most runs of a mutant need no verdict at all.
  const newest = (): string[] => (asked ??= verdicts(NEWEST));

  it.each([NEWEST, "1.6.7", "1.8.7", "v1.9.3.10-7dfca203-aliyun", "1.12.1", "1.14.3"])(
    "says for CoreDNS %s what the reviewed file says",
    (version) => {
      const path = join(GOLDEN, `check-${version}.txt`);
      const found =
        version === NEWEST
          ? newest().join("")
          : verdicts(version)
              .filter((each, index) => each !== newest()[index])
              .join("");
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, found);
      expect(found).toBe(readFileSync(path, "utf8"));
    },
  );
});
