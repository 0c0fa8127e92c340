import { renderStatus } from "../../../lab/statusText";

const instance = { name: "t", dir: "/somewhere/t", cloudPort: 1, apiPort: 2 };

it("says what is missing before there is a cluster", () => {
  const text = renderStatus(instance, { processes: [], cluster: undefined, zones: [] });
  expect(text).toContain("No process is running.");
  expect(text).toContain("There is no cluster.");
});

it("lines up what runs and marks what does not", () => {
  const text = renderStatus(instance, {
    processes: [
      { name: "etcd", pid: 12 },
      { name: "kube-apiserver", pid: undefined },
    ],
    cluster: {
      spec: {
        id: "c1",
        name: "dev",
        clusterDomain: "oneprocloud.com",
        serviceCidr: "10.96.0.0/16",
        podCidr: "10.244.0.0/16",
        nodeCidrMask: 24,
        kubernetesVersion: "1.35.4",
        certificateSans: [],
      },
      apiReady: false,
      nodes: [
        {
          name: "node1",
          ip: "10.240.0.11",
          instanceId: "i-1",
          sshPort: 3,
          running: true,
          ready: true,
          clusterDomain: "cluster.local",
        },
        {
          name: "node2",
          ip: "10.240.0.12",
          instanceId: "i-2",
          sshPort: 4,
          running: false,
          ready: false,
          clusterDomain: undefined,
        },
      ],
      coreDns: [{ pod: "coredns-1", node: "", ready: false, restarts: 0 }],
    },
    zones: [{ name: "oneprocloud.com", records: 2 }],
  });
  expect(text).toContain("etcd            running  12\nkube-apiserver  DOWN\n");
  expect(text).toContain("API server NOT READY");
  expect(text).toMatch(/node1 +10\.240\.0\.11 +i-1 +Ready +127\.0\.0\.1:3 +cluster\.local\n/);
  expect(text).toMatch(/node2 +10\.240\.0\.12 +i-2 +DOWN +127\.0\.0\.1:4 +unknown\n/);
  expect(text).toMatch(/coredns-1 +none yet +NO +0\n/);
  expect(text).toMatch(/oneprocloud\.com +2\n/);
});
