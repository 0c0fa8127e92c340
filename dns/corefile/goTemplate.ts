const FUNCTIONS = new Set(
  "and or not len index slice print printf println html js urlquery call eq ne lt le gt ge parseInt".split(
    " ",
  ),
);
const ACTION = /\{\{(?:-\s)?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|[^"`}]|\}(?!\}))*)\}\}/g;
const OPERAND =
  /^(?:"(?:[^"\\\n]|\\["\\abfnrtv])*"|`[^`]*`|-?[0-9]+|\$?(?:\.[A-Za-z_][A-Za-z0-9_]*)+|\$|\.|true|false|nil|[A-Za-z]+)(?=[\s|)]|$)/;

/**
 * Why Go's text/template would refuse a template; `undefined` when it takes it. Known are fields,
 * calls, pipes, parentheses, constants and `if`, `with`, `range`, `else`, `end`; what goes beyond is
 * refused here though Go may take it.
 * Source: pkg.go.dev/text/template.
 */
export function goTemplateFault(template: string): string | undefined {
  const plain = template.replace(ACTION, "");
  if (plain.includes("{{")) return "an action is not closed";
  let open = 0;
  for (const [, body] of template.matchAll(ACTION)) {
    const action = (body as string).replace(/\s-$/, "").trim();
    if (/^\/\*.*\*\/$/s.test(action)) continue;
    if (action === "end") open--;
    if (/^(?:if|with|range)\s/.test(action)) open++;
    if (open < 0) return "there is an end too many";
    if (action === "end") continue;
    if (/^else\b/.test(action) && open === 0) return "there is an else outside of if";
    const fault =
      action === "else"
        ? undefined
        : pipelineFault(action.replace(/^(?:else )?(?:if|with|range)\s/, ""));
    if (fault !== undefined) return fault;
  }
  return open > 0 ? "an end is missing" : undefined;
}

function pipelineFault(text: string): string | undefined {
  let rest = text.trim();
  let depth = 0;
  let first = true;
  if (rest === "") return "an action is empty";
  while (rest !== "") {
    if (rest.startsWith("(")) {
      depth++;
      first = true;
      rest = rest.slice(1).trimStart();
      continue;
    }
    const operand = OPERAND.exec(rest)?.[0];
    if (operand === undefined) return `${JSON.stringify(rest)} is not understood`;
    const isCall = /^[A-Za-z]+$/.test(operand) && !["true", "false", "nil"].includes(operand);
    if (isCall && !FUNCTIONS.has(operand)) return `there is no function ${operand}`;
    if (!first && isCall) return `${operand} can't be an argument without parentheses`;
    first = false;
    rest = rest.slice(operand.length).trimStart();
    while (rest.startsWith(")") && depth > 0) {
      depth--;
      rest = rest.slice(1).trimStart();
    }
    if (rest.startsWith("|")) {
      rest = rest.slice(1).trimStart();
      first = true;
      if (rest === "") return "nothing follows |";
    }
  }
  return depth > 0 ? "a parenthesis is not closed" : undefined;
}
