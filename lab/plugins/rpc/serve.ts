import * as grpc from "@grpc/grpc-js";

/** The engine sends whole states in one message; its own limit is 400 MiB. */
export const channelOptions: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

/** An error that reaches the engine with a gRPC status code of its own. */
export class RpcError extends Error {
  constructor(
    readonly code: grpc.status,
    message: string,
    readonly metadata?: grpc.Metadata,
  ) {
    super(message);
  }
}

function toServiceError(error: unknown): grpc.ServiceError {
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof RpcError ? error.code : grpc.status.UNKNOWN;
  const metadata = error instanceof RpcError && error.metadata;
  return Object.assign(cause, {
    code,
    details: cause.message,
    metadata: metadata || new grpc.Metadata(),
  });
}

/** A unary method from an async function; what it throws becomes the call's status. */
export function unary<Request, Response>(
  handle: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handle(call.request, call).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toServiceError(error)),
    );
  };
}

/** A server-streaming method from an async function that is given a writer. */
export function streaming<Request, Response>(
  handle: (
    request: Request,
    write: (message: Response) => void,
    call: grpc.ServerWritableStream<Request, Response>,
  ) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    handle(call.request, (message) => call.write(message), call).then(
      () => call.end(),
      // Destroying the stream would keep the error from the caller.
      (error: unknown) => call.emit("error", toServiceError(error)),
    );
  };
}

/** A method that this plugin does not offer; the engine falls back or says so. */
export function unimplemented<Request, Response>(
  method: string,
): grpc.handleUnaryCall<Request, Response> {
  return (_call, callback) =>
    callback(
      toServiceError(new RpcError(grpc.status.UNIMPLEMENTED, `method ${method} not implemented`)),
    );
}

/** Binds a free loopback port and returns it. */
export function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

export interface PluginProcess {
  /** Address of the engine that started this process; empty when started by hand. */
  engineAddress: string;
}

/**
 * Runs a plugin as the engine expects one: a port on the first line of stdout, the engine's
 * address as the last argument, an end on SIGINT or SIGTERM or when the engine is gone.
 *
 * @param register adds the services.
 * @param stop releases what the plugin still has under way.
 */
export async function servePlugin(
  register: (server: grpc.Server, plugin: PluginProcess) => void,
  stop: () => void = () => undefined,
): Promise<void> {
  const engineAddress = process.argv.slice(2).filter((word) => !word.startsWith("-"))[0] ?? "";
  const server = new grpc.Server(channelOptions);
  register(server, { engineAddress });
  const port = await listen(server);
  process.stdout.write(`${port}\n`);

  const end = (): void => {
    stop();
    server.tryShutdown(() => process.exit(0));
    setTimeout(() => process.exit(0), 1000).unref();
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  if (engineAddress !== "") {
    const engine = process.ppid;
    setInterval(() => {
      if (process.ppid !== engine) end();
    }, 1000).unref();
  }
}
