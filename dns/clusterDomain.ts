import { MAX_LABEL, MAX_NAME, tryParseName } from "./name";

/** A fault of form in a cluster domain. */
export interface ClusterDomainFault {
  readonly code: "grammar" | "too-long";
  /** Reads on from "... as cluster domain ". */
  readonly reason: string;
}

/** The longest Service name that Kubernetes allows: `<63>.<63>.svc.`, RFC 1123 labels. */
const LONGEST_SERVICE = MAX_LABEL + 1 + MAX_LABEL + ".svc.".length;

/** The longest cluster domain under which every Service's name still fits into 253 octets. */
export const MAX_CLUSTER_DOMAIN = MAX_NAME - LONGEST_SERVICE;

/**
 * What breaks ACK's grammar for `cluster_domain` (CreateCluster: labels of at most 63 characters
 * from `a-z`, `0-9` and `-`, beginning and ending with a letter or digit) or leaves no room for the
 * name of a Service (RFC 1035 2.3.4). Empty when the form is right.
 */
export function clusterDomainFaults(clusterDomain: string): ClusterDomainFault[] {
  const faults: ClusterDomainFault[] = [];
  const bad = clusterDomain.split(".").filter((label) => !LABEL.test(label));
  if (bad.length > 0) {
    faults.push({ code: "grammar", reason: grammarReason(clusterDomain, bad) });
  }
  if (clusterDomain.length > MAX_CLUSTER_DOMAIN) {
    const room = `leaves no room for the longest name of a Service: it has ${clusterDomain.length} characters`;
    faults.push({ code: "too-long", reason: `${room}, at most ${MAX_CLUSTER_DOMAIN} are allowed` });
  }
  return faults;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function grammarReason(clusterDomain: string, bad: string[]): string {
  const rule = `each label must have 1 to ${MAX_LABEL} characters from a-z, 0-9 and "-", and begin and end with a letter or digit`;
  const written = tryParseName(clusterDomain)?.text;
  const form =
    written !== undefined && written.split(".").every((l) => LABEL.test(l))
      ? `; write ${written}`
      : "";
  const labels = bad.map((label) => JSON.stringify(label)).join(", ");
  return `breaks ACK's grammar at ${labels}: ${rule}${form}`;
}
