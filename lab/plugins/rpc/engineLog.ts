import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

import { channelOptions } from "./serve";

export type Severity = "debug" | "info" | "warning" | "error";

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** Says things about one resource: kept in the update's output, or shown only while it goes on. */
export interface ResourceLog {
  log(severity: Severity, message: string): void;
  status(severity: Severity, message: string): void;
}

/** The engine's log; silent in a plugin that was started by hand. */
export class EngineLog {
  private readonly client: EngineClient | undefined;
  private last = Promise.resolve();

  constructor(engineAddress: string) {
    this.client = engineAddress
      ? new EngineClient(engineAddress, grpc.credentials.createInsecure(), channelOptions)
      : undefined;
  }

  about(urn: string): ResourceLog {
    const send = (severity: Severity, message: string, ephemeral: boolean): void => {
      const request = new LogRequest();
      request.setUrn(urn);
      request.setSeverity(severities[severity]);
      request.setMessage(message);
      request.setEphemeral(ephemeral);
      this.last = this.last.then(() => this.send(request));
    };
    return {
      log: (severity, message) => send(severity, message, false),
      status: (severity, message) => send(severity, message, true),
    };
  }

  /** One message at a time, since the engine takes calls in any order. */
  private send(request: LogRequest): Promise<void> {
    return new Promise((resolve) => {
      // A message that does not arrive is no reason to fail what it is about.
      if (this.client) this.client.log(request, () => resolve());
      else resolve();
    });
  }
}
