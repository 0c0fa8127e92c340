import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { folder, removeFolders, run, shells } from "./support";

afterAll(removeFolders);

const ours = "--cluster-domain=cluster.local";
const wanted = (args: string) => `KUBELET_CUSTOMIZED_ARGS="${args}${args && " "}${ours}"\n`;

/** What the file held before, if it was there, and what it must hold after. */
const variants: [name: string, before: string | undefined, after: string][] = [
  ["missing", undefined, wanted("")],
  ["empty", "", wanted("")],
  ["a newline alone", "\n", `\n${wanted("")}`],
  ["double quotes", 'KUBELET_CUSTOMIZED_ARGS="--max-pods=77"\n', wanted("--max-pods=77")],
  [
    "single quotes",
    "KUBELET_CUSTOMIZED_ARGS='--max-pods=77 --v=2'\n",
    wanted("--max-pods=77 --v=2"),
  ],
  ["no quotes", "KUBELET_CUSTOMIZED_ARGS=--max-pods=77 --v=2\n", wanted("--max-pods=77 --v=2")],
  ["no value", "KUBELET_CUSTOMIZED_ARGS=\n", wanted("")],
  ["an empty value", 'KUBELET_CUSTOMIZED_ARGS=""\n', wanted("")],
  ["no newline at the end", 'KUBELET_CUSTOMIZED_ARGS="--v=2"', wanted("--v=2")],
  ["blanks around", '  KUBELET_CUSTOMIZED_ARGS =  "--v=2"  \n', wanted("--v=2")],
  ["CR LF", "A=1\r\nKUBELET_CUSTOMIZED_ARGS=--v=2\r\n", `A=1\r\n${wanted("--v=2")}`],
  [
    "the old domain with =",
    'KUBELET_CUSTOMIZED_ARGS="--cluster-domain=oneprocloud.com --v=2"\n',
    wanted("--v=2"),
  ],
  [
    "the old domain as a word",
    'KUBELET_CUSTOMIZED_ARGS="--v=2 --cluster-domain  old.test --w=3"\n',
    wanted("--v=2 --w=3"),
  ],
  [
    "the old domain last, without its word",
    'KUBELET_CUSTOMIZED_ARGS="--v=2 --cluster-domain"\n',
    wanted("--v=2"),
  ],
  [
    "the old domain several times",
    'KUBELET_CUSTOMIZED_ARGS="--cluster-domain=a --v=2 --cluster_domain=b"\n',
    wanted("--v=2"),
  ],
  [
    "the old domain in quotes",
    `KUBELET_CUSTOMIZED_ARGS="'--cluster-domain=a' --v=2"\n`,
    wanted("--v=2"),
  ],
  [
    "an argument that only begins alike",
    'KUBELET_CUSTOMIZED_ARGS="--cluster-domains=a --cluster-dns=b"\n',
    wanted("--cluster-domains=a --cluster-dns=b"),
  ],
  [
    "the text within another argument",
    `KUBELET_CUSTOMIZED_ARGS="--x='a --cluster-domain=b c'"\n`,
    wanted("--x='a --cluster-domain=b c'"),
  ],
  [
    "words held together by quotes",
    `KUBELET_CUSTOMIZED_ARGS="--node-labels='a=b c' --v=2"\n`,
    wanted("--node-labels='a=b c' --v=2"),
  ],
  [
    "escaped quotes",
    'KUBELET_CUSTOMIZED_ARGS="--x=\\"a b\\" --v=2"\n',
    wanted('--x=\\"a b\\" --v=2'),
  ],
  [
    "what a shell would expand",
    "KUBELET_CUSTOMIZED_ARGS='--x=$HOME`id`\\'\n",
    wanted("--x=\\$HOME\\`id\\`\\\\"),
  ],
  [
    "continued lines",
    'KUBELET_CUSTOMIZED_ARGS="--max-pods=77 \\\n  --v=2"\nB=2\n',
    `${wanted("--max-pods=77 --v=2")}B=2\n`,
  ],
  [
    "continued lines without quotes",
    "KUBELET_CUSTOMIZED_ARGS=--max-pods=77 \\\n--v=2\nB=2\n",
    `${wanted("--max-pods=77 --v=2")}B=2\n`,
  ],
  ["two values in quotes", `KUBELET_CUSTOMIZED_ARGS="--v=2 "'--w=3'\n`, wanted("--v=2 --w=3")],
  [
    "comments",
    '# KUBELET_CUSTOMIZED_ARGS="--no"\n; --cluster-domain=no\nKUBELET_CUSTOMIZED_ARGS="--v=2"\n# end\n',
    `# KUBELET_CUSTOMIZED_ARGS="--no"\n; --cluster-domain=no\n${wanted("--v=2")}# end\n`,
  ],
  [
    "other variables",
    'A="1"\nKUBELET_CUSTOMIZED_ARGS="--v=2"\nB=KUBELET_CUSTOMIZED_ARGS=x\n',
    `A="1"\n${wanted("--v=2")}B=KUBELET_CUSTOMIZED_ARGS=x\n`,
  ],
  [
    "other variables alone",
    "A=1\nKUBELET_EXTRA_ARGS=--x",
    `A=1\nKUBELET_EXTRA_ARGS=--x\n${wanted("")}`,
  ],
  [
    "a value over two lines",
    'A="1\nKUBELET_CUSTOMIZED_ARGS=no"\nKUBELET_CUSTOMIZED_ARGS="--v=2"\n',
    `A="1\nKUBELET_CUSTOMIZED_ARGS=no"\n${wanted("--v=2")}`,
  ],
  [
    "assigned twice, the last one counts",
    'KUBELET_CUSTOMIZED_ARGS="--v=1"\nA=1\nKUBELET_CUSTOMIZED_ARGS="--v=2"\nB=1\n',
    `KUBELET_CUSTOMIZED_ARGS="--v=1"\nA=1\n${wanted("--v=2")}B=1\n`,
  ],
  [
    "ACK's reservations",
    'KUBELET_CUSTOMIZED_ARGS="--eviction-hard=imagefs.available<15%,memory.available<300Mi --system-reserved=cpu=60m,memory=448Mi --kube-reserved=cpu=60m,memory=448Mi"\n',
    wanted(
      "--eviction-hard=imagefs.available<15%,memory.available<300Mi --system-reserved=cpu=60m,memory=448Mi --kube-reserved=cpu=60m,memory=448Mi",
    ),
  ],
];

