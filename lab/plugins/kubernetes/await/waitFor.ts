import type { Log } from "../host";
import { count, list, text, type KubeObject } from "../objects";
import { PartialError } from "./errors";
import { JsonPath } from "./jsonPath";
import { currentOf } from "./related";
import type { Readiness, WaitContext } from "./waiter";

interface Condition {
  isMet(object: KubeObject, log: Log): boolean;
}

/** `jsonpath={.path}` or `jsonpath={.path}=value`. */
export class PathCondition implements Condition {
  private readonly path: JsonPath;
  private readonly shown: string;
  private readonly value: string | undefined;

  constructor(expression: string) {
    const parts = expression.split(/(?<!=)=(?!=)/);
    const [shown = "", value] = parts;
    if (parts.length > 2) {
      throw new Error(`format should be {.path}=value or {.path}, got "${expression}"`);
    }
    if (value === "") throw new Error(`${shown}= requires a value`);
    if (/^'.*'$/.test(shown)) throw new Error(`${shown} should omit shell quotes`);
    const inner = /\{\s*(.*?)\s*\}/.exec(shown)?.[1];
    if (inner === undefined) throw new Error(`${shown} should be wrapped in brackets { ... }`);
    this.path = new JsonPath(inner);
    this.shown = shown;
    this.value = value;
  }

  isMet(object: KubeObject, log: Log): boolean {
    const label = this.value === undefined ? this.shown : `${this.shown}=${this.value}`;
    const generation = count(object, "metadata", "generation");
    const observed = count(object, "status", "observedGeneration");
    if (generation !== undefined && observed !== undefined && observed < generation) return false;

    const [found] = this.path.select(object);
    if (found === undefined) {
      log.status("info", `${this.shown} selected nothing`);
      return false;
    }
    if (typeof found === "object" && found !== null) {
      if (this.value === undefined) return true;
      throw new PartialError(`"${this.shown}" has a non-primitive value`, object);
    }
    const isMatch = this.value === undefined || this.value === String(found);
    const state = `Waiting for ${label} (found "${String(found)}")`;
    log.status("info", isMatch ? `Found ${label}` : state);
    return isMatch;
  }
}

/** `condition=Type` or `condition=Type=Status`. */
export class StatusCondition implements Condition {
  private readonly type: string;
  private readonly status: string;

  constructor(expression: string) {
    const at = expression.indexOf("=");
    this.type = at < 0 ? expression : expression.slice(0, at);
    this.status = at < 0 ? "True" : expression.slice(at + 1);
  }

  isMet(object: KubeObject, log: Log): boolean {
    const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
    const conditions = list(object, "status", "conditions");
    if (conditions.length === 0) log.status("warning", "Has no .status.conditions");
    const found = conditions.find((item) => same(text(item, "type"), this.type));
    if (!found) return false;
    const generation = count(object, "metadata", "generation");
    const observed =
      count(found, "observedGeneration") ?? count(object, "status", "observedGeneration");
    if (generation !== undefined && observed !== undefined && observed < generation) {
      log.status("info", `Generation ${observed} is less than expected ${generation}`);
      return false;
    }
    const status = text(found, "status");
    const isMet = same(status, this.status);
    if (!isMet) {
      log.status("info", `Resource has condition ${this.type}=${status} (want ${this.status})`);
    }
    return isMet;
  }
}

function parseConditions(annotation: string): Condition[] {
  const expressions = readList(annotation);
  if (expressions.length === 0) throw new Error("at least one condition must be specified");
  return expressions.map((expression) => {
    const [, prefix, rest = ""] = /^(jsonpath|condition)=(.*)$/s.exec(expression) ?? [];
    if (prefix === "jsonpath") return new PathCondition(rest);
    if (prefix === "condition") return new StatusCondition(rest);
    throw new Error(`expected a "jsonpath=" or "condition=" prefix, got "${expression}"`);
  });
}

function readList(annotation: string): string[] {
  try {
    const parsed: unknown = JSON.parse(annotation);
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === "string")) return parsed;
  } catch {
    // Not JSON: the annotation is one condition.
  }
  return [annotation];
}

/** Waits for what the annotation `pulumi.com/waitFor` names, and for nothing else. */
export class CustomReadiness implements Readiness {
  private current: KubeObject;
  private readonly conditions: Condition[];

  constructor(
    private readonly context: WaitContext,
    annotation: string,
  ) {
    this.current = context.outputs;
    this.conditions = parseConditions(annotation);
  }

  async isReady(): Promise<boolean> {
    this.current = (await currentOf(this.context)) ?? this.current;
    return this.conditions.every((condition) => condition.isMet(this.current, this.context.log));
  }

  object(): KubeObject {
    return this.current;
  }

  problems(): string[] {
    return [];
  }

  timeout(): PartialError {
    return new PartialError("timed out waiting for the condition", this.current);
  }
}
