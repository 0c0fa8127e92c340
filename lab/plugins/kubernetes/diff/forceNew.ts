import type { Settings } from "../settings";
import { gvkOf, type KubeObject } from "../objects";
import { isList, isMap, type Value } from "../../rpc/values";

/** A path of keys; `*` is every element of a list. */
export type Pattern = readonly string[];

export const identity: Pattern[] = [
  ["metadata", "name"],
  ["metadata", "namespace"],
];

const paths = (...dotted: string[]): Pattern[] => dotted.map((path) => path.split("."));
const under = (parent: string, ...fields: string[]): Pattern[] =>
  paths(...fields.map((field) => `${parent}.${field}`));

const volumePlugins =
  "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker " +
  "gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume " +
  "quobyte rbd scaleIO storageos vsphereVolume";
const podFields =
  "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases " +
  "hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead " +
  "preemptionPolicy priority priorityClassName readinessGates restartPolicy runtimeClassName " +
  "schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace " +
  "subdomain terminationGracePeriodSeconds volumes";
const containerFields =
  "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe " +
  "resources securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy " +
  "tty volumeDevices volumeMounts workingDir";

const statefulSet = under(
  "spec",
  "podManagementPolicy",
  "revisionHistoryLimit",
  "selector",
  "serviceName",
  "volumeClaimTemplates",
);

/** By group, version and kind: a change there cannot be made in place. */
const byKind: Record<string, Pattern[]> = {
  "apps/v1/DaemonSet": paths("spec.selector"),
  "apps/v1beta2/DaemonSet": paths("spec.selector"),
  "apps/v1/Deployment": paths("spec.selector"),
  "apps/v1beta2/Deployment": paths("spec.selector"),
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1beta1/StatefulSet": statefulSet,
  "apps/v1beta2/StatefulSet": statefulSet,
  ...Object.fromEntries(
    ["v1", "v1beta1", "v2alpha1"].map((version) => [
      `batch/${version}/Job`,
      under("spec", "completions", "parallelism", "selector", "template"),
    ]),
  ),
  ...Object.fromEntries(
    ["v1", "v1alpha1", "v1beta1"].flatMap((version) =>
      ["ClusterRoleBinding", "RoleBinding"].map((kind) => [
        `rbac.authorization.k8s.io/${version}/${kind}`,
        paths("roleRef"),
      ]),
    ),
  ),
  "policy/v1beta1/PodDisruptionBudget": paths("spec"),
  "storage.k8s.io/v1/StorageClass": paths("parameters", "provisioner"),
  "/v1/PersistentVolume": under("spec", ...volumePlugins.split(" ")),
  "/v1/PersistentVolumeClaim": under(
    "spec",
    "accessModes",
    "selector",
    "storageClassName",
    "volumeName",
  ),
  "/v1/Pod": [
    ...under("spec", ...podFields.split(" ")),
    ...under("spec.containers.*", ...containerFields.split(" ")),
    ...under("spec.initContainers.*", ...containerFields.split(" ")),
  ],
  "/v1/ResourceQuota": paths("spec.scopes"),
  "/v1/Secret": paths("type"),
  "/v1/Service": paths("spec.clusterIP"),
};

export function forceNewPatterns(object: KubeObject, settings: Settings): Pattern[] {
  const { group, version, kind } = gvkOf(object);
  const key = `${group}/${version}/${kind}`;
  const isImmutable = object["immutable"] === true;
  if (key === "/v1/Secret" && (!settings.secretMutable || isImmutable)) {
    return [...identity, ...paths("type", "stringData", "data")];
  }
  if (key === "/v1/ConfigMap" && (!settings.configMapMutable || isImmutable)) {
    return [...identity, ...paths("binaryData", "data")];
  }
  return [...identity, ...(byKind[key] ?? [])];
}

/** Whether the value `value` at `path` touches what the pattern names. */
export function touches(path: (string | number)[], value: Value, pattern: Pattern): boolean {
  for (const [index, step] of pattern.entries()) {
    if (index === path.length) return contains(value, pattern.slice(index));
    const at = path[index];
    if (step === "*" ? typeof at !== "number" : at !== step) return false;
  }
  return true;
}

function contains(value: Value, [step, ...rest]: Pattern): boolean {
  if (step === undefined) return true;
  if (step === "*") return isList(value) && value.some((item) => contains(item, rest));
  const next = isMap(value) ? value[step] : undefined;
  return next !== undefined && contains(next, rest);
}
