import type { ResourceLog } from "../rpc/engineLog";

/** Go's quoting, in which the official provider names commands. */
export const quote = (text: string): string => JSON.stringify(text);

/** Collects what a process writes, and shows it line by line while it runs. */
export class Capture {
  private readonly out: Buffer[] = [];
  private readonly err: Buffer[] = [];
  private readonly both: Buffer[] = [];
  private pending = Buffer.alloc(0);

  constructor(
    private readonly logging: string,
    private readonly log: ResourceLog,
  ) {}

  readonly onStdout = (chunk: Buffer): void => {
    this.out.push(chunk);
    this.both.push(chunk);
    if (this.logging === "stdout" || this.logging === "stdoutAndStderr") this.show(chunk);
  };

  readonly onStderr = (chunk: Buffer): void => {
    this.err.push(chunk);
    this.both.push(chunk);
    if (this.logging === "stderr" || this.logging === "stdoutAndStderr") this.show(chunk);
  };

  private show(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    for (let end = this.pending.indexOf("\n"); end >= 0; end = this.pending.indexOf("\n")) {
      this.log.status("info", this.pending.subarray(0, end).toString().replace(/\r$/, ""));
      this.pending = this.pending.subarray(end + 1);
    }
  }

  /** The outputs of a process that succeeded. */
  finish(): { stdout: string; stderr: string } {
    this.flush();
    const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString().replace(/\n$/, "");
    return { stdout: text(this.out), stderr: text(this.err) };
  }

  /** The error of a process that failed, with all that it wrote. */
  failure(reason: string, command: string): Error {
    this.flush();
    const written = Buffer.concat(this.both).toString();
    return new Error(`${reason}: running ${quote(command)}:\n${written}`);
  }

  private flush(): void {
    if (this.pending.length > 0) this.log.status("info", this.pending.toString());
    this.pending = Buffer.alloc(0);
  }
}
