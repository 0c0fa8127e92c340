import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const script = readFileSync(resolve(__dirname, "../../../components/dns-probe.sh"), "utf8");
const folders: string[] = [];
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true })));

/** What the tools of an image print. */
type Style = "busybox" | "old busybox" | "bind" | "getent";

const tools: Record<Style, (names: string) => Record<string, string>> = {
  busybox: (names) => ({
    nslookup: `printf 'Server:\\t\\t10.96.0.10\\nAddress:\\t10.96.0.10:53\\n\\n'
case $1 in
${names}
*[0-9]) for a in $(reverse "$1"); do printf '1.0.96.10.in-addr.arpa\\tname = %s\\n' "$a"; done ;;
*) printf "** server can't find %s: NXDOMAIN\\n" "$1"; exit 1 ;;
esac
[ -z "$found" ] || { printf 'Non-authoritative answer:\\n%s\\tcanonical name = alias.test\\n' "$1"; for a in $found; do printf 'Name:\\talias.test\\nAddress: %s\\n' "$a"; done; }
printf '\\n*** Can'"'"'t find %s: No answer\\n' "$1"`,
  }),
  "old busybox": (names) => ({
    nslookup: `printf 'Server:    10.96.0.10\\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\\n\\n'
case $1 in
${names}
*[0-9]) for a in $(reverse "$1"); do printf 'Name:      %s\\nAddress 1: %s %s\\n' "$1" "$1" "$a"; done ;;
*) echo "nslookup: can't resolve '$1'"; exit 1 ;;
esac
n=0; for a in $found; do [ $n -gt 0 ] || printf 'Name:      %s\\n' "$1"; n=$((n+1)); printf 'Address %s: %s\\n' "$n" "$a"; done`,
  }),
  bind: (names) => ({
    nslookup: `printf 'Server:\\t\\t10.96.0.10\\nAddress:\\t10.96.0.10#53\\n\\n'
case $1 in
${names}
*[0-9]) for a in $(reverse "$1"); do printf '1.0.96.10.in-addr.arpa\\tname = %s.\\n' "$a"; done ;;
*) printf "** server can't find %s: NXDOMAIN\\n" "$1"; exit 1 ;;
esac
for a in $found; do printf 'Name:\\t%s\\nAddress: %s\\n' "$1" "$a"; done`,
  }),
  getent: (names) => ({
    getent: `[ "$1" = hosts ] || exit 3
set -- "$2"
case $1 in
*[0-9]) for a in $(reverse "$1"); do echo "$1     $a"; done; exit ;;
esac
for suffix in .default.svc.cluster.local. .svc.cluster.local. .cluster.local. .; do
set -- "$1" "$1$suffix"; found=
case $2 in
${names.replaceAll("$1", "$2")}
esac
[ -z "$found" ] || { for a in $found; do echo "$a     $1"; done; exit 0; }
done
exit 2`,
  }),
};

const basics = ["awk", "date", "sed", "tr", "wc"];

interface Answers {
  /** Addresses by complete name. */
  names: Record<string, string>;
  reverse?: string;
  search?: string;
}

function probe(
  shell: string,
  style: Style,
  { names, reverse = "", search }: Answers,
  questions: string[],
) {
  const folder = mkdtempSync(join(tmpdir(), "probe-"));
  folders.push(folder);
  const known = Object.entries(names)
    .map(([name, addresses]) => `${name}) found='${addresses}' ;;`)
    .join("\n");
  for (const [tool, text] of Object.entries(tools[style](known))) {
    const head = `#!/bin/bash\nPATH=/usr/bin:/bin\nfound=\nreverse() { [ "$1" != 10.96.0.1 ] || echo '${reverse}'; }\n`;
    writeFileSync(join(folder, tool), head + text, { mode: 0o755 });
  }
  writeFileSync(join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
  for (const tool of basics) symlinkSync(`/usr/bin/${tool}`, join(folder, tool));
  const list = search ?? "default.svc.cluster.local svc.cluster.local cluster.local";
  writeFileSync(
    join(folder, "resolv.conf"),
    `search ${list}\nnameserver 10.96.0.10\noptions ndots:5\n`,
  );
  const text = script.replaceAll("/etc/resolv.conf", join(folder, "resolv.conf"));
  const { stdout, stderr, status } = spawnSync(
    `/usr/bin/${shell}`,
    ["-c", text, "dns-probe", "1", ...questions],
    {
      encoding: "utf8",
      // With a socket as its input bash would read the files of whoever runs the test.
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: folder, KUBERNETES_SERVICE_HOST: "10.96.0.1" },
      timeout: 20_000,
    },
  );
  const lines = stdout.trimEnd().split("\n");
  return { lines: lines.map((line) => line.trimEnd().replaceAll(/ +/g, " ")), stderr, status };
}

