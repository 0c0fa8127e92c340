import type { Entry, Token } from "../corefile/syntax";
import type { ClusterIndex } from "./cluster";
import type { ResourceRecord } from "./records";
import type { Upstream } from "./upstream";

/** Who asks. Without an address it counts as a running pod of its namespace. */
export interface Asker {
  readonly ip?: string;
  readonly namespace: string;
}

/** One question on its way through the plugins. */
export interface Query {
  /** Complete, lower case. */
  readonly name: string;
  readonly type: string;
  readonly asker: Asker;
  /** How often the server has asked itself on the way here. */
  readonly depth: number;
}

/** A reply that a plugin wrote. */
export interface Message {
  /** The name in its question section. A resolver drops a reply to a question that it didn't ask. */
  readonly question: string;
  /** `NOERROR`, `NXDOMAIN`, ...; `UNKNOWN` where the public DNS answers and the records don't say what. */
  readonly rcode: string;
  readonly answers: readonly ResourceRecord[];
  /** The plugin that wrote it. */
  readonly plugin: string;
  /** An alias in the answers leads to a name that the records don't hold. */
  readonly dangling?: boolean;
}

/** What a plugin hands back to the one before it (plugin.Handler of CoreDNS). */
export interface Outcome {
  /** Where no message was written, the server writes one for codes of {@link isUnwritten}. */
  readonly rcode: string;
  readonly message?: Message;
  /** The plugin reported an error, which `autopath` does not look past. */
  readonly failed?: boolean;
  /** Where no message was written: the question that the server's own reply will carry, if not the one asked. */
  readonly question?: string;
  /** The plugin that ended the query. */
  readonly plugin: string;
}

/** What happened to a query at one plugin, for people. */
export interface Step {
  readonly plugin: string;
  /** Stable word for what it did. */
  readonly action: StepAction;
  /** The name, zone or address that it did it with. */
  readonly detail?: string;
}

export type StepAction =
  "rewrote" | "fellThrough" | "searched" | "forwarded" | "matched" | "endOfChain";

/** A plugin with everything behind it. */
export type Handler = (query: Query, steps: Step[]) => Outcome;

/** What a plugin is compiled with. */
export interface Build {
  /** Zones of the server block, complete. */
  readonly zones: readonly string[];
  /** Everything in the server block. */
  readonly block: readonly Entry[];
  readonly profile: Profile;
  readonly cluster: ClusterIndex;
  readonly upstream: Upstream;
  readonly coreDnsIps: readonly string[];
  readonly coreDnsSearch: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** Asks the server itself, as plugins do for targets of aliases; undefined where no reply is written. */
  readonly lookup: (query: Query, name: string) => Message | undefined;
  /** Reports what CoreDNS would not start with. */
  readonly fault: (token: Token, reason: string) => void;
  /** Reports what the model leaves out. */
  readonly omit: (token: Token, what: string) => void;
}

/** Turns the entries of one plugin in one server block into its handler. */
export type Plugin = (entries: readonly Entry[], next: Handler, build: Build) => Handler;

/** How the CoreDNS version in use behaves where versions differ. */
export interface Profile {
  /**
   * 1.6: names may hold `*` and `any`, any name answers SOA, TXT never misses, ExternalName answers
   * whatever port is asked, only `rewrite` rules `exact` and `regex ... answer` restore names.
   */
  readonly legacy: boolean;
}

/** Codes for which CoreDNS takes it that nothing was written yet (plugin.ClientWrite). */
export function isUnwritten(rcode: string): boolean {
  return rcode === "SERVFAIL" || rcode === "REFUSED" || rcode === "FORMERR" || rcode === "NOTIMP";
}

/** A written reply. */
export function written(
  query: Query,
  plugin: string,
  rcode: string,
  answers: readonly ResourceRecord[],
  dangling?: boolean,
): Outcome {
  const message = { question: query.name, rcode, answers, plugin, dangling };
  return { rcode: "NOERROR", message, plugin };
}

/** Whether answers end in an alias to a name that the records don't hold. */
export function endsUnknown(
  query: Query,
  answers: readonly ResourceRecord[],
  { lookup }: Build,
): boolean {
  const last = answers[answers.length - 1];
  if (last?.type !== "CNAME" || query.type === "CNAME") return false;
  const reply = lookup(query, last.data);
  return reply?.rcode === "UNKNOWN" || reply?.dangling === true;
}

/** The end of every chain: CoreDNS answers SERVFAIL where no plugin is left. */
export const endOfChain: Handler = (_query, steps) => {
  steps.push({ plugin: "server", action: "endOfChain" });
  return NO_NEXT;
};

const NO_NEXT: Outcome = { rcode: "SERVFAIL", failed: true, plugin: "server" };
