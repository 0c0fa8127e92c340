import { RunPluginResponse, type RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";

import { start, type Child } from "./child";
import { locateModule } from "./locate";
import { parseOptions } from "./options";
import { PolicyProxy } from "./policyProxy";

function parseEnvironment(list: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    list.map((entry) => {
      const at = entry.indexOf("=", 1);
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

/** Runs a plugin that is written for Node.js, a policy pack or a provider, to its end. */
export async function runPlugin(
  request: RunPluginRequest,
  write: (message: RunPluginResponse) => void,
  started: (child: Child) => void,
): Promise<void> {
  const stdout = (chunk: Uint8Array): void => {
    const message = new RunPluginResponse();
    message.setStdout(chunk);
    write(message);
  };
  const stderr = (chunk: Uint8Array): void => {
    const message = new RunPluginResponse();
    message.setStderr(chunk);
    write(message);
  };

  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const options = parseOptions(info);
  const env: NodeJS.ProcessEnv = {
    ...(request.getEnvList().length > 0 ? parseEnvironment(request.getEnvList()) : process.env),
    ...(options.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(options.tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
  const isPolicyPack = request.getKind() === "analyzer";
  const entry = locateModule(
    isPolicyPack
      ? "@pulumi/pulumi/cmd/run-policy-pack"
      : process.env["PULUMI_LANGUAGE_NODEJS_RUN_PATH"] || "@pulumi/pulumi/cmd/run-plugin",
    directory,
    `npm install in ${directory}`,
  );
  const words = isPolicyPack
    ? [...request.getArgsList(), directory]
    : [directory, ...request.getArgsList()];
  const args = [...options.nodeargs, entry, ...words];

  if (!isPolicyPack) {
    const child = start("node", args, { cwd: request.getPwd(), env, stdout, stderr });
    started(child);
    return expectSuccess(await child.exit);
  }

  const proxy = new PolicyProxy();
  try {
    stdout(Buffer.from(`${await proxy.listen()}\n`));
    const stack = await proxy.awaitConfiguration();
    if (stack) {
      Object.assign(env, {
        PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
        PULUMI_NODEJS_PROJECT: stack.getProject(),
        PULUMI_NODEJS_STACK: stack.getStack(),
        PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(stack.getConfigMap().getEntryList())),
      });
    }
    const child = start("node", args, {
      cwd: directory,
      env,
      stdout: (chunk) => {
        const rest = proxy.readOutput(chunk);
        if (rest?.length) stdout(rest);
      },
      stderr,
    });
    started(child);
    expectSuccess(await child.exit);
  } finally {
    proxy.close();
  }
}

function expectSuccess(code: number | NodeJS.Signals): void {
  if (code !== 0) throw new Error(`Program exited with non-zero exit code: ${code}`);
}
