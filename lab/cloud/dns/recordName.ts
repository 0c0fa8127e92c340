import { type DomainName, joinNames, parseName } from "../../../dns";

/** The whole name of a host record (`@` for the zone itself). */
export const recordName = (rr: string, zone: string): DomainName =>
  rr === "@" ? parseName(zone) : joinNames(parseName(rr), parseName(zone));
