export { parseCorefile } from "./corefile/parser";
export { printCorefile } from "./corefile/printer";
export {
  type Block,
  type Corefile,
  CorefileSyntaxError,
  type Entry,
  type Item,
  keysOf,
  type ServerBlock,
  serverBlocks,
  type Snippet,
  type Token,
  type TopImport,
} from "./corefile/syntax";
export {
  type Collision,
  type CollisionCode,
  findCollisions,
  isHijackingNamespace,
} from "./collisions";
export {
  type Organisation,
  OrganisationIndex,
  type OrganisationName,
  type OrganisationZone,
  type Origin,
} from "./organisation";
export * from "./name";
export { isReverse, reverseName, reverseZones } from "./reverse";
export { checkCorefile } from "./corefile/check";
export {
  addServerBlocks,
  newlineOf,
  removeServerBlock,
  replaceEntry,
  withArgs,
  withoutProperty,
  withProperty,
} from "./corefile/edit";
export { CorefileError, type CorefileFinding, formatFinding } from "./corefile/finding";
export { renderCorefile } from "./corefile/render";
export type { CorefileRequest } from "./corefile/request";
export { kubernetesZones } from "./corefile/zone";
export { type ExpandedBlock, type ExpandedCorefile, expandCorefile } from "./corefile/expand";
export * from "./resolution";
export { type DnsPolicy, type PodDns, resolverConfig, type ResolverConfig } from "./searchList";
