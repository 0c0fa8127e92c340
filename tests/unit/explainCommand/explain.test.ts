import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { run } from "../../../cli/explain/run";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "explain-"));
  mkdirSync(join(folder, "stacks"));
  stack("prod", { legacy: "[oneprocloud.com]" });
  stack("trap", { domain: "cluster.local", legacy: "[]", wildcard: "[oneprocloud.com]" });
  stack("incident", { domain: "oneprocloud.com", legacy: "[]" });
  stack("based", { legacy: "[]", coreDns: "corefile: Corefile" });
  stack("lost", { legacy: "[]", coreDns: "corefile: missing" });
  stack("nowhere", { legacy: "[]", cidr: "nonsense" });
  writeFileSync(join(folder, "stacks/Pulumi.broken.yaml"), "config: [");
  writeFileSync(join(folder, "stacks/Pulumi.empty.yaml"), "");
  writeFileSync(join(folder, "Corefile"), BASE);
  writeFileSync(join(folder, "Refusing"), ".:53 {\n  errors\n}\n");
  writeFileSync(join(folder, "Forwarding"), FORWARDING);
  writeFileSync(join(folder, "Autopath"), AUTOPATH);
  writeFileSync(join(folder, "Wrong"), ".:53 {");
});
afterAll(() => rmSync(folder, { recursive: true }));

const BASE = `.:53 {
    errors
    health {
        lameduck 15s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods verified
        fallthrough in-addr.arpa ip6.arpa
    }
    forward . 10.9.9.9
    loop
    reload
}
`;
const FORWARDING = ".:53 {\n  kubernetes cluster.local\n  forward . /etc/resolv.conf\n}\n";
const AUTOPATH = `.:53 {
    autopath @kubernetes
    kubernetes cluster.local {
        pods verified
    }
    forward . /etc/resolv.conf
}
`;

interface Parts {
  domain?: string;
  legacy: string;
  wildcard?: string;
  coreDns?: string;
  cidr?: string;
}

function stack(
  name: string,
  {
    domain = "cluster.local",
    legacy,
    wildcard = "[]",
    coreDns = "",
    cidr = "172.21.0.0/20",
  }: Parts,
): void {
  const text = `config:
  alicloud:region: cn-beijing
  ack-cluster-dns:organisation:
    zones: [oneprocloud.com]
    names: [www.oneprocloud.com]
    wildcardZones: ${wildcard}
  ack-cluster-dns:cluster:
    name: saas
    clusterDomain: ${domain}
    legacyClusterDomains: ${legacy}
    serviceCidr: ${cidr}
  ack-cluster-dns:ossDomains:
    - domain: downloads.oneprocloud.com
      bucket: saas-downloads
  ack-cluster-dns:coreDns:
    version: 1.15.0
    ${coreDns}
`;
  writeFileSync(join(folder, `stacks/Pulumi.${name}.yaml`), text);
}

function explain(...args: string[]): { code: number; out: string; err: string } {
  return inside(folder, ...args);
}

function inside(where: string, ...args: string[]): { code: number; out: string; err: string } {
  let out = "";
  let err = "";
  const terminal = {
    out: (text: string): void => void (out += text),
    err: (text: string): void => void (err += text),
    colour: false,
  };
  const code = run(args, terminal, where);
  return { code, out, err };
}

