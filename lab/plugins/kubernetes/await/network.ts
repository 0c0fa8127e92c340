import { apiVersionOf, list, nameOf, pluck, text, type KubeObject } from "../objects";
import { isMap } from "../../rpc/values";
import { currentOf, listIn } from "./related";
import type { Readiness, WaitContext } from "./waiter";

const settleMs = 10_000;
const noEndpointsMs = 60_000;

/** Endpoints count as settled when they have not changed for a while. */
class Settling {
  private seen = "";
  private since: number | undefined;

  observe(state: string): void {
    if (state === this.seen || state === "") return;
    this.seen = state;
    this.since = Date.now();
  }

  get hasEvents(): boolean {
    return this.since !== undefined;
  }

  get isSettled(): boolean {
    return this.since !== undefined && Date.now() - this.since >= settleMs;
  }
}

/** A Service is ready when its endpoints are, and its load balancer has an address. */
export class ServiceReadiness implements Readiness {
  private service: KubeObject;
  private readonly settling = new Settling();
  private serviceReady = false;
  private endpointsReady = false;
  private endpointsPending = false;

  /** @param atOnce looks at the endpoints as they are, as a refresh does. */
  constructor(
    private readonly context: WaitContext,
    private readonly atOnce: boolean,
  ) {
    this.service = context.outputs;
  }

  async isReady(): Promise<boolean> {
    const { log } = this.context;
    if (!this.atOnce) log.status("info", "[1/3] Finding Pods to direct traffic to");
    const service = await currentOf(this.context);
    if (!service) return false;
    this.service = service;
    this.serviceReady =
      this.type !== "LoadBalancer" || list(service, "status", "loadBalancer", "ingress").length > 0;
    if (!this.waitsForPods) return this.serviceReady;

    await this.readEndpoints();
    const settled = this.atOnce || this.settling.isSettled;
    if (this.serviceReady && settled && !this.endpointsPending) {
      log.status("info", "Service initialization complete");
      return true;
    }
    if (settled && this.endpointsReady) {
      log.status("info", "[2/3] Attempting to allocate IP address to Service");
    }
    return false;
  }

  object(): KubeObject {
    return this.service;
  }

  isGoodEnough(): boolean {
    return this.serviceReady && !this.endpointsPending;
  }

  problems(): string[] {
    const problems: string[] = [];
    if (this.isHeadless || this.type === "ExternalName") return problems;
    if (!this.endpointsReady) {
      problems.push(
        "Service does not target any Pods. Selected Pods may not be ready, or " +
          "field '.spec.selector' may not match labels on any Pods",
      );
    }
    if (this.type === "LoadBalancer" && !this.serviceReady) {
      problems.push(
        "Service was not allocated an IP address; does your cloud provider support this?",
      );
    }
    return problems;
  }

  private get type(): string {
    return text(this.context.outputs, "spec", "type") || "ClusterIP";
  }

  private get isHeadless(): boolean {
    return text(this.service, "spec", "clusterIP") === "None";
  }

  private get waitsForPods(): boolean {
    const selector = pluck(this.service, "spec", "selector");
    const selects = isMap(selector) && Object.keys(selector).length > 0;
    return selects && this.type !== "ExternalName" && !this.isHeadless;
  }

  private async readEndpoints(): Promise<void> {
    const all = await listIn(this.context, "", "Endpoints");
    const endpoints = all.find((item) => nameOf(item) === nameOf(this.service));
    const subsets = endpoints ? list(endpoints, "subsets") : [];
    this.settling.observe(text(endpoints, "metadata", "resourceVersion"));
    this.endpointsReady = subsets.some((subset) => list(subset, "addresses").length > 0);
    this.endpointsPending = subsets.some((subset) => list(subset, "notReadyAddresses").length > 0);
  }
}

interface Rule {
  label: string;
  service: string;
}

function rulesOf(ingress: KubeObject): Rule[] {
  const current = apiVersionOf(ingress) === "networking.k8s.io/v1";
  return list(ingress, "spec", "rules").flatMap((rule) =>
    list(rule, "http", "paths").flatMap((entry) => {
      const service = current
        ? text(entry, "backend", "service", "name")
        : text(entry, "backend", "serviceName");
      const place = text(rule, "host") + text(entry, "path");
      const label = place === "" ? '"" (default path)' : `"${place}"`;
      return service === "" ? [] : [{ service, label: `${label} -> "${service}"` }];
    }),
  );
}

/** An Ingress is ready when it has an address and every rule's service has endpoints. */
export class IngressReadiness implements Readiness {
  private ingress: KubeObject;
  private readonly settling = new Settling();
  private readonly started = Date.now();
  private hasAddress = false;
  private hasTargets = false;

  constructor(
    private readonly context: WaitContext,
    private readonly atOnce: boolean,
  ) {
    this.ingress = context.outputs;
  }

  async isReady(): Promise<boolean> {
    const { log } = this.context;
    if (!this.atOnce) log.status("info", "[1/3] Finding a matching service for each Ingress path");
    const ingress = await currentOf(this.context);
    if (!ingress) return false;
    this.ingress = ingress;
    this.hasAddress = list(ingress, "status", "loadBalancer", "ingress").length > 0;
    this.hasTargets = await this.findTargets();
    if (this.hasAddress && this.hasTargets) {
      log.status("info", "Ingress initialization complete");
      return true;
    }
    if (this.hasTargets) {
      log.status("info", "[2/3] Waiting for update of .status.loadBalancer with hostname/IP");
    }
    return false;
  }

  object(): KubeObject {
    return this.ingress;
  }

  isGoodEnough(): boolean {
    return this.hasAddress && this.hasTargets;
  }

  problems(): string[] {
    const problems: string[] = [];
    if (!this.hasTargets) {
      problems.push("Ingress has at least one rule with an unavailable target endpoint.");
    }
    if (!this.hasAddress) {
      problems.push(
        "Ingress .status.loadBalancer field was not updated with a hostname/IP address. " +
          "\n    for more information about this error, see https://pulumi.io/xdv72s",
      );
    }
    return problems;
  }

  private async findTargets(): Promise<boolean> {
    const [endpoints, services] = await Promise.all([
      listIn(this.context, "", "Endpoints"),
      listIn(this.context, "", "Service"),
    ]);
    const known = new Set(endpoints.map(nameOf));
    for (const service of services) {
      if (text(service, "spec", "type") === "ExternalName") known.add(nameOf(service));
    }
    this.settling.observe(
      endpoints.map((item) => text(item, "metadata", "resourceVersion")).join(),
    );
    const quiet = !this.settling.hasEvents && Date.now() - this.started >= noEndpointsMs;
    const settled = this.atOnce || this.settling.isSettled || quiet;
    const missing = rulesOf(this.ingress).filter((rule) => !known.has(rule.service));
    if (settled) {
      for (const { label } of missing) {
        this.context.log.status("warning", `No matching service found for ingress rule: ${label}`);
      }
    }
    return settled || missing.length === 0;
  }
}
