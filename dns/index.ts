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
