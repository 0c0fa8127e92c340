import { type PodDns, resolverConfig, type ResolverConfig } from "../searchList";
import { fqdn } from "./fqdn";
import { type Candidate, candidates, type Libc, type Reply, type Verdict, verdict } from "./libc";
import type { Asker, Step } from "./query";
import type { Records, ResourceRecord } from "./records";
import { compileServer, type Resolution, type Server, type ServerOptions } from "./server";

/** The pod that asks. */
export interface AskingPod extends PodDns {
  /** Default `glibc`. */
  readonly libc?: Libc;
  /** Its address. `autopath` and `view` look at it; without one it counts as a running pod. */
  readonly ip?: string;
}

/** One question that reached CoreDNS and what became of it. */
export interface Question {
  /** Complete name, with a trailing dot. */
  readonly name: string;
  readonly type: "A" | "AAAA";
  /** The keys of the server block that took it, as written; undefined where none did. */
  readonly block?: string;
  /** Line of that block in the Corefile, from 1. */
  readonly line?: number;
  /** What the plugins did on the way, in order. */
  readonly steps: readonly Step[];
  /** The plugin that ended it; `server` where no block or no plugin did. */
  readonly plugin: string;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, ...; `UNKNOWN` where the records don't say; `TIMEOUT` without a reply that fits. */
  readonly rcode: string;
  readonly answers: readonly ResourceRecord[];
  /** The answers end in an alias to a name that the records don't hold. */
  readonly dangling: boolean;
}

/** One name that the resolver asked for. */
export interface Lookup extends Candidate {
  /** A first, then AAAA. */
  readonly questions: readonly [Question, Question];
  /** What the resolver did next. */
  readonly verdict: Verdict | "unknown";
}

/**
 * How a look-up ends: `found` with addresses; `noData`: the name exists without any; `noName`: no
 * such name; `failed`: the DNS did not answer; `unknown`: it depends on names that the records don't hold.
 */
export type Outcome = "found" | "noData" | "noName" | "failed" | "unknown";

/** Everything that happens when a program in a pod looks a name up. */
export interface Explanation {
  /** As given. */
  readonly name: string;
  readonly libc: Libc;
  readonly search: readonly string[];
  readonly ndots: number;
  /** In the order in which they are sent. Empty where the pod does not ask the cluster's DNS. */
  readonly lookups: readonly Lookup[];
  readonly outcome: Outcome;
  /** Addresses that the program gets, IPv4 first. */
  readonly addresses: readonly string[];
  /** The name that gave the answer, complete: not always the one that was meant. */
  readonly answeredBy?: string;
  /** Parts of the Corefile that could answer otherwise and that the model leaves out. */
  readonly omitted: readonly string[];
}

/** A Corefile ready to explain many names; compile once, then each call is cheap. */
export interface CompiledCorefile {
  /** @throws NameError when `name` is not a domain name. */
  readonly explain: (name: string, pod: AskingPod) => Explanation;
  /** One question as CoreDNS gets it, without a resolver before it. @throws NameError as `explain`. */
  readonly ask: (name: string, type: string, asker: Asker) => Resolution;
}

/**
 * Compiles a Corefile against the records that it answers from.
 * @throws CorefileSyntaxError when `corefile` is not a Corefile.
 * @throws CorefileError with everything at which CoreDNS would not start, as far as answers depend on it.
 * @throws NameError when a zone or an owner in `records` is not a domain name.
 */
export function compileCorefile(
  corefile: string,
  records: Records,
  options: ServerOptions = {},
): CompiledCorefile {
  const server = compileServer(corefile, records, options);
  // Callers explain many names for few pods.
  const configs = new WeakMap<AskingPod, ResolverConfig>();
  const configOf = (pod: AskingPod): ResolverConfig => {
    const known = configs.get(pod);
    if (known !== undefined) return known;
    const config = resolverConfig(pod);
    configs.set(pod, config);
    return config;
  };
  return {
    explain: (name, pod) => explainWith(server, name, pod, configOf(pod)),
    ask: (name, type, asker) => server({ name: fqdn(name), type, asker, depth: 0 }),
  };
}

/**
 * What happens when a program in `pod` looks `name` up while CoreDNS runs `corefile`: every name that
 * the resolver asks for, the server block and the plugin that answer each, and the end. For many
 * names compile once with {@link compileCorefile}.
 *
 * @param name as the program gives it; a trailing dot switches the search list off.
 * @throws as {@link compileCorefile}, and NameError when `name` is not a domain name.
 */
export function explain(
  name: string,
  pod: AskingPod,
  corefile: string,
  records: Records,
  options: ServerOptions = {},
): Explanation {
  return compileCorefile(corefile, records, options).explain(name, pod);
}

