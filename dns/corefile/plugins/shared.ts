import { any, type Rule } from "./spec";
import { isHost, oneOf, word, zone } from "./value";

/** A property that CoreDNS still takes and that does nothing. */
export const ignored: Rule = any(word);
/** The zones whose names pass on to the next plugin; all without words. */
export const fallthrough: Rule = any(zone);
/** `upstream`, which CoreDNS took until a version. */
export const upstreamGone = (until: string): Rule => ({
  ...any(word),
  until,
  instead: "take it out: CoreDNS asks itself",
});
/** A transfer's peer: an address, with a port where needed. */
const peer = {
  what: "an IP address, with a port where needed",
  test: (text: string) => isHost(text) && !text.includes("%"),
};
/** A peer, or all of them. */
export const peerOrAll = {
  what: `${peer.what}, or *`,
  test: (text: string) => text === "*" || peer.test(text),
};
/** `transfer`, which is a plugin of its own since 1.8.0. */
export const transferGone: Rule = {
  required: [oneOf("to")],
  optional: [],
  rest: peerOrAll,
  until: "1.8.0",
  instead: "use the transfer plugin",
};
