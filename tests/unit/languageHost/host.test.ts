import * as grpc from "@grpc/grpc-js";
import {
  LanguageRuntimeClient,
  LanguageRuntimeService,
} from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutRequest,
  type AboutResponse,
  GenerateProgramRequest,
  type GenerateProgramResponse,
  InstallDependenciesRequest,
  type InstallDependenciesResponse,
  ProgramInfo,
  RunPluginRequest,
  type RunPluginResponse,
  RunRequest,
  type RunResponse,
  RuntimeOptionsRequest,
  type RuntimeOptionsResponse,
} from "@pulumi/pulumi/proto/language_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";

import { repository } from "../../../lab/instance";
import { languageHost } from "../../../lab/plugins/nodejs/host";
import { listen } from "../../../lab/plugins/rpc/serve";

describe("the language host over gRPC", () => {
  const server = new grpc.Server();
  let client: LanguageRuntimeClient;
  let dir: string;
  beforeAll(async () => {
    server.addService(LanguageRuntimeService, languageHost({ engineAddress: "127.0.0.1:1" }));
    const port = await listen(server);
    client = new LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "host-"));
  });
  afterAll(() => {
    client.close();
    server.forceShutdown();
    fs.rmSync(dir, { recursive: true });
  });

  const call = <T>(
    start: (done: (error: grpc.ServiceError | null, response: T) => void) => void,
  ): Promise<T> =>
    new Promise((resolve, reject) =>
      start((error, response) => (error ? reject(error) : resolve(response))),
    );
  const collect = <T>(stream: grpc.ClientReadableStream<T>): Promise<T[]> =>
    new Promise((resolve, reject) => {
      const all: T[] = [];
      stream.on("data", (message: T) => all.push(message));
      stream.on("error", reject);
      stream.on("end", () => resolve(all));
    });
  const program = (directory: string, options: Record<string, string> = {}): ProgramInfo => {
    const info = new ProgramInfo();
    info.setProgramDirectory(directory);
    info.setRootDirectory(directory);
    info.setEntryPoint(".");
    info.setOptions(Struct.fromJavaScript(options));
    return info;
  };

  test("tells its version and what it runs on", async () => {
    const info = await call<PluginInfo>((done) => client.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).toMatch(/^3\.\d+\.\d+$/);
    const request = new AboutRequest();
    request.setInfo(program(repository));
    const about = await call<AboutResponse>((done) => client.about(request, done));
    expect(about.getVersion()).toBe(process.version);
    expect(about.getMetadataMap().get("packagemanager")).toBe("npm");
    expect(about.getMetadataMap().get("typescriptVersion")).toMatch(/^5\./);
  });

  test("asks for a package manager only when none is chosen", async () => {
    const prompts = async (options: Record<string, string>): Promise<string[]> => {
      const request = new RuntimeOptionsRequest();
      request.setInfo(program(repository, options));
      const response = await call<RuntimeOptionsResponse>((done) =>
        client.runtimeOptionsPrompts(request, done),
      );
      return response.getPromptsList().map((prompt) => prompt.getKey());
    };
    expect(await prompts({})).toEqual(["packagemanager"]);
    expect(await prompts({ packagemanager: "npm" })).toEqual([]);
  });

  test("says so when the SDK is not installed", async () => {
    const run = new RunRequest();
    run.setInfo(program(dir));
    const response = await call<RunResponse>((done) => client.run(run, done));
    expect(response.getError()).toBe(
      "It looks like the Pulumi SDK has not been installed. Have you run pulumi install?",
    );
    const plugin = new RunPluginRequest();
    plugin.setInfo(program(dir));
    plugin.setPwd(dir);
    await expect(collect<RunPluginResponse>(client.runPlugin(plugin))).rejects.toThrow(
      `Have you run npm install in ${dir}?`,
    );
  });

  test("streams what an installation says, and how it ended", async () => {
    const bin = path.join(dir, "bin");
    fs.mkdirSync(bin);
    const npm = (script: string): void =>
      fs.writeFileSync(path.join(bin, "npm"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const before = process.env["PATH"];
    process.env["PATH"] = `${bin}:${before}`;
    const request = new InstallDependenciesRequest();
    request.setInfo(program(dir));
    const install = async (): Promise<string> => {
      const messages = await collect<InstallDependenciesResponse>(
        client.installDependencies(request),
      );
      return messages.map((m) => Buffer.from(m.getStdout_asU8()).toString()).join("");
    };
    try {
      npm('echo "$@"');
      expect(await install()).toBe(
        "Installing dependencies...\n\ninstall --loglevel=error\nFinished installing dependencies\n\n",
      );
      npm("exit 4");
      await expect(install()).rejects.toThrow("npm install failed: exit status 4");
    } finally {
      process.env["PATH"] = before;
    }
  });

  test("offers no code generation", async () => {
    await expect(
      call<GenerateProgramResponse>((done) =>
        client.generateProgram(new GenerateProgramRequest(), done),
      ),
    ).rejects.toMatchObject({ code: grpc.status.UNIMPLEMENTED });
  });
});
