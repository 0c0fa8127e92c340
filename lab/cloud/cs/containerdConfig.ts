import { badRequest } from "../core/errors";
import { Json, JsonObject } from "../core/json";

const largest = Number.MAX_SAFE_INTEGER;
const place = "[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:\\d{1,5})?";
const mirror = `https?://${place}(&override_path)?`;
const registry = new RegExp(`^${place}$`);
const mirrored = new RegExp(`^${place}=${mirror}(,${mirror})*$`);

type Rule = (value: Json) => boolean;

const between =
  (least: number, most: number): Rule =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;

const everyText =
  (pattern: RegExp): Rule =>
  (value) =>
    Array.isArray(value) && value.every((item) => typeof item === "string" && pattern.test(item));

const rules: Record<string, Rule> = {
  maxConcurrentDownloads: between(1, 20),
  ignoreImageDefinedVolume: (value) => typeof value === "boolean",
  limitCore: between(0, largest),
  limitNoFile: between(1024, largest),
  limitMemLock: between(65536, largest),
  registryMirrors: everyText(mirrored),
  insecureRegistries: everyText(registry),
};

export function checkContainerdConfig(config: JsonObject): void {
  for (const [name, value] of Object.entries(config)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule || value === undefined || !rule(value)) {
      throw badRequest(
        "InvalidParameter",
        `containerd_config.${name} cannot be ${JSON.stringify(value)}.`,
      );
    }
  }
}
