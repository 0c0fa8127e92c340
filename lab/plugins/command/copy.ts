import * as fs from "fs";
import * as path from "path";
import type { Client, SFTPWrapper, Stats } from "ssh2";

import { isArchive, isAsset, type Properties } from "../rpc/values";
import type { Failure } from "./check";
import type { Operation } from "./resource";
import { withClient, type Connection } from "./ssh";

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: number; message: string };
  if (code === 2) return "file does not exist";
  return code === 3 ? "permission denied" : `sftp: ${JSON.stringify(message)}`;
}

async function explained<T>(what: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    throw new Error(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

type Callback<T> = (error: Error | null | undefined, result: T) => void;

function call<T>(start: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** The files of another machine. */
class RemoteFiles {
  constructor(private readonly sftp: SFTPWrapper) {}

  static async open(client: Client): Promise<RemoteFiles> {
    return new RemoteFiles(await call<SFTPWrapper>((done) => client.sftp(done)));
  }

  async stat(place: string): Promise<Stats | undefined> {
    try {
      return await call<Stats>((done) => this.sftp.stat(place, done));
    } catch (error) {
      if ((error as { code?: number }).code === 2) return undefined;
      throw new Error(`failed to stat remote path ${place}: ${reasonOf(error)}`, { cause: error });
    }
  }

  makeDirectory(place: string): Promise<void> {
    return explained(
      `failed to create remote directory ${place}`,
      call<void>((done) => this.sftp.mkdir(place, (error) => done(error, undefined))),
    );
  }

  async makeDirectories(place: string): Promise<void> {
    const found = await this.stat(place);
    if (found?.isDirectory()) return;
    if (found) {
      throw new Error(
        `failed to create remote directory ${place}: mkdir ${place}: not a directory`,
      );
    }
    if (path.posix.dirname(place) !== place) await this.makeDirectories(path.posix.dirname(place));
    await this.makeDirectory(place);
  }

  async write(place: string, content: Buffer | string): Promise<void> {
    await explained(
      `failed to create remote file ${place}`,
      call<void>((done) => this.sftp.writeFile(place, content, (error) => done(error, undefined))),
    );
  }

  /** Makes a directory unless it is there; a file in its place is an error. */
  async ensureDirectory(place: string): Promise<void> {
    const found = await this.stat(place);
    if (!found) return this.makeDirectory(place);
    if (!found.isDirectory()) {
      throw new Error(`remote path ${place} exists but is not a directory`);
    }
  }
}

async function copyTree(files: RemoteFiles, source: string, target: string): Promise<void> {
  await files.ensureDirectory(target);
  const entries = fs.readdirSync(source, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const from = path.join(source, entry.name);
    const to = path.posix.join(target, entry.name);
    if (entry.isDirectory()) await copyTree(files, from, to);
    else await files.write(to, fs.readFileSync(from));
  }
}

/**
 * Copies a file or a directory. An existing directory takes the source in under its own name; a
 * source directory with a trailing slash stands for what it holds.
 */
async function copyPath(files: RemoteFiles, source: string, target: string): Promise<void> {
  const existing = await files.stat(target);
  if (!fs.statSync(source).isDirectory()) {
    if (existing?.isDirectory()) target = path.posix.join(target, path.basename(source));
    else if (!existing) await files.makeDirectories(path.posix.dirname(target));
    return files.write(target, fs.readFileSync(source));
  }
  if (!existing) await files.makeDirectories(target);
  const whole = !source.endsWith("/");
  await copyTree(
    files,
    source,
    whole ? path.posix.join(target, path.posix.basename(source)) : target,
  );
}

async function copyText(files: RemoteFiles, text: string, target: string): Promise<void> {
  const existing = await files.stat(target);
  if (existing?.isDirectory()) {
    throw new Error(
      `remote path ${target} is a directory; ` +
        "when using a text asset, remotePath must be a file path",
    );
  }
  await files.makeDirectories(path.posix.dirname(target));
  await files.write(target, text);
}

interface CopyInputs {
  connection: Connection;
  remotePath: string;
}

export interface CopyToRemoteInputs extends CopyInputs {
  source: Properties;
}

export interface CopyFileInputs extends CopyInputs {
  localPath: string;
}

/** The sources that can be copied: a file, a text, or a directory. */
export function checkSource(source: unknown): Failure[] {
  const value = source as Properties | undefined;
  const has = (key: string): boolean => typeof value?.[key] === "string";
  if (isAsset(value)) {
    return has("path") || has("text")
      ? []
      : [{ property: "asset", reason: "asset must be a path-based file asset or a text asset" }];
  }
  if (isArchive(value)) {
    return has("path")
      ? []
      : [{ property: "archive", reason: "archive must be a path to a file or directory" }];
  }
  return [{ property: "asset", reason: "either asset or archive must be set" }];
}

export async function copyToRemote(
  { connection, source, remotePath }: CopyToRemoteInputs,
  operation: Operation,
): Promise<Properties> {
  const { text, path: place } = source;
  await withClient(connection, operation, async (client) => {
    const files = await RemoteFiles.open(client);
    if (typeof place === "string" && place !== "") await copyPath(files, place, remotePath);
    else await copyText(files, typeof text === "string" ? text : "", remotePath);
  });
  return {};
}

export async function copyFile(
  { connection, localPath, remotePath }: CopyFileInputs,
  operation: Operation,
): Promise<Properties> {
  const content = fs.readFileSync(localPath);
  await withClient(connection, operation, async (client) => {
    const files = await RemoteFiles.open(client);
    await files.write(remotePath, content);
  });
  return {};
}
