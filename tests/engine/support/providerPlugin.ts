import { ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

export type Properties = Record<string, JavaScriptValue>;

export interface Resource {
  type: string;
  name: string;
  id: string;
  /** As the provider completed them. */
  inputs: Properties;
  state: Properties;
}

export interface Diff {
  changes: boolean;
  /** The properties that differ. */
  diffs: string[];
  /** Those of them that need a new resource. */
  replaces: string[];
}

/** A provider plugin as the engine runs it, without an engine: fast where no program is needed. */
export class ProviderPlugin {
  /** What the plugin told the user. */
  readonly log: string[] = [];

  private constructor(
    private readonly process: ChildProcess,
    private readonly client: ResourceProviderClient,
    private readonly engine: grpc.Server,
    log: string[],
  ) {
    this.log = log;
  }

  static async start(program: string, env: NodeJS.ProcessEnv): Promise<ProviderPlugin> {
    const log: string[] = [];
    const { server, address } = await startEngine(log);
    const process = spawn(program, [address], { env, stdio: ["ignore", "pipe", "pipe"] });
    process.stderr?.on("data", (chunk: Buffer) => log.push(chunk.toString()));
    const port = await firstLine(process);
    const client = new ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      { "grpc.max_receive_message_length": -1 },
    );
    return new ProviderPlugin(process, client, server, log);
  }

  async configure(variables: Record<string, string>): Promise<void> {
    const request = new messages.ConfigureRequest();
    for (const [name, value] of Object.entries(variables)) {
      request.getVariablesMap().set(`alicloud:config:${name}`, value);
    }
    request.setArgs(Struct.fromJavaScript(variables));
    request.setAcceptresources(true);
    await call((done) => this.client.configure(request, done));
  }

  async check(type: string, name: string, news: Properties, olds?: Properties) {
    const request = new messages.CheckRequest();
    request.setUrn(urn(type, name));
    if (olds) request.setOlds(Struct.fromJavaScript(olds));
    request.setNews(Struct.fromJavaScript(news));
    const response = await call<messages.CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: toProperties(response.getInputs()),
      failures: response.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  /** Throws what the provider refuses. */
  async create(type: string, name: string, properties: Properties): Promise<Resource> {
    const { inputs, failures } = await this.check(type, name, properties);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const request = new messages.CreateRequest();
    request.setUrn(urn(type, name));
    request.setProperties(Struct.fromJavaScript(inputs));
    const response = await call<messages.CreateResponse>((done) =>
      this.client.create(request, done),
    );
    return {
      type,
      name,
      id: response.getId(),
      inputs,
      state: toProperties(response.getProperties()),
    };
  }

  /** Undefined when the resource is gone. */
  async read(resource: Resource): Promise<Resource | undefined> {
    const request = new messages.ReadRequest();
    request.setId(resource.id);
    request.setUrn(urn(resource.type, resource.name));
    request.setProperties(Struct.fromJavaScript(resource.state));
    request.setInputs(Struct.fromJavaScript(resource.inputs));
    const response = await call<messages.ReadResponse>((done) => this.client.read(request, done));
    if (response.getId() === "") return undefined;
    return {
      ...resource,
      id: response.getId(),
      inputs: toProperties(response.getInputs()),
      state: toProperties(response.getProperties()),
    };
  }

  /** What would change if the program said this. */
  async diff(resource: Resource, properties: Properties): Promise<Diff> {
    const { type, name } = resource;
    const { inputs, failures } = await this.check(type, name, properties, resource.inputs);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const request = new messages.DiffRequest();
    request.setId(resource.id);
    request.setUrn(urn(type, name));
    request.setOlds(Struct.fromJavaScript(resource.state));
    request.setOldInputs(Struct.fromJavaScript(resource.inputs));
    request.setNews(Struct.fromJavaScript(inputs));
    const response = await call<messages.DiffResponse>((done) => this.client.diff(request, done));
    return {
      changes: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      diffs: [...new Set(response.getDiffsList())].sort(),
      replaces: [...new Set(response.getReplacesList())].sort(),
    };
  }

  async update(resource: Resource, properties: Properties): Promise<Resource> {
    const { type, name } = resource;
    const { inputs, failures } = await this.check(type, name, properties, resource.inputs);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const request = new messages.UpdateRequest();
    request.setId(resource.id);
    request.setUrn(urn(type, name));
    request.setOlds(Struct.fromJavaScript(resource.state));
    request.setOldInputs(Struct.fromJavaScript(resource.inputs));
    request.setNews(Struct.fromJavaScript(inputs));
    const response = await call<messages.UpdateResponse>((done) =>
      this.client.update(request, done),
    );
    return { ...resource, inputs, state: toProperties(response.getProperties()) };
  }

  async delete(resource: Resource): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(resource.id);
    request.setUrn(urn(resource.type, resource.name));
    request.setProperties(Struct.fromJavaScript(resource.state));
    request.setOldInputs(Struct.fromJavaScript(resource.inputs));
    await call<Empty>((done) => this.client.delete(request, done));
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(Struct.fromJavaScript(args));
    const response = await call<messages.InvokeResponse>((done) =>
      this.client.invoke(request, done),
    );
    const failures = response.getFailuresList().map((failure) => failure.getReason());
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return toProperties(response.getReturn());
  }

  async stop(): Promise<void> {
    this.client.close();
    this.engine.forceShutdown();
    const ended = new Promise((resolve) => this.process.once("close", resolve));
    this.process.kill("SIGKILL");
    await ended;
  }
}

const urn = (type: string, name: string) => `urn:pulumi:test::cloud::${type}::${name}`;

const toProperties = (struct: Struct | undefined) => struct?.toJavaScript() ?? {};

function call<T>(
  start: (done: (error: grpc.ServiceError | null, response: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => (error ? reject(new Error(error.details)) : resolve(response)));
  });
}

async function startEngine(log: string[]): Promise<{ server: grpc.Server; address: string }> {
  const server = new grpc.Server();
  server.addService(
    { log: EngineService.log },
    {
      log: (request: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) => {
        log.push(request.request.getMessage());
        done(null, new Empty());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { server, address: `127.0.0.1:${port}` };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`The plugin ended at once: ${code}.`)));
    if (child.stdout) createInterface(child.stdout).once("line", resolve);
  });
}