function explainWith(
  server: Server,
  name: string,
  pod: AskingPod,
  config: ResolverConfig,
): Explanation {
  const { search, ndots, asksCluster } = config;
  const libc = pod.libc ?? "glibc";
  const complete = fqdn(name);
  const asked = name.endsWith(".") ? complete : complete.slice(0, -1);
  const omitted = new Set<string>();
  const names = asksCluster ? candidates(libc, asked, search, ndots) : [];
  const lookups = lookUp(server, names, pod, libc, omitted);
  const last = lookups[lookups.length - 1];
  const found = last?.verdict === "found" ? last : undefined;
  return {
    name,
    libc,
    search,
    ndots,
    lookups,
    outcome: outcomeOf(lookups),
    addresses: found === undefined ? [] : addressesIn(found),
    answeredBy: found?.questions[0].name,
    omitted: [...omitted],
  };
}

function lookUp(
  server: Server,
  names: readonly Candidate[],
  pod: AskingPod,
  libc: Libc,
  omitted: Set<string>,
): Lookup[] {
  const lookups: Lookup[] = [];
  let skip = false;
  for (const candidate of names) {
    const { suffix } = candidate;
    if (skip && suffix !== undefined) continue;
    const name = `${candidate.name}.`;
    const a = question(server, name, "A", pod, omitted);
    const aaaa = question(server, name, "AAAA", pod, omitted);
    const next = judge(libc, a, aaaa);
    lookups.push({ name: candidate.name, suffix, questions: [a, aaaa], verdict: next });
    skip = next === "asIs";
    const goesOn =
      next === "next" || skip || (next === "unknown" && mayBeAbsent(candidate, a, aaaa));
    if (!goesOn) break;
  }
  return lookups;
}

const NO_ANSWERS: readonly ResourceRecord[] = [];

function question(
  server: Server,
  name: string,
  type: "A" | "AAAA",
  asker: Asker,
  omitted: Set<string>,
): Question {
  const resolution = server({ name, type, asker, depth: 0 });
  const { message, block, line, steps, plugin } = resolution;
  for (const each of resolution.omitted) omitted.add(each);
  // A resolver drops replies to questions that it did not ask, and waits on.
  const heard = message !== undefined && message.question === name;
  const rcode = heard ? message.rcode : "TIMEOUT";
  const answers = heard ? message.answers : NO_ANSWERS;
  const dangling = message?.dangling === true;
  return { name, type, block, line, steps, plugin, rcode, answers, dangling };
}

function judge(libc: Libc, a: Question, aaaa: Question): Verdict | "unknown" {
  const addressed = hasAddress(a) || hasAddress(aaaa);
  if (!addressed && (isUnknown(a) || isUnknown(aaaa))) return "unknown";
  return verdict(libc, replyOf(a), replyOf(aaaa));
}

function isUnknown({ rcode, dangling }: Question): boolean {
  return rcode === "UNKNOWN" || dangling;
}

/** A name that the search list made and that nobody is known to hold is taken not to exist. */
function mayBeAbsent({ suffix }: Candidate, a: Question, aaaa: Question): boolean {
  return suffix !== undefined && a.answers.length === 0 && aaaa.answers.length === 0;
}

function replyOf(question: Question): Reply {
  const rcode = question.rcode === "UNKNOWN" ? "NOERROR" : question.rcode;
  return { rcode, answered: question.answers.length > 0, addressed: hasAddress(question) };
}

function hasAddress({ answers, type }: Question): boolean {
  for (const record of answers) if (record.type === type) return true;
  return false;
}

function addressesIn({ questions }: Lookup): string[] {
  return questions.flatMap(({ answers, type }) =>
    answers.filter((record) => record.type === type).map(({ data }) => data),
  );
}

/** What the library reports (glibc: the bare name's error if that came first, else NODATA before failures). */
function outcomeOf(lookups: readonly Lookup[]): Outcome {
  const [first, ...others] = lookups;
  if (first === undefined) return "unknown";
  const last = others[others.length - 1] ?? first;
  if (last.verdict !== "next" && last.verdict !== "asIs") return last.verdict;
  if (lookups.some((each) => each.verdict === "unknown")) return "unknown";
  if (first.suffix === undefined) return missOf(first);
  const searched = lookups.slice(0, -1).map(missOf);
  if (searched.includes("noData")) return "noData";
  return searched.includes("failed") ? "failed" : missOf(last);
}

function missOf({ questions }: Lookup): Outcome {
  const rcode = questions.find((each) => each.rcode !== "NOERROR")?.rcode;
  if (rcode === undefined) return "noData";
  return rcode === "NXDOMAIN" ? "noName" : "failed";
}
