import { Provider } from "../../../lab/plugins/kubernetes/provider";
import type { DiffResult } from "../../../lab/plugins/kubernetes/operations/diff";
import {
  encode,
  decode,
  isMap,
  type Properties,
  type Value,
} from "../../../lab/plugins/rpc/values";

export const urnOf = (type: string, name: string): string =>
  `urn:pulumi:test::program::${type}::${name}`;

export async function configured(options: Record<string, string>): Promise<Provider> {
  const provider = new Provider("");
  const entries = Object.entries(options);
  await provider.configure(
    new Map(entries.map(([key, value]) => [`kubernetes:config:${key}`, value])),
  );
  return provider;
}

/** One resource as the engine leads it through its life, step by step. */
export class Resource {
  id = "";
  inputs: Properties = {};
  state: Properties = {};
  private readonly urn: string;

  constructor(
    private readonly provider: Provider,
    type: string,
    name: string,
  ) {
    this.urn = urnOf(type, name);
  }

  async check(news: Properties): Promise<Properties> {
    const { inputs, failures } = await this.provider.check(this.urn, {
      olds: this.inputs,
      news,
      randomSeed: new Uint8Array(),
      autonaming: undefined,
    });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return overTheWire(inputs);
  }

  /** What a preview of a new resource answers. */
  async previewCreate(news: Properties): Promise<Properties> {
    const properties = await this.check(news);
    const result = await this.provider.create(this.urn, {
      properties,
      timeoutSeconds: 0,
      preview: true,
    });
    return overTheWire(result.state);
  }

  async create(news: Properties, timeoutSeconds = 0): Promise<this> {
    this.inputs = await this.check(news);
    const result = await this.provider.create(this.urn, {
      properties: this.inputs,
      timeoutSeconds,
      preview: false,
    });
    this.id = result.id;
    this.state = overTheWire(result.state);
    return this;
  }

  async diff(news: Properties, ignoreChanges: string[] = []): Promise<DiffResult> {
    const checked = await this.check(news);
    return this.provider.diff(this.urn, { oldState: this.state, news: checked, ignoreChanges });
  }

  /** Paths that differ, with what happens to them: `+`, `~`, `-`, and `!` where a new object is made. */
  async changes(news: Properties, ignoreChanges: string[] = []): Promise<string[]> {
    const { changes } = await this.diff(news, ignoreChanges);
    const signs = { add: "+", update: "~", delete: "-" };
    return [...changes]
      .map(([path, { kind, replace }]) => `${signs[kind]}${path}${replace ? "!" : ""}`)
      .sort();
  }

  async update(news: Properties, options: UpdateOptions = {}): Promise<void> {
    const checked = await this.check(news);
    const state = await this.provider.update(this.urn, {
      oldState: this.state,
      news: checked,
      ignoreChanges: options.ignoreChanges ?? [],
      timeoutSeconds: options.timeoutSeconds ?? 0,
      preview: options.preview ?? false,
    });
    if (options.preview) return;
    this.inputs = checked;
    this.state = overTheWire(state);
  }

  /** Reads the object back; false when it is gone. */
  async refresh(): Promise<boolean> {
    const found = await this.provider.read(this.urn, {
      id: this.id,
      oldState: this.state,
      oldInputs: this.inputs,
    });
    if (!found) return false;
    this.id = found.id;
    this.state = overTheWire(found.state);
    this.inputs = overTheWire(found.inputs);
    return true;
  }

  async delete(timeoutSeconds = 0): Promise<void> {
    await this.provider.delete(this.urn, { id: this.id, oldState: this.state, timeoutSeconds });
  }
}

export interface UpdateOptions {
  preview?: boolean;
  ignoreChanges?: string[];
  timeoutSeconds?: number;
}

function overTheWire(properties: Properties): Properties {
  return decode(encode(properties));
}

export function at(value: Value | undefined, ...path: string[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (current, key) => (isMap(current) ? current[key] : undefined),
    value,
  );
}
