import { createLabDriver } from "../cluster/labDriver";
import { openInstance } from "../instance";
import { startCloud } from "./cloud";

// The daemon that `lab up` starts; its output goes to a log.
const report = (message: string) => {
  process.stdout.write(`${new Date().toISOString()} ${message}\n`);
};

async function main(): Promise<void> {
  const instance = openInstance();
  const cloud = await startCloud({ instance, driver: createLabDriver(instance, report), report });
  const stop = () => void cloud.close().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch((error: unknown) => {
  report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
