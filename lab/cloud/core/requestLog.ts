import * as fs from "node:fs";

/** One answered request. Parameters and bodies, which may hold secrets, are never kept. */
export interface LoggedRequest {
  at: string;
  tls: boolean;
  method: string;
  /** Without its query. */
  path: string;
  /** vpc, ecs, alidns, pvtz, cs, oss, sts, location, bssopenapi. */
  product: string;
  /** An RPC action, or the method and path of an ROA or OSS request. */
  action: string;
  status: number;
  /** Set when the request was refused. */
  code?: string;
}

const kept = 5000;

export class RequestLog {
  private readonly entries: LoggedRequest[] = [];

  constructor(private readonly file?: string) {}

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
    if (this.entries.length > kept) this.entries.shift();
    if (this.file) fs.appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  list(): readonly LoggedRequest[] {
    return this.entries;
  }
}
