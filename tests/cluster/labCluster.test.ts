import { readFileSync } from "node:fs";
import * as tls from "node:tls";

import { command } from "../../lab/cluster/binaries";
import { cgroupPids } from "../../lab/cluster/cgroups";
import type { ClusterSpec, NodeSpec, PublicZone } from "../../lab/cluster/driver";
import { createLabDriver, kubeconfigFile } from "../../lab/cluster/labDriver";
import { nodeInit } from "../../lab/cluster/node";
import { attempt, daemonPid, rootCgroup, run, signal } from "../../lab/cluster/process";
import { readStatus } from "../../lab/cluster/status";
import { findRemains, tearDown } from "../../lab/cluster/teardown";
import { openInstance, type Instance } from "../../lab/instance";

jest.setTimeout(240_000);

const clusterSpec = (clusterDomain: string): ClusterSpec => ({
  id: "c-test",
  name: "test",
  clusterDomain,
  serviceCidr: "10.96.0.0/16",
  podCidr: "10.244.0.0/16",
  nodeCidrMask: 24,
  kubernetesVersion: "1.35.4",
  certificateSans: [],
});

// Says when each thing happened, in nanoseconds, and tries what ACK does not let it keep.
const preUserData = `#!/bin/bash
date +%s%N >/var/log/test-pre-user-data
[ -e /usr/bin/kubelet ] && echo "kubelet is here already"
mkdir -p /etc/kubernetes /etc/systemd/system/kubelet.service.d
echo 'KUBELET_CUSTOMIZED_ARGS="--max-pods=42"' >/etc/kubernetes/kubelet-customized-args.conf
cat >/etc/systemd/system/kubelet.service.d/99-test.conf <<'UNIT'
[Service]
ExecStartPre=/bin/sh -c '[ -e /var/log/test-kubelet ] || date +%%s%%N >/var/log/test-kubelet'
UNIT
exit 4
`;
const userData = `#!/bin/bash
date +%s%N >/var/log/test-user-data
until [ -e /tmp/test-release ]; do sleep 0.2; done
date +%s%N >/var/log/test-user-data-end
exit 9
`;

const nodeSpec = (nodeName: string, change: Partial<NodeSpec> = {}): NodeSpec => ({
  instanceId: `i-${nodeName}`,
  nodeName,
  nodePoolId: "np-test",
  preUserData: "",
  userData: "",
  labels: [],
  taints: [],
  unschedulable: false,
  ...change,
});

const zone = (address: string): PublicZone => ({
  name: "oneprocloud.com",
  records: [
    {
      rr: "downloads",
      type: "CNAME",
      value: "saas-downloads.oss-cn-beijing.aliyuncs.com",
      ttl: 60,
    },
    { rr: "www", type: "A", value: address, ttl: 60 },
  ],
});

const instance = openInstance("t-lab");
const driver = createLabDriver(instance, () => undefined, { bootNodes: true });

const kubectl = (...args: string[]) =>
  run([command("kubectl"), "--kubeconfig", kubeconfigFile(instance), ...args]);
const onNode = async (script: string, node = "node1") =>
  (await driver.runCommand(node, script, 30)).output.trim();
const configz = async (node: string) => {
  const text = await kubectl("get", "--raw", `/api/v1/nodes/${node}/proxy/configz`);
  return (JSON.parse(text) as { kubeletconfig: Record<string, unknown> }).kubeletconfig;
};
const dig = (...question: string[]) =>
  kubectl("exec", "dig", "--", "dig", "+short", "+tries=2", ...question);

const kubeletDomain = async () => (await readStatus(instance)).cluster?.nodes[0]?.clusterDomain;

