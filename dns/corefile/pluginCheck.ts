import type { ExpandedBlock } from "./expand";
import type { CorefileFinding } from "./finding";
import { lastLineOf } from "./parser";
import { PLUGINS } from "./plugins";
import { type Context, type PluginSpec, type Rule, ruleFault } from "./plugins/spec";
import type { Entry, Token } from "./syntax";
import { type CoreDnsVersion, isAtLeast } from "./version";

/** What CoreDNS of a version would refuse in the plugins of a server block, each by itself. */
export function checkPlugins(block: ExpandedBlock, version: CoreDnsVersion): CorefileFinding[] {
  return new PluginCheck(block, version).run();
}

class PluginCheck {
  private readonly findings: CorefileFinding[] = [];
  private readonly seen = new Map<string, Entry>();
  private readonly context: Context;
  private readonly label: string;

  constructor(
    private readonly block: ExpandedBlock,
    private readonly version: CoreDnsVersion,
  ) {
    this.context = {
      version,
      keys: block.keys.map((key) => key.text),
      plugins: new Set(block.entries.map((entry) => entry.name.text)),
    };
    this.label = `CoreDNS ${version.text}`;
  }

  run(): CorefileFinding[] {
    for (const entry of this.block.entries) {
      const spec = PLUGINS.get(entry.name.text);
      if (spec === undefined || !this.isKnown(spec)) this.unknown(entry.name, spec);
      else {
        this.repetition(entry, spec);
        this.plugin(entry, spec);
      }
      this.seen.set(entry.name.text, entry);
    }
    return this.findings;
  }

  private isKnown({ since, until, ack }: Pick<PluginSpec, "since" | "until" | "ack">): boolean {
    if (ack && !this.version.ack) return false;
    if (since !== undefined && !isAtLeast(this.version, since)) return false;
    return until === undefined || !isAtLeast(this.version, until);
  }

  private unknown({ text, ...token }: Token, spec: PluginSpec | undefined): void {
    const known =
      spec === undefined
        ? "take it out, or correct its name"
        : spec.ack
          ? `it is Alibaba Cloud's own, in its builds since ${spec.since}; take it out`
          : spec.until === undefined
            ? `it came with ${spec.since}; take it out, or upgrade`
            : `it went with ${spec.until}; take it out`;
    const message = `${this.label} has no plugin ${JSON.stringify(text)}: ${known}`;
    this.report("unknown-plugin", message, token);
  }

  private repetition(entry: Entry, spec: PluginSpec): void {
    const before = this.seen.get(entry.name.text);
    if (before === undefined) return;
    if (entry.name.line === lastLineOf(lastTokenOf(before))) this.merged(entry.name);
    const fine = spec.repeatSince !== undefined && isAtLeast(this.version, spec.repeatSince);
    if (spec.repeat === "fine" || fine) return;
    const refused = spec.repeat === "refused";
    const effect = refused ? "refuses that" : "heeds only one of them";
    const way = refused && spec.repeatSince ? ` before ${spec.repeatSince}` : "";
    const message = `${entry.name.text} stands in this server block a second time, and CoreDNS ${effect}${way}: keep one`;
    this.report("repeated-plugin", message, entry.name, refused ? "error" : "warning");
  }

  private merged(token: Token): void {
    const message = `importing the same line twice in a row makes one line of both for CoreDNS; write it out`;
    this.report("import-merge", message, token);
  }

  private plugin(entry: Entry, spec: PluginSpec): void {
    const args = entry.args.map((arg) => arg.text);
    if (spec.flat !== undefined) {
      this.flat(entry, args, spec);
      return;
    }
    const before = this.findings.length;
    this.words(entry.name.text, spec.line, entry);
    const properties = new Map<string, string[]>();
    if (entry.block !== undefined && spec.properties === undefined) {
      this.report(
        "no-block",
        `${entry.name.text} has no options, so take its block out`,
        entry.block.open,
      );
    } else {
      this.properties(entry, spec, properties);
    }
    // What the words mean together is of use only when each is right.
    if (this.findings.length > before) return;
    const fault = spec.whole?.(properties, args, this.context);
    if (fault !== undefined) this.report("options", `${entry.name.text} ${fault}`, entry.name);
  }

