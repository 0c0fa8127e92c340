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
