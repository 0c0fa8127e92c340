import fc from "fast-check";

import { checkCorefile, CorefileError, formatFinding } from "../../../../dns";
import { FILES, LINES } from "../../../fixtures/corefiles/lines";
import { anyText } from "../../../support/anyText";
import { runs } from "../../../support/runs";

const RUNS = runs(1000);

const show = (text: string, version = "1.15.0"): string[] =>
  checkCorefile(text, version).map(
    (f) => `${f.line}:${f.column} ${f.severity} ${f.code}: ${f.message}`,
  );
/** Findings but for what production needs. */
const rest = (text: string, version?: string): string[] =>
  show(text, version).filter((each) => !each.includes(" missing-"));

const COMPLETE = `.:53 {
    errors
    health {
        lameduck 15s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
`;

describe("checkCorefile", () => {
  it.each(["1.6.7", "1.7.0", "1.8.4", "v1.9.3.10-7dfca203-aliyun", "1.11.3", "1.12.1", "1.15.0"])(
    "has nothing to say to a good one for %s",
    (version) => {
      expect(show(COMPLETE, version)).toEqual([]);
    },
  );

  it.each(["", "latest", "1.6.6", "0.9.9"])("knows no rules for version %j", (version) => {
    expect(show(COMPLETE, version)).toEqual([
      `0:0 error unknown-version: the rules of CoreDNS ${JSON.stringify(version)} are not known; write a version from 1.6.7 to 1.15.0`,
    ]);
  });

  it("applies the newest rules to what is newer", () => {
    expect(show(COMPLETE, "1.16.0")).toEqual([
      "0:0 warning newer-version: CoreDNS 1.16.0 is newer than what is known here; the rules of 1.15.0 are applied",
    ]);
  });

  it("tells what production lacks", () => {
    expect(show("a.test {\n}\n.:53 {\n health\n}\n")).toEqual([
      "3:1 warning missing-errors: errors is missing: failures leave no trace; add it",
      "3:1 warning missing-ready: ready is missing: the readiness probe of the Deployment fails; add it",
      "3:1 warning missing-reload: reload is missing: a change counts only from the next restart; add it",
      "3:1 warning missing-loop: loop is missing: a resolver that points back is not noticed; add it",
      "3:1 warning missing-forward: forward is missing: no name outside can be resolved; add it",
      "4:2 warning missing-lameduck: health has no lameduck: questions fail while a pod of CoreDNS stops; give it 15s",
    ]);
    expect(
      show("a.test {\n health {\n }\n grpc . 127.0.0.1\n errors\n ready\n reload\n loop\n}\n"),
    ).toEqual([
      "2:2 warning missing-lameduck: health has no lameduck: questions fail while a pod of CoreDNS stops; give it 15s",
    ]);
    expect(show("a.test {\n errors\n ready\n reload\n loop\n forward . 1.1.1.1\n}\n")).toEqual([
      "1:1 warning missing-health: health is missing: the liveness probe of the Deployment fails; add it",
    ]);
    expect(show("")).toEqual([
      "1:1 error empty: there is no server block, and CoreDNS would answer with its built-in example",
    ]);
    const [noZone, ...missing] = show("{\n}\n");
    expect(noZone).toBe("1:1 error no-zone: this server block has no zone; write '.' before it");
    expect(missing.map((each) => each.split(":").slice(0, 2).join(":"))).toEqual([
      "1:1 warning missing-errors",
      "1:1 warning missing-ready",
      "1:1 warning missing-health",
      "1:1 warning missing-reload",
      "1:1 warning missing-loop",
      "1:1 warning missing-forward",
    ]);
    expect(show(COMPLETE.replace("lameduck 15s", "duck"))).toEqual([
      "3:5 warning missing-lameduck: health has no lameduck: questions fail while a pod of CoreDNS stops; give it 15s",
      '4:9 error unknown-option: CoreDNS 1.15.0 has no option "duck" in health; it has lameduck',
    ]);
  });

  it("reads the environment that it is given", () => {
    expect(checkCorefile(".:{$PORT} {\n}\n", "1.15.0").some(({ code }) => code === "zone")).toBe(
      true,
    );
    expect(
      checkCorefile(".:{$PORT} {\n}\n", "1.15.0", { PORT: "53" }).some(
        ({ severity }) => severity === "error",
      ),
    ).toBe(false);
  });

  it("sorts what it finds by place", () => {
    const places = checkCorefile(
      "(s) {\n nope\n}\na {\n b\n import s\n c d\n c e\n}\n",
      "1.15.0",
    ).map(({ line, column }) => line * 100 + column);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.length).toBeGreaterThan(5);
  });

  it.each<[string, string[]]>([
    ["a.test {\n kubernetes a.test\n}\n", []],
    [
      ". {\n kubernetes cluster.local\n}\ncluster.local {\n forward . 1.1.1.1\n}\n",
      [
        "4:1 warning shadowed-zone: this server block takes the questions for cluster.local from the kubernetes plugin in line 2; take one of them out",
      ],
    ],
    [
      ". {\n kubernetes cluster.local\n}\nlocal {\n}\n",
      [
        "4:1 warning shadowed-zone: this server block takes the questions for cluster.local from the kubernetes plugin in line 2; take one of them out",
      ],
    ],
    [
      ". {\n kubernetes cluster.local\n}\nx.cluster.local {\n}\n",
      [
        "4:1 warning shadowed-zone: this server block takes the questions for a part of cluster.local from the kubernetes plugin in line 2; take one of them out",
      ],
    ],
    [". {\n kubernetes cluster.local\n}\nx.cluster.local {\n kubernetes cluster.local\n}\n", []],
    [
      ". {\n kubernetes cluster.local\n}\ncluster.local:54 {\n}\ntls://cluster.local:53 {\n}\n",
      [
        "6:1 error port-clash: port 53 is taken for dns in line 1 and can't serve tls too; give one of them another port",
      ],
    ],
    [". {\n kubernetes cluster.local\n}\ncluster.local {\n view v {\n  expr true\n }\n}\n", []],
    [". local {\n kubernetes cluster.local in-addr.arpa\n}\n10.in-addr.arpa {\n}\ntest {\n}\n", []],
    ["local . {\n kubernetes cluster.local\n}\nlocal:54 {\n}\n", []],
    ["svc.a.test pod.a.test {\n kubernetes a.test\n}\n", []],
    [". a.test {\n kubernetes x.a.test\n}\ntest {\n}\n", []],
    ["a.test . {\n kubernetes x.a.test\n}\ntest {\n}\n", []],
    [
      ". {\n kubernetes a.test b.test\n}\nb.test {\n}\nx.a.test {\n}\n",
      [
        "4:1 warning shadowed-zone: this server block takes the questions for b.test from the kubernetes plugin in line 2; take one of them out",
        "6:1 warning shadowed-zone: this server block takes the questions for a part of a.test from the kubernetes plugin in line 2; take one of them out",
      ],
    ],
    [". {\n kubernetes a.test\n}\ntls://a.test {\n}\na.test:54 {\n}\n", []],
    [
      ". {\n kubernetes a.test {\n  pods insecure\n }\n autopath a.test @kubernetes\n}\n",
      ["5:2 warning autopath-pods: autopath does nothing unless kubernetes has 'pods verified'"],
    ],
    [
      "b.test c.test {\n kubernetes a.test b.test\n}\n",
      [
        "2:2 warning unreachable-zone: kubernetes serves a.test, but its server block gets only b.test, c.test; put it into the block of '.'",
      ],
    ],
    [". {\n kubernetes a.test {\n  pods verified\n }\n autopath @kubernetes\n}\n", []],
    [
      ". {\n kubernetes a.test {\n  pods verified\n  pods insecure\n }\n autopath @kubernetes\n}\n",
      ["6:2 warning autopath-pods: autopath does nothing unless kubernetes has 'pods verified'"],
    ],
    [
      ". {\n kubernetes a.test\n autopath @kubernetes\n}\n",
      ["3:2 warning autopath-pods: autopath does nothing unless kubernetes has 'pods verified'"],
    ],
    [
      ". {\n kubernetes a.test {\n  pods\n }\n autopath @kubernetes\n}\n",
      [
        "3:3 error arguments: kubernetes pods needs 1 word: next must be one of disabled, insecure, verified",
        "5:2 warning autopath-pods: autopath does nothing unless kubernetes has 'pods verified'",
      ],
    ],
    [". {\n autopath @erratic\n}\n", []],
  ])("finds in %j what blocks take from one another", (text, findings) => {
    expect(rest(text)).toEqual(findings);
  });

  it.each<[string, string[]]>([
    [". {\n bind 127.0.0.1\n}\n. {\n bind ::1\n}\n", []],
    [
      ". {\n bind 127.0.0.1\n}\n. {\n}\n",
      [
        "4:1 error duplicate-zone: CoreDNS can't serve dns://.:53 here, for the server block in line 1 does so already; put both into one block",
      ],
    ],
    [
      ". {\n}\n. {\n bind 127.0.0.1\n}\n",
      [
        "3:1 error duplicate-zone: CoreDNS can't serve dns://.:53 here, for the server block in line 1 does so already; put both into one block",
      ],
    ],
    [
      "a.test {\n}\na.test {\n}\na.test {\n}\n",
      [
        "3:1 error duplicate-zone: CoreDNS can't serve dns://a.test:53 here, for the server block in line 1 does so already; put both into one block",
        "5:1 error duplicate-zone: CoreDNS can't serve dns://a.test:53 here, for the server block in line 1 does so already; put both into one block",
      ],
    ],
    [
      "tls://. {\n}\ngrpc://.:853 {\n}\nhttps://.:853 {\n bind 127.0.0.1\n}\n",
      [
        "3:1 error port-clash: port 853 is taken for tls in line 1 and can't serve grpc too; give one of them another port",
        "5:1 error port-clash: port 853 is taken for tls in line 1 and can't serve https too; give one of them another port",
      ],
    ],
    ["tls://. {\n bind 127.0.0.1\n}\ngrpc://.:853 {\n bind ::1\n}\n", []],
    ["tls://. {\n}\nquic://. {\n tls a b\n}\n", []],
    ["https://. {\n}\nhttps3://. {\n tls a b\n}\n", []],
    [
      "https3://. {\n tls a b\n}\nquic://.:443 {\n tls a b\n}\n",
      [
        "4:1 error port-clash: port 443 is taken for https3 in line 1 and can't serve quic too; give one of them another port",
      ],
    ],
    [
      "grpc://. {\n}\n.:443 {\n}\n",
      [
        "3:1 error port-clash: port 443 is taken for grpc in line 1 and can't serve dns too; give one of them another port",
      ],
    ],
    [
      "quic://. {\n tls a b\n}\n.:853 {\n}\n",
      [
        "4:1 error port-clash: port 853 is taken for quic in line 1 and can't serve dns too; give one of them another port",
      ],
    ],
    [
      "https3://. {\n errors\n}\n",
      ["1:1 error needs-tls: https3://. needs the tls plugin with a certificate"],
    ],
    [
      ". {\n bind 127.0.0.1 127.0.0.1\n}\n",
      [
        "1:1 error duplicate-zone: CoreDNS can't serve dns://.:53 here, for the server block in line 1 does so already; put both into one block",
      ],
    ],
  ])("finds in %j where blocks can't listen", (text, findings) => {
    expect(rest(text)).toEqual(findings);
  });

  it.each(["a.b!c", "!a.org", "a!.org", "a.0/25!.arpa", "a.!0/25.arpa", "a/b.org"])(
    "takes %s for a slip and not for a zone",
    (key) => {
      expect(rest(`${key} {\n}\n`)).toEqual([
        `1:1 error zone: "${key}" is no zone: write a domain name or a network such as 10.0.0.0/8, with a port behind and a transport before it where needed`,
      ]);
    },
  );

  it("misses the zone of a block without braces too", () => {
    expect(rest('""\nerrors\n')).toEqual([
      "1:1 error no-zone: this server block has no zone; write '.' before it",
    ]);
  });

  it("wants a view before the block without, until 1.14.3", () => {
    const text = "a.test {\n}\na.test {\n view v {\n  expr true\n }\n}\n";
    expect(rest(text, "1.14.2")).toEqual([
      "3:1 error duplicate-zone: CoreDNS can't serve dns://a.test:53 here, for the server block in line 1 does so already; put both into one block",
    ]);
    expect(rest(text, "1.14.3")).toEqual([]);
    const apart = "a.test {\n}\na.test {\n bind 127.0.0.1\n view v {\n  expr true\n }\n}\n";
    expect(rest(apart)).toHaveLength(1);
  });

  it("does not multiply hostile keys and addresses", () => {
    const addresses = Array.from(
      { length: 250 },
      (_, index) => `10.0.${index >> 8}.${index & 255}`,
    ).join(" ");
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`).join(" ");
    expect(rest(`${keys} {\n bind ${addresses}\n}\n`)).toEqual([
      "1:1 error too-large: this server block listens in more than 20000 places",
    ]);
    const fewer = addresses.split(" ").slice(0, 200).join(" ");
    expect(rest(`${keys} {\n bind ${fewer}\n}\n`)).toEqual([]);
  });

  it("never throws, and has a place for each error in the text", () => {
    const known = [...FILES, ...LINES.map((line) => `.:53 {\n${line}\n}\n`)];
    const piece = fc.constantFrom(
      "{",
      "}",
      "\n",
      " ",
      '"',
      "\\",
      "#",
      ",",
      "import",
      "(s)",
      "{$A}",
      "\r",
      "0",
      "-1",
      "x",
      "__proto__",
      "constructor",
    );
    const text = fc.oneof(
      anyText(100),
      fc
        .tuple(fc.constantFrom(...known), fc.nat(), piece, fc.nat({ max: 4 }))
        .map(([whole, at, each, drop]) => {
          const cut = at % (whole.length + 1);
          return whole.slice(0, cut) + each + whole.slice(cut + drop);
        }),
    );
    fc.assert(
      fc.property(
        text,
        fc.constantFrom("1.6.7", "1.12.1", "1.15.0", "v1.9.3.10-x-aliyun"),
        (each, version) => {
          for (const finding of checkCorefile(each, version)) {
            expect(finding.line).toBeGreaterThan(0);
            expect(finding.column).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("findings", () => {
  it("are written with their place, where they have one", () => {
    const finding = { code: "c", severity: "error", message: "m", line: 2, column: 3 } as const;
    expect(formatFinding(finding)).toBe("Corefile 2:3: m (c)");
    expect(formatFinding({ ...finding, line: 0, column: 0 })).toBe("m (c)");
    expect(new CorefileError([finding, { ...finding, line: 0 }]).message).toBe(
      "Corefile 2:3: m (c)\nm (c)",
    );
  });
});