const right: Answers = {
  names: {
    "downloads.oneprocloud.com.": "203.0.113.20 203.0.113.21",
    "www.example.com.": "203.0.113.30",
    "kubernetes.default.svc.cluster.local.": "10.96.0.1",
  },
  reverse: "kubernetes.default.svc.cluster.local",
};

const questions = [
  "search=cluster.local",
  "organisation=downloads.oneprocloud.com",
  "external=www.example.com",
  "service=kubernetes.default.svc.cluster.local",
  "service=kubernetes.default",
  "reverse=kubernetes.default.svc.cluster.local",
];

// busybox's own shell would take its own nslookup; its answers are proved in a cluster.
const images: [shell: string, style: Style][] = [
  ["dash", "busybox"],
  ["dash", "old busybox"],
  ["bash", "bind"],
  ["bash", "getent"],
];

describe.each(images)("%s with the tools of %s", (shell, style) => {
  test("what resolves is told, and the probe succeeds", () => {
    expect(probe(shell, style, right, questions)).toEqual({
      status: 0,
      stderr: "",
      lines: [
        "ok search cluster.local default.svc.cluster.local svc.cluster.local cluster.local",
        "ok organisation downloads.oneprocloud.com 203.0.113.20 203.0.113.21",
        "ok external www.example.com 203.0.113.30",
        "ok service kubernetes.default.svc.cluster.local 10.96.0.1",
        "ok service kubernetes.default 10.96.0.1",
        "ok reverse kubernetes.default.svc.cluster.local kubernetes.default.svc.cluster.local",
      ],
    });
  });

  test("what does not is named after the rest, and the probe fails", () => {
    const names = { ...right.names };
    delete names["downloads.oneprocloud.com."];
    const { lines, status } = probe(shell, style, { ...right, names }, questions);
    expect(status).toBe(1);
    expect(lines).toHaveLength(questions.length);
    expect(lines.at(-1)).toBe("FAIL organisation downloads.oneprocloud.com no answer");
    expect(lines.slice(0, -1).every((line) => line.startsWith("ok "))).toBe(true);
  });

  test("a Service with another address is wrong: a wildcard record may answer for it", () => {
    const names = { "kubernetes.default.svc.cluster.local.": "203.0.113.66" };
    const answers = { ...right, names };
    expect(probe(shell, style, answers, ["service=kubernetes.default"])).toMatchObject({
      status: 1,
      lines: ["FAIL service kubernetes.default 203.0.113.66"],
    });
  });

  test("a reverse name in another domain is wrong", () => {
    const answers = { ...right, reverse: "kubernetes.default.svc.oneprocloud.com" };
    expect(probe(shell, style, answers, questions.slice(-1))).toMatchObject({
      status: 1,
      lines: [
        "FAIL reverse kubernetes.default.svc.cluster.local kubernetes.default.svc.oneprocloud.com",
      ],
    });
  });
});

test("any of the domains that are served may end the search list, and no other", () => {
  const ask = (search: string) =>
    probe("dash", "busybox", { ...right, search }, ["search=cluster.local,old.test"]).status;
  expect(ask("default.svc.cluster.local svc.cluster.local cluster.local")).toBe(0);
  expect(ask("default.svc.old.test svc.old.test old.test")).toBe(0);
  expect(ask("default.svc.other.test svc.other.test other.test")).toBe(1);
});

test("outside of a cluster it does not begin", () => {
  const { status, stderr } = spawnSync("dash", ["-c", script, "dns-probe", "1"], {
    encoding: "utf8",
    env: {},
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain("KUBERNETES_SERVICE_HOST");
});
