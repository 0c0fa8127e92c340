import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { servePlugin } from "../rpc/serve";
import { Provider } from "./provider";
import { serviceOf, version } from "./service";

if (process.argv.includes("-version") || process.argv.includes("--version")) {
  process.stdout.write(`${version}\n`);
} else {
  let provider: Provider | undefined;
  servePlugin(
    (server, { engineAddress }) => {
      provider = new Provider(engineAddress);
      server.addService(ResourceProviderService, serviceOf(provider));
    },
    () => provider?.cancel(),
  ).catch((error: Error) => {
    process.stderr.write(`could not start the kubernetes provider: ${error.message}\n`);
    process.exitCode = 1;
  });
}
