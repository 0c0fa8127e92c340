import { type Explanation, isSubdomainOf, type Lookup, parseName } from "../../dns";
import type { Stack } from "./stack";

/** Whether a pod gets what it should, and if not, why. */
export interface Judgement {
  readonly asItShould: boolean;
  readonly reason?: string;
}

/**
 * A name should be answered under itself: by the public DNS if it is one of the organisation's or
 * lies outside of the cluster domains, by the cluster if it lies inside. Short names may be completed by the
 * search list, but only by the cluster: anything else that answers there is a wildcard's work.
 */
export function judge(explanation: Explanation, stack: Stack): Judgement {
  const { name, outcome, lookups } = explanation;
  // These pods ask the cluster's DNS, so that there is a last name.
  const last = lookups[lookups.length - 1] as Lookup;
  const by = answering(last);
  if (outcome === "unknown" && parseName(name).labels.length === 1) {
    return fault(
      "no Service of that name is known here, and the public DNS holds no single labels",
    );
  }
  if (outcome === "unknown" || outcome === "found") {
    if (by === "kubernetes" && isOrganisations(name, stack)) {
      return fault(`the cluster answers it, and not the organisation's DNS`);
    }
    if (by === "kubernetes" || last.suffix === undefined || isFoundByAutopath(last, name)) {
      return { asItShould: true };
    }
    return fault(`${last.name} answers in its place: a wildcard record catches the search list`);
  }
  const kept = lookups.find(
    (each) => each.suffix === undefined && answering(each) === "kubernetes",
  );
  if (kept === undefined) return fault("see above where the look-up ends");
  const hidden = "CoreDNS takes it for a name of the cluster and asks nobody else";
  const isIn = (zone: string): boolean => isSubdomainOf(parseName(name), parseName(zone));
  const remedy = "; list it in organisation.names if pods must reach it";
  return fault(stack.organisationZones.some(isIn) ? hidden + remedy : hidden);
}

function fault(reason: string): Judgement {
  return { asItShould: false, reason };
}

/** The plugin that gave the answer; the first question has it unless only the second found any. */
function answering({ questions }: Lookup): string | undefined {
  return (questions.find(({ answers }) => answers.length > 0) ?? questions[0])?.plugin;
}

function isFoundByAutopath({ questions }: Lookup, name: string): boolean {
  const own = `${parseName(name).text}.`;
  return questions.some(({ steps }) =>
    steps.some(({ action, detail }) => action === "searched" && detail === own),
  );
}

function isOrganisations(name: string, { organisationNames }: Stack): boolean {
  const parsed = parseName(name);
  return organisationNames.some((each) => isSubdomainOf(parsed, parseName(each)));
}
