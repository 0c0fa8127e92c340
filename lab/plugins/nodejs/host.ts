import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  DependencyInfo,
  GetProgramDependenciesResponse,
  GetRequiredPackagesResponse,
  InstallDependenciesResponse,
  LanguageHandshakeResponse,
  RuntimeOptionPrompt,
  RuntimeOptionsResponse,
  TemplateResponse,
  type ProgramInfo,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { createRequire } from "module";
import * as path from "path";

import { streaming, unary, unimplemented } from "../rpc/serve";
import { version } from "./version";
import { cancelAll, start } from "./child";
import { packageManagers, parseOptions } from "./options";
import {
  installCommand,
  isOnPath,
  listDependencies,
  resolvePackageManager,
  versionOf,
  workspaceRoot,
} from "./packageManager";
import { runPlugin } from "./plugin";
import { runProgram } from "./program";
import { requiredPackages } from "./requiredPackages";

const directoryOf = (info: ProgramInfo | undefined): string =>
  info?.getProgramDirectory() || process.cwd();

function typescriptVersion(directory: string): string {
  try {
    const load = createRequire(path.join(path.resolve(directory), "index.js"));
    return (load("typescript/package.json") as { version: string }).version;
  } catch {
    return "";
  }
}

async function about(info: ProgramInfo | undefined): Promise<AboutResponse> {
  const directory = directoryOf(info);
  const manager = resolvePackageManager(parseOptions(info).packagemanager, directory);
  const typescript = typescriptVersion(directory);
  const response = new AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  const metadata = response.getMetadataMap();
  metadata.set("packagemanager", manager);
  metadata.set("packagemanagerVersion", await versionOf(manager));
  if (typescript) metadata.set("typescriptVersion", typescript);
  return response;
}

function packageManagerPrompt(): RuntimeOptionPrompt {
  const choice = (name: string): RuntimeOptionPrompt.RuntimeOptionValue => {
    const value = new RuntimeOptionPrompt.RuntimeOptionValue();
    value.setPrompttype(RuntimeOptionPrompt.RuntimeOptionType.STRING);
    value.setStringvalue(name);
    value.setDisplayname(isOnPath(name) ? name : `${name} [not found]`);
    return value;
  };
  const prompt = new RuntimeOptionPrompt();
  prompt.setKey("packagemanager");
  prompt.setDescription("The package manager to use for installing dependencies");
  prompt.setPrompttype(RuntimeOptionPrompt.RuntimeOptionType.STRING);
  prompt.setChoicesList(packageManagers.map(choice));
  prompt.setDefault(choice("npm"));
  return prompt;
}

/** The service. A handshake may tell it the engine's address later. */
export function languageHost(engine: { engineAddress: string }): ILanguageRuntimeServer {
  return {
    handshake: unary((request) => {
      engine.engineAddress = request.getEngineAddress();
      return Promise.resolve(new LanguageHandshakeResponse());
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(version);
      return Promise.resolve(info);
    }),
    getRequiredPackages: unary((request) => {
      const response = new GetRequiredPackagesResponse();
      response.setPackagesList(requiredPackages(directoryOf(request.getInfo())));
      return Promise.resolve(response);
    }),
    about: unary((request) => about(request.getInfo())),
    getProgramDependencies: unary((request) => {
      const response = new GetProgramDependenciesResponse();
      const directory = directoryOf(request.getInfo());
      for (const found of listDependencies(directory, request.getTransitivedependencies())) {
        const dependency = new DependencyInfo();
        dependency.setName(found.name);
        dependency.setVersion(found.version);
        response.addDependencies(dependency);
      }
      return Promise.resolve(response);
    }),
    installDependencies: streaming(async (request, write, call) => {
      const stdout = (chunk: Uint8Array): void => {
        const message = new InstallDependenciesResponse();
        message.setStdout(chunk);
        write(message);
      };
      const stderr = (chunk: Uint8Array): void => {
        const message = new InstallDependenciesResponse();
        message.setStderr(chunk);
        write(message);
      };
      const info = request.getInfo();
      const options = parseOptions(info);
      const cwd = workspaceRoot(directoryOf(info));
      const manager = resolvePackageManager(options.packagemanager, cwd);
      const [command = manager, ...args] = installCommand(manager, options.production);
      stdout(Buffer.from("Installing dependencies...\n\n"));
      const child = start(command, args, { cwd, env: process.env, stdout, stderr });
      call.on("cancelled", child.cancel);
      const code = await child.exit;
      if (code !== 0) throw new Error(`${manager} install failed: exit status ${code}`);
      stdout(Buffer.from("Finished installing dependencies\n\n"));
    }),
    run: unary((request, call) =>
      runProgram(request, engine.engineAddress, (child) => call.on("cancelled", child.cancel)),
    ),
    runPlugin: streaming((request, write, call) =>
      runPlugin(request, write, (child) => call.on("cancelled", child.cancel)),
    ),
    runtimeOptionsPrompts: unary((request) => {
      const response = new RuntimeOptionsResponse();
      const given = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
      if (!("packagemanager" in given)) response.addPrompts(packageManagerPrompt());
      return Promise.resolve(response);
    }),
    template: unary((request) => {
      parseOptions(request.getInfo());
      return Promise.resolve(new TemplateResponse());
    }),
    cancel: unary(() => {
      cancelAll();
      return Promise.resolve(new Empty());
    }),
    getRequiredPlugins: unimplemented("GetRequiredPlugins"),
    generateProgram: unimplemented("GenerateProgram"),
    generateProject: unimplemented("GenerateProject"),
    generatePackage: unimplemented("GeneratePackage"),
    pack: unimplemented("Pack"),
    link: unimplemented("Link"),
  };
}
