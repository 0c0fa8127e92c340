import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { EngineLog } from "../rpc/engineLog";
import { servePlugin } from "../rpc/serve";
import { commandProvider, version } from "./provider";

if (process.argv.includes("-version") || process.argv.includes("--version")) {
  process.stdout.write(`${version}\n`);
} else {
  const cancelled = new AbortController();
  servePlugin(
    (server, { engineAddress }) =>
      server.addService(
        ResourceProviderService,
        commandProvider(new EngineLog(engineAddress), cancelled),
      ),
    () => cancelled.abort(),
  ).catch((error: Error) => {
    process.stderr.write(`could not start the command provider: ${error.message}\n`);
    process.exitCode = 1;
  });
}
