import fc from "fast-check";

import {
  compareNames,
  type DomainName,
  isBelow,
  isHostname,
  isSubdomainOf,
  isWildcard,
  joinNames,
  lineage,
  nameEquals,
  NameError,
  parentOf,
  parseName,
  relativeTo,
  ROOT,
  toFqdn,
  tryParseName,
} from "../../../dns";
import { anyText } from "../../support/anyText";
import { runs } from "../../support/runs";

const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9_-]{0,15}[a-z0-9_])?$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));

const reasonOf = (text: string): string => {
  try {
    parseName(text);
  } catch (error) {
    if (error instanceof NameError) {
      expect(error.value).toBe(text);
      expect(error.message).toBe(`${JSON.stringify(text)} is not a domain name: ${error.reason}`);
      expect(error.name).toBe("NameError");
      return error.reason;
    }
  }
  throw new Error(`${text} is a name`);
};

describe("parseName", () => {
  it.each([
    ["cluster.local", "cluster.local", ["cluster", "local"]],
    ["Cluster.LOCAL.", "cluster.local", ["cluster", "local"]],
    ["local", "local", ["local"]],
    [".", ".", []],
    ["_dmarc.*.a-b", "_dmarc.*.a-b", ["_dmarc", "*", "a-b"]],
    ["a\\.b.c", "a\\.b.c", ["a.b", "c"]],
    ["a\\046b.c", "a\\.b.c", ["a.b", "c"]],
    ["\\065B.c", "ab.c", ["ab", "c"]],
    ["a\\\\b", "a\\\\b", ["a\\b"]],
    ["a b", "a\\032b", ["a b"]],
    ["a\u007fb.\\\u007f", "a\\127b.\\127", ["a\u007fb", "\u007f"]],
    ["a\\-123", "a-123", ["a-123"]],
    ["a\\000\\255", "a\\000\\255", ["a\u0000\u00ff"]],
    ['a"(b);@$', 'a\\"\\(b\\)\\;\\@\\$', ['a"(b);@$']],
    ["bücher.DE", "xn--bcher-kva.de", ["xn--bcher-kva", "de"]],
    ["faß.de", "xn--fa-hia.de", ["xn--fa-hia", "de"]],
    ["例え。テスト．jp｡", "xn--r8jz45g.xn--zckzah.jp", ["xn--r8jz45g", "xn--zckzah", "jp"]],
    ["１.２", "1.2", ["1", "2"]],
  ])("reads %j as %s", (text, canonical, labels) => {
    expect(parseName(text)).toEqual({ text: canonical, labels });
  });

  it.each([
    ["", "it is empty; the root is written '.'"],
    ["a..b", "it has an empty label; leave out the dot too many"],
    [".a", "it has an empty label; leave out the dot too many"],
    ["..", "it has an empty label; leave out the dot too many"],
    [
      "a.\\",
      "it has a bad escape; write \\DDD with three decimal digits up to 255, or \\ before a punctuation mark",
    ],
    [
      "a\\25",
      "it has a bad escape; write \\DDD with three decimal digits up to 255, or \\ before a punctuation mark",
    ],
    [
      "a\\256",
      "it has a bad escape; write \\DDD with three decimal digits up to 255, or \\ before a punctuation mark",
    ],
    [
      "a\\é",
      "it has a bad escape; write \\DDD with three decimal digits up to 255, or \\ before a punctuation mark",
    ],
    ["é\\.b", "it mixes escapes with letters beyond ASCII; write it as A-labels"],
    ["é\u0000.de", 'IDNA refuses the label "é\\u0000"; write it otherwise'],
    ["é/b", 'IDNA refuses the label "é/b"; write it otherwise'],
    ["é%41", 'IDNA refuses the label "é%41"; write it otherwise'],
    ["é\tb", 'IDNA refuses the label "é\\tb"; write it otherwise'],
    ["é\nb", 'IDNA refuses the label "é\\nb"; write it otherwise'],
    ["é\rb", 'IDNA refuses the label "é\\rb"; write it otherwise'],
    ["a․b", 'IDNA refuses the label "a․b"; write it otherwise'],
    ["a℀b", 'IDNA refuses the label "a℀b"; write it otherwise'],
    [
      `${"a".repeat(64)}.b`,
      `the label "${"a".repeat(64)}" has 64 octets, at most 63 are allowed; shorten it`,
    ],
    ["a.".repeat(127) + "bb", "it has 256 octets, at most 253 are allowed; shorten it"],
  ])("refuses %j", (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
    expect(tryParseName(text)).toBeUndefined();
  });

  it("takes labels of 63 and names of 253 octets, and no more", () => {
    const long = [63, 63, 63, 61].map((size) => "a".repeat(size)).join(".");
    expect(long).toHaveLength(253);
    expect(parseName(`${long}.`).text).toBe(long);
    expect(reasonOf(`${long}a`)).toBe("it has 254 octets, at most 253 are allowed; shorten it");
    expect(tryParseName(long)).toEqual(parseName(long));
  });

  it("counts octets and not characters of the text", () => {
    expect(parseName("\\065".repeat(63)).labels).toEqual(["a".repeat(63)]);
    expect(reasonOf("ü".repeat(63))).toMatch(/^the label "xn--.*" has \d+ octets/);
  });

  it("gives every octet back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 20 }), {
          minLength: 1,
          maxLength: 4,
        }),
        (octets) => {
          const text = octets
            .map((each) => each.map((octet) => `\\${String(octet).padStart(3, "0")}`).join(""))
            .join(".");
          const parsed = parseName(text);
          const lower = octets.map((each) =>
            String.fromCharCode(...each).replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
          );
          expect(parsed.labels).toEqual(lower);
          expect(parseName(parsed.text)).toEqual(parsed);
        },
      ),
    );
  });

  it.each(["\u00ad", "a.\u{e0100}", "\u200d.a"])(
    "refuses %j, of which IDNA leaves nothing",
    (text) => {
      expect(() => parseName(text)).toThrow(/IDNA refuses the label/);
    },
  );

  it("never throws anything but NameError", () => {
    fc.assert(
      fc.property(anyText(300), (text) => {
        const parsed = tryParseName(text);
        if (parsed === undefined) expect(() => parseName(text)).toThrow(NameError);
        else expect(parseName(parsed.text)).toEqual(parsed);
      }),
      { numRuns: runs(3000) },
    );
  });
});

