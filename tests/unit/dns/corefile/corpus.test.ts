import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { checkCorefile, kubernetesZones, parseCorefile, printCorefile } from "../../../../dns";

const FOLDER = join(__dirname, "../../../fixtures/corefiles");
const GOLDEN = join(__dirname, "../../../golden/corefile/corpus.txt");

const corpus = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".Corefile"))
  .sort()
  .map((file) => ({ name: file, text: readFileSync(join(FOLDER, file), "utf8") }));

/** What is known of a file: the zones of kubernetes, and what the newest CoreDNS would say to it. */
function summary({ name, text }: { name: string; text: string }): string {
  const findings = checkCorefile(text, "1.15.0").map(
    (f) => `  ${f.line}:${f.column} ${f.severity} ${f.code}`,
  );
  return [`${name}: ${kubernetesZones(text).join(" ")}`.trim(), ...findings, ""].join("\n");
}

describe("Corefiles as they are found", () => {
  it("are many", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60);
  });

  it.each(corpus)("print back byte for byte: $name", ({ text }) => {
    expect(printCorefile(parseCorefile(text))).toBe(text);
  });

  it("are read and checked as the reviewed file says", () => {
    const found = corpus.map(summary).join("");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(GOLDEN, found);
    expect(found).toBe(readFileSync(GOLDEN, "utf8"));
  });
});
