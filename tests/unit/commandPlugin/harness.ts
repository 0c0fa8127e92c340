import * as grpc from "@grpc/grpc-js";
import {
  ResourceProviderClient,
  ResourceProviderService,
} from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  InvokeRequest,
  PropertyDiff,
  UpdateRequest,
  type CheckResponse,
  type ConfigureResponse,
  type CreateResponse,
  type InvokeResponse,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { commandProvider } from "../../../lab/plugins/command/provider";
import type { EngineLog } from "../../../lab/plugins/rpc/engineLog";
import { channelOptions, listen } from "../../../lab/plugins/rpc/serve";
import { decode, encode, type Properties } from "../../../lab/plugins/rpc/values";

/** A provider that is spoken to over gRPC, as the engine does. */
export class Provider {
  private constructor(
    private readonly server: grpc.Server,
    private readonly client: ResourceProviderClient,
    /** What the provider has said to the engine. */
    readonly messages: string[],
  ) {}

  static async start(): Promise<Provider> {
    const server = new grpc.Server(channelOptions);
    const messages: string[] = [];
    const log: Pick<EngineLog, "about"> = {
      about: () => ({
        log: (severity, message) => void messages.push(`${severity}: ${message}`),
        status: (_severity, message) => void messages.push(message),
      }),
    };
    server.addService(
      ResourceProviderService,
      commandProvider(log as EngineLog, new AbortController()),
    );
    const port = await listen(server);
    const client = new ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
    const provider = new Provider(server, client, messages);
    await provider.call<ConfigureResponse>((done) =>
      client.configure(new ConfigureRequest(), done),
    );
    return provider;
  }

  stop(): void {
    this.client.close();
    this.server.forceShutdown();
  }

  private call<Response>(
    start: (callback: (error: grpc.ServiceError | null, response: Response) => void) => void,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      start((error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  async check(
    token: string,
    inputs: Properties,
  ): Promise<{ inputs: Properties; failures: string[] }> {
    const request = new CheckRequest();
    request.setUrn(urn(token));
    request.setNews(encode(inputs));
    const response = await this.call<CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: decode(response.getInputs()),
      failures: response.getFailuresList().map((f) => `${f.getProperty()}: ${f.getReason()}`),
    };
  }

  async diff(
    token: string,
    before: Properties,
    after: Properties,
    state: Properties = before,
  ): Promise<{ changed: boolean; replaces: string[]; detail: Record<string, string> }> {
    const request = new DiffRequest();
    request.setUrn(urn(token));
    request.setOldInputs(encode(before));
    request.setOlds(encode(state));
    request.setNews(encode(after));
    const response = await this.call<DiffResponse>((done) => this.client.diff(request, done));
    const names = new Map(Object.entries(PropertyDiff.Kind).map(([name, value]) => [value, name]));
    return {
      changed: response.getChanges() === DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      detail: Object.fromEntries(
        response
          .getDetaileddiffMap()
          .getEntryList()
          .map(([path]) => [
            path,
            names.get(response.getDetaileddiffMap().get(path)?.getKind() ?? 0) ?? "",
          ]),
      ),
    };
  }

  async create(
    token: string,
    inputs: Properties,
    preview = false,
  ): Promise<{ id: string; outputs: Properties }> {
    const request = new CreateRequest();
    request.setUrn(urn(token));
    request.setProperties(encode(inputs));
    request.setPreview(preview);
    const response = await this.call<CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), outputs: decode(response.getProperties()) };
  }

  async update(
    token: string,
    state: Properties,
    inputs: Properties,
    preview = false,
  ): Promise<Properties> {
    const request = new UpdateRequest();
    request.setUrn(urn(token));
    request.setOlds(encode(state));
    request.setNews(encode(inputs));
    request.setPreview(preview);
    const response = await this.call<UpdateResponse>((done) => this.client.update(request, done));
    return decode(response.getProperties());
  }

  async delete(token: string, state: Properties): Promise<void> {
    const request = new DeleteRequest();
    request.setUrn(urn(token));
    request.setProperties(encode(state));
    await this.call<Empty>((done) => this.client.delete(request, done));
  }

  async invoke(args: Properties): Promise<{ result: Properties; failures: string[] }> {
    const request = new InvokeRequest();
    request.setTok("command:local:run");
    request.setArgs(encode(args));
    const response = await this.call<InvokeResponse>((done) => this.client.invoke(request, done));
    return {
      result: decode(response.getReturn()),
      failures: response.getFailuresList().map((f) => `${f.getProperty()}: ${f.getReason()}`),
    };
  }

  async cancel(): Promise<void> {
    await this.call<Empty>((done) => this.client.cancel(new Empty(), done));
  }
}

export const urn = (token: string): string => `urn:pulumi:dev::project::${token}::thing`;

/** What a refused call says. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as grpc.ServiceError).details;
  }
  throw new Error("the call was not refused");
}
