import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { readStatus } from "../cluster/status";
import { labEnvironment } from "../environment";
import { openInstance, repository, type Instance } from "../instance";
import { runWithHeartbeat } from "./heartbeat";
import { reportNames, reportNodes } from "./report";

const stack = "local";

async function main(): Promise<number> {
  const instance = openInstance();
  heading("Local environment");
  const lab = spawnSync(path.join(repository, "lab", "lab"), ["up"], { stdio: "inherit" });
  if (lab.status !== 0) return lab.status ?? 1;

  heading("pulumi up");
  const env = { ...process.env, ...labEnvironment(instance) };
  const pulumi = (...args: string[]) =>
    execFileSync("pulumi", args, {
      cwd: repository,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
  pulumi("stack", "select", "--create", stack, "--non-interactive");
  if (hasAbandonedLock(instance)) pulumi("cancel", stack, "--yes", "--non-interactive");
  const code = await runWithHeartbeat("pulumi", ["up", "--yes", "--stack", stack], {
    cwd: repository,
    env,
    doing: situation(instance),
  });
  if (code !== 0) return code;

  heading("What a pod gets");
  const probed = JSON.parse(pulumi("stack", "output", "--json", "--stack", stack)) as {
    probedNames: string[];
  };
  process.stdout.write(await reportNames(instance, namesOf(probed.probedNames)));
  process.stdout.write(`\n${await reportNodes(instance)}\n`);
  process.stdout.write(`Look around:
  lab/lab status                    what runs, and what the cluster says
  lab/lab shell node1               a shell on a node
  lab/lab kubectl get pods -A       kubectl as the administrator
  eval "$(lab/lab env)"             then plain Pulumi: pulumi preview --stack ${stack}
Throw it away:
  make down
`);
  return 0;
}

/** A `pulumi` that was killed leaves its lock behind, and nobody else would ever take it away. */
function hasAbandonedLock(instance: Instance): boolean {
  const folder = path.join(instance.dir, "pulumi", ".pulumi", "locks");
  if (!fs.existsSync(folder)) return false;
  const owners = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as { pid: number })
    .map(({ pid }) => pid);
  return owners.length > 0 && owners.every((pid) => !fs.existsSync(`/proc/${pid}`));
}

function heading(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}

/** `organisation=downloads.example.com` and its kin, as questions a person would type. */
function namesOf(questions: readonly string[]): string[] {
  const names = questions.flatMap((question) => {
    const [kind, name] = question.split("=");
    return kind === "search" || kind === "reverse" || name === undefined ? [] : [name];
  });
  return [...names, "kubernetes", "10.96.0.1"];
}

function situation(instance: Instance): () => string {
  let latest = "the engine is at work";
  return () => {
    readStatus(instance)
      .then(({ cluster }) => {
        const nodes = cluster?.nodes.map(
          ({ name, ready }) => `${name} ${ready ? "ready" : "booting"}`,
        );
        latest =
          cluster === undefined
            ? "no cluster yet"
            : `API server ${cluster.apiReady ? "ready" : "starting"}, ${nodes?.join(", ") || "no nodes yet"}`;
      })
      .catch((error: unknown) => (latest = String(error)));
    return latest;
  };
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`make up: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
