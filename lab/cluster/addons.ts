import { addOnCorefile } from "./corefile";
import type { ApiClient } from "./apiClient";
import type { ClusterSpec } from "./driver";
import { imageNames } from "./images";
import { serviceAddress } from "./network";

/** Who owns what the add-ons install: nobody else writes under this name. */
export const addOnManager = "ack-addon-manager";

interface AddOnObject {
  /** The collection that it is made in. */
  path: string;
  object: NamedObject;
}

interface NamedObject {
  metadata: { name: string; [field: string]: unknown };
  [field: string]: unknown;
}

const namespace = "kube-system";
const labels = { "k8s-app": "kube-dns" };

/**
 * Installs CoreDNS as the add-on does. What exists already is left as it is, so that an installation
 * that was cut short can be repeated.
 */
export async function installAddOns(api: ApiClient, spec: ClusterSpec): Promise<void> {
  for (const { path, object } of [...coreDnsAccess(), ...coreDnsWorkload(spec)]) {
    if ((await api.get(`${path}/${object.metadata.name}`)).status === 200) continue;
    const { status, body } = await api.create(path, object, addOnManager);
    if (status !== 201) {
      throw new Error(`${path}: the API server answered ${status}: ${JSON.stringify(body)}`);
    }
  }
}

function coreDnsAccess(): AddOnObject[] {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const role = "system:coredns";
  const read = ["list", "watch"];
  return [
    {
      path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
      object: { metadata: { name: "coredns" } },
    },
    {
      path: `${rbac}/clusterroles`,
      object: {
        metadata: { name: role },
        rules: [
          { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: read },
          { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
        ],
      },
    },
    {
      path: `${rbac}/clusterrolebindings`,
      object: {
        metadata: { name: role },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
        subjects: [{ kind: "ServiceAccount", name: "coredns", namespace }],
      },
    },
  ];
}

function coreDnsWorkload(spec: ClusterSpec): AddOnObject[] {
  return [
    {
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      object: {
        metadata: { name: "coredns" },
        data: { Corefile: addOnCorefile(spec.clusterDomain) },
      },
    },
    {
      path: `/api/v1/namespaces/${namespace}/services`,
      object: {
        metadata: {
          name: "kube-dns",
          labels: { ...labels, "kubernetes.io/cluster-service": "true" },
          annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
        },
        spec: {
          clusterIP: serviceAddress(spec.serviceCidr, 10),
          selector: labels,
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "metrics", port: 9153, protocol: "TCP" },
          ],
        },
      },
    },
    {
      path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
      object: {
        metadata: { name: "coredns", labels },
        spec: {
          replicas: 2,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: coreDnsPod() },
        },
      },
    },
  ];
}

function coreDnsPod(): object {
  const probe = (path: string, port: number) => ({ httpGet: { path, port, scheme: "HTTP" } });
  return {
    serviceAccountName: "coredns",
    priorityClassName: "system-cluster-critical",
    dnsPolicy: "Default",
    tolerations: [
      { key: "CriticalAddonsOnly", operator: "Exists" },
      { operator: "Exists", effect: "NoSchedule" },
    ],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              labelSelector: { matchLabels: labels },
              topologyKey: "kubernetes.io/hostname",
            },
          },
        ],
      },
    },
    containers: [
      {
        name: "coredns",
        image: imageNames.coredns,
        imagePullPolicy: "IfNotPresent",
        args: ["-conf", "/etc/coredns/Corefile"],
        resources: { requests: { cpu: "100m", memory: "70Mi" }, limits: { memory: "2Gi" } },
        ports: [
          { containerPort: 53, name: "dns", protocol: "UDP" },
          { containerPort: 53, name: "dns-tcp", protocol: "TCP" },
          { containerPort: 9153, name: "metrics", protocol: "TCP" },
        ],
        livenessProbe: { ...probe("/health", 8080), initialDelaySeconds: 60, timeoutSeconds: 5 },
        readinessProbe: { ...probe("/ready", 8181), periodSeconds: 2, timeoutSeconds: 5 },
        volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
      },
    ],
    volumes: [
      {
        name: "config-volume",
        configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] },
      },
    ],
  };
}
