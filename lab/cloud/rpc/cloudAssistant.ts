import { timestamp } from "../core/context";
import { badRequest, notFound } from "../core/errors";
import { newId } from "../core/ids";
import { Command, Invocation } from "../core/state";
import { Actions, Call } from "./call";

function create({ context, params }: Call): object {
  const type = params.need("Type");
  if (type !== "RunShellScript") {
    throw badRequest("InvalidParameter.Type", `Nodes run RunShellScript, not ${type}.`);
  }
  const content = params.need("CommandContent");
  if (decode(content) === undefined) {
    throw badRequest("CmdContent.DecodeError", "The CommandContent can not be base64 decoded.");
  }
  const id = newId("c");
  context.state.commands[id] = {
    name: params.need("Name"),
    description: params.get("Description") ?? "",
    type,
    content,
    timeout: params.number("Timeout") ?? 60,
    workingDir: params.get("WorkingDir") ?? "",
    enableParameter: params.boolean("EnableParameter") ?? false,
    created: timestamp(context.now()),
  };
  return { CommandId: id };
}

function decode(content: string): string | undefined {
  const bytes = Buffer.from(content, "base64");
  const same = bytes.toString("base64").replace(/=+$/, "") === content.replace(/[\s=]+/g, "");
  return same ? bytes.toString("utf8") : undefined;
}

function describeCommands({ context, params }: Call): object {
  const asked = params.get("CommandId");
  const commands = Object.entries(context.state.commands)
    .filter(([id]) => asked === undefined || id === asked)
    .map(([id, command]) => ({
      CommandId: id,
      Name: command.name,
      Description: command.description,
      Type: command.type,
      CommandContent: command.content,
      Timeout: command.timeout,
      WorkingDir: command.workingDir,
      EnableParameter: command.enableParameter,
      CreationTime: command.created,
      Category: "",
      Provider: "User",
    }));
  return {
    TotalCount: commands.length,
    PageNumber: 1,
    PageSize: 10,
    Commands: { Command: commands },
  };
}

function removeCommand({ context, params }: Call): void {
  const id = params.need("CommandId");
  if (!context.state.commands[id]) throw commandNotFound(id);
  delete context.state.commands[id];
}

const commandNotFound = (id: string) =>
  notFound("InvalidCmdId.NotFound", `The specified command ${id} does not exist.`);

function invoke(call: Call): object {
  const { context, params } = call;
  const { state } = context;
  const commandId = params.need("CommandId");
  const command = state.commands[commandId];
  if (!command) throw commandNotFound(commandId);
  if ((params.boolean("Timed") ?? false) || params.get("Frequency")) {
    throw badRequest("InvalidParameter.Frequency", "Commands run once here, not on a schedule.");
  }
  const instanceIds = params.list("InstanceId");
  if (instanceIds.length === 0) {
    throw badRequest("MissingParam.InstanceId", "The InstanceId is not specified.");
  }
  for (const id of instanceIds) {
    if (!state.nodes[id]) {
      throw badRequest("InvalidInstance.NotFound", `The specified instance ${id} does not exist.`);
    }
  }
  const id = newId("t");
  const invocation: Invocation = {
    commandId,
    instanceIds,
    parameters: JSON.parse(params.get("Parameters") ?? "{}") as Record<string, string>,
    username: params.get("Username") ?? "root",
    status: "Running",
    results: {},
    created: timestamp(context.now()),
  };
  state.invocations[id] = invocation;
  void run(call, command, invocation);
  return { InvokeId: id };
}

async function run({ context }: Call, command: Command, invocation: Invocation): Promise<void> {
  const script = scriptOf(command, invocation.parameters);
  await Promise.all(
    invocation.instanceIds.map(async (instanceId) => {
      const nodeName = context.state.nodes[instanceId]?.nodeName ?? "";
      invocation.results[instanceId] = await context.driver
        .runCommand(nodeName, script, command.timeout)
        .catch((error: unknown) => ({ exitCode: -1, output: String(error) }));
    }),
  );
  if (invocation.status === "Running") {
    const failed = Object.values(invocation.results).filter((result) => result.exitCode !== 0);
    const all = failed.length === invocation.instanceIds.length;
    invocation.status = failed.length === 0 ? "Success" : all ? "Failed" : "PartialFailed";
  }
  context.store.save();
}

function scriptOf(command: Command, parameters: Record<string, string>): string {
  const text = decode(command.content) ?? "";
  const filled = command.enableParameter
    ? text.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => parameters[name] ?? whole)
    : text;
  const directory = command.workingDir.replaceAll("'", `'\\''`);
  return directory ? `cd '${directory}' || exit 1\n${filled}` : filled;
}

function describeInvocations({ context, params }: Call): object {
  const asked = params.get("InvokeId");
  const invocations = Object.entries(context.state.invocations)
    .filter(([id]) => asked === undefined || id === asked)
    .map(([id, invocation]) => ({
      InvokeId: id,
      CommandId: invocation.commandId,
      InvocationStatus: invocation.status,
      InvokeStatus: invocation.status,
      Parameters: JSON.stringify(invocation.parameters),
      Frequency: "",
      RepeatMode: "Once",
      Timed: false,
      Username: invocation.username,
      CreationTime: invocation.created,
      InvokeInstances: {
        InvokeInstance: invocation.instanceIds.map((instanceId) => ({
          InstanceId: instanceId,
          ExitCode: invocation.results[instanceId]?.exitCode ?? null,
          Output: Buffer.from(invocation.results[instanceId]?.output ?? "").toString("base64"),
        })),
      },
    }));
  return {
    TotalCount: invocations.length,
    PageNumber: 1,
    PageSize: 10,
    Invocations: { Invocation: invocations },
  };
}

export const cloudAssistantActions: Actions = {
  CreateCommand: create,
  DescribeCommands: describeCommands,
  DeleteCommand: removeCommand,
  InvokeCommand: invoke,
  DescribeInvocations: describeInvocations,
  StopInvocation({ context, params }) {
    const invocation = context.state.invocations[params.need("InvokeId")];
    if (invocation?.status === "Running") invocation.status = "Stopped";
  },
};
