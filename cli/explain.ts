import { run } from "./explain/run";

process.exitCode = run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
});
