import {
  checkCorefile,
  CorefileError,
  type CorefileFinding,
  type CorefileRequest,
  renderCorefile,
} from "../../dns";
import type { CoreDnsArgs } from "../coreDns";
import { describeFault, type Fault } from "./faults";

/** What to render for `args`. */
export function corefileRequest(args: CoreDnsArgs): CorefileRequest {
  return {
    clusterDomain: args.clusterDomain,
    legacyClusterDomains: args.legacyClusterDomains ?? [],
    organisationNames: args.organisationNames ?? [],
    zonesForwarded: args.forwardedDomains ?? [],
    wildcardZones: args.wildcardZones ?? [],
    coreDnsVersion: args.version,
    base: args.corefile,
  };
}

/** The faults of a Corefile that cannot be rendered, or that CoreDNS would not take. */
export function coreDnsFaults(key: string, args: CoreDnsArgs): Fault[] {
  try {
    renderCorefile(corefileRequest(args));
    return [];
  } catch (error) {
    if (!(error instanceof CorefileError)) throw error;
    return error.findings.map((finding) => findingFault(key, finding));
  }
}

/** What a Corefile that has no faults lacks for production. */
export function coreDnsWarnings(key: string, args: CoreDnsArgs): string[] {
  return checkCorefile(renderCorefile(corefileRequest(args)), args.version)
    .filter(({ severity }) => severity === "warning")
    .map((finding) => describeFault(findingFault(key, finding)));
}

function findingFault(key: string, { message, line, column }: CorefileFinding): Fault {
  if (line === 0) return { key, rule: message };
  return { key: `${key}.corefile`, rule: `line ${line}, column ${column}: ${message}` };
}
