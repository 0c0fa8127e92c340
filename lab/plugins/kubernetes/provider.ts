import { checkConfig, diffConfig, type ConfigDiff, type Failure } from "./config";
import { connect, type Connection } from "./connection";
import type { Context, Target } from "./context";
import { Host } from "./host";
import { check, type CheckInput, type CheckResult } from "./operations/check";
import { create, type CreateInput, type CreateResult } from "./operations/create";
import { remove, type DeleteInput } from "./operations/delete";
import { diff, type DiffInput, type DiffResult } from "./operations/diff";
import { read, type ReadInput, type ReadResult } from "./operations/read";
import { update, type UpdateInput } from "./operations/update";
import { readSettings, type Settings } from "./settings";
import type { Properties } from "../rpc/values";
import { decodeYaml } from "./yamlDecode";

/** One configured provider: all that the protocol asks of it, in plain values. */
export class Provider {
  private readonly host: Host;
  private readonly canceller = new AbortController();
  private settings: Settings | undefined;
  private connection: Connection | undefined;

  constructor(engineAddress: string) {
    this.host = new Host(engineAddress);
  }

  attach(engineAddress: string): void {
    this.host.attach(engineAddress);
  }

  cancel(): void {
    this.canceller.abort();
  }

  checkConfig(urn: string, news: Properties): Failure[] {
    return checkConfig(urn, news);
  }

  diffConfig(olds: Properties, news: Properties): ConfigDiff {
    return diffConfig(olds, news);
  }

  async configure(variables: Map<string, string>): Promise<void> {
    this.settings = readSettings(variables);
    this.connection = await connect(this.settings, this.canceller.signal);
  }

  invoke(token: string, args: Properties): Properties {
    if (token !== "kubernetes:yaml:decode") {
      if (/^kubernetes:(helm:template|kustomize:directory)$/.test(token)) {
        throw new Error(`${token} is not supported here: use the official plugin`);
      }
      throw new Error(`unknown Invoke type "${token}"`);
    }
    const { text, defaultNamespace } = args;
    if (typeof text !== "string") throw new Error("missing required field 'text' of type string");
    const namespace = typeof defaultNamespace === "string" ? defaultNamespace : "";
    return { result: decodeYaml(text, namespace, this.context().connection) };
  }

  check(urn: string, input: CheckInput): Promise<CheckResult> {
    return check(input, this.target(urn), this.context());
  }

  diff(urn: string, input: DiffInput): Promise<DiffResult> {
    return diff(input, this.target(urn), this.context());
  }

  create(urn: string, input: CreateInput): Promise<CreateResult> {
    return create(input, this.target(urn), this.context());
  }

  read(urn: string, input: ReadInput): Promise<ReadResult | undefined> {
    return read(input, this.target(urn), this.context());
  }

  update(urn: string, input: UpdateInput): Promise<Properties> {
    return update(input, this.target(urn), this.context());
  }

  delete(urn: string, input: DeleteInput): Promise<void> {
    return remove(input, this.target(urn), this.context());
  }

  private target(urn: string): Target {
    return { urn, log: this.host.logFor(urn) };
  }

  private context(): Context {
    const { settings, connection, host } = this;
    if (!settings || !connection) throw new Error("the provider is not configured");
    return { settings, connection, host, signal: this.canceller.signal };
  }
}
