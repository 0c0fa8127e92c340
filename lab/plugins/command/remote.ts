import { constants } from "os";
import type { Client, ClientChannel, SFTPWrapper } from "ssh2";

import type { Properties } from "../rpc/values";
import { Capture } from "./capture";
import { previousOutputs } from "./local";
import type { Operation } from "./resource";
import { withClient, type Connection } from "./ssh";

/** How a remote command is run. Check has seen to the types. */
export interface RemoteInputs {
  connection: Connection;
  stdin?: string;
  logging?: string;
  environment?: Record<string, string>;
  addPreviousOutputInEnv?: boolean;
}

/** What ssh2 documents and its type declarations leave out. */
interface WithEnvironment {
  sftp(
    env: Record<string, string>,
    callback: (error: Error | undefined, sftp: SFTPWrapper) => void,
  ): void;
}

/**
 * Whether the server takes an environment variable. A command is started without waiting for that
 * answer, so it is asked for on a channel of its own.
 */
function accepts(client: Client, name: string, value: string): Promise<boolean> {
  return new Promise((resolve) => {
    (client as unknown as WithEnvironment).sftp({ [name]: value }, (error, sftp) => {
      if (!error) sftp.end();
      resolve(error?.message !== "Unable to set environment");
    });
  });
}

const refusal = (name: string): string =>
  `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
  "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the " +
  "remote host, you could\n\tprefix the command itself with the variables in the form " +
  "'VAR=value command'";

async function environmentFor(
  client: Client,
  inputs: RemoteInputs,
  previous: Properties,
  { log }: Operation,
): Promise<Record<string, string>> {
  for (const [name, value] of Object.entries(inputs.environment ?? {})) {
    if (await accepts(client, name, value)) continue;
    log.log("error", refusal(name));
    throw new Error(
      `could not set environment variable ${JSON.stringify(name)}: ssh: setenv failed`,
    );
  }
  const env = { ...inputs.environment };
  const optional = previousOutputs(inputs.addPreviousOutputInEnv, previous);
  for (const [name, value] of Object.entries(optional)) {
    if (await accepts(client, name, value)) env[name] = value;
    else log.log("warning", refusal(name));
  }
  return env;
}

function execute(client: Client, command: string, env: NodeJS.ProcessEnv): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      if (error) reject(new Error(`ssh: command ${command} failed`, { cause: error }));
      else resolve(channel);
    });
  });
}

/** Why a command did not succeed; undefined when it did. */
function outcome(channel: ClientChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    let ended = "wait: remote command exited without exit status or exit signal";
    channel.on("exit", (code: number | null, name?: string) => {
      if (code === 0) ended = "";
      else if (code !== null) ended = `Process exited with status ${code}`;
      else {
        const signal = (name ?? "").replace(/^SIG/, "");
        const numbers: Record<string, number> = constants.signals;
        const status = 128 + (numbers[`SIG${signal}`] ?? 0);
        ended = `Process exited with status ${status} from signal ${signal}`;
      }
    });
    channel.on("close", () => resolve(ended === "" ? undefined : ended));
  });
}

/** Runs a command on another machine and returns its outputs. */
export function runRemote(
  command: string,
  inputs: RemoteInputs,
  previous: Properties,
  operation: Operation,
): Promise<Properties> {
  return withClient(inputs.connection, operation, async (client) => {
    const env = await environmentFor(client, inputs, previous, operation);
    const capture = new Capture(inputs.logging ?? "stdoutAndStderr", operation.log);
    const channel = await execute(client, command, env);
    channel.on("data", capture.onStdout);
    channel.stderr.on("data", capture.onStderr);
    const failed = outcome(channel);
    channel.end(inputs.stdin);
    const reason = await failed;
    if (reason !== undefined) throw capture.failure(reason, command);
    return capture.finish();
  });
}
