import ipaddr from "ipaddr.js";

import { type ExpandedBlock, expandCorefile } from "../corefile/expand";
import { CorefileError, type CorefileFinding } from "../corefile/finding";
import { parseCorefile } from "../corefile/parser";
import type { Entry, Token } from "../corefile/syntax";
import { isAtLeast, NEWEST, parseVersion } from "../corefile/version";
import { indexCluster } from "./cluster";
import { isWithin } from "./fqdn";
import { addressOf } from "./kubernetesReverse";
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
import { type ListenKey, listenKeys } from "./zoneArguments";

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
  /** Parts of the Corefile that the model leaves out and that could have answered. */
  readonly omitted: readonly string[];
}

/** A compiled Corefile: answers one question. `name` is complete and in lower case. */
export type Server = (query: Query) => Resolution;

/** A `view`: the block takes queries that fit it. */
interface View {
  readonly fits: (query: Query) => boolean;
  /** Conditions that the model can't read: with any, the view takes nothing. */
  readonly unread: readonly string[];
}

interface Block {
  readonly key: string;
  readonly line: number;
  readonly view?: View;
  readonly handler: Handler;
  readonly omitted: readonly string[];
}

/** One zone of a block. */
interface ServedZone {
  readonly zone: string;
  /** Whether the key that made the zone stands for the name. */
  readonly covers: (name: string) => boolean;
  readonly block: Block;
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
    for (const key of wanted) {
      const covers = coverage(key);
      zones.push(...key.zones.map((zone) => ({ zone, covers, block: compiled })));
    }
  }
  // Blocks with the same zone stay in the order of the file.
  zones.sort((a, b) => b.zone.length - a.zone.length);
  if (findings.length > 0) throw new CorefileError(findings);
  return server;
}

function coverage({ cidr }: ListenKey): (name: string) => boolean {
  if (cidr === undefined) return () => true;
  const block = ipaddr.parseCIDR(cidr);
  return (name) => {
    const address = addressOf(name);
    return address === undefined || ipaddr.parse(address).match(block);
  };
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
    view: view && viewOf(view),
    handler: chainOf(block.entries, build),
    omitted,
  };
}

function viewOf({ block }: Entry): View {
  const conditions: ((query: Query) => boolean)[] = [];
  const unread: string[] = [];
  for (const { name, args } of block?.entries ?? []) {
    const text = args.map((arg) => arg.text).join(" ");
    const condition = viewExpression(text);
    if (condition === undefined) unread.push(`the view condition ${text} (line ${name.line})`);
    else conditions.push(condition);
  }
  return { fits: (query) => conditions.every((condition) => condition(query)), unread };
}

/** The longest zone with a block that takes the query (core/dnsserver/server.go). */
function route(zones: readonly ServedZone[], query: Query, unread: string[]): Block | undefined {
  for (const { zone, covers, block } of zones) {
    if (!isWithin(query.name, zone) || !covers(query.name)) continue;
    const { view } = block;
    if (view === undefined) return block;
    if (!view.fits(query)) continue;
    if (view.unread.length === 0) return block;
    unread.push(...view.unread);
  }
  return undefined;
}

function serve(zones: readonly ServedZone[], query: Query): Resolution {
  const steps: Step[] = [];
  const unread: string[] = [];
  const block = route(zones, query, unread);
  if (block === undefined) {
    return { steps, plugin: SERVER, message: refusal(query.name, "REFUSED"), omitted: unread };
  }
  const outcome = block.handler(query, steps);
  const plugin = outcome.message?.plugin ?? outcome.plugin;
  const message =
    outcome.message ??
    (isUnwritten(outcome.rcode)
      ? refusal(outcome.question ?? query.name, outcome.rcode)
      : undefined);
  const { key, line } = block;
  const omitted = [...unread, ...block.omitted];
  return { block: key, line, steps, plugin, message, omitted };
}

const SERVER = "server";

function refusal(question: string, rcode: string): Message {
  return { question, rcode, answers: [], plugin: SERVER };
}
