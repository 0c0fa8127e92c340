import type { ResourceLog } from "../rpc/engineLog";

class Pipe {
  readonly chunks: Buffer[] = [];
  private pending = Buffer.alloc(0);

  constructor(private readonly show: ((line: string) => void) | undefined) {}

  write(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (!this.show) return;
    this.pending = Buffer.concat([this.pending, chunk]);
    for (let end = this.pending.indexOf("\n"); end >= 0; end = this.pending.indexOf("\n")) {
      this.show(this.pending.subarray(0, end).toString().replace(/\r$/, ""));
      this.pending = this.pending.subarray(end + 1);
    }
  }

  end(): string {
    if (this.pending.length > 0) this.show?.(this.pending.toString());
    return Buffer.concat(this.chunks).toString().replace(/\n$/, "");
  }
}

/** Collects what a process writes, and shows it line by line while it runs. */
export class Capture {
  private readonly both: Buffer[] = [];
  private readonly out: Pipe;
  private readonly err: Pipe;

  constructor(logging: string, log: ResourceLog) {
    const shown = (name: string): ((line: string) => void) | undefined =>
      logging === name || logging === "stdoutAndStderr"
        ? (line) => log.status("info", line)
        : undefined;
    this.out = new Pipe(shown("stdout"));
    this.err = new Pipe(shown("stderr"));
  }

  readonly onStdout = (chunk: Buffer): void => {
    this.both.push(chunk);
    this.out.write(chunk);
  };

  readonly onStderr = (chunk: Buffer): void => {
    this.both.push(chunk);
    this.err.write(chunk);
  };

  /** The outputs of a process that succeeded. */
  finish(): { stdout: string; stderr: string } {
    return { stdout: this.out.end(), stderr: this.err.end() };
  }

  /** The error of a process that failed, with all that it wrote. */
  failure(reason: string, command: string): Error {
    this.finish();
    const written = Buffer.concat(this.both).toString();
    return new Error(`${reason}: running ${JSON.stringify(command)}:\n${written}`);
  }
}