describe("names among themselves", () => {
  const [zone, host, other] = [
    "oneprocloud.com",
    "Downloads.oneprocloud.com",
    "oneprocloud.com.cn",
  ].map((text) => parseName(text)) as [DomainName, DomainName, DomainName];

  it("are equal whatever their case", () => {
    expect(nameEquals(zone, parseName("ONEPROCLOUD.com."))).toBe(true);
    expect(nameEquals(zone, host)).toBe(false);
  });

  it("lie under one another by whole labels", () => {
    expect(isSubdomainOf(host, zone)).toBe(true);
    expect(isSubdomainOf(zone, zone)).toBe(true);
    expect(isSubdomainOf(zone, host)).toBe(false);
    expect(isSubdomainOf(other, zone)).toBe(false);
    expect(isSubdomainOf(parseName("xoneprocloud.com"), zone)).toBe(false);
    expect(isSubdomainOf(parseName("a\\.oneprocloud.com"), zone)).toBe(false);
    expect(isSubdomainOf(host, ROOT)).toBe(true);
    expect(isBelow(host, zone)).toBe(true);
    expect(isBelow(zone, zone)).toBe(false);
    expect(isBelow(zone, host)).toBe(false);
    expect(isBelow(parseName("a.b.c"), zone)).toBe(false);
  });

  it("have parents up to the root", () => {
    expect(parentOf(host)).toEqual(zone);
    expect(parentOf(parseName("com"))).toBe(ROOT);
    expect(parentOf(ROOT)).toBeUndefined();
    expect(lineage(host).map(({ text }) => text)).toEqual([
      "downloads.oneprocloud.com",
      "oneprocloud.com",
      "com",
    ]);
    expect(lineage(ROOT)).toEqual([]);
  });

  it("join as a search list joins them", () => {
    expect(joinNames(parseName("www"), zone).text).toBe("www.oneprocloud.com");
    expect(joinNames(ROOT, zone)).toBe(zone);
    expect(joinNames(zone, ROOT)).toBe(zone);
    const long = parseName([63, 63, 63].map((size) => "a".repeat(size)).join("."));
    expect(() => joinNames(long, long)).toThrow(
      `"${long.text}.${long.text}" is not a domain name: it has 383 octets`,
    );
  });

  it("are written inside a zone as a zone file does", () => {
    expect(relativeTo(host, zone)).toBe("downloads");
    expect(relativeTo(parseName("a.b.oneprocloud.com"), zone)).toBe("a.b");
    expect(relativeTo(zone, zone)).toBe("@");
    expect(() => relativeTo(zone, host)).toThrow(
      '"oneprocloud.com" is not a domain name: it does not lie in the zone downloads.oneprocloud.com; take another zone',
    );
  });

  it("are written whole with a trailing dot", () => {
    expect(toFqdn(zone)).toBe("oneprocloud.com.");
    expect(toFqdn(ROOT)).toBe(".");
  });

  it.each([
    ["a-1.b2", true],
    ["-a.b", false],
    ["a-.b", false],
    ["_a.b", false],
    ["*.b", false],
    [".", false],
    ["a", true],
    ["1", true],
  ])("tell whether %s could be a host's", (text, expected) => {
    expect(isHostname(parseName(text))).toBe(expected);
  });

  it("tell wildcards", () => {
    expect(isWildcard(parseName("*.a"))).toBe(true);
    expect(isWildcard(parseName("a.*"))).toBe(false);
    expect(isWildcard(ROOT)).toBe(false);
  });

  it("sort from the top-level domain down", () => {
    const sorted = ["a.com", "x.a.com", "b.com", "a.org", "."]
      .map((text) => parseName(text))
      .sort(compareNames);
    expect(sorted.map(({ text }) => text)).toEqual([".", "a.com", "x.a.com", "b.com", "a.org"]);
    expect(compareNames(zone, parseName("oneprocloud.COM"))).toBe(0);
    expect(compareNames(parseName("b.com"), parseName("a.com"))).toBe(1);
    expect(compareNames(parseName("a.com"), parseName("b.com"))).toBe(-1);
  });

  it("keep the laws of a tree", () => {
    fc.assert(
      fc.property(name, name, (prefix, suffix) => {
        const [left, right] = [parseName(prefix), parseName(suffix)];
        const whole = joinNames(left, right);
        expect(isBelow(whole, right)).toBe(true);
        expect(parseName(relativeTo(whole, right))).toEqual(left);
        expect(lineage(whole)).toContainEqual(right);
        expect(compareNames(right, whole)).toBeLessThan(0);
        expect(Math.sign(compareNames(left, right))).toBe(
          -Math.sign(compareNames(right, left)) + 0,
        );
      }),
    );
  });
});
