/** The scalar and collection types that the inputs of this provider are made of. */
export type Kind =
  "string" | "bool" | "float64" | "int" | "any" | "source" | "list" | "map" | "object";

export interface Field {
  kind: Kind;
  /** The elements' kind, of a list or a map. */
  element?: "string" | "any";
  /** The fields, of an object. */
  object?: ObjectType;
  /** The name of an enumeration of strings. */
  enumeration?: string;
  required?: boolean;
  secret?: boolean;
  default?: string | number;
  replaceOnChanges?: boolean;
}

/** A structured input; its name is what error messages call it. */
export interface ObjectType {
  name: string;
  fields: Record<string, Field>;
}

const text: Field = { kind: "string" };
const requiredText: Field = { kind: "string", required: true };
const texts: Field = { kind: "list", element: "string" };
const flag: Field = { kind: "bool" };
const triggers: Field = { kind: "list", element: "any", replaceOnChanges: true };

const endpoint: Record<string, Field> = {
  user: { kind: "string", default: "root" },
  password: { kind: "string", secret: true },
  host: requiredText,
  port: { kind: "float64", default: 22 },
  privateKey: { kind: "string", secret: true },
  privateKeyPassword: { kind: "string", secret: true },
  agentSocketPath: text,
  dialErrorLimit: { kind: "int", default: 10 },
  perDialTimeout: { kind: "int", default: 15 },
  hostKey: text,
};

export const proxyConnection: ObjectType = { name: "remote.ProxyConnection", fields: endpoint };
export const connectionType: ObjectType = {
  name: "remote.Connection",
  fields: { ...endpoint, proxy: { kind: "object", object: proxyConnection } },
};
const connection: Field = {
  kind: "object",
  object: connectionType,
  required: true,
  secret: true,
};

const lifecycle: Record<string, Field> = { triggers, create: text, update: text, delete: text };

const localBase: Record<string, Field> = {
  stdin: text,
  logging: { kind: "string", enumeration: "local.Logging" },
  interpreter: texts,
  dir: text,
  environment: { kind: "map", element: "string" },
  assetPaths: texts,
  archivePaths: texts,
  addPreviousOutputInEnv: flag,
};

export const localCommand: ObjectType = {
  name: "local.CommandInputs",
  fields: { ...lifecycle, ...localBase },
};

export const localRun: ObjectType = {
  name: "local.RunInputs",
  fields: { ...localBase, command: requiredText },
};

export const remoteCommand: ObjectType = {
  name: "remote.CommandInputs",
  fields: {
    ...lifecycle,
    stdin: text,
    logging: { kind: "string", enumeration: "remote.Logging" },
    connection,
    environment: { kind: "map", element: "string" },
    addPreviousOutputInEnv: flag,
  },
};

export const copyToRemote: ObjectType = {
  name: "remote.CopyToRemoteInputs",
  fields: {
    connection,
    triggers,
    source: { kind: "source", required: true },
    remotePath: requiredText,
  },
};

export const copyFile: ObjectType = {
  name: "remote.CopyFileInputs",
  fields: {
    connection,
    triggers: { kind: "list", element: "any" },
    localPath: requiredText,
    remotePath: requiredText,
  },
};
