import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { RpcError, unary, unimplemented } from "../rpc/serve";
import { decode, encode } from "../rpc/values";
import type { Failure } from "./config";
import type { PropertyChange } from "./diff/detailedDiff";
import type { Autonaming } from "./naming";
import { InitError } from "./operations/initError";
import type { Provider } from "./provider";

export const version = "4.32.0";

const schema = JSON.stringify({ name: "kubernetes", version });

/** The provider behind Pulumi's own protocol. What is not here the official plugin lacks too. */
export function serviceOf(provider: Provider): grpc.UntypedServiceImplementation {
  const service: Omit<IResourceProviderServer, "handshake" | "list"> = {
    parameterize: unimplemented("Parameterize"),
    getSchema: unary((request: pb.GetSchemaRequest) => {
      if (request.getVersion() !== 0) {
        throw new Error(`unsupported schema version ${request.getVersion()}`);
      }
      return Promise.resolve(new pb.GetSchemaResponse().setSchema(schema));
    }),
    checkConfig: unary((request: pb.CheckRequest) => {
      const failures = provider.checkConfig(request.getUrn(), decode(request.getNews()));
      return Promise.resolve(
        checked(new pb.CheckResponse().setInputs(request.getNews()), failures),
      );
    }),
    diffConfig: unary((request: pb.DiffRequest) => {
      const diff = provider.diffConfig(decode(request.getOlds()), decode(request.getNews()));
      const response = new pb.DiffResponse();
      response.setChanges(changesOf(diff.changed));
      response.setDiffsList(diff.diffs);
      response.setReplacesList(diff.replaces);
      return Promise.resolve(response);
    }),
    configure: unary(async (request: pb.ConfigureRequest) => {
      await provider.configure(new Map(request.getVariablesMap().getEntryList()));
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    invoke: unary((request: pb.InvokeRequest) => {
      const result = provider.invoke(request.getTok(), decode(request.getArgs()));
      return Promise.resolve(new pb.InvokeResponse().setReturn(encode(result)));
    }),
    call: unimplemented("Call"),
    check: operation(async (request: pb.CheckRequest) => {
      const { inputs, failures } = await provider.check(request.getUrn(), {
        olds: decode(request.getOlds()),
        news: decode(request.getNews()),
        randomSeed: request.getRandomseed_asU8(),
        autonaming: autonamingOf(request.getAutonaming()),
      });
      return checked(new pb.CheckResponse().setInputs(encode(inputs)), failures);
    }),
    diff: operation(async (request: pb.DiffRequest) => {
      const diff = await provider.diff(request.getUrn(), {
        oldState: decode(request.getOlds()),
        news: decode(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
      });
      const response = new pb.DiffResponse();
      response.setChanges(changesOf(diff.changed));
      response.setReplacesList(diff.replaces);
      response.setDeletebeforereplace(diff.deleteBeforeReplace);
      response.setHasdetaileddiff(true);
      for (const [path, change] of diff.changes) {
        response.getDetaileddiffMap().set(path, toPropertyDiff(change));
      }
      return response;
    }),
    create: operation(async (request: pb.CreateRequest) => {
      const { id, state } = await provider.create(request.getUrn(), {
        properties: decode(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
        preview: request.getPreview(),
      });
      return new pb.CreateResponse().setId(id).setProperties(encode(state));
    }),
    read: operation(async (request: pb.ReadRequest) => {
      const found = await provider.read(request.getUrn(), {
        id: request.getId(),
        oldState: decode(request.getProperties()),
        oldInputs: decode(request.getInputs()),
      });
      const response = new pb.ReadResponse();
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(encode(found.state));
      response.setInputs(encode(found.inputs));
      return response;
    }),
    update: operation(async (request: pb.UpdateRequest) => {
      const state = await provider.update(request.getUrn(), {
        oldState: decode(request.getOlds()),
        news: decode(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
        timeoutSeconds: request.getTimeout(),
        preview: request.getPreview(),
      });
      return new pb.UpdateResponse().setProperties(encode(state));
    }),
    delete: operation(async (request: pb.DeleteRequest) => {
      await provider.delete(request.getUrn(), {
        id: request.getId(),
        oldState: decode(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
      });
      return new Empty();
    }),
    construct: unary((request: pb.ConstructRequest) =>
      Promise.reject(
        new Error(
          `${request.getType()} is made inside the official plugin: this one has resources and ` +
            "patch resources only. Create the objects one by one.",
        ),
      ),
    ),
    cancel: unary(() => {
      provider.cancel();
      return Promise.resolve(new Empty());
    }),
    getPluginInfo: unary(() => Promise.resolve(new PluginInfo().setVersion(version))),
    attach: unary((request: PluginAttach) => {
      provider.attach(request.getAddress());
      return Promise.resolve(new Empty());
    }),
    getMapping: unary(() => Promise.resolve(new pb.GetMappingResponse())),
    getMappings: unary(() => Promise.resolve(new pb.GetMappingsResponse())),
  };
  return service;
}

function changesOf(changed: boolean): pb.DiffResponse.DiffChanges {
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  return changed ? DIFF_SOME : DIFF_NONE;
}

function checked(response: pb.CheckResponse, failures: Failure[]): pb.CheckResponse {
  response.setFailuresList(
    failures.map(({ property, reason }) =>
      new pb.CheckFailure().setProperty(property).setReason(reason),
    ),
  );
  return response;
}

function autonamingOf(
  options: pb.CheckRequest.AutonamingOptions | undefined,
): Autonaming | undefined {
  return (
    options && {
      proposedName: options.getProposedName(),
      disabled: options.getMode() === pb.CheckRequest.AutonamingOptions.Mode.DISABLE,
    }
  );
}

function toPropertyDiff({ kind, replace, inputDiff }: PropertyChange): pb.PropertyDiff {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = pb.PropertyDiff.Kind;
  const kinds = {
    add: replace ? ADD_REPLACE : ADD,
    delete: replace ? DELETE_REPLACE : DELETE,
    update: replace ? UPDATE_REPLACE : UPDATE,
  };
  return new pb.PropertyDiff().setKind(kinds[kind]).setInputdiff(inputDiff);
}

function operation<Request, Response>(
  run: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return unary(async (request: Request) => {
    try {
      return await run(request);
    } catch (error) {
      throw error instanceof InitError ? toRpcError(error) : error;
    }
  });
}

/** The engine reads the state of what was half made from the error's details. */
function toRpcError(error: InitError): RpcError {
  const detail = new ErrorResourceInitFailed();
  detail.setId(error.known.id);
  detail.setProperties(encode(error.known.state));
  detail.setReasonsList(error.reasons);
  if (error.known.inputs) detail.setInputs(encode(error.known.inputs));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return new RpcError(grpc.status.UNKNOWN, error.message, metadata);
}
