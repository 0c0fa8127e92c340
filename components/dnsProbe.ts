import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { TaintArgs } from "./nodePool";
import { refuse } from "./rules/faults";
import { probedNameFaults, probeFaults } from "./rules/probe";

const script = readFileSync(join(__dirname, "dns-probe.sh"), "utf8");

/**
 * What is asked, and how. What breaks a rule of a field is refused by a `pulumi.ResourceError` that names the field, its
 * value, the rule and the way out, before anything is made.
 */
export interface DnsProbeSettings {
  /**
   * An image with a POSIX shell, `sed`, `awk` and either `getent` or `nslookup`, for example busybox. It must be one
   * that the nodes can pull. What is no name of an image is refused.
   */
  image: string;
  /** Names outside of the organisation that pods must be able to resolve. Default: none. What is no host name is refused. */
  externalNames?: string[];
  /**
   * How long to ask for names that do not answer yet, in seconds: 30 to 3600, else refused. Default: 240, since a kubelet
   * takes up to 60 to hand CoreDNS a change and `reload` up to 45 to see it.
   */
  timeoutSeconds?: number;
  /** The namespace of the Job, which must exist. Default: `default`. What is no label (RFC 1123) is refused. */
  namespace?: string;
}

export interface DnsProbeArgs extends DnsProbeSettings {
  /** The cluster domain in force. */
  clusterDomain: string;
  /** Earlier cluster domains that are still served. Default: none. */
  legacyClusterDomains?: string[];
  /** Names of the organisation that pods must be able to resolve. Default: none. */
  organisationNames?: string[];
  /** The SHA-256 of the Corefile that must answer; another one is asked anew. Default: only other questions are. */
  corefileSha256?: string;
  /** Taints of the nodes that the probe may run on. Default: none. */
  toleratedTaints?: TaintArgs[];
}

/**
 * A Job that resolves, from a pod, what must resolve. It runs anew whenever its questions or the Corefile change. It
 * stays when it is done, because one that vanished would be made again by the next `up`; one that failed is replaced by it.
 */
export class DnsProbe extends pulumi.ComponentResource {
  /** The name of the Job, which changes with what is asked. */
  public readonly jobName: pulumi.Output<string>;
  /** Everything that is asked, one `kind=name` each. */
  public readonly questions: pulumi.Output<string[]>;
  /** The Job itself. */
  public readonly job: k8s.batch.v1.Job;

  /** @throws pulumi.ResourceError that lists every fault of `args`. */
  constructor(name: string, args: DnsProbeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ack-cluster-dns:index:DnsProbe", name, {}, opts);
    refuse(this, [...probeFaults("probe", args), ...probedNameFaults("probe", args)]);

    const questions = questionsOf(args);
    const timeout = args.timeoutSeconds ?? 240;
    const spec = jobSpec(args, questions, timeout);
    const digest = createHash("sha256")
      .update(JSON.stringify([spec, args.corefileSha256]))
      .digest("hex")
      .slice(0, 10);
    this.questions = pulumi.output(questions);
    // The digest is in both names: the same question asked anew is another Job, and never a replacement.
    this.job = new k8s.batch.v1.Job(
      `${name}-job-${digest}`,
      {
        metadata: {
          name: `ack-cluster-dns-probe-${digest}`,
          namespace: args.namespace ?? "default",
          labels: { "app.kubernetes.io/name": "ack-cluster-dns-probe" },
          annotations: { "pulumi.com/replaceUnready": "true" },
        },
        spec,
      },
      {
        parent: this,
        // A component hands its dependencies down in order, but not in the state.
        dependsOn: opts?.dependsOn,
        customTimeouts: { create: `${timeout + 300}s`, update: `${timeout + 300}s` },
      },
    );
    this.jobName = this.job.metadata.name;
    this.registerOutputs({ jobName: this.jobName, questions: this.questions, job: this.job });
  }
}

function questionsOf(args: DnsProbeArgs): string[] {
  const {
    clusterDomain,
    legacyClusterDomains = [],
    organisationNames = [],
    externalNames = [],
  } = args;
  const domains = [clusterDomain, ...legacyClusterDomains];
  return [
    `search=${domains.join(",")}`,
    ...[...organisationNames].sort().map((name) => `organisation=${name}`),
    ...externalNames.map((name) => `external=${name}`),
    ...domains.map((domain) => `service=kubernetes.default.svc.${domain}`),
    "service=kubernetes.default",
    `reverse=kubernetes.default.svc.${clusterDomain}`,
  ];
}

function jobSpec(
  args: DnsProbeArgs,
  questions: string[],
  timeout: number,
): k8s.types.input.batch.v1.JobSpec {
  const tolerations = (args.toleratedTaints ?? []).map(({ key, value = "", effect }) => ({
    key,
    operator: "Equal",
    value,
    effect,
  }));
  return {
    // A pod that is evicted may try again; an answer that is wrong to the end is final, and only a job that is out of
    // retries counts as failed before its time is over.
    backoffLimit: 0,
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
      ],
    },
    activeDeadlineSeconds: timeout + 240,
    template: {
      metadata: { labels: { "app.kubernetes.io/name": "ack-cluster-dns-probe" } },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 0,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65534,
          runAsGroup: 65534,
          seccompProfile: { type: "RuntimeDefault" },
        },
        ...(tolerations.length > 0 && { tolerations }),
        containers: [
          {
            name: "probe",
            image: args.image,
            imagePullPolicy: "IfNotPresent",
            command: ["/bin/sh", "-c", script, "dns-probe", `${timeout}`, ...questions],
            terminationMessagePolicy: "FallbackToLogsOnError",
            resources: {
              requests: { cpu: "10m", memory: "16Mi" },
              limits: { cpu: "200m", memory: "64Mi" },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  };
}
