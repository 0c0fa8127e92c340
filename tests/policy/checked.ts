import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";

import { renderPreUserData, renderUserData, toUserData } from "../../node";

// The SDK exports it, and its type declarations leave it out.
const { unknownCheckingProxy } = jest.requireActual<{
  unknownCheckingProxy: <T extends object>(value: T) => T;
}>("@pulumi/policy");

export const organisationConfig = { zones: ["oneprocloud.com"] };

/** Sets the stack's config, as the engine hands it to a policy pack. */
export function setStackConfig(sections: Record<string, unknown>): void {
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(sections).map(([key, value]) => [
        `ack-cluster-dns:${key}`,
        JSON.stringify(value),
      ]),
    ),
  );
}

/** A resource whose unknown values cannot be read, as in a preview. */
export interface Given {
  type: string;
  name?: string;
  props: Record<string, unknown>;
  protect?: boolean;
  ignoreChanges?: string[];
  parent?: PolicyResource;
}

const options = (protect: boolean, ignoreChanges: string[]): ResourceValidationArgs["opts"] => ({
  protect,
  ignoreChanges,
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
});

export function resource({
  type,
  name = "it",
  props,
  protect = true,
  ignoreChanges = [],
  parent,
}: Given): PolicyResource {
  return {
    type,
    name,
    props: unknownCheckingProxy(props),
    urn: `urn:pulumi:dev::test::${parent ? `${parent.type}$` : ""}${type}::${name}`,
    opts: options(protect, ignoreChanges),
    parent,
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}

/** What a policy says of one resource. */
export async function check(
  policy: ResourceValidationPolicy,
  given: Given,
  config: object = {},
): Promise<string[]> {
  const said: string[] = [];
  const { type, name, props, urn, opts } = resource(given);
  const args: ResourceValidationArgs = {
    type,
    name,
    props,
    urn,
    opts,
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig: <T extends object>() => config as T,
    notApplicable: () => {
      throw new Error("not applicable");
    },
  };
  const validations = [policy.validateResource ?? []].flat();
  for (const validate of validations) await validate(args, (message) => said.push(message));
  return said;
}

/** What a policy says of a stack. */
export async function checkStack(
  policy: StackValidationPolicy,
  resources: PolicyResource[],
): Promise<string[]> {
  const said: string[] = [];
  await policy.validateStack(
    {
      resources,
      stackTags: new Map(),
      getConfig: <T extends object>() => ({}) as T,
      notApplicable: () => {
        throw new Error("not applicable");
      },
    },
    (message, urn) => said.push(`${urn?.split("::").pop()}: ${message}`),
  );
  return said;
}

export const clusterGiven = (props: Record<string, unknown> = {}, protect = true): Given => ({
  type: "alicloud:cs/managedKubernetes:ManagedKubernetes",
  name: "saas-ack",
  props: { name: "saas", clusterDomain: "cluster.local", deletionProtection: true, ...props },
  protect,
  ignoreChanges: ["clusterDomain"],
});

export const corefile = (...zones: string[]): string =>
  `.:53 {\n    errors\n    kubernetes ${zones.join(" ")} in-addr.arpa ip6.arpa {\n        pods insecure\n    }\n    forward . /etc/resolv.conf\n}\n`;

export const patchGiven = (text: string, props: Record<string, unknown> = {}): Given => ({
  type: "kubernetes:core/v1:ConfigMapPatch",
  name: "corefile",
  props: {
    metadata: {
      name: "coredns",
      namespace: "kube-system",
      annotations: {
        "pulumi.com/patchForce": "true",
        "pulumi.com/patchFieldManager": "ack-cluster-dns",
      },
    },
    data: { Corefile: text },
    ...props,
  },
});

export const poolGiven = (
  clusterDomain: string | undefined,
  props: Record<string, unknown> = {},
): Given => ({
  type: "alicloud:cs/nodePool:NodePool",
  name: "workers-pool",
  props: {
    nodePoolName: "workers",
    ...(clusterDomain !== undefined && {
      preUserData: toUserData(renderPreUserData({ clusterDomain })),
      userData: toUserData(renderUserData({ clusterDomain })),
    }),
    ...props,
  },
});
