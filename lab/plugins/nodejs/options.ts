import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

export const packageManagers = ["npm", "yarn", "pnpm", "bun"] as const;
export type PackageManagerName = (typeof packageManagers)[number];

/** What `runtime.options` of a Pulumi.yaml (or PulumiPolicy.yaml) may say. */
export interface RuntimeOptions {
  typescript: boolean;
  tsconfig: string;
  nodeargs: string[];
  production: boolean;
  packagemanager: PackageManagerName | "auto";
}

/** Splits a line into words as a POSIX shell does, without expansions. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const token = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/gsy;
  const end = line.trimEnd().length;
  while (token.lastIndex < end) {
    const match = token.exec(line);
    if (!match?.[1]) throw new Error(`nodeargs option has an unclosed quote: ${line}`);
    words.push(
      match[1].replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (_, single, double, escaped) =>
        single !== undefined
          ? String(single)
          : double !== undefined
            ? String(double).replace(/\\(["\\$`])/g, "$1")
            : String(escaped),
      ),
    );
  }
  return words;
}

export function parseOptions(info: ProgramInfo | undefined): RuntimeOptions {
  const given = info?.getOptions()?.toJavaScript() ?? {};
  const read = <T extends string | boolean>(key: string, fallback: T): T => {
    const value = given[key];
    if (value === undefined || value === null) return fallback;
    if (typeof value === typeof fallback) return value as unknown as T;
    const kind = typeof fallback === "string" ? "string" : "boolean";
    throw new Error(`${key} option must be a ${kind}`);
  };
  const packagemanager = read<string>("packagemanager", "auto");
  const choices = ["auto", ...packageManagers] as const;
  const choice = choices.find((name) => name === packagemanager);
  if (!choice) {
    throw new Error(
      `packagemanager option must be one of auto, npm, yarn, pnpm or bun, got "${packagemanager}"`,
    );
  }
  return {
    typescript: read<boolean>("typescript", true),
    tsconfig: read<string>("tsconfig", ""),
    nodeargs: splitWords(read<string>("nodeargs", "")),
    production: read<boolean>("production", false),
    packagemanager: choice,
  };
}
