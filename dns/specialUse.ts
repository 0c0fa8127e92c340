import { type DomainName, isSubdomainOf, nameEquals, parseName } from "./name";

/** What a special-use name means for a cluster domain. */
export type SpecialUse = "free" | "mdns" | "taken";

interface Rule {
  readonly name: DomainName;
  readonly use: SpecialUse;
  /** Why, for people, with the source. */
  readonly why: string;
}

const rule = (name: string, use: SpecialUse, why: string): Rule => ({
  name: parseName(name),
  use,
  why,
});

/** Longest first where one lies in another. */
const RULES: readonly Rule[] = [
  rule("cluster.local", "free", "the default of Kubernetes"),
  rule("clusterset.local", "taken", "multi-cluster services use it (KEP-1645)"),
  rule("local", "mdns", "hosts with multicast DNS don't send it to a DNS server (RFC 6762)"),
  rule("internal", "free", "set aside for private use (ICANN 2024-07-29)"),
  rule("home.arpa", "free", "set aside for local networks (RFC 8375)"),
  rule("test", "free", "set aside for tests (RFC 6761)"),
  rule("invalid", "free", "never delegated (RFC 6761)"),
  rule("example", "free", "set aside for documentation (RFC 6761)"),
  rule("localhost", "taken", "resolvers answer it with the loopback address themselves (RFC 6761)"),
  rule("onion", "taken", "resolvers refuse it, it belongs to Tor (RFC 7686)"),
  rule("alt", "taken", "it is not resolved by DNS (RFC 9476)"),
  rule(
    "arpa",
    "taken",
    "it holds the infrastructure of DNS, the reverse zones among it (RFC 3172)",
  ),
];

/** The registry entry that a name falls under (RFC 6761 and later), or `undefined`. */
export function specialUseOf(name: DomainName): (Rule & { readonly itself: boolean }) | undefined {
  const found = RULES.find((each) => isSubdomainOf(name, each.name));
  return found && { ...found, itself: nameEquals(name, found.name) };
}
