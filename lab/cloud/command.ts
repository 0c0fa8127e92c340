import { openInstance } from "../instance";
import { cloudCommand } from "./admin";

const print = (line: string) => process.stdout.write(`${line}\n`);

cloudCommand(openInstance(), process.argv.slice(2), print).catch((error: unknown) => {
  process.stderr.write(`lab cloud: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
