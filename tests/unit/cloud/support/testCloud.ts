import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { XMLParser } from "fast-xml-parser";
import { Cloud, CloudOptions, startCloud } from "../../../../lab/cloud/cloud";
import { JsonObject } from "../../../../lab/cloud/core/json";
import { NullDriver } from "../../../../lab/cloud/nullDriver";

export interface Answer {
  status: number;
  body: JsonObject;
}

const versions = {
  vpc: "2016-04-28",
  ecs: "2014-05-26",
  alidns: "2015-01-09",
  pvtz: "2018-01-01",
  sts: "2015-04-01",
  location: "2015-06-12",
};

/** A cloud in a folder of its own, and its callers of all three kinds. */
export class TestCloud {
  dir = "";
  driver = new NullDriver({ name: "test", apiPort: 6443 });
  readonly reports: string[] = [];
  /** What the cloud takes for now. */
  clock = new Date("2026-03-01T00:00:00Z");
  private running?: Cloud;

  async start(options: Partial<CloudOptions> = {}): Promise<this> {
    this.dir ||= fs.mkdtempSync(path.join(os.tmpdir(), "test-cloud-"));
    this.running = await startCloud({
      instance: { name: "test", dir: this.dir, cloudPort: 0, apiPort: 6443 },
      driver: this.driver,
      port: 0,
      now: () => this.clock,
      report: (message) => this.reports.push(message),
      ...options,
    });
    return this;
  }

  /** As a crash would leave it, or an orderly end: what counts is on disk. */
  async restart(options: Partial<CloudOptions> = {}): Promise<void> {
    await this.cloud.close();
    await this.start(options);
  }

  async stop(): Promise<void> {
    await this.running?.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
    this.dir = "";
  }

  get cloud(): Cloud {
    if (!this.running) throw new Error("The cloud was not started.");
    return this.running;
  }

  get state() {
    return this.cloud.context.state;
  }

  get url(): string {
    return `http://127.0.0.1:${this.cloud.port}`;
  }

  async rpc(
    product: keyof typeof versions,
    action: string,
    params: Record<string, string> = {},
  ): Promise<Answer> {
    const query = new URLSearchParams({
      ...{ Action: action, Version: versions[product], AccessKeyId: "key", Signature: "s" },
    });
    const response = await fetch(`${this.url}/?${query.toString()}`, {
      method: "POST",
      body: new URLSearchParams(params),
    });
    return { status: response.status, body: (await response.json()) as JsonObject };
  }

  async cs(method: string, path_: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}${path_}`, {
      method,
      headers: { "x-acs-version": "2015-12-15", authorization: "acs key:signature" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as JsonObject };
  }

  async oss(
    method: string,
    path_: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path_}`, {
      method,
      headers: { authorization: "OSS key:signature", ...headers },
      body,
    });
    const text = await response.text();
    const parser = new XMLParser({ parseTagValue: false, ignoreDeclaration: true });
    return { status: response.status, body: parser.parse(text) as JsonObject };
  }

  /** The task's last word. */
  async task(id: unknown): Promise<JsonObject> {
    for (;;) {
      const { body } = await this.cs("GET", `/tasks/${String(id)}`);
      if (body.state !== "running") return body;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** A running cluster on the seeded network. */
  async cluster(more: object = {}): Promise<string> {
    const { body } = await this.cs("POST", "/clusters", {
      name: "main",
      cluster_type: "ManagedKubernetes",
      vswitch_ids: ["vsw-laba"],
      service_cidr: "10.96.0.0/16",
      container_cidr: "10.244.0.0/16",
      ...more,
    });
    await this.task(body.task_id);
    return body.cluster_id as string;
  }
}

export const cnameBody = (domain: string, more = "") =>
  `<BucketCnameConfiguration><Cname><Domain>${domain}</Domain>${more}</Cname></BucketCnameConfiguration>`;
