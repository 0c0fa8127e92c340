import { addOnCorefile } from "../../../lab/cluster/corefile";
import { isSelfAssignable, nodeLabels } from "../../../lab/cluster/nodeFiles";

it.each([
  ["team", true],
  ["alibabacloud.com/nodepool-id", true],
  ["node.kubernetes.io/instance-type", true],
  ["topology.kubernetes.io/zone", true],
  ["kubernetes.io/os", true],
  ["node-role.kubernetes.io/worker", false],
  ["kubernetes.io/cluster-service", false],
  ["k8s.io/thing", false],
])("knows whether a kubelet may give itself the label %s: %p", (key, expected) => {
  expect(isSelfAssignable(key)).toBe(expected);
});

it("adds ACK's own labels to the pool's", () => {
  const labels = nodeLabels({
    instanceId: "i-1",
    nodeName: "node1",
    nodePoolId: "np-1",
    preUserData: "",
    userData: "",
    labels: [{ key: "team", value: "web" }],
    taints: [],
    unschedulable: false,
  });
  expect(Object.fromEntries(labels)).toEqual({
    "alibabacloud.com/ecs-instance-id": "i-1",
    "alibabacloud.com/nodepool-id": "np-1",
    team: "web",
  });
});

it("serves the cluster's domain and both reverse zones in the add-on's Corefile", () => {
  expect(addOnCorefile("oneprocloud.com")).toContain(
    "    kubernetes oneprocloud.com in-addr.arpa ip6.arpa {\n",
  );
});
