import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";

import { servePlugin } from "../rpc/serve";
import { cancelAll } from "./child";
import { languageHost } from "./host";
import { version } from "./version";

if (process.argv.includes("-version") || process.argv.includes("--version")) {
  process.stdout.write(`${version}\n`);
} else {
  servePlugin(
    (server, engine) => server.addService(LanguageRuntimeService, languageHost(engine)),
    cancelAll,
  ).catch((error: Error) => {
    process.stderr.write(`could not start the language host: ${error.message}\n`);
    process.exitCode = 1;
  });
}
