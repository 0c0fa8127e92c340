import { NameError } from "../../../dns/name";
import type { Zone } from "../../../dns/resolution";
import { compileUpstream } from "../../../dns/resolution/upstream";

const ZONES: Zone[] = [
  {
    name: "example.org",
    records: [
      { name: "example.org", type: "a", data: "192.0.2.1" },
      { name: "www.example.org", type: "A", data: "192.0.2.2", ttl: 60 },
      { name: "www.example.org.", type: "A", data: "192.0.2.3", ttl: 60 },
      { name: "www.example.org", type: "TXT", data: '"hello"' },
      { name: "alias.example.org", type: "CNAME", data: "www.example.org" },
      { name: "away.example.org", type: "CNAME", data: "host.example.net." },
      { name: "lost.example.org", type: "CNAME", data: "gone.example.net" },
      { name: "out.example.org", type: "CNAME", data: "elsewhere.invalid" },
      { name: "loop.example.org", type: "CNAME", data: "loop.example.org" },
      { name: "a.b.c.example.org", type: "A", data: "192.0.2.4" },
      { name: "*.wild.example.org", type: "A", data: "192.0.2.5" },
      { name: "*.wild.example.org", type: "MX", data: "10 mx.example.org" },
      { name: "real.wild.example.org", type: "A", data: "192.0.2.6" },
      { name: "*.far.example.org", type: "CNAME", data: "www.example.org" },
    ],
  },
  { name: "example.net", records: [{ name: "host.example.net", type: "A", data: "192.0.2.7" }] },
];

const ask = compileUpstream(ZONES);
const dataOf = (name: string, type: string): string[] =>
  ask(name, type).answers.map(({ data }) => data);

