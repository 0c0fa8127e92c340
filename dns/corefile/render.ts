import {
  type DomainName,
  isSubdomainOf,
  joinNames,
  parseName,
  toFqdn,
  tryParseName,
} from "../name";
import { checkCorefile } from "./check";
import {
  addServerBlocks,
  newlineOf,
  removeServerBlock,
  replaceEntry,
  withArgs,
  withoutProperty,
  withProperty,
} from "./edit";
import { CorefileError, type CorefileFinding } from "./finding";
import { parseCorefile } from "./parser";
import { printCorefile, printEntry, printServerBlock } from "./printer";
import { type CorefileRequest, type Plan, planOf } from "./request";
import {
  type Corefile,
  CorefileSyntaxError,
  type Entry,
  keysOf,
  type ServerBlock,
  serverBlocks,
  type Snippet,
} from "./syntax";
import { ackTemplate } from "./template";
import { NEWEST, OLDEST, parseVersion } from "./version";
import { isReverseArgument, parseZoneKey } from "./zone";

/** Warnings of the check without which a rendered Corefile never counts or never gets ready. */
const NEEDED = new Set(["missing-ready", "missing-reload", "missing-forward"]);
/** The name of the view that lets a legacy domain itself pass. */
const APEX_VIEW = "organisation-apex";

/**
 * The Corefile for a cluster: the base with one edit, every other byte kept. The `kubernetes` line
 * of the main block serves the domain in force first (PTR answers take the first zone), then the
 * legacy domains, then the base's reverse zones, and lists the organisation names below legacy
 * domains in `fallthrough`, so that they and nothing else go upstream. Zones and names that an
 * earlier rendering, or a hand, put there are replaced. Rendering with the outcome as base changes
 * nothing.
 * @throws CorefileError with every fault, also those that {@link checkCorefile} finds in the outcome.
 */
export function renderCorefile(request: CorefileRequest): string {
  const { plan, faults } = planOf(request);
  const base = baseOf(request, faults);
  const main = base && mainStanza(base);
  if (base !== undefined && main === undefined) {
    faults.push(
      fault("no-kubernetes", "the base has no kubernetes plugin; add it to the block of '.'"),
    );
  }
  if (main === undefined || faults.length > 0) throw new CorefileError(faults);
  faults.push(...reachFaults(main, plan));
  if (faults.length > 0) throw new CorefileError(faults);
  const newline = newlineOf(base as Corefile);
  const edited = editStanza(main.entry, plan, newline);
  const text = printCorefile(
    placeBlocks(
      replaceEntry(base as Corefile, main.entry, edited),
      generate(main, plan, newline),
      newline,
    ),
  );
  const errors = checkCorefile(text, request.coreDnsVersion).filter(
    ({ severity, code }) => severity === "error" || NEEDED.has(code),
  );
  if (errors.length > 0) throw new CorefileError(errors);
  return text;
}

/** The `kubernetes` line that is edited and the block that it stands in, itself or by an import. */
interface MainStanza {
  readonly block: ServerBlock;
  readonly entry: Entry;
}

function fault(code: string, message: string): CorefileFinding {
  return { code, severity: "error", message, line: 0, column: 0 };
}

function baseOf(request: CorefileRequest, faults: CorefileFinding[]): Corefile | undefined {
  const version = parseVersion(request.coreDnsVersion);
  if (version === undefined) {
    const what = `${JSON.stringify(request.coreDnsVersion)} is no CoreDNS version`;
    faults.push(fault("unknown-version", `${what}; write one from ${OLDEST} to ${NEWEST}`));
    return undefined;
  }
  try {
    return parseCorefile(request.base ?? ackTemplate(request.clusterDomain, version));
  } catch (error) {
    const { reason, line, column } = error as CorefileSyntaxError;
    faults.push({ code: "syntax", severity: "error", message: reason, line, column });
    return undefined;
  }
}

