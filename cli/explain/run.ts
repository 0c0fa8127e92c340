import {
  compileCorefile,
  CorefileError,
  CorefileSyntaxError,
  type Explanation,
  formatExplanation,
  NameError,
  renderCorefile,
} from "../../dns";
import { judge, type Judgement } from "./judge";
import { readStack, readText, recordsOf } from "./stack";
import { readArguments, USAGE, UsageFault, type Wanted } from "./usage";

/** Where the words go. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** ANSI colours. */
  readonly colour: boolean;
}

/** What is said of pods with one cluster domain. */
interface Section extends Judgement {
  readonly clusterDomain: string;
  readonly explanation: Explanation;
}

const AS_IT_SHOULD = 0;
const NOT_AS_IT_SHOULD = 1;
const WRONG_CALL = 2;

/**
 * The command `explain`.
 * @param folder where the search for `stacks/` starts. Default: the working directory.
 * @returns the exit code: 0 when the name resolves as it should for pods of every cluster domain, 1
 * when it does not, 2 with one message when the call or the stack's config is wrong.
 */
export function run(args: readonly string[], terminal: Terminal, folder = process.cwd()): number {
  try {
    const wanted = readArguments(args);
    if (wanted === "help") {
      terminal.out(USAGE);
      return AS_IT_SHOULD;
    }
    const sections = explainAll(wanted, folder);
    terminal.out(wanted.json ? asJson(wanted, sections) : asText(sections, terminal.colour));
    return sections.every(({ asItShould }) => asItShould) ? AS_IT_SHOULD : NOT_AS_IT_SHOULD;
  } catch (error) {
    if (!isPersons(error)) throw error;
    terminal.err(`explain: ${error.message}\n`);
    return WRONG_CALL;
  }
}

/** What a person can put right. */
function isPersons(error: unknown): error is Error {
  return [UsageFault, NameError, CorefileError, CorefileSyntaxError].some(
    (kind) => error instanceof kind,
  );
}

function explainAll(
  { name, stack: stackName, namespace, corefile, libc }: Wanted,
  folder: string,
): Section[] {
  const stack = readStack(stackName, folder);
  const text =
    corefile === undefined ? renderCorefile(stack.request) : readText(corefile, "--corefile");
  const { coreDnsVersion } = stack.request;
  const compiled = compileCorefile(text, recordsOf(stack, namespace), { coreDnsVersion });
  return stack.clusterDomains.map((clusterDomain) => {
    const explanation = compiled.explain(name, { namespace, clusterDomain, libc });
    return { clusterDomain, explanation, ...judge(explanation, stack) };
  });
}

function asJson({ name, stack, namespace }: Wanted, sections: readonly Section[]): string {
  const asItShould = sections.every((each) => each.asItShould);
  return `${JSON.stringify({ name, stack, namespace, asItShould, pods: sections }, null, 2)}\n`;
}

function asText(sections: readonly Section[], colour: boolean): string {
  return sections
    .map(({ clusterDomain, explanation, asItShould, reason }, index) => {
      const whose = index === 0 ? "Pods with" : "Pods that still carry";
      const why = asItShould ? "" : `Not as it should be: ${String(reason)}.\n`;
      return `${whose} the cluster domain ${clusterDomain}\n${formatExplanation(explanation, { colour })}${why}`;
    })
    .join("\n");
}
