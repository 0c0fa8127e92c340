import { groupVersion, type GroupVersionKind } from "./objects";

interface Removal {
  /** Minor version of Kubernetes 1.x that no longer serves it. */
  removedIn: number;
  replacement: string;
}

const removed: Record<string, Removal> = {};
function remove(removedIn: number, from: string, to: string, kinds: string): void {
  for (const kind of kinds.split(" ")) {
    removed[`${from}/${kind}`] = { removedIn, replacement: `${to}/${kind}` };
  }
}

remove(16, "apps/v1beta1", "apps/v1", "Deployment StatefulSet ControllerRevision");
remove(16, "apps/v1beta2", "apps/v1", "DaemonSet Deployment ReplicaSet StatefulSet");
remove(16, "extensions/v1beta1", "apps/v1", "DaemonSet Deployment ReplicaSet");
remove(16, "extensions/v1beta1", "networking.k8s.io/v1", "NetworkPolicy");
remove(16, "extensions/v1beta1", "policy/v1beta1", "PodSecurityPolicy");
remove(22, "extensions/v1beta1", "networking.k8s.io/v1", "Ingress");
remove(22, "networking.k8s.io/v1beta1", "networking.k8s.io/v1", "Ingress IngressClass");
remove(22, "apiextensions.k8s.io/v1beta1", "apiextensions.k8s.io/v1", "CustomResourceDefinition");
remove(
  22,
  "admissionregistration.k8s.io/v1beta1",
  "admissionregistration.k8s.io/v1",
  "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
);
remove(22, "certificates.k8s.io/v1beta1", "certificates.k8s.io/v1", "CertificateSigningRequest");
remove(22, "coordination.k8s.io/v1beta1", "coordination.k8s.io/v1", "Lease");
for (const version of ["v1alpha1", "v1beta1"]) {
  remove(
    22,
    `rbac.authorization.k8s.io/${version}`,
    "rbac.authorization.k8s.io/v1",
    "ClusterRole ClusterRoleBinding Role RoleBinding",
  );
}
remove(22, "scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1", "PriorityClass");
remove(
  22,
  "storage.k8s.io/v1beta1",
  "storage.k8s.io/v1",
  "CSIDriver CSINode StorageClass VolumeAttachment",
);
remove(25, "batch/v1beta1", "batch/v1", "CronJob");
remove(25, "discovery.k8s.io/v1beta1", "discovery.k8s.io/v1", "EndpointSlice");
remove(25, "events.k8s.io/v1beta1", "events.k8s.io/v1", "Event");
remove(25, "policy/v1beta1", "policy/v1", "PodDisruptionBudget");
remove(25, "node.k8s.io/v1beta1", "node.k8s.io/v1", "RuntimeClass");
remove(25, "autoscaling/v2beta1", "autoscaling/v2", "HorizontalPodAutoscaler");
remove(26, "autoscaling/v2beta2", "autoscaling/v2", "HorizontalPodAutoscaler");

const flowcontrol = "flowcontrol.apiserver.k8s.io";
for (const [minor, version] of [
  [26, "v1beta1"],
  [29, "v1beta2"],
  [32, "v1beta3"],
] as const) {
  const kinds = "FlowSchema PriorityLevelConfiguration";
  remove(minor, `${flowcontrol}/${version}`, `${flowcontrol}/v1`, kinds);
}

export interface ServerVersion {
  major: number;
  minor: number;
}

const spelled = (gvk: GroupVersionKind): string => `${groupVersion(gvk)}/${gvk.kind}`;

/** Says that a server of this version no longer serves the kind; undefined while it does. */
export function removalNotice(gvk: GroupVersionKind, server: ServerVersion): string | undefined {
  const found = removed[spelled(gvk)];
  if (!found || (server.major <= 1 && server.minor < found.removedIn)) return undefined;
  return (
    `apiVersion "${spelled(gvk)}" was removed in Kubernetes 1.${found.removedIn}. ` +
    `Use "${found.replacement}" instead.\n` +
    `See https://git.k8s.io/kubernetes/CHANGELOG/CHANGELOG-1.${found.removedIn}.md#deprecation ` +
    "for more information."
  );
}

/** Says that the kind has a successor; undefined when it has none. */
export function deprecationNotice(gvk: GroupVersionKind): string | undefined {
  const found = removed[spelled(gvk)];
  return (
    found &&
    `${spelled(gvk)} is deprecated by ${found.replacement} and not supported by ` +
      `Kubernetes v1.${found.removedIn}+ clusters.`
  );
}
