import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzerHandshakeResponse,
  AnalyzerStackConfigureResponse,
  type AnalyzerStackConfigureRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";

import { channelOptions, listen, unary } from "../rpc/serve";

class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (error: Error) => void;
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined);
  }
}

type Method = grpc.MethodDefinition<unknown, unknown>;

function forward(client: grpc.Client, method: Method, request: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      (error, response) => (error ? reject(error) : resolve(response)),
    );
  });
}

/**
 * Stands between the engine and a policy pack. The engine says which stack it is about with
 * `ConfigureStack`; packs read that from their environment, so the pack can start only after that
 * call, and the engine wants an answer before. Every other call is passed on.
 */
export class PolicyProxy {
  private readonly server = new grpc.Server(channelOptions);
  private readonly configuration = new Deferred<AnalyzerStackConfigureRequest | undefined>();
  private readonly pack = new Deferred<grpc.Client>();
  private pending = "";
  private attached = false;

  /** Listens, and returns the port that the engine is to be told. */
  async listen(): Promise<number> {
    const methods = AnalyzerService as unknown as Record<string, Method>;
    const handlers: grpc.UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(methods)) {
      handlers[name] = unary(async (request: unknown) => {
        this.configuration.resolve(undefined);
        return forward(await this.pack.promise, method, request);
      });
    }
    handlers["handshake"] = unary(() => Promise.resolve(new AnalyzerHandshakeResponse()));
    handlers["configureStack"] = unary((request: AnalyzerStackConfigureRequest) => {
      this.configuration.resolve(request);
      return Promise.resolve(new AnalyzerStackConfigureResponse());
    });
    this.server.addService(AnalyzerService, handlers);
    return listen(this.server);
  }

  /** The stack, as soon as the engine has said it; undefined when it asks for something else first. */
  awaitConfiguration(): Promise<AnalyzerStackConfigureRequest | undefined> {
    return this.configuration.promise;
  }

  /** Takes the pack's stdout: its first line is the port, the rest is returned as it comes. */
  readOutput(chunk: Buffer): Buffer | undefined {
    if (this.attached) return chunk;
    this.pending += chunk.toString();
    const end = this.pending.indexOf("\n");
    if (end < 0) return undefined;
    this.attached = true;
    this.attach(this.pending.slice(0, end).trim());
    return Buffer.from(this.pending.slice(end + 1));
  }

  /** Ends every call that still waits for the pack. */
  close(): void {
    this.pack.reject(new Error("policy pack not started"));
    this.server.forceShutdown();
  }

  private attach(port: string): void {
    if (!/^\d+$/.test(port)) {
      this.pack.reject(new Error(`could not read policy pack port: ${port}`));
      return;
    }
    const client = new grpc.Client(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      channelOptions,
    );
    this.configureStack(client).then(
      () => this.pack.resolve(client),
      (error: Error) =>
        this.pack.reject(new Error(`policy pack configuration failed: ${error.message}`)),
    );
  }

  private async configureStack(client: grpc.Client): Promise<void> {
    const request = await this.configuration.promise;
    if (!request) return;
    try {
      await forward(client, AnalyzerService.configureStack as unknown as Method, request);
    } catch (error) {
      // Packs on an older SDK read the environment alone.
      if ((error as grpc.ServiceError).code !== grpc.status.UNIMPLEMENTED) throw error;
    }
  }
}