describe("the DNS behind forward", () => {
  it("answers exact names, with all records of the type", () => {
    expect(ask("example.org.", "A").answers).toEqual([
      { name: "example.org.", type: "A", ttl: 600, data: "192.0.2.1" },
    ]);
    expect(dataOf("www.example.org.", "A")).toEqual(["192.0.2.2", "192.0.2.3"]);
    expect(dataOf("www.example.org.", "TXT")).toEqual(['"hello"']);
  });

  it("tells a name without the type from a name that does not exist", () => {
    expect(ask("www.example.org.", "AAAA")).toEqual({ rcode: "NOERROR", answers: [] });
    expect(ask("gone.example.org.", "A")).toEqual({ rcode: "NXDOMAIN", answers: [] });
  });

  it("gives no data for a name that only has names below it", () => {
    expect(ask("c.example.org.", "A")).toEqual({ rcode: "NOERROR", answers: [] });
    expect(ask("b.c.example.org.", "A")).toEqual({ rcode: "NOERROR", answers: [] });
    expect(ask("x.c.example.org.", "A").rcode).toBe("NXDOMAIN");
  });

  it("lets a wildcard answer at its closest encloser alone", () => {
    expect(ask("x.wild.example.org.", "A").answers).toEqual([
      { name: "x.wild.example.org.", type: "A", ttl: 600, data: "192.0.2.5" },
    ]);
    expect(dataOf("x.y.wild.example.org.", "A")).toEqual(["192.0.2.5"]);
    expect(dataOf("x.wild.example.org.", "MX")).toEqual(["10 mx.example.org."]);
    expect(ask("x.wild.example.org.", "AAAA")).toEqual({ rcode: "NOERROR", answers: [] });
    expect(dataOf("real.wild.example.org.", "A")).toEqual(["192.0.2.6"]);
    expect(ask("x.real.wild.example.org.", "A").rcode).toBe("NXDOMAIN");
    expect(ask("real.wild.example.org.", "MX")).toEqual({ rcode: "NOERROR", answers: [] });
  });

  it("follows aliases across zones, and gives the code of their end", () => {
    expect(dataOf("alias.example.org.", "A")).toEqual([
      "www.example.org.",
      "192.0.2.2",
      "192.0.2.3",
    ]);
    expect(dataOf("away.example.org.", "A")).toEqual(["host.example.net.", "192.0.2.7"]);
    expect(ask("lost.example.org.", "A")).toMatchObject({ rcode: "NXDOMAIN", dangling: false });
    expect(dataOf("alias.example.org.", "CNAME")).toEqual(["www.example.org."]);
    expect(ask("x.far.example.org.", "A").answers[0]).toEqual({
      name: "x.far.example.org.",
      type: "CNAME",
      ttl: 600,
      data: "www.example.org.",
    });
  });

  it("says where an alias leaves what is known", () => {
    expect(ask("out.example.org.", "A")).toEqual({
      rcode: "NOERROR",
      answers: [{ name: "out.example.org.", type: "CNAME", ttl: 600, data: "elsewhere.invalid." }],
      dangling: true,
    });
  });

  it("answers a question for the alias with no more than that", () => {
    expect(ask("lost.example.org.", "CNAME")).toMatchObject({
      rcode: "NOERROR",
      answers: [{ data: "gone.example.net." }],
    });
  });

  it("follows eight aliases, not nine", () => {
    const records = Array.from({ length: 9 }, (_, index) => ({
      name: `c${index}.test`,
      type: "CNAME",
      data: `c${index + 1}.test`,
    }));
    const address = { name: "c9.test", type: "A", data: "192.0.2.1" };
    const chain = compileUpstream([{ name: "test", records: [...records, address] }]);
    expect(chain("c1.test.", "A").answers).toHaveLength(9);
    expect(chain("c0.test.", "A")).toEqual({ rcode: "SERVFAIL", answers: [] });
  });

  it("completes names in data, whatever blanks stand around them", () => {
    const records = [
      { name: "a.test", type: "MX", data: " 10   mx.test " },
      { name: "a.test", type: "SRV", data: "1 2 3 host.test" },
      { name: "a.test", type: "NS", data: "ns.test" },
      { name: "a.test", type: "PTR", data: "host.test" },
    ];
    const blanks = compileUpstream([{ name: "test", records }]);
    expect(blanks("a.test.", "MX").answers[0]?.data).toBe("10 mx.test.");
    expect(blanks("a.test.", "SRV").answers[0]?.data).toBe("1 2 3 host.test.");
    expect(blanks("a.test.", "NS").answers[0]?.data).toBe("ns.test.");
    expect(blanks("a.test.", "PTR").answers[0]?.data).toBe("host.test.");
  });

  it("gives up on a loop of aliases", () => {
    expect(ask("loop.example.org.", "A")).toEqual({ rcode: "SERVFAIL", answers: [] });
  });

  it("does not know names outside of its zones", () => {
    expect(ask("www.example.com.", "A")).toEqual({ rcode: "UNKNOWN", answers: [] });
    expect(ask(".", "A")).toEqual({ rcode: "UNKNOWN", answers: [] });
  });

  it("does not know more than the records of a zone that is known in part", () => {
    const records = [{ name: "a.b.example.org", type: "A", data: "192.0.2.1" }];
    const partly = compileUpstream([{ name: "example.org", records, complete: false }]);
    expect(partly("a.b.example.org.", "A").rcode).toBe("NOERROR");
    expect(partly("a.b.example.org.", "AAAA").rcode).toBe("NOERROR");
    expect(partly("b.example.org.", "A").rcode).toBe("UNKNOWN");
    expect(partly("c.example.org.", "A").rcode).toBe("UNKNOWN");
  });

  it("takes the root for a zone, with its wildcard", () => {
    const root = compileUpstream([
      {
        name: ".",
        records: [
          { name: "*", type: "A", data: "192.0.2.9" },
          { name: "x.y", type: "A", data: "192.0.2.8" },
        ],
      },
    ]);
    expect(root("anything.at.all.", "A").answers).toHaveLength(1);
    expect(root("z.y.", "A").rcode).toBe("NXDOMAIN");
    expect(root("x.y.", "A").answers[0]?.data).toBe("192.0.2.8");
  });

  it("refuses a record outside of its zone, and names that are none", () => {
    const outside = [{ name: "www.example.com", type: "A", data: "192.0.2.1" }];
    expect(() => compileUpstream([{ name: "example.org", records: outside }])).toThrow(
      new NameError("www.example.com", "it does not lie in its zone example.org; move it"),
    );
    expect(() => compileUpstream([{ name: "a..b", records: [] }])).toThrow(NameError);
  });
});
