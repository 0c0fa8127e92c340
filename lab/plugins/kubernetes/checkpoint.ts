import { structuredCopy } from "./normalize";
import { apiVersionOf, kindOf, text, type KubeObject } from "./objects";
import { isList, isMap, reveal, Secret, type Properties, type Value } from "../rpc/values";
import { copySecrets } from "./secrets";

const inputsKey = "__inputs";
const initialApiVersionKey = "__initialApiVersion";
const fieldManagerKey = "__fieldManager";

// SDKs in languages without dashes in names spell these fields of a schema with underscores.
const dashed = [
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
];
const toDashes = new Map(dashed.map((name) => [name.replaceAll("-", "_"), name]));
const toUnderscores = new Map(dashed.map((name) => [name, name.replaceAll("-", "_")]));

function renameKeys(value: Value, names: Map<string, string>): Value {
  if (isList(value)) return value.map((item) => renameKeys(item, names));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [names.get(key) ?? key, renameKeys(item, names)]),
  );
}

function renamed(object: Properties, names: Map<string, string>): Properties {
  const result = renameKeys(object, names);
  return isMap(result) ? result : {};
}

/** A program's inputs as the Kubernetes object that they mean. */
export function toObject(properties: Properties): KubeObject {
  return renamed(reveal(properties), toDashes);
}

export interface Checkpoint {
  /** What the program said when the object was last written. */
  inputs: KubeObject;
  /** The object as the server last answered it. */
  live: KubeObject;
  initialApiVersion: string | undefined;
  fieldManager: string | undefined;
}

export function readCheckpoint(state: Properties): Checkpoint {
  const { [inputsKey]: inputs, ...live } = toObject(state);
  return {
    inputs: isMap(inputs) ? inputs : {},
    live,
    initialApiVersion: text(live, initialApiVersionKey) || undefined,
    fieldManager: text(live, fieldManagerKey) || undefined,
  };
}

/**
 * The state to keep: the live object, the inputs beside it, and who wrote it.
 * @param secretsFrom says what of it is secret.
 */
export function writeCheckpoint(
  inputs: KubeObject,
  live: KubeObject,
  secretsFrom: Properties,
  initialApiVersion: string,
  fieldManager: string,
): Properties {
  const state = renamed(structuredCopy(live), toUnderscores);
  const keptInputs = renamed(structuredCopy(inputs), toUnderscores);
  copySecrets(state, secretsFrom);
  copySecrets(keptInputs, secretsFrom);
  if (apiVersionOf(live) === "v1" && kindOf(live) === "Secret") hideStringData(state, secretsFrom);
  return {
    ...state,
    [inputsKey]: keptInputs,
    [initialApiVersionKey]: initialApiVersion,
    [fieldManagerKey]: fieldManager,
  };
}

/** The server copies `stringData` to `data`: what is secret there is secret here. */
function hideStringData(state: Properties, secretsFrom: Properties): void {
  const { data } = state;
  const { stringData } = secretsFrom;
  if (stringData instanceof Secret && data !== undefined && !(data instanceof Secret)) {
    state["data"] = new Secret(data);
  } else if (isMap(data) && isMap(stringData)) copySecrets(data, stringData);
}

/** A copy of an object that goes back as inputs, secret where `secretsFrom` is. */
export function withSecrets(object: KubeObject, secretsFrom: Properties): Properties {
  const marked = structuredCopy(object);
  copySecrets(marked, secretsFrom);
  return marked;
}
