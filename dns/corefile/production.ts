import { isBelow, isSubdomainOf } from "../name";
import { isReverse } from "../reverse";
import type { ExpandedBlock } from "./expand";
import type { CorefileFinding } from "./finding";
import type { Listener } from "./listeners";
import type { Entry, Token } from "./syntax";
import { kubernetesStanzas, zonesOfStanza } from "./zone";

/** What a Corefile lacks for production, as warnings: CoreDNS starts without. */
const NEEDS: readonly { plugins: readonly string[]; code: string; why: string }[] = [
  { plugins: ["errors"], code: "missing-errors", why: "failures leave no trace" },
  { plugins: ["ready"], code: "missing-ready", why: "the readiness probe of the Deployment fails" },
  {
    plugins: ["health"],
    code: "missing-health",
    why: "the liveness probe of the Deployment fails",
  },
  {
    plugins: ["reload"],
    code: "missing-reload",
    why: "a change counts only from the next restart",
  },
  { plugins: ["loop"], code: "missing-loop", why: "a resolver that points back is not noticed" },
  { plugins: ["forward", "grpc"], code: "missing-forward", why: "no name outside can be resolved" },
];

/** What production needs and a Corefile lacks, and zones that its blocks take from one another. */
export function checkProduction(
  blocks: readonly ExpandedBlock[],
  listeners: readonly Listener[],
): CorefileFinding[] {
  const [first] = blocks;
  if (first === undefined) {
    const message = "there is no server block, and CoreDNS would answer with its built-in example";
    return [{ code: "empty", severity: "error", message, line: 1, column: 1 }];
  }
  const findings: CorefileFinding[] = [];
  const report = (code: string, message: string, at: Pick<Token, "line" | "column">): void => {
    findings.push({ code, severity: "warning", message, line: at.line, column: at.column });
  };
  const main = listeners.find(({ zone }) => zone.labels.length === 0)?.block ?? first;
  const [at = { line: 1, column: 1 }] = main.keys;
  const find = (name: string): Entry | undefined =>
    blocks.flatMap(({ entries }) => entries).find((entry) => entry.name.text === name);
  for (const { plugins, code, why } of NEEDS) {
    if (plugins.every((plugin) => find(plugin) === undefined)) {
      report(code, `${plugins[0]} is missing: ${why}; add it`, at);
    }
  }
  const health = find("health");
  if (health !== undefined && !hasProperty(health, "lameduck")) {
    const message =
      "health has no lameduck: questions fail while a pod of CoreDNS stops; give it 15s";
    report("missing-lameduck", message, health.name);
  }
  for (const { entries } of blocks) autopath(entries, report);
  shadows(blocks, listeners, report);
  return findings;
}

type Report = (code: string, message: string, at: Pick<Token, "line" | "column">) => void;

function hasProperty(entry: Entry, name: string): boolean {
  return entry.block?.entries.some((each) => each.name.text === name) ?? false;
}

function autopath(entries: readonly Entry[], report: Report): void {
  const kubernetes = entries.find((entry) => entry.name.text === "kubernetes");
  const pods = kubernetes?.block?.entries.findLast((entry) => entry.name.text === "pods");
  const path = entries.find((entry) => entry.name.text === "autopath");
  if (path?.args.at(-1)?.text === "@kubernetes" && pods?.args[0]?.text !== "verified") {
    report(
      "autopath-pods",
      "autopath does nothing unless kubernetes has 'pods verified'",
      path.name,
    );
  }
}

/** Zones of `kubernetes` whose questions go to another server block, for its key is longer. */
function shadows(
  blocks: readonly ExpandedBlock[],
  listeners: readonly Listener[],
  report: Report,
): void {
  const others = new Set(kubernetesStanzas(blocks).map(({ block }) => block));
  for (const { block, entry } of kubernetesStanzas(blocks)) {
    const own = listeners.filter((listener) => listener.block === block);
    for (const zone of zonesOfStanza(block, entry).filter((each) => !isReverse(each))) {
      const serving = own.filter((each) => isSubdomainOf(zone, each.zone));
      const parts = own.filter((each) => isBelow(each.zone, zone));
      if (serving.length === 0 && parts.length === 0) {
        const keys = block.keys.map((key) => key.text).join(", ");
        const message = `kubernetes serves ${zone.text}, but its server block gets only ${keys}; put it into the block of '.'`;
        report("unreachable-zone", message, entry.name);
      }
      const [best] = serving.sort((a, b) => b.zone.labels.length - a.zone.labels.length);
      const thief =
        best &&
        listeners.find(
          (each) =>
            !each.filtered &&
            each.transport === best.transport &&
            each.port === best.port &&
            isBelow(each.zone, best.zone) &&
            (isSubdomainOf(zone, each.zone) ||
              (isBelow(each.zone, zone) && !others.has(each.block))),
        );
      if (thief === undefined) continue;
      const part = isBelow(thief.zone, zone) ? "a part of " : "";
      const message = `this server block takes the questions for ${part}${zone.text} from the kubernetes plugin in line ${entry.name.line}; take one of them out`;
      report("shadowed-zone", message, thief.key);
    }
  }
}
