import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { repository } from "../../lab/instance";

interface Job {
  "timeout-minutes"?: number;
  permissions?: Record<string, string>;
  strategy?: { matrix?: { stack?: string[] } };
  steps: { uses?: string; run?: string }[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = path.join(repository, ".github/workflows");
const files = fs.readdirSync(folder).sort();
const text = (file: string): string => fs.readFileSync(path.join(folder, file), "utf8");
const workflow = (file: string): Workflow => parse(text(file)) as Workflow;
const jobs = (file: string): Job[] => Object.values(workflow(file).jobs);

test.each(files)("%s pins its actions, ends in time, and may no more than it needs", (file) => {
  expect(workflow(file).permissions).toEqual({ contents: "read" });
  expect(workflow(file).on).not.toHaveProperty("pull_request_target");
  for (const job of jobs(file)) {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    for (const { uses } of job.steps) expect(uses ?? "x@v1").toMatch(/@v\d+$/);
    for (const { run } of job.steps) expect(run ?? "").not.toMatch(/\$\{\{|ignore-protect/);
  }
});

test.each(["preview.yml", "drift.yml"])("%s covers every environment", (file) => {
  for (const job of jobs(file)) {
    expect(job.strategy?.matrix?.stack).toEqual(["dev", "staging", "prod"]);
  }
});

test("the commands are the ones that this repository has", () => {
  expect(jobs("ci.yml").flatMap(({ steps }) => steps.map(({ run }) => run ?? ""))).toContainEqual(
    expect.stringMatching(/ make test$/),
  );
  expect(jobs("preview.yml").flatMap(({ steps }) => steps.map(({ run }) => run))).toContain(
    "npm run --silent -w policy build",
  );
  expect(text("drift.yml")).toContain("pulumi refresh --preview-only --expect-no-changes");
});
