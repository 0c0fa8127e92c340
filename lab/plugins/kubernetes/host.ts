import { EngineLog, type ResourceLog, type Severity } from "../rpc/engineLog";

export type Log = ResourceLog;

/** The engine's log. */
export class Host {
  private engine: EngineLog;

  constructor(address: string) {
    this.engine = new EngineLog(address);
  }

  attach(address: string): void {
    this.engine = new EngineLog(address);
  }

  /** A log for one resource that says nothing twice. */
  logFor(urn: string): Log {
    const log = this.engine.about(urn);
    const once = (
      say: (severity: Severity, message: string) => void,
    ): ((severity: Severity, message: string) => void) => {
      const said = new Set<string>();
      return (severity, message) => {
        const key = `${severity} ${message}`;
        if (said.has(key)) return;
        // An empty status clears the line, which may be needed more than once.
        if (message !== "") said.add(key);
        say(severity, message);
      };
    };
    return {
      log: once((severity, message) => log.log(severity, message)),
      status: once((severity, message) => log.status(severity, message)),
    };
  }
}
