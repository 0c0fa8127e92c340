import { badRequest } from "./errors";

/** The parameters of an RPC call, from its query and its form. Lists are spelled `Name.1.Member`. */
export class Params {
  constructor(private readonly values: ReadonlyMap<string, string>) {}

  static merge(...sources: URLSearchParams[]): Params {
    const values = new Map<string, string>();
    for (const source of sources) for (const [name, value] of source) values.set(name, value);
    return new Params(values);
  }

  /** With these where they are missing. */
  with(defaults: Record<string, string | undefined>): Params {
    const values = new Map(this.values);
    for (const [name, value] of Object.entries(defaults)) {
      if (value !== undefined && !values.has(name)) values.set(name, value);
    }
    return new Params(values);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** Undefined when absent or empty. */
  get(name: string): string | undefined {
    return this.values.get(name) || undefined;
  }

  /** Absent stays undefined; an empty value means "make it empty". */
  raw(name: string): string | undefined {
    return this.values.get(name);
  }

  need(name: string): string {
    const value = this.get(name);
    if (value === undefined) {
      throw badRequest(`Missing${name}`, `${name} is mandatory for this action.`);
    }
    return value;
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+(\.\d+)?$/.test(value)) {
      throw badRequest(`Invalid${name}.Malformed`, `${name} is not a number: ${value}.`);
    }
    return Number(value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : value.toLowerCase() === "true";
  }

  /** `Name.1`, `Name.2`, ... */
  list(name: string): string[] {
    return this.indexes(name).flatMap((index) => this.get(`${name}.${index}`) ?? []);
  }

  /** `Name.1.Member`, ... as one record an index. */
  records(name: string): Record<string, string>[] {
    return this.indexes(name).map((index) => {
      const prefix = `${name}.${index}.`;
      const members = [...this.values].filter(([key]) => key.startsWith(prefix));
      return Object.fromEntries(members.map(([key, value]) => [key.slice(prefix.length), value]));
    });
  }

  page(defaultSize: number): { number: number; size: number } {
    return { number: this.number("PageNumber") ?? 1, size: this.number("PageSize") ?? defaultSize };
  }

  private indexes(name: string): number[] {
    const found = new Set<number>();
    for (const key of this.values.keys()) {
      const index = key.startsWith(`${name}.`) ? key.slice(name.length + 1).split(".")[0] : "";
      if (index && /^\d+$/.test(index)) found.add(Number(index));
    }
    return [...found].sort((a, b) => a - b);
  }
}

export function pageOf<T>(items: T[], page: { number: number; size: number }): T[] {
  return items.slice((page.number - 1) * page.size, page.number * page.size);
}