  private flat(entry: Entry, args: readonly string[], spec: PluginSpec): void {
    const inBlock = (entry.block?.entries ?? []).flatMap(({ name, args: more }) => [name, ...more]);
    const nested = entry.block?.entries.find((each) => each.block !== undefined);
    const misplaced = nested?.block?.open ?? (args.length > 1 ? entry.block?.open : undefined);
    if (misplaced !== undefined) {
      this.report(
        "no-block",
        `${entry.name.text} takes its words from the line or from a block, not from both`,
        misplaced,
      );
      return;
    }
    const fault = spec.flat?.([...args, ...inBlock.map((token) => token.text)], this.context);
    if (fault !== undefined) this.report("arguments", `${entry.name.text} ${fault}`, entry.name);
  }

  private properties(entry: Entry, spec: PluginSpec, found: Map<string, string[]>): void {
    const known: Readonly<Record<string, Rule>> = spec.properties ?? {};
    let before: Entry | undefined;
    for (const property of entry.block?.entries ?? []) {
      const { name } = property;
      if (before !== undefined && name.line === lastLineOf(lastTokenOf(before))) this.merged(name);
      before = property;
      const label = `${entry.name.text} ${name.text}`;
      if (property.block !== undefined) {
        this.report("no-block", `${label} has no block; take the braces out`, property.block.open);
      }
      const text = spec.anyCase ? name.text.toLowerCase() : name.text;
      const rule = Object.hasOwn(known, text) ? known[text] : undefined;
      if (rule !== undefined) {
        if (rule.once && found.has(text)) {
          this.report("repeated-option", `${label} stands here a second time; keep one`, name);
        }
        this.property(label, rule, property);
        found.set(text, [...(found.get(text) ?? []), ...property.args.map((arg) => arg.text)]);
      } else if (found.has(spec.otherBefore as string)) {
        const message = `in ${entry.name.text}, ${JSON.stringify(name.text)} must stand before ${spec.otherBefore}`;
        this.report("unknown-option", message, name);
      } else if (spec.other !== undefined) {
        this.words(entry.name.text, spec.other, { ...property, args: [name, ...property.args] });
      } else {
        const names = Object.keys(known).filter((each) => this.isKnown(known[each] as Rule));
        const has = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
        const message = `${this.label} has no option ${JSON.stringify(name.text)} in ${entry.name.text}; ${has}`;
        this.report("unknown-option", message, name);
      }
    }
  }

  private property(label: string, rule: Rule, property: Entry): void {
    if (!this.isKnown(rule)) {
      const gone = rule.until !== undefined && isAtLeast(this.version, rule.until);
      const message = gone
        ? `${this.label} no longer has the option ${label}: ${rule.instead}`
        : `${this.label} does not have the option ${label} yet: it came with ${rule.since}`;
      this.report(gone ? "removed-option" : "newer-option", message, property.name);
      return;
    }
    this.words(label, rule, property);
  }

  private words(label: string, rule: Rule, { name, args }: Entry): void {
    const fault = ruleFault(
      rule,
      args.map((arg) => arg.text),
      this.context,
    );
    if (fault !== undefined) {
      this.report("arguments", `${label} ${fault.message}`, args[fault.at] ?? name);
    }
  }

  private report(
    code: string,
    message: string,
    { line, column }: Pick<Token, "line" | "column">,
    severity: "error" | "warning" = "error",
  ): void {
    this.findings.push({ code, severity, message, line, column });
  }
}

function lastTokenOf({ name, args, block }: Entry): Token {
  return block?.close ?? args.at(-1) ?? name;
}
