import { isHostname, isWildcard, NameError, parseName } from "../../dns";
import { duplicateFaults, type Fault } from "./faults";

/** The faults of a text that must name a host or a zone of hosts, in the one spelling that Alibaba Cloud takes. */
export function hostnameFaults(key: string, value: string): Fault[] {
  const fault = (rule: string, wayOut: string): Fault[] => [{ key, value, rule, wayOut }];
  try {
    const name = parseName(value);
    if (isWildcard(name)) return fault("a wildcard is not one name", "List the names");
    if (!isHostname(name)) {
      return fault(
        "a label holds letters, digits and hyphens, with no hyphen at its ends (RFC 1123 2.1)",
        "Correct the name",
      );
    }
    if (name.text === value) return [];
    return fault(
      "a name is written in lower case, in ASCII, without a dot at its end",
      `Write ${JSON.stringify(name.text)}`,
    );
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    return fault(`it is not a domain name: ${error.reason}`, "Correct the name");
  }
}

/** The faults of each name in a list, and of names that it holds twice. */
export function hostnameListFaults(key: string, values: readonly string[]): Fault[] {
  const keyOf = (index: number): string => `${key}[${index}]`;
  return [
    ...values.flatMap((value, index) => hostnameFaults(keyOf(index), value)),
    ...duplicateFaults(values, keyOf),
  ];
}