async function eventually(check: () => Promise<boolean> | boolean, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

beforeAll(async () => {
  await tearDown(instance, { keep: true });
  await driver.deleteCluster("c-test");
  await driver.createCluster(clusterSpec("oneprocloud.com"));
  await driver.publishZones([zone("203.0.113.10")]);
  await Promise.all([
    driver.addNode("c-test", nodeSpec("node1", { preUserData, userData })),
    driver.addNode(
      "c-test",
      nodeSpec("node2", {
        labels: [
          { key: "team", value: "web" },
          { key: "node-role.kubernetes.io/worker", value: "" },
        ],
      }),
    ),
  ]);
});

afterAll(() => tearDown(instance, { keep: false }));

describe("a node's first boot", () => {
  it("is Ready while user data still runs", async () => {
    expect(await onNode("ls /var/log/test-user-data*")).toBe("/var/log/test-user-data");
    await onNode("touch /tmp/test-release");
    await eventually(async () => (await onNode("ls /var/log")).includes("test-user-data-end"), 10);
  });

  it("runs pre user data, then kubelet, then user data", async () => {
    const times = (await onNode("cd /var/log; cat test-pre-user-data test-kubelet test-user-data"))
      .split("\n")
      .map(BigInt);
    expect(times).toHaveLength(3);
    expect(times).toEqual([...times].sort());
    expect(await onNode("cat /var/log/cloud-init-output.log")).not.toContain("here already");
  });

  it("lets no part that fails hold up the rest", async () => {
    await eventually(
      async () => (await onNode("tail -1 /var/log/cloud-init-output.log")).endsWith("finished"),
      10,
    );
    const log = await onNode("cat /var/log/cloud-init-output.log");
    expect(log).toContain("pre user data FAILED with exit code 4");
    expect(log).toContain("user data FAILED with exit code 9");
  });

  it("overwrites the customized arguments, which carry the reservations", async () => {
    const file = await onNode("cat /etc/kubernetes/kubelet-customized-args.conf");
    expect(file).toContain("--kube-reserved=");
    expect(file).not.toContain("--max-pods");
    expect(await configz("node1")).toMatchObject({
      maxPods: 110,
      kubeReserved: { memory: "100Mi" },
      clusterDomain: "oneprocloud.com",
    });
  });

  it("registers with the pool's labels and a provider ID", async () => {
    const node = JSON.parse(await kubectl("get", "node", "node2", "-o", "json")) as {
      metadata: { labels: Record<string, string> };
      spec: { providerID: string; podCIDR: string };
    };
    expect(node.metadata.labels).toMatchObject({
      team: "web",
      "node-role.kubernetes.io/worker": "",
      "alibabacloud.com/nodepool-id": "np-test",
    });
    expect(node.spec.providerID).toBe("cn-beijing.i-node2");
  });
});

describe("names", () => {
  beforeAll(async () => {
    await kubectl("rollout", "status", "-n", "kube-system", "deploy/coredns", "--timeout=90s");
    await kubectl("run", "dig", "--image=lab.local/dnsutils:1", "--command", "sleep", "86400");
    await kubectl("wait", "--for=condition=Ready", "pod/dig", "--timeout=60s");
  });

  it("of services resolve, forwards and backwards", async () => {
    expect(await dig("kubernetes.default.svc.oneprocloud.com")).toBe("10.96.0.1\n");
    expect(await dig("-x", "10.96.0.10")).toBe("kube-dns.kube-system.svc.oneprocloud.com.\n");
  });

  it("of the Internet resolve, through CNAMEs into other zones", async () => {
    expect(await dig("www.baidu.com")).toBe("www.a.shifen.com.\n198.51.100.11\n");
  });

  it("of the organisation are hidden by the cluster domain", async () => {
    expect(await dig("downloads.oneprocloud.com")).toBe("");
    expect(await dig("downloads.oneprocloud.com", "@100.100.2.136")).toBe(
      "saas-downloads.oss-cn-beijing.aliyuncs.com.\n198.51.100.20\n",
    );
  });

  it("change at the public DNS within two seconds", async () => {
    const start = Date.now();
    await driver.publishZones([zone("203.0.113.99")]);
    expect(await dig("www.oneprocloud.com", "@100.100.2.138")).toBe("203.0.113.99\n");
    expect(Date.now() - start).toBeLessThan(2000);
  });

  it("are configured by a ConfigMap that the add-on's manager owns", async () => {
    const text = await kubectl(
      ...["get", "cm", "coredns", "-n", "kube-system", "-o", "json", "--show-managed-fields"],
    );
    const { metadata, data } = JSON.parse(text) as {
      metadata: { managedFields: { manager: string; operation: string }[] };
      data: { Corefile: string };
    };
    expect(metadata.managedFields).toMatchObject([
      { manager: "ack-addon-manager", operation: "Update" },
    ]);
    expect(data.Corefile).toContain("kubernetes oneprocloud.com in-addr.arpa ip6.arpa {");
  });
});

describe("the driver", () => {
  it("runs commands on a node and cuts them off", async () => {
    const answer = await driver.runCommand("node2", "echo out; echo err >&2; hostname; exit 7", 10);
    expect(answer).toEqual({ exitCode: 7, output: "out\nerr\nnode2\n" });
    expect((await driver.runCommand("node2", "sleep 60", 1)).exitCode).toBe(124);
  });

  it("adds names to the API server's certificate", async () => {
    expect(await certificateNames(instance)).toContain(
      "DNS:kubernetes.default.svc.oneprocloud.com",
    );
    await driver.updateCertificateSans("c-test", ["kubernetes.default.svc.cluster.local"]);
    const names = await certificateNames(instance);
    expect(names).toContain("DNS:kubernetes.default.svc.oneprocloud.com");
    expect(names).toContain("DNS:kubernetes.default.svc.cluster.local");
    expect(names).toContain("IP Address:127.0.0.1");
  });

  it("listens on nothing but loopback", async () => {
    const ours = cgroupPids(rootCgroup(instance)).map((pid) => `pid=${pid},`);
    const open = (await run(["ss", "-Hltnup"]))
      .split("\n")
      .filter((line) => ours.some((pid) => line.includes(pid)))
      .map((line) => line.split(/\s+/)[4]);
    expect(open).toContain(`127.0.0.1:${instance.apiPort}`);
    expect(open.filter((address) => !address?.startsWith("127.0.0.1:"))).toEqual([]);
  });

  it("runs a second instance beside the first, with the same addresses", async () => {
    const other = openInstance("t-lab-two");
    try {
      const second = createLabDriver(other, () => undefined, { bootNodes: false });
      await second.createCluster(clusterSpec("cluster.local"));
      await second.addNode("c-test", nodeSpec("node1"));
      const status = await readStatus(other);
      expect(status.cluster).toMatchObject({ apiReady: true, nodes: [] });
      expect(await certificateNames(other)).toContain("DNS:kubernetes.default.svc.cluster.local");
      expect((await readStatus(instance)).cluster?.apiReady).toBe(true);
    } finally {
      await tearDown(other, { keep: false });
    }
    expect((await readStatus(instance)).cluster?.nodes).toMatchObject([
      { name: "node1", running: true },
      { name: "node2", running: true },
    ]);
  });

  it("removes a node without a trace", async () => {
    await driver.removeNode("c-test", "node2");
    expect(await kubectl("get", "nodes", "-o", "name")).toBe("node/node1\n");
    expect((await findRemains(instance)).namespaces).not.toContain("t-lab-node2");
    expect(cgroupPids(`${rootCgroup(instance)}/node-node2`)).toEqual([]);
  });
});

describe("a node that goes down", () => {
  it("reboots into the same node, without first-boot work", async () => {
    const before = await onNode("md5sum /var/log/cloud-init-output.log /var/log/test-kubelet");
    const booted = await onNode("stat -c %Y /proc/1");
    await onNode("systemctl reboot");
    await eventually(async () => {
      if (nodeInit(instance, "node1") === undefined) return false;
      const answer = await driver.runCommand("node1", "stat -c %Y /proc/1", 10).catch(() => null);
      return answer?.exitCode === 0 && answer.output.trim() !== booted;
    }, 60);
    await eventually(async () => (await kubeletDomain()) === "oneprocloud.com", 60);
    expect(await onNode("md5sum /var/log/cloud-init-output.log /var/log/test-kubelet")).toBe(
      before,
    );
  });

  it("starts again after its machine was killed", async () => {
    const init = nodeInit(instance, "node1");
    const machine = Number(
      /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${init}/status`, "utf8"))?.[1],
    );
    signal(machine, "SIGKILL");
    await eventually(() => {
      const now = nodeInit(instance, "node1");
      return now !== undefined && now !== init;
    }, 30);
    await eventually(async () => (await kubeletDomain()) === "oneprocloud.com", 60);
  });
});

describe("a lab that crashed", () => {
  it("comes back as it was", async () => {
    for (const name of ["etcd", "kube-apiserver", "api-outer", "node-node1", "public-dns"]) {
      signal(daemonPid(instance, name) ?? 0, "SIGKILL");
    }
    await driver.restore();
    const { cluster } = await readStatus(instance);
    expect(cluster).toMatchObject({ apiReady: true, nodes: [{ name: "node1", ready: true }] });
    expect(await onNode("grep -c 'pre user data starts' /var/log/cloud-init-output.log")).toBe("1");
  });

  it("leaves nothing behind, whatever was killed and without its records", async () => {
    const pids = cgroupPids(rootCgroup(instance));
    for (const pid of pids.filter((_, index) => index % 2 === 0)) signal(pid, "SIGKILL");
    await attempt(["rm", "-rf", `${instance.dir}/run`]);
    await tearDown(instance, { keep: false });
    expect(await findRemains(instance)).toEqual({
      processes: [],
      mounts: [],
      namespaces: [],
      cgroups: [],
    });
    expect(await run(["ip", "netns", "list"])).not.toContain("t-lab-");
  });
});

function certificateNames({ apiPort }: Instance): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: apiPort, rejectUnauthorized: false };
    const socket = tls.connect(options, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? "");
      socket.end();
    });
    socket.on("error", reject);
  });
}
