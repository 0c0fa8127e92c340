const FUNCTIONS = new Set(
  "and or not len index slice print printf println html js urlquery call eq ne lt le gt ge parseInt".split(
    " ",
  ),
);
const ACTION = /\{\{(?:-\s)?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|[^"`}]|\}(?!\}))*)\}\}/g;
const OPERAND =
  /^(?:"(?:[^"\\\n]|\\["\\abfnrtv])*"|`[^`]*`|-?(?:0|[1-9][0-9]{0,17})|\$?(?:\.[A-Za-z_][A-Za-z0-9_]*)+|\$|\.|true|false|nil|[A-Za-z]+)(?=[\s|)]|$)/;
/** The end of parentheses, with the fields asked of what they hold. */
const CLOSING = /^\)(?:\.[A-Za-z_][A-Za-z0-9_]*)*(?=[\s|)]|$)/;
/** What Go can't run, and takes at the beginning of a pipe only. */
const CONSTANT = /^(?:["`\-0-9]|(?:\.|true|false|nil)$)/;
/** A comment touches the braces, or the blank of a dash there. */
const COMMENT = /^\/\*(?:(?!\*\/).)*\*\/(?:\s-)?$/s;

/**
 * Why Go's text/template would refuse a template; `undefined` when it takes it. Known are fields,
 * calls, pipes, parentheses, constants and `if`, `with`, `range`, `else`, `end`; what goes beyond is
 * refused here though Go may take it.
 * Source: pkg.go.dev/text/template.
 */
export function goTemplateFault(template: string): string | undefined {
  const plain = template.replace(ACTION, "");
  if (plain.includes("{{")) return "an action is not closed";
  const open: string[] = [];
  for (const [, body] of template.matchAll(ACTION)) {
    if (COMMENT.test(body as string)) continue;
    const action = (body as string).replace(/\s-$/, "").trim();
    if (action === "end") {
      if (open.pop() === undefined) return "there is an end too many";
      continue;
    }
    if (/^else\b/.test(action)) {
      const of = open.pop();
      if (of === undefined) return "there is an else outside of if";
      if (of === "else") return "an else follows an else";
      if (of !== "if" && action !== "else") return "an else goes on outside of if";
      open.push(action === "else" ? action : of);
      if (action === "else") continue;
    }
    const [start = "", block] = /^(?:else if|(if|with|range))\s+/.exec(action) ?? [];
    if (block !== undefined) open.push(block);
    const fault = pipelineFault(action.slice(start.length));
    if (fault !== undefined) return fault;
  }
  return open.length > 0 ? "an end is missing" : undefined;
}

function pipelineFault(text: string): string | undefined {
  let rest = text;
  let depth = 0;
  let first = true;
  let piped = false;
  if (rest === "") return "an action is empty";
  while (rest !== "") {
    if (rest.startsWith("(")) {
      depth++;
      first = true;
      piped = false;
      rest = rest.slice(1).trimStart();
      continue;
    }
    const operand = OPERAND.exec(rest)?.[0];
    if (operand === undefined) return `${JSON.stringify(rest)} is not understood`;
    if (piped && CONSTANT.test(operand)) return `${operand} can't stand after |`;
    const isCall = /^[A-Za-z]/.test(operand) && !CONSTANT.test(operand);
    if (isCall && !FUNCTIONS.has(operand)) return `there is no function ${operand}`;
    if (!first && isCall) return `${operand} can't be an argument without parentheses`;
    first = false;
    piped = false;
    rest = rest.slice(operand.length).trimStart();
    for (; depth > 0 && CLOSING.test(rest); depth--) rest = rest.replace(CLOSING, "").trimStart();
    if (rest.startsWith("|")) {
      rest = rest.slice(1).trimStart();
      first = true;
      piped = true;
      if (rest === "") return "nothing follows |";
    }
  }
  return depth > 0 ? "a parenthesis is not closed" : undefined;
}
