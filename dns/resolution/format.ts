import type { Explanation, Lookup, Outcome, Question } from "./explain";
import type { Step } from "./query";

/** How an explanation is printed. */
export interface FormatOptions {
  /** ANSI colours, for a terminal. Default false. */
  readonly colour?: boolean;
}

type Paint = "bold" | "dim" | "green" | "red" | "yellow";

const CODES: Readonly<Record<Paint, number>> = { bold: 1, dim: 2, green: 32, red: 31, yellow: 33 };

const ENDS: Readonly<Record<Outcome, string>> = {
  found: "",
  noData: "the name exists, without an address",
  noName: "no such name",
  failed: "the DNS fails to answer",
  unknown: "its resolver asks other servers",
};

/**
 * An explanation as text for people: the search list, one line for each name that the resolver asks
 * for with both answers and the way through the Corefile, and the end of it.
 * @returns lines that end in a line feed, always the same for the same explanation.
 */
export function formatExplanation(explanation: Explanation, options: FormatOptions = {}): string {
  const paint = (text: string, ...paints: Paint[]): string => {
    if (options.colour !== true) return text;
    return `${paints.map((each) => `\x1b[${CODES[each]}m`).join("")}${text}\x1b[0m`;
  };
  const { name, libc, ndots, search, lookups, omitted } = explanation;
  const head = `${paint(name, "bold")} as ${libc} looks it up, ndots:${ndots}`;
  const suffixes = `search ${search.length === 0 ? "list is empty" : search.join(" ")}`;
  const lines = [head, paint(suffixes, "dim"), ""];
  const rows = lookups.map((lookup, index) => rowOf(lookup, index + 1));
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at as 0].length)));
  for (const [index, row] of rows.entries()) {
    const cells = row.map((cell, at) => cell.padEnd(widths[at] ?? 0));
    lines.push(paint(cells.join("  "), ...paintOf(lookups[index] as Lookup)));
  }
  if (lookups.length === 0) lines.push("This pod does not ask the cluster's DNS.");
  lines.push("", end(explanation, paint));
  if (omitted.length > 0) {
    lines.push(paint(`Not taken into account: ${omitted.join(", ")}.`, "yellow"));
  }
  return `${lines.join("\n")}\n`;
}

type Row = readonly [number: string, name: string, a: string, aaaa: string, way: string];

function rowOf({ name, questions }: Lookup, number: number): Row {
  const [a, aaaa] = questions;
  const ways = [...new Set([wayOf(a), wayOf(aaaa)])];
  const way = ways.length === 1 ? ways[0] : `A: ${ways[0]}; AAAA: ${ways[1]}`;
  return [String(number), name, `A ${resultOf(a)}`, `AAAA ${resultOf(aaaa)}`, way as string];
}

function paintOf({ verdict }: Lookup): Paint[] {
  if (verdict === "found") return ["green"];
  return verdict === "next" ? ["dim"] : ["yellow"];
}

function resultOf({ rcode, answers, type, dangling }: Question): string {
  const addresses = answers.filter((record) => record.type === type).map(({ data }) => data);
  if (addresses.length > 0) return addresses.join(" ");
  const alias = answers[answers.length - 1];
  if (alias !== undefined) return dangling ? `alias of ${alias.data}` : "alias without address";
  if (rcode === "UNKNOWN") return "not known here";
  if (rcode === "TIMEOUT") return "no reply";
  return rcode === "NOERROR" ? "no address" : rcode;
}

function wayOf({ steps, plugin, block, line }: Question): string {
  if (block === undefined) return "no server block";
  const way = steps.map(stepText);
  const last = steps[steps.length - 1];
  if (last?.plugin !== plugin) way.push(plugin);
  return `${way.join(", ")} in ${block} (line ${String(line)})`;
}

function stepText({ plugin, action, detail = "" }: Step): string {
  switch (action) {
    case "rewrote":
      return `rewritten to ${detail}`;
    case "fellThrough":
      return `past ${plugin}`;
    case "searched":
      return `autopath found ${detail}`;
    case "forwarded":
      return `forwarded to ${detail}`;
    case "matched":
      return `template for ${detail}`;
    case "endOfChain":
      return "no plugin left";
  }
}

function end(
  explanation: Explanation,
  paint: (text: string, ...paints: Paint[]) => string,
): string {
  const { name, outcome, addresses, answeredBy, lookups } = explanation;
  if (outcome === "found") {
    const meant = answeredBy === `${name.toLowerCase().replace(/\.$/, "")}.`;
    const by = meant ? "" : `, the answer of ${String(answeredBy)}`;
    return paint(`${name} is ${addresses.join(" ")}${by}`, "green", "bold");
  }
  if (outcome === "unknown" && lookups.length > 0) {
    return paint(`${name} reaches the public DNS; what that answers is not known here`, "green");
  }
  return paint(`${name}: ${ENDS[outcome]}`, "red", "bold");
}
