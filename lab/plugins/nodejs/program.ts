import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";

import { start, type Child } from "./child";
import { locateModule } from "./locate";
import { parseOptions } from "./options";

/** The program's own end, after it has told the user what is wrong. */
const alreadyReported = 32;

const outOfMemory = [
  "<--- Last few GCs --->",
  "Check failed: needs_context && current_scope_ == closure_scope_",
];
const outOfMemoryHint =
  " The program ran out of memory: set `nodeargs: --max-old-space-size=<megabytes>` under " +
  "`runtime.options` in Pulumi.yaml.";

/** The engine's `project:key` in the form that every release of the SDK reads. */
export function configEnvironment(config: Iterable<[string, string]>): string {
  const keys: Record<string, string> = {};
  for (const [key, value] of config) {
    const [, namespace, name] = /^([^:]+):(?:config:)?([^:]+)$/.exec(key) ?? [];
    if (namespace === undefined || name === undefined) {
      throw new Error(
        `could not parse ${key} as a configuration key ` +
          "(configuration keys should be of the form `<namespace>:<name>`)",
      );
    }
    keys[`${namespace}:config:${name}`] = value;
  }
  return JSON.stringify(keys);
}

export function programArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const named: [string, string | undefined][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory()],
    ["stack", request.getStack()],
    ["pwd", info?.getProgramDirectory()],
  ];
  return [
    ...named.flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    "--parallel",
    String(request.getParallel()),
    info?.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

/** Runs a Pulumi program to its end. */
export async function runProgram(
  request: RunRequest,
  engineAddress: string,
  started: (child: Child) => void,
): Promise<RunResponse> {
  const response = new RunResponse();
  let sawOutOfMemory = false;
  try {
    const options = parseOptions(request.getInfo());
    const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
    const entry = locateModule(
      process.env["PULUMI_LANGUAGE_NODEJS_RUN_PATH"] || "@pulumi/pulumi/cmd/run",
      directory,
      "pulumi install",
    );
    const child = start(
      "node",
      [...options.nodeargs, entry, ...programArguments(request, engineAddress)],
      {
        env: {
          ...process.env,
          PULUMI_CONFIG: configEnvironment(request.getConfigMap().getEntryList()),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
          ...(options.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
          ...(options.tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
        },
        stdout: (chunk) => process.stdout.write(chunk),
        stderr: (chunk) => {
          const text = chunk.toString("latin1");
          sawOutOfMemory ||= outOfMemory.some((sign) => text.includes(sign));
          process.stderr.write(chunk);
        },
      },
    );
    started(child);
    const code = await child.exit;
    if (code === alreadyReported) response.setBail(true);
    else if (code !== 0) {
      const hint = sawOutOfMemory ? `.${outOfMemoryHint}` : "";
      response.setError(`Program exited with non-zero exit code: ${code}${hint}`);
    }
  } catch (error) {
    response.setError(error instanceof Error ? error.message : String(error));
  }
  return response;
}
