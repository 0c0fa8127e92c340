import { type ExpandedBlock, expandCorefile } from "../corefile/expand";
import { CorefileError, type CorefileFinding } from "../corefile/finding";
import { parseCorefile } from "../corefile/parser";
import type { Entry, Token } from "../corefile/syntax";
import { isAtLeast, NEWEST, parseVersion } from "../corefile/version";
import { indexCluster } from "./cluster";
import { isWithin } from "./fqdn";
import { chainOf } from "./plugins";
import {
  type Build,
  type Handler,
  isUnwritten,
  type Message,
  type Profile,
  type Query,
  type Step,
} from "./query";
import type { Records } from "./records";
import { compileUpstream } from "./upstream";
import { viewExpression } from "./viewExpression";
import { listenKeys } from "./zoneArguments";

/** How a Corefile is run. */
export interface ServerOptions {
  /** Such as `1.15.0` or `v1.9.3.10-7dfca203-aliyun`. Default: the newest that is known. */
  readonly coreDnsVersion?: string;
  /** The port that pods ask: server blocks on others, or with another transport, are left out. Default 53. */
  readonly port?: number;
  /** Environment of CoreDNS, for `{$NAME}` in the Corefile. Variables that are missing are empty. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a server makes of one question. */
export interface Resolution {
  /** The key of the server block that took it, as written; undefined where none did. */
  readonly block?: string;
  /** Line of that block in the Corefile, from 1. */
  readonly line?: number;
  /** What the plugins did on the way, in order. */
  readonly steps: readonly Step[];
  /** The plugin that ended the query; `server` where no block or no plugin did. */
  readonly plugin: string;
  /** The reply; undefined where none is sent. */
  readonly message?: Message;
  /** Parts of the block that the model leaves out and that could have answered. */
  readonly omitted: readonly string[];
}

/** A compiled Corefile: answers one question. `name` is complete and in lower case. */
export type Server = (query: Query) => Resolution;

interface Block {
  readonly key: string;
  readonly line: number;
  readonly takes?: (query: Query) => boolean;
  readonly handler: Handler;
  readonly omitted: readonly string[];
}

/** A zone and the blocks for it, in the order of the file. */
interface ServedZone {
  readonly zone: string;
  readonly blocks: Block[];
}

const DEFAULT_PORT = 53;
/** CoreDNS bounds how often it asks itself; what lies beyond answers nothing of use. */
const MAX_DEPTH = 8;

/**
 * Compiles a Corefile against the records that it will answer from.
 * @throws CorefileSyntaxError when the text is not a Corefile.
 * @throws CorefileError with every stanza that CoreDNS would not start with, as far as answers depend on it.
 * @throws NameError when a zone or an owner in the records is not a domain name.
 */
export function compileServer(corefile: string, records: Records, options: ServerOptions): Server {
  const findings: CorefileFinding[] = [];
  const zones: ServedZone[] = [];
  const server: Server = (query) => serve(zones, query);
  const profile = profileOf(options.coreDnsVersion);
  const shared = {
    profile,
    cluster: indexCluster(records.cluster),
    upstream: compileUpstream(records.zones),
    coreDnsIps: records.coreDnsIps ?? [],
    coreDnsSearch: records.coreDnsSearch ?? [],
    files: records.files ?? {},
    lookup: (query: Query, name: string): Message | undefined =>
      query.depth < MAX_DEPTH
        ? server({ ...query, name, depth: query.depth + 1 }).message
        : undefined,
    fault: ({ line, column }: Token, message: string): void => {
      findings.push({ code: "refused", severity: "error", message, line, column });
    },
  };
  const expanded = expandCorefile(parseCorefile(corefile), options.environment);
  for (const block of expanded.blocks) {
    const keys = listenKeys(block.keys, profile.legacy, shared.fault);
    const omitted: string[] = [];
    const build: Build = {
      ...shared,
      zones: keys.flatMap((key) => key.zones),
      block: block.entries,
      omit: ({ line }, what) => omitted.push(`${what} (line ${line})`),
    };
    const compiled = compileBlock(block, build, omitted);
    const wanted = keys.filter(
      ({ transport, port }) => transport === "dns" && port === (options.port ?? DEFAULT_PORT),
    );
    for (const zone of wanted.flatMap((key) => key.zones)) {
      const served = zones.find((each) => each.zone === zone);
      if (served === undefined) zones.push({ zone, blocks: [compiled] });
      else served.blocks.push(compiled);
    }
  }
  zones.sort((a, b) => b.zone.length - a.zone.length);
  if (findings.length > 0) throw new CorefileError(findings);
  return server;
}

/** Checked against 1.6.7 and 1.15.0; what lies between is taken to be like the newer one. */
function profileOf(version: string = NEWEST): Profile {
  const parsed = parseVersion(version);
  return { legacy: parsed !== undefined && !isAtLeast(parsed, "1.7.0") };
}

function compileBlock(block: ExpandedBlock, build: Build, omitted: readonly string[]): Block {
  const view = block.entries.find(({ name }) => name.text === "view");
  const [key] = block.keys;
  return {
    key: block.keys.map(({ text }) => text).join(" "),
    line: key?.line ?? 0,
    takes: view && viewOf(view, build),
    handler: chainOf(block.entries, build),
    omitted,
  };
}

function viewOf(view: Entry, build: Build): (query: Query) => boolean {
  const conditions = (view.block?.entries ?? []).map(({ name, args }) => {
    const text = args.map((arg) => arg.text).join(" ");
    const condition = viewExpression(text);
    if (condition === undefined) build.omit(name, `the view condition ${text}`);
    return condition ?? ((): boolean => false);
  });
  return (query) => conditions.every((condition) => condition(query));
}

/** The longest zone with a block that takes the query (core/dnsserver/server.go). */
function route(zones: readonly ServedZone[], query: Query): Block | undefined {
  for (const { zone, blocks } of zones) {
    if (!isWithin(query.name, zone)) continue;
    const found = pick(blocks, query);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pick(blocks: readonly Block[], query: Query): Block | undefined {
  for (const block of blocks) if (block.takes === undefined || block.takes(query)) return block;
  return undefined;
}

function serve(zones: readonly ServedZone[], query: Query): Resolution {
  const steps: Step[] = [];
  const block = route(zones, query);
  if (block === undefined) {
    return { steps, plugin: SERVER, message: refusal(query.name, "REFUSED"), omitted: [] };
  }
  const outcome = block.handler(query, steps);
  const plugin = outcome.message?.plugin ?? outcome.plugin;
  const message =
    outcome.message ??
    (isUnwritten(outcome.rcode)
      ? refusal(outcome.question ?? query.name, outcome.rcode)
      : undefined);
  const { key, line, omitted } = block;
  return { block: key, line, steps, plugin, message, omitted };
}

const SERVER = "server";

function refusal(question: string, rcode: string): Message {
  return { question, rcode, answers: [], plugin: SERVER };
}
