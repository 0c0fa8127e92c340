import { parseArgs } from "node:util";

import type { Libc } from "../../dns";

/** What the person asked for. */
export interface Wanted {
  readonly name: string;
  readonly stack: string;
  readonly namespace: string;
  /** Path of a Corefile to use instead of the one that the stack renders. */
  readonly corefile?: string;
  readonly libc: Libc;
  readonly json: boolean;
}

/** Something that the person can put right; shown as it is, without a stack trace. */
export class UsageFault extends Error {
  override readonly name = "UsageFault";
}

export const USAGE = `explain NAME --stack STACK [--namespace NAMESPACE] [--corefile FILE] [--libc glibc|musl] [--json]

Shows what happens when a pod of the stack's cluster looks NAME up: every name that its resolver asks
for, the server block and the plugin that answer, and the result. Reads stacks/Pulumi.STACK.yaml and
asks nobody. Exit code 0: the name resolves as it should, 1: it does not, 2: the call is wrong.
`;

/** @throws UsageFault that names the argument, the rule and the way out. */
export function readArguments(args: readonly string[]): Wanted | "help" {
  const { values, positionals } = parsed(args);
  if (values.help === true) return "help";
  const [name, ...more] = positionals;
  if (name === undefined)
    throw new UsageFault("a name is missing; write explain NAME --stack STACK");
  if (more.length > 0)
    throw new UsageFault(`"${more.join(" ")}" is one name too many; explain one at a time`);
  if (values.stack === undefined) {
    throw new UsageFault(`--stack is missing; write explain ${name} --stack STACK`);
  }
  const libc = values.libc ?? "glibc";
  if (libc !== "glibc" && libc !== "musl") {
    throw new UsageFault(
      `--libc "${libc}" is not known; write glibc (Debian, Alibaba Cloud Linux) or musl (Alpine)`,
    );
  }
  return {
    name,
    stack: values.stack,
    namespace: values.namespace ?? "default",
    corefile: values.corefile,
    libc,
    json: values.json ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        stack: { type: "string" },
        namespace: { type: "string" },
        corefile: { type: "string" },
        libc: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(". ");
    throw new UsageFault(`${reason}; explain --help lists what can be written`);
  }
}