function mainStanza(corefile: Corefile): MainStanza | undefined {
  const snippets = new Map<string, Snippet>();
  for (const item of corefile.items) {
    if (item.kind === "snippet") snippets.set(item.name, item);
  }
  const find = (entries: readonly Entry[], depth: number): Entry | undefined => {
    for (const entry of entries) {
      if (entry.name.text === "kubernetes") return entry;
      const snippet = entry.name.text === "import" && snippets.get(entry.args[0]?.text ?? "");
      const found = snippet && depth > 0 ? find(snippet.entries, depth - 1) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const stanzas = serverBlocks(corefile)
    .filter((block) => !isGenerated(block))
    .flatMap((block) => {
      const entry = find(block.entries, snippets.size);
      return entry === undefined ? [] : [{ block, entry }];
    });
  return stanzas.find(({ block }) => rootKeys(block).length > 0) ?? stanzas[0];
}

/** Zones that the main block never sees, for its keys are narrower. */
function reachFaults({ block }: MainStanza, plan: Plan): CorefileFinding[] {
  const served = keysOf(block).flatMap((key) => zonesOfKey(key));
  return [plan.clusterDomain, ...plan.listed]
    .filter((domain) => !served.some((zone) => isSubdomainOf(domain, zone)))
    .map((domain) => {
      const { line, column } = block.keys[0] ?? { line: 0, column: 0 };
      const what = `questions for ${domain.text} never reach the kubernetes plugin, for its block serves only ${keysOf(block).join(", ")}`;
      const message = `${what}; put the plugin into the block of '.'`;
      return { code: "unreachable-zone", severity: "error", message, line, column };
    });
}

function editStanza(entry: Entry, plan: Plan, newline: string): Entry {
  const zones = [plan.clusterDomain, ...plan.listed].map((zone) => zone.text);
  const reverse = entry.args.map((arg) => arg.text).filter(isReverseArgument);
  const edited = withArgs(entry, [...zones, ...reverse]);
  const before = entry.block?.entries.find((each) => each.name.text === "fallthrough");
  const names = plan.names.map((name) => name.text);
  // A bare fallthrough lets everything pass, which is the base's own choice until a legacy domain
  // makes it dangerous.
  const isBare = before?.args.length === 0;
  if (names.length === 0 && (before === undefined || (isBare && plan.listed.length === 0))) {
    return edited;
  }
  const listed = before?.args.map((arg) => arg.text).filter(isReverseArgument) ?? [];
  const kept = listed.length > 0 ? listed : reverse;
  const passed = [...kept, ...names];
  if (passed.length === 0) return withoutProperty(edited, "fallthrough");
  return withProperty(edited, "fallthrough", passed, newline);
}

function rootKeys(block: ServerBlock): string[] {
  return keysOf(block).filter((key) => zonesOfKey(key).some((zone) => zone.labels.length === 0));
}

function zonesOfKey(key: string): readonly DomainName[] {
  try {
    return parseZoneKey(key).zones;
  } catch {
    return [];
  }
}

/** The blocks that legacy domains need beside the main one. */
function generate({ block, entry }: MainStanza, plan: Plan, newline: string): string[] {
  const shared = new Set(["bind", "errors", "log", "ready", "prometheus"]);
  const common = block.entries.filter((each) => shared.has(each.name.text));
  const keysFor = (zones: readonly string[]): string =>
    zones.flatMap((zone) => rootKeys(block).map((key) => key.replace(".", zone))).join(" ");
  const write = (keys: string, lines: readonly string[], entries: readonly Entry[]): string => {
    const inside = entries.map((each) => `    ${printEntry(each)}`);
    return [`${keys} {`, ...lines, ...inside, "}", ""].join("\n").replaceAll(/\r?\n/g, newline);
  };
  const services = plan.forwarded.map((domain) => {
    const zones = ["svc", "pod"].map((label) => joinNames(parseName(label), domain).text);
    const own = withArgs(withoutProperty(entry, "fallthrough"), [domain.text]);
    return write(keysFor(zones), [], [...common, own]);
  });
  const passing = block.entries.filter((each) => ["forward", "cache"].includes(each.name.text));
  const apexes = plan.apexes.map((domain) => {
    const expression = `name() == '${toFqdn(domain)}'`;
    const view = [`    view ${APEX_VIEW} {`, `        expr ${expression}`, "    }"];
    return write(keysFor([domain.text]), view, [...common, ...passing]);
  });
  return [...services, ...apexes];
}

/**
 * Leaves generated blocks where they are when they are the wanted ones in the wanted order, and else
 * writes all of them anew, so that the outcome does not tell what the file went through.
 */
function placeBlocks(corefile: Corefile, wanted: readonly string[], newline: string): Corefile {
  const textOf = (block: ServerBlock): string => `${printServerBlock(block)}${newline}`;
  const generated = serverBlocks(corefile).filter(isGenerated);
  const fitting = generated.filter((block) => wanted.includes(textOf(block)));
  const stay = fitting.map(textOf).join("") === wanted.join("");
  const gone = stay ? generated.filter((block) => !fitting.includes(block)) : generated;
  let placed = corefile;
  // From the last: what is taken out changes what follows it.
  for (const block of gone.reverse()) placed = removeServerBlock(placed, block);
  return stay ? placed : addServerBlocks(placed, wanted.join(""));
}

function isGenerated(block: ServerBlock): boolean {
  const has = (name: string): Entry | undefined =>
    block.entries.find((entry) => entry.name.text === name);
  if (has("view")?.args[0]?.text === APEX_VIEW) return true;
  const [zone] = keysOf(block).flatMap((key) => zonesOfKey(key));
  const owner = has("kubernetes")?.args.map((arg) => tryParseName(arg.text)) ?? [];
  return (
    owner.length === 1 &&
    owner[0] !== undefined &&
    zone !== undefined &&
    ["svc", "pod"].includes(zone.labels[0] as string) &&
    zone.labels.slice(1).join(".") === owner[0].text
  );
}
