import { createHash } from "crypto";
import * as fs from "fs";
import * as path from "path";

import { archiveSignature, assetSignature, signatureKey, type Properties } from "../rpc/values";

/** A glob as the official provider reads it: `*` and `?` stop at `/`, `**` does not. */
export function globToRegExp(glob: string): RegExp {
  let pattern = "";
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const letter = glob.charAt(at);
    if (letter === "\\") {
      at++;
      pattern += glob.charAt(at).replace(/\W/, String.raw`\$&`);
    } else if (letter === "*") {
      const deep = glob.charAt(at + 1) === "*";
      while (glob.charAt(at + 1) === "*") at++;
      pattern += deep ? ".*" : "[^/]*";
    } else if (letter === "?") pattern += "[^/]";
    else if (letter === "[") {
      const end = glob.indexOf("]", at + 2);
      if (end < 0) throw new Error(`unclosed [ in the pattern ${glob}`);
      const list = glob.slice(at + 1, end).replace(/\\/g, String.raw`\\`);
      pattern += `[${list.startsWith("!") ? `^${list.slice(1)}` : list}]`;
      at = end;
    } else if (letter === "{") {
      depth++;
      pattern += "(?:";
    } else if (letter === "}" && depth > 0) {
      depth--;
      pattern += ")";
    } else if (letter === "," && depth > 0) pattern += "|";
    else pattern += letter.replace(/[.+^$|(){}\]]/, String.raw`\$&`);
  }
  if (depth > 0) throw new Error(`unclosed { in the pattern ${glob}`);
  return new RegExp(`^${pattern}$`, "s");
}

function filesBelow(directory: string, prefix = ""): string[] {
  const entries = fs.readdirSync(path.join(directory, prefix), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(directory, name) : [name];
  });
}

const sha256 = (content: string | Buffer): string =>
  createHash("sha256").update(content).digest("hex");

/** The files that the globs choose, rule after rule, as assets by their path in the directory. */
export function globAssets(directory: string, globs: string[]): Properties {
  const rules = globs.map((glob) => ({
    exclude: glob.startsWith("!"),
    pattern: globToRegExp(glob.replace(/^!/, "")),
  }));
  const chosen = filesBelow(directory).filter((file) =>
    rules.reduce((kept, { exclude, pattern }) => (pattern.test(file) ? !exclude : kept), false),
  );
  return Object.fromEntries(
    chosen.map((file) => {
      const place = path.join(directory, file);
      const hash = sha256(fs.readFileSync(place));
      return [file, { [signatureKey]: assetSignature, hash, path: place }];
    }),
  );
}

/** One archive of the given assets. */
export function toArchive(assets: Properties): Properties {
  return {
    [signatureKey]: archiveSignature,
    hash: sha256(JSON.stringify(Object.entries(assets))),
    assets,
  };
}
