import * as pulumi from "@pulumi/pulumi";
import type { AckPlatformArgs } from "../../components";

/** A resource as the engine was asked to make it. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  custom: boolean;
  /** Logical name of the parent, if it is not the stack. */
  parent?: string;
  /** Logical names of what it must come after, without what its inputs come from. */
  dependsOn: string[];
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  deleteBeforeReplace?: boolean;
  provider?: string;
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getDependenciesList(): string[];
  getProvider(): string;
}

const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";

/**
 * Runs `program` against mocks of the engine and returns every resource that it registered, in order, once all that was
 * started has ended.
 */
export async function register(program: () => void): Promise<Registered[]> {
  const inputs = new Map<string, { inputs: Record<string, unknown>; custom: boolean }>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs: given, custom }) => {
        inputs.set(`${type}::${name}`, {
          inputs: given as Record<string, unknown>,
          custom: custom ?? false,
        });
        const token = type.endsWith(":BucketCnameToken") ? { token: "token-1" } : {};
        return { id: `${name}-id`, state: { ...(given as object), ...token } };
      },
      call: () => ({ kubeConfig: "apiVersion: v1" }),
    },
    "ack-cluster-dns",
    "test",
    false,
  );
  const requests: Request[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: Request, ...rest: unknown[]) => unknown;
  };
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    requests.push(request);
    return original(request, ...rest);
  };
  program();
  await pulumi.runtime.disconnect();
  return requests
    .filter((request) => request.getType() !== "pulumi:pulumi:Stack")
    .map((request) => ({
      type: request.getType(),
      name: request.getName(),
      ...(inputs.get(`${request.getType()}::${request.getName()}`) ?? {
        inputs: {},
        custom: false,
      }),
      parent: nameOf(request.getParent()),
      dependsOn: request.getDependenciesList().map(nameOf),
      protect: request.getProtect(),
      retainOnDelete: request.getRetainondelete(),
      ignoreChanges: request.getIgnorechangesList(),
      deleteBeforeReplace: request.getDeletebeforereplacedefined()
        ? request.getDeletebeforereplace()
        : undefined,
      provider: nameOf(request.getProvider().split("::").slice(0, -1).join("::")),
    }));
}

/** The arguments of a platform with every part, as small as it can be. */
export function platformArgs(): AckPlatformArgs {
  return {
    region: "cn-beijing",
    organisation: { zones: ["oneprocloud.com"] },
    cluster: {
      name: "saas",
      clusterDomain: "cluster.local",
      vswitchIds: ["vsw-a"],
      podCidr: "172.20.0.0/16",
      serviceCidr: "172.21.0.0/20",
    },
    nodePools: [{ name: "workers", instanceTypes: ["ecs.g7.large"], desiredSize: 2 }],
    ossDomains: [{ domain: "downloads.oneprocloud.com", bucket: "saas-downloads" }],
    coreDns: { version: "1.11.3" },
    probe: { image: "registry.example.com/busybox:1.36", externalNames: ["www.example.com"] },
  };
}