describe.each(shells)("merge with %s", (shell) => {
  test.each(variants)("%s", (_, before, after) => {
    const file = join(folder(), "kubelet-customized-args.conf");
    if (before !== undefined) writeFileSync(file, before);
    expect(run(shell, ["merge", "cluster.local", file])).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(readFileSync(file, "utf8")).toBe(after);
  });

  test.each(variants)("%s, once more: not even written", (_, __, after) => {
    const file = join(folder(), "kubelet-customized-args.conf");
    writeFileSync(file, after);
    const { ino, mtimeMs } = statSync(file);
    expect(run(shell, ["merge", "cluster.local", file]).status).toBe(0);
    expect(statSync(file)).toMatchObject({ ino, mtimeMs });
  });
});

test("mode and owner stay, and nothing is left beside the file", () => {
  const path = folder();
  const file = join(path, "kubelet-customized-args.conf");
  writeFileSync(file, "A=1\n");
  chmodSync(file, 0o640);
  const { uid, gid, ino } = statSync(file);
  expect(run("dash", ["merge", "cluster.local", file]).status).toBe(0);
  expect(statSync(file)).toMatchObject({ mode: 0o100640, uid, gid });
  expect(statSync(file).ino).not.toBe(ino);
  expect(readdirSync(path)).toEqual(["kubelet-customized-args.conf"]);
});

test("a new file can be read by everyone and written by its owner alone", () => {
  const file = join(folder(), "kubelet-customized-args.conf");
  expect(run("dash", ["merge", "cluster.local", file]).status).toBe(0);
  expect(statSync(file).mode).toBe(0o100644);
});

test("where it cannot write, it says so and leaves nothing half done", () => {
  const file = join(folder(), "no-such-folder", "kubelet-customized-args.conf");
  const { status, stderr } = run("dash", ["merge", "cluster.local", file]);
  expect(status).toBe(1);
  expect(stderr).toContain(`kubelet-cluster-domain: cannot write ${file}`);
  expect(existsSync(file)).toBe(false);
});

test("a folder in the file's place is an error", () => {
  const file = join(folder(), "kubelet-customized-args.conf");
  mkdirSync(file);
  expect(run("dash", ["merge", "cluster.local", file]).status).not.toBe(0);
});

test.each([
  [[]],
  [["merge", "cluster.local"]],
  [["apply", "cluster.local", "f"]],
  [["merge", "a", "b", "c"]],
])("wrong arguments %j: usage", (args) => {
  const { status, stderr } = run("dash", args);
  expect(status).toBe(2);
  expect(stderr).toContain("usage:");
});
