import * as fs from "node:fs";
import * as path from "node:path";
import { CloudState, emptyState } from "./state";

/** The state in memory and its copy on disk. */
export class Store {
  readonly state: CloudState;
  private written: string;
  private closed = false;

  private constructor(
    private readonly file: string,
    text: string | undefined,
  ) {
    this.state = { ...emptyState(), ...(text ? (JSON.parse(text) as CloudState) : {}) };
    this.written = text ?? "";
  }

  static open(file: string): Store {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return new Store(file, fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined);
  }

  get isNew(): boolean {
    return this.written === "";
  }

  /** Aside, then renamed: a crash leaves the old document or the new one. */
  save(): void {
    if (this.closed) return;
    const text = `${JSON.stringify(this.state, null, 1)}\n`;
    if (text === this.written) return;
    const aside = `${this.file}.${process.pid}`;
    fs.writeFileSync(aside, text, { mode: 0o600 });
    fs.renameSync(aside, this.file);
    this.written = text;
  }

  /** What comes later is not kept: the folder may be gone. */
  close(): void {
    this.save();
    this.closed = true;
  }
}
