import { commandsFault, renderPreUserData, renderUserData } from "../../node";
import type { NodePoolSettings, TaintArgs } from "../nodePool";
import { vswitchFaults } from "./cluster";
import { checker, type Fault } from "./faults";

/** ECS takes 16 KiB, and ACK's own part of the document needs room beside ours. */
const largestUserData = 12 * 1024;

/** The faults of one pool. */
export function nodePoolFaults(key: string, pool: NodePoolSettings): Fault[] {
  const faults: Fault[] = [];
  const check = checker(key, faults);
  check(
    /^[a-z0-9][a-z0-9-]{0,62}$/i.test(pool.name),
    "name",
    pool.name,
    "a pool's name has 1 to 63 letters, digits and hyphens and begins with a letter or digit",
    "Correct the name",
  );
  check(
    pool.instanceTypes.length > 0,
    "instanceTypes",
    pool.instanceTypes,
    "a pool needs an instance type",
    "List one or more, best first",
  );
  pool.instanceTypes.forEach((type, index) =>
    check(
      /^ecs\.[a-z0-9-]+\.[a-z0-9-]+$/.test(type),
      `instanceTypes[${index}]`,
      type,
      "an instance type is ecs.<family>.<size>",
      'Write for example "ecs.g7.large"',
    ),
  );
  check(
    !/^(Windows|ContainerOS)/.test(pool.imageType ?? ""),
    "imageType",
    pool.imageType,
    "the shell scripts that set the cluster domain of kubelets do not run on Windows and ContainerOS",
    "Take another image, such as AliyunLinux3ContainerOptimized",
  );
  const disk = pool.systemDiskSize ?? 120;
  check(
    Number.isInteger(disk) && disk >= 20,
    "systemDiskSize",
    pool.systemDiskSize,
    "a system disk has 20 GiB or more",
    "Write a whole number from 20, or remove the line for 120",
  );
  faults.push(...vswitchFaults(`${key}.vswitchIds`, pool.vswitchIds ?? []));
  (pool.taints ?? []).forEach((taint, index) =>
    faults.push(...taintFaults(`${key}.taints[${index}]`, taint)),
  );
  return [...faults, ...sizeFaults(key, pool), ...userDataFaults(key, pool)];
}

function sizeFaults(key: string, { desiredSize, minSize, maxSize }: NodePoolSettings): Fault[] {
  const scaled = minSize !== undefined || maxSize !== undefined;
  if (scaled === (desiredSize !== undefined)) {
    return [
      {
        key: `${key}.desiredSize`,
        value: desiredSize,
        rule: scaled
          ? "a pool has a fixed size or a smallest and a largest one, not both"
          : "missing, and so are minSize and maxSize",
        wayOut: "Set desiredSize, or minSize and maxSize for the cluster autoscaler",
      },
    ];
  }
  const sizes = Object.entries({ desiredSize, minSize, maxSize }).flatMap(
    ([field, value]): Fault[] =>
      value === undefined || (Number.isInteger(value) && value >= 0 && value <= 1000)
        ? []
        : [
            {
              key: `${key}.${field}`,
              value,
              rule: "a pool has 0 to 1000 nodes",
              wayOut: "Write a whole number from 0 to 1000",
            },
          ],
  );
  if (scaled && (minSize === undefined || maxSize === undefined || minSize > maxSize)) {
    sizes.push({
      key: `${key}.maxSize`,
      value: maxSize,
      rule: "minSize and maxSize belong together, and minSize is not the larger one",
      wayOut: "Set both",
    });
  }
  return sizes;
}

function taintFaults(key: string, { key: name, effect }: TaintArgs): Fault[] {
  const faults: Fault[] = [];
  if (name === "")
    faults.push({
      key: `${key}.key`,
      value: name,
      rule: "a taint needs a key",
      wayOut: "Write one",
    });
  if (!["NoSchedule", "PreferNoSchedule", "NoExecute"].includes(effect)) {
    faults.push({
      key: `${key}.effect`,
      value: effect,
      rule: "Kubernetes knows NoSchedule, PreferNoSchedule and NoExecute",
      wayOut: "Write one of them",
    });
  }
  return faults;
}

function userDataFaults(key: string, { userData }: NodePoolSettings): Fault[] {
  if (userData === undefined) return [];
  const fault = commandsFault(userData);
  if (fault !== undefined) {
    return [{ key: `${key}.userData`, rule: fault, wayOut: "Write shell commands" }];
  }
  const clusterDomain = "x".repeat(63);
  const size =
    Buffer.byteLength(renderPreUserData({ clusterDomain })) +
    Buffer.byteLength(renderUserData({ clusterDomain, commands: userData }));
  if (size <= largestUserData) return [];
  return [
    {
      key: `${key}.userData`,
      rule: `it makes the user data ${size} bytes long, and ${largestUserData} are the most that leave ECS room for ACK's own part`,
      wayOut: "Have the commands fetch what is large",
    },
  ];
}
