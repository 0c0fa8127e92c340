import { randomBytes } from "crypto";

import type { Properties } from "../rpc/values";
import {
  checkSource,
  copyFile,
  copyToRemote,
  type CopyFileInputs,
  type CopyToRemoteInputs,
} from "./copy";
import { runLocal, type LocalInputs } from "./local";
import { runRemote, type RemoteInputs } from "./remote";
import type { Operation, ResourceKind } from "./resource";
import * as schema from "./schema";

const randomId = (prefix: string): string => prefix + randomBytes(4).toString("hex");

// Check has seen to the types of what the kinds below read.
const as = <T>(properties: Properties): T => properties as unknown as T;

interface Lifecycle {
  create?: string;
  update?: string;
  delete?: string;
}

type Run = (
  command: string,
  from: Properties,
  previous: Properties,
  operation: Operation,
) => Promise<Properties>;

/** A resource whose steps are commands. */
function commandKind(type: schema.ObjectType, outputs: string[], run: Run): ResourceKind {
  const empty = { stdout: "", stderr: "" };
  const outputsOf = (state: Properties): Properties =>
    Object.fromEntries(outputs.flatMap((key) => (key in state ? [[key, state[key] ?? null]] : [])));
  return {
    type,
    outputs,
    newId: randomId,
    async create(inputs, operation) {
      const { create } = as<Lifecycle>(inputs);
      return { ...empty, ...(create !== undefined && (await run(create, inputs, {}, operation))) };
    },
    async update(inputs, state, operation) {
      const { create, update = create } = as<Lifecycle>(inputs);
      const before = outputsOf(state);
      if (update === undefined) return before;
      return { ...before, ...(await run(update, inputs, before, operation)) };
    },
    async delete(state, operation) {
      const { delete: command } = as<Lifecycle>(state);
      if (command !== undefined) await run(command, state, state, operation);
    },
  };
}

const runOnThisMachine: Run = (command, from, previous, operation) =>
  runLocal(command, as<LocalInputs>(from), previous, operation);

export const resources: Record<string, ResourceKind> = {
  "command:local:Command": commandKind(
    schema.localCommand,
    ["stdout", "stderr", "assets", "archive"],
    runOnThisMachine,
  ),
  "command:remote:Command": commandKind(
    schema.remoteCommand,
    ["stdout", "stderr"],
    (command, from, previous, operation) =>
      runRemote(command, as<RemoteInputs>(from), previous, operation),
  ),
  "command:remote:CopyToRemote": {
    type: schema.copyToRemote,
    outputs: [],
    newId: () => randomId(""),
    check: (inputs) => checkSource(inputs["source"]),
    create: (inputs, operation) => copyToRemote(as<CopyToRemoteInputs>(inputs), operation),
    update: async (inputs, state, operation) => {
      const hash = (from: Properties): unknown => as<CopyToRemoteInputs>(from).source["hash"];
      const same = hash(inputs) === hash(state) && inputs["remotePath"] === state["remotePath"];
      return same ? {} : copyToRemote(as<CopyToRemoteInputs>(inputs), operation);
    },
  },
  "command:remote:CopyFile": {
    type: schema.copyFile,
    outputs: [],
    newId: () => randomId(""),
    create: (inputs, operation) => copyFile(as<CopyFileInputs>(inputs), operation),
  },
};

export const runFunction = {
  type: schema.localRun,
  run: (inputs: Properties, operation: Operation): Promise<Properties> =>
    runOnThisMachine(as<{ command: string }>(inputs).command, inputs, {}, operation),
};
