import type { Entry, Token } from "../corefile/syntax";
import { isWithin, isWithinAny } from "./fqdn";
import { type Build, type Handler, written } from "./query";
import { zonesOrBlock } from "./zoneArguments";

const NAME = "forward";

interface Rule {
  readonly from: string;
  readonly except: readonly string[];
  /** Codes at which the next `forward` of the block is asked instead. */
  readonly nextAt: ReadonlySet<string>;
  readonly nextAtNoData: boolean;
  /** Where it asks, as written. */
  readonly to: string;
}

/**
 * The `forward` plugin: hands a name on to the resolvers that the records stand for. Names outside
 * of its zone, or in `except`, go to the plugin behind it, and without one end in SERVFAIL.
 */
export function forward(entries: readonly Entry[], next: Handler, build: Build): Handler {
  if (build.profile.legacy && entries.length > 1) {
    const second = entries[1] as Entry;
    build.fault(
      second.name,
      "this CoreDNS takes one forward in a server block; use a block for the zone",
    );
  }
  const rules = entries.map((entry) => read(entry, build));
  return rules.reduceRight<Handler>((behind, rule, index) => {
    const isLast = index === rules.length - 1;
    return (query, steps) => {
      if (!isWithin(query.name, rule.from)) return behind(query, steps);
      if (query.name !== rule.from && isWithinAny(query.name, rule.except))
        return behind(query, steps);
      const { rcode, answers, dangling } = build.upstream(query.name, query.type);
      const empty = rcode === "NOERROR" && answers.length === 0 && rule.nextAtNoData;
      if (!isLast && (rule.nextAt.has(rcode) || empty)) return behind(query, steps);
      steps.push({ plugin: NAME, action: "forwarded", detail: rule.to });
      return written(query, NAME, rcode, answers, dangling);
    };
  }, next);
}

function read(entry: Entry, build: Build): Rule {
  const to = entry.args.slice(1);
  if (to.length === 0) {
    build.fault(
      entry.name,
      "forward needs a zone and a resolver; write forward . /etc/resolv.conf",
    );
  }
  const [from = "."] = zonesOrBlock(entry.args.slice(0, 1), build);
  const properties = entry.block?.entries ?? [];
  const argsOf = (property: string): Token[] =>
    properties.filter(({ name }) => name.text === property).flatMap(({ args }) => args);
  return {
    from,
    except: argsOf("except").flatMap((zone) => zonesOrBlock([zone], build)),
    nextAt: new Set(argsOf("next").map(({ text }) => text.toUpperCase())),
    nextAtNoData: properties.some(({ name }) => name.text === "next_on_nodata"),
    to: to.map(({ text }) => text).join(" "),
  };
}
