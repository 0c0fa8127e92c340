import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** A value whose content the engine does not know yet. Only previews have any. */
export class Unknown {
  static readonly value = new Unknown();
  private constructor() {}
}

/** A value that the state must keep encrypted. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** A property as it travels between the engine and a plugin. */
export type Value = null | boolean | number | string | Value[] | Properties | Secret | Unknown;
export interface Properties {
  [key: string]: Value;
}

/** The key that tells an object with a meaning of its own from a plain one. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
export const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
export const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownTexts = new Set([
  unknownText,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isMap(value: Value | undefined): value is Properties {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown)
  );
}

export function isList(value: Value | undefined): value is Value[] {
  return Array.isArray(value);
}

export function isAsset(value: Value | undefined): value is Properties {
  return isMap(value) && value[signatureKey] === assetSignature;
}

export function isArchive(value: Value | undefined): value is Properties {
  return isMap(value) && value[signatureKey] === archiveSignature;
}

export function mapValues<From, To>(
  map: Record<string, From>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function fromWire(value: JavaScriptValue): Value {
  if (typeof value === "string") return unknownTexts.has(value) ? Unknown.value : value;
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, JavaScriptValue>;
  if (map[signatureKey] === secretSignature) return new Secret(fromWire(map["value"] ?? null));
  return mapValues(map, fromWire);
}

function toWire(value: Value): JavaScriptValue {
  if (value instanceof Unknown) return unknownText;
  if (value instanceof Secret) {
    return { [signatureKey]: secretSignature, value: toWire(value.value) };
  }
  if (Array.isArray(value)) return value.map(toWire);
  return isMap(value) ? mapValues(value, toWire) : value;
}

export function decode(struct: Struct | undefined): Properties {
  const value = fromWire(struct?.toJavaScript() ?? {});
  return isMap(value) ? value : {};
}

export function encode(properties: Properties): Struct {
  return Struct.fromJavaScript(mapValues(properties, toWire));
}

/** A copy without any secret marks. */
export function reveal<T extends Value>(value: T): T;
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (isList(value)) return value.map((item) => reveal(item));
  return isMap(value) ? mapValues(value, (item) => reveal(item)) : value;
}

function contains(value: Value, test: (value: Value) => boolean): boolean {
  if (test(value)) return true;
  if (value instanceof Secret) return contains(value.value, test);
  if (isList(value)) return value.some((item) => contains(item, test));
  return isMap(value) && Object.values(value).some((item) => contains(item, test));
}

export function hasUnknown(value: Value): boolean {
  return contains(value, (item) => item instanceof Unknown);
}

export function hasSecret(value: Value): boolean {
  return contains(value, (item) => item instanceof Secret);
}

/** Deep equality. Files are equal when their hashes are, and a secret equals only a secret. */
export function equal(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (one instanceof Secret && other instanceof Secret) return equal(one.value, other.value);
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, index) => equal(item, other[index]));
  }
  if (!isMap(one) || !isMap(other)) return false;
  if (isAsset(one) || isArchive(one)) {
    return one[signatureKey] === other[signatureKey] && one["hash"] === other["hash"];
  }
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && equal(one[key], other[key]))
  );
}
