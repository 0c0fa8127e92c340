import { type AskingPod, compileCorefile, type Resolution } from "../../../dns/resolution";
import {
  corefileOf,
  incidentRecords,
  LOOKED_UP,
  POD_IP,
  QUESTIONS,
  TABLE,
  TRAP_TABLE,
  type Way,
} from "./incident";

const pod = (clusterDomain: string): AskingPod => ({
  namespace: "default",
  clusterDomain,
  ip: POD_IP,
});

/** In the words of the table. */
function cell({ message, plugin }: Resolution): string {
  const { rcode, answers } = message ?? { rcode: "silence", answers: [] };
  const last = answers[answers.length - 1]?.data;
  if (last?.endsWith(".svc.oneprocloud.com.") === true) return "old";
  if (last?.endsWith(".svc.cluster.local.") === true) return "new";
  if (last !== undefined) return last;
  if (rcode === "NOERROR") return "NODATA";
  return plugin === "forward" ? `${rcode} upstream` : rcode;
}

describe("the ways out of a cluster domain that hides the organisation's zone", () => {
  it.each(TABLE.map(([way, ...expected]) => ({ way, expected })))("$way", ({ way, expected }) => {
    const corefile = compileCorefile(corefileOf(way), incidentRecords(false));
    const asker = { namespace: "elsewhere", ip: "10.9.9.9" };
    const cells = QUESTIONS.map(([name, type]) => cell(corefile.ask(name, type, asker)));
    expect(cells).toEqual(expected);
  });
});

describe("the wildcard trap", () => {
  const addresses = (way: Way, domain: string, autopath = true): string[] => {
    const corefile = compileCorefile(corefileOf(way, { autopath }), incidentRecords(true));
    return LOOKED_UP.map((name) => corefile.explain(name, pod(domain)).addresses.join(" "));
  };

  it.each(TRAP_TABLE)("%s", (way, old, now) => {
    expect({
      old: addresses(way, "oneprocloud.com"),
      now: addresses(way, "cluster.local"),
    }).toEqual({
      old,
      now,
    });
  });

  it("catches external names without autopath even where services have a way of their own", () => {
    for (const way of ["rewrite", "own block"] as const) {
      expect(addresses(way, "oneprocloud.com", false)[4]).toBe("203.0.113.99");
    }
  });

  it("cannot happen where names are listed, with autopath or without", () => {
    for (const autopath of [true, false]) {
      for (const domain of ["oneprocloud.com", "cluster.local"]) {
        expect(addresses("both, names fall through", domain, autopath)).toEqual([
          "10.96.0.1",
          "10.96.0.1",
          "10.96.0.1",
          "203.0.113.20",
          "203.0.113.30",
        ]);
      }
    }
  });

  it("makes one look-up of four names with autopath", () => {
    const of = (autopath: boolean): number =>
      compileCorefile(
        corefileOf("both, names fall through", { autopath }),
        incidentRecords(true),
      ).explain("www.baidu.com", pod("oneprocloud.com")).lookups.length;
    expect([of(false), of(true)]).toEqual([4, 1]);
  });
});
