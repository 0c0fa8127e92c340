import type { Entry } from "../corefile/syntax";
import { isSendable } from "./fqdn";
import type { Build, Handler, Message, Outcome, Step } from "./query";
import type { ResourceRecord } from "./records";
import { type Restore, rewriteRule } from "./rewriteRules";

const NAME = "rewrite";

/**
 * The `rewrite` plugin: changes the question, asks the plugins behind it, and changes the reply back
 * as far as its rules say. A rule that matches in `continue` mode and restores nothing leaves the
 * changed name in the reply's question, and a resolver drops such a reply.
 */
export function rewrite(entries: readonly Entry[], next: Handler, build: Build): Handler {
  const rules = entries
    .map((entry) => rewriteRule(wordsOf(entry), entry.name, build))
    .filter((rule) => rule !== undefined);
  return (query, steps) => {
    let current = query;
    const restores: Restore[] = [];
    let stopped = false;
    for (const rule of rules) {
      const made = rule.apply(current);
      if (made === undefined) continue;
      if (!isSendable(made.query.name)) return { rcode: "SERVFAIL", plugin: NAME };
      if (made.query !== current)
        steps.push(stepOf(current.name, made.query.name, made.query.type));
      current = made.query;
      restores.push(...made.restores);
      stopped = rule.stop;
      if (stopped) break;
    }
    const outcome = next(current, steps);
    if (!stopped && restores.length === 0) return unrestored(outcome, current.name);
    return restored(outcome, query.name, current.name, restores, build.profile.legacy);
  };
}

/** The words of a rule; one in braces is read as if it stood on one line. */
function wordsOf(entry: Entry): string[] {
  const args = entry.args.map(({ text }) => text);
  const inner = (entry.block?.entries ?? []).flatMap(({ name, args }) => [name, ...args]);
  return [...args, ...inner.map(({ text }) => text)];
}

function stepOf(before: string, name: string, type: string): Step {
  return { plugin: NAME, action: "rewrote", detail: name === before ? type : name };
}

function unrestored(outcome: Outcome, question: string): Outcome {
  return { ...outcome, question: outcome.question ?? question };
}

function restored(
  outcome: Outcome,
  question: string,
  current: string,
  restores: readonly Restore[],
  legacy: boolean,
): Outcome {
  if (outcome.message !== undefined) {
    return { ...outcome, message: restoredMessage(outcome.message, question, restores) };
  }
  if (legacy) return unrestored(outcome, current);
  const message: Message = { question, rcode: outcome.rcode, answers: [], plugin: outcome.plugin };
  return { ...outcome, rcode: "NOERROR", message: restoredMessage(message, question, restores) };
}

function restoredMessage(
  message: Message,
  question: string,
  restores: readonly Restore[],
): Message {
  const answers = message.answers.map((record) => restores.reduceRight(restoreRecord, record));
  const rcode = restores.reduceRight(
    (code, { rcode: change }) => change?.(code) ?? code,
    message.rcode,
  );
  return { ...message, question, answers, rcode };
}

function restoreRecord(record: ResourceRecord, restore: Restore): ResourceRecord {
  return restore.record?.(record) ?? record;
}
