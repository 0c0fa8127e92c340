import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  InvokeResponse,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import type { EngineLog } from "../rpc/engineLog";
import { RpcError, streaming, unary, unimplemented } from "../rpc/serve";
import {
  decode,
  encode,
  equal,
  reveal,
  Secret,
  Unknown,
  type Properties,
  type Value,
} from "../rpc/values";
import { applyDefaults, applySecrets, checkObject, dropNulls, type Failure } from "./check";
import { diffResponse } from "./diff";
import type { Operation, ResourceKind } from "./resource";
import { resources, runFunction } from "./resources";
import type { ObjectType } from "./schema";

export const version = "1.2.1";

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

function kindOf(urn: string): ResourceKind {
  const token = (urn.split("::")[2] ?? "").split("$").pop() ?? "";
  const kind = resources[token];
  if (!kind) throw new RpcError(grpc.status.NOT_FOUND, `unknown resource type ${token}`);
  return kind;
}

const isUnknown = (value: Value | undefined): boolean =>
  value instanceof Unknown || (value instanceof Secret && isUnknown(value.value));

function toFailures(failures: Failure[]): CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

/** Checks inputs and fills in what is missing. */
export function check(
  given: Properties,
  type: ObjectType,
  more: (inputs: Properties) => Failure[] = () => [],
): { inputs: Properties; failures: Failure[] } {
  const malformed = checkObject(given, type);
  const filled = malformed.length > 0 ? given : applyDefaults(given, type);
  return {
    inputs: applySecrets(filled, type),
    failures: [...malformed, ...more(reveal(given))],
  };
}

/** In a preview, outputs are unknown when what they follow from changes. */
function previewOutputs(kind: ResourceKind, inputs: Properties, state?: Properties): Properties {
  const changed =
    state === undefined ||
    Object.keys(kind.type.fields).some(
      (key) =>
        isUnknown(inputs[key]) || (key in state && !equal(inputs[key] ?? null, state[key] ?? null)),
    );
  const fresh = ["stdout", "stderr"].filter((key) => kind.outputs.includes(key));
  const known = state ? kind.outputs.filter((key) => key in state) : fresh;
  return Object.fromEntries(
    known.map((key) => [key, changed ? Unknown.value : (state?.[key] ?? null)]),
  );
}

function keepIgnored(inputs: Properties, state: Properties, ignored: string[]): Properties {
  const kept = ignored.flatMap((key) => (key in state ? [[key, state[key] ?? null]] : []));
  return { ...inputs, ...(Object.fromEntries(kept) as Properties) };
}

const isInternal = (key: string): boolean => key === "version" || key.startsWith("__");

function withoutInternal(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !isInternal(key)));
}

/** The provider's service. `cancelled` ends what it has under way. */
export function commandProvider(
  log: EngineLog,
  cancelled: AbortController,
): IResourceProviderServer {
  const operation = (urn: string): Operation => ({
    log: log.about(urn),
    signal: cancelled.signal,
  });
  const read = (struct: Parameters<typeof decode>[0]): Properties => dropNulls(decode(struct));

  return {
    checkConfig: unary((request) => {
      const response = new CheckResponse();
      response.setInputs(request.getNews());
      return Promise.resolve(response);
    }),
    diffConfig: unary(() => {
      const response = new DiffResponse();
      response.setChanges(DiffResponse.DiffChanges.DIFF_NONE);
      return Promise.resolve(response);
    }),
    configure: unary(() => {
      const response = new ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      return Promise.resolve(response);
    }),
    check: unary((request) => {
      const kind = kindOf(request.getUrn());
      const { inputs, failures } = check(read(request.getNews()), kind.type, kind.check);
      const response = new CheckResponse();
      response.setInputs(encode(inputs));
      response.setFailuresList(toFailures(failures));
      return Promise.resolve(response);
    }),
    diff: unary((request) => {
      const kind = kindOf(request.getUrn());
      const inputs = withoutInternal(read(request.getNews()));
      const state = read(request.getOlds());
      return Promise.resolve(
        diffResponse(
          read(request.getOldInputs()),
          keepIgnored(inputs, state, request.getIgnorechangesList()),
          kind.type,
          kind.update !== undefined,
        ),
      );
    }),
    create: unary(async (request) => {
      const urn = request.getUrn();
      const kind = kindOf(urn);
      const inputs = read(request.getProperties());
      const outputs = request.getPreview()
        ? previewOutputs(kind, inputs)
        : await kind.create(reveal(inputs), operation(urn));
      const response = new CreateResponse();
      response.setId(kind.newId(nameOf(urn)));
      response.setProperties(encode({ ...inputs, ...outputs }));
      return response;
    }),
    update: unary(async (request) => {
      const urn = request.getUrn();
      const kind = kindOf(urn);
      if (!kind.update) {
        throw new RpcError(
          grpc.status.UNIMPLEMENTED,
          `Update is not implemented for resource ${urn}`,
        );
      }
      const state = read(request.getOlds());
      const inputs = keepIgnored(read(request.getNews()), state, request.getIgnorechangesList());
      const outputs = request.getPreview()
        ? previewOutputs(kind, inputs, state)
        : await kind.update(reveal(inputs), reveal(state), operation(urn));
      const response = new UpdateResponse();
      response.setProperties(encode({ ...inputs, ...outputs }));
      return response;
    }),
    delete: unary(async (request) => {
      const urn = request.getUrn();
      await kindOf(urn).delete?.(reveal(read(request.getProperties())), operation(urn));
      return new Empty();
    }),
    read: unary((request) => {
      const response = new ReadResponse();
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      return Promise.resolve(response);
    }),
    invoke: unary(async (request) => {
      const token = request.getTok();
      if (token !== "command:local:run") {
        throw new RpcError(grpc.status.NOT_FOUND, `Invoke '${token}' not found`);
      }
      const given = read(request.getArgs());
      const { inputs, failures } = check(given, runFunction.type);
      const response = new InvokeResponse();
      response.setFailuresList(toFailures(failures));
      if (failures.length === 0) {
        const outputs = await runFunction.run(reveal(inputs), operation(""));
        response.setReturn(encode({ ...inputs, ...outputs }));
      }
      return response;
    }),
    cancel: unary(() => {
      cancelled.abort();
      return Promise.resolve(new Empty());
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(version);
      return Promise.resolve(info);
    }),
    handshake: unimplemented("Handshake"),
    parameterize: unimplemented("Parameterize"),
    getSchema: unimplemented("GetSchema"),
    call: unimplemented("Call"),
    construct: unimplemented("Construct"),
    attach: unimplemented("Attach"),
    getMapping: unimplemented("GetMapping"),
    getMappings: unimplemented("GetMappings"),
    list: streaming(() =>
      Promise.reject(new RpcError(grpc.status.UNIMPLEMENTED, "method List not implemented")),
    ),
  };
}