describe("explain", () => {
  it("exits 0 where a name of the organisation reaches the public DNS from all pods", () => {
    const { code, out, err } = explain("downloads.oneprocloud.com", "--stack", "prod");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Pods with the cluster domain cluster.local\n");
    expect(out).toContain("\nPods that still carry the cluster domain oneprocloud.com\n");
    expect(out).toContain("\ndownloads.oneprocloud.com is (an address from the public DNS)\n");
    expect(out).not.toContain("Not as it should be");
  });

  it("exits 1 in the incident, and says why", () => {
    const { code, out } = explain("other.oneprocloud.com", "--stack", "prod");
    expect(code).toBe(1);
    expect(out).toContain(
      "other.oneprocloud.com: no such name\nNot as it should be: CoreDNS takes it for a name of the cluster and asks nobody else; list it in organisation.names if pods must reach it.\n",
    );
    const rendered = explain("downloads.oneprocloud.com", "--stack", "incident");
    expect(rendered.code).toBe(1);
    expect(rendered.out).toContain("CoreDNS takes it for a name of the cluster");
    writeFileSync(
      join(folder, "Incident"),
      ".:53 {\n  kubernetes oneprocloud.com\n  forward . 10.0.0.1\n}\n",
    );
    const incident = explain(
      "www.oneprocloud.com",
      "--stack",
      "incident",
      "--corefile",
      join(folder, "Incident"),
    );
    expect(incident.code).toBe(1);
    expect(incident.out).toContain("CoreDNS takes it for a name of the cluster");
  });

  it("exits 1 where the cluster answers for a name of the organisation", () => {
    writeFileSync(join(folder, "Hiding"), ".:53 {\n  kubernetes www.oneprocloud.com\n}\n");
    const { code, out } = explain(
      "www.oneprocloud.com.",
      "--stack",
      "prod",
      "--corefile",
      join(folder, "Hiding"),
    );
    expect(code).toBe(1);
    expect(out).toContain("Not as it should be");
    writeFileSync(
      join(folder, "Serving"),
      ".:53 {\n  kubernetes oneprocloud.com {\n    pods insecure\n  }\n}\n",
    );
    const pod = explain(
      "10-0-0-1.default.pod.oneprocloud.com",
      "--stack",
      "prod",
      "--corefile",
      join(folder, "Serving"),
    );
    expect(pod.code).toBe(0);
  });

  it.each([
    [
      "www.baidu.com",
      0,
      "www.baidu.com reaches the public DNS; what that answers is not known here",
    ],
    [
      "kubernetes",
      0,
      "kubernetes is 172.21.0.1, the answer of kubernetes.default.svc.cluster.local.",
    ],
    ["kube-dns.kube-system", 0, "kube-dns.kube-system is 172.21.0.10"],
    ["kubernetes.default.svc.cluster.local", 0, "is 172.21.0.1"],
    [
      "nothing.default.svc.cluster.local",
      1,
      "CoreDNS takes it for a name of the cluster and asks nobody else.\n",
    ],
  ])("judges %s", (name, code, text) => {
    const said = explain(name, "--stack", "prod");
    expect({ code: said.code, said: said.out.includes(text) }).toEqual({ code, said: true });
  });

  it("exits 1 where a wildcard record answers for the search list", () => {
    stack("carry", {
      domain: "cluster.local",
      legacy: "[oneprocloud.com]",
      wildcard: "[oneprocloud.com]",
    });
    const { code, out } = explain(
      "www.baidu.com",
      "--stack",
      "carry",
      "--corefile",
      join(folder, "Forwarding"),
    );
    expect(code).toBe(1);
    expect(out).toContain(
      "Not as it should be: www.baidu.com.default.svc.oneprocloud.com answers in its place: a wildcard record catches the search list.\n",
    );
  });

  it("exits 1 where nothing answers", () => {
    const { code, out } = explain(
      "www.baidu.com",
      "--stack",
      "trap",
      "--corefile",
      join(folder, "Refusing"),
    );
    expect(code).toBe(1);
    expect(out).toContain(
      "www.baidu.com: the DNS fails to answer\nNot as it should be: see above where the look-up ends.\n",
    );
  });

  it("takes what autopath finds for the name itself", () => {
    const { code, out } = explain(
      "www.oneprocloud.com",
      "--stack",
      "trap",
      "--corefile",
      join(folder, "Autopath"),
    );
    expect(out).toContain("autopath found www.oneprocloud.com.");
    expect(code).toBe(0);
  });

  it("starts from the stack's own Corefile", () => {
    expect(explain("www.baidu.com", "--stack", "based").out).toContain("forwarded to 10.9.9.9");
  });

  it("finds the stacks from a folder below", () => {
    mkdirSync(join(folder, "a/b"), { recursive: true });
    expect(inside(join(folder, "a/b"), "kubernetes", "--stack", "prod").code).toBe(0);
  });

  it("speaks JSON", () => {
    const { code, out } = explain(
      "web",
      "--stack",
      "prod",
      "--namespace",
      "shop",
      "--libc",
      "musl",
      "--json",
    );
    const said = JSON.parse(out) as { pods: { explanation: { search: string[]; libc: string } }[] };
    expect(code).toBe(1);
    expect(said).toMatchObject({
      name: "web",
      stack: "prod",
      namespace: "shop",
      asItShould: false,
    });
    expect(said.pods.map(({ explanation }) => explanation.search[0])).toEqual([
      "shop.svc.cluster.local",
      "shop.svc.oneprocloud.com",
    ]);
    expect(said.pods[0]?.explanation.libc).toBe("musl");
  });

  it("shows how it is called", () => {
    expect(explain("--help")).toMatchObject({ code: 0, err: "" });
    expect(explain("-h").out).toContain("explain NAME --stack STACK");
  });

  it.each([
    [[], "a name is missing; write explain NAME --stack STACK"],
    [["a", "b", "c", "--stack", "prod"], '"b c" is one name too many; explain one at a time'],
    [["a"], "--stack is missing; write explain a --stack STACK"],
    [
      ["a", "--stack"],
      "Option '--stack <value>' argument missing; explain --help lists what can be written",
    ],
    [["a", "--sack", "prod"], "Unknown option '--sack'; explain --help lists what can be written"],
    [
      ["a", "--stack", "prod", "--libc", "bsd"],
      '--libc "bsd" is not known; write glibc (Debian, Alibaba Cloud Linux) or musl (Alpine)',
    ],
    [
      ["a", "--stack", "none"],
      '--stack "none" has no stacks/Pulumi.none.yaml; known are based, broken',
    ],
    [["a", "--stack", "broken"], "is no YAML: Flow sequence in block collection"],
    [["a", "--stack", "empty"], "ack-cluster-dns:organisation: Invalid input"],
    [["a", "--stack", "lost"], "can't be read (ENOENT); write the path of a file"],
    [
      ["a", "--stack", "nowhere"],
      'cluster.serviceCidr "nonsense" is no CIDR block; write one such as 172.21.0.0/20',
    ],
    [["a..b", "--stack", "prod"], '"a..b" is not a domain name: it has an empty label'],
  ])("exits 2 with one message for %j", (args, message) => {
    const { code, out, err } = explain(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^explain: [^\n]+\n$/);
    expect(err).toContain(message);
  });

  it("exits 2 for a Corefile that can't be used", () => {
    const wrong = explain("a", "--stack", "prod", "--corefile", join(folder, "Wrong"));
    expect(wrong).toMatchObject({
      code: 2,
      out: "",
      err: "explain: Corefile 1:6: this '{' is never closed\n",
    });
    const missing = explain("a", "--stack", "prod", "--corefile", join(folder, "none"));
    expect(missing.err).toContain("--corefile");
  });

  it("says where to run it when there are no stacks", () => {
    const empty = mkdtempSync(join(tmpdir(), "explain-none-"));
    expect(inside(empty, "a", "--stack", "prod").err).toContain(
      "run it in the folder that holds stacks/",
    );
    rmSync(empty, { recursive: true });
  });
});
