import type { Cluster } from "./api/cluster";
import { groupVersion, type GroupVersionKind } from "./objects";

const builtInGroups = new Set([
  "",
  "core",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "auditregistration.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
  "flowcontrol.apiserver.k8s.io",
  "meta",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "settings.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

const namespacedKinds = new Set([
  "Binding",
  "ConfigMap",
  "ControllerRevision",
  "CronJob",
  "CSIStorageCapacity",
  "DaemonSet",
  "Deployment",
  "Endpoints",
  "EndpointSlice",
  "Event",
  "HorizontalPodAutoscaler",
  "Ingress",
  "Job",
  "Lease",
  "LimitRange",
  "NetworkPolicy",
  "PersistentVolumeClaim",
  "Pod",
  "PodDisruptionBudget",
  "PodTemplate",
  "ReplicaSet",
  "ReplicationController",
  "ResourceQuota",
  "Role",
  "RoleBinding",
  "Secret",
  "Service",
  "ServiceAccount",
  "StatefulSet",
]);

const clusterKinds = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PodSecurityPolicy",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

/** The API itself brings this group and version along: it is not made by a definition. */
export function isBuiltIn(apiVersion: string): boolean {
  const slash = apiVersion.lastIndexOf("/");
  if (slash < 0) return apiVersion === "v1";
  return builtInGroups.has(apiVersion.slice(0, slash));
}

/**
 * Whether objects of a kind live in a namespace. Built-in kinds are known, so that it can be told
 * without a cluster; a kind that nobody knows is taken for a namespaced one.
 */
export function isNamespacedKind(gvk: GroupVersionKind, cluster: Cluster | undefined): boolean {
  if (isBuiltIn(groupVersion(gvk))) {
    const kind = gvk.kind.replace(/Patch$/, "").replace(/List$/, "");
    if (namespacedKinds.has(kind)) return true;
    if (clusterKinds.has(kind)) return false;
  }
  const scope = cluster?.declaredScope(gvk);
  if (scope !== undefined) return scope === "Namespaced";
  return cluster?.lookUp(gvk)?.namespaced ?? true;
}

/** `kubernetes:core/v1:ConfigMapList` and its like: they exist for manifests alone. */
export function isListType(type: string): boolean {
  const [, module = "", kind = ""] = type.split(":");
  return kind.endsWith("List") && isBuiltIn(module);
}
