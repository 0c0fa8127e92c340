import {
  addToAddress,
  chooseNodeIp,
  podNetworkOf,
  serviceAddress,
} from "../../../lab/cluster/network";

it("gives a node the address that its name ends in", () => {
  expect(chooseNodeIp("cn-beijing.10.240.0.57", [])).toBe("10.240.0.57");
});

it.each([
  ["node1", [], "10.240.0.11"],
  ["node1", ["10.240.0.11", "10.240.0.13"], "10.240.0.12"],
  ["cn-beijing.10.240.0.57", ["10.240.0.57"], "10.240.0.11"],
  ["cn-beijing.10.240.0.10", [], "10.240.0.11"],
  ["cn-beijing.192.168.0.57", [], "10.240.0.11"],
])("gives %s the lowest free address beside %j", (name, taken, ip) => {
  expect(chooseNodeIp(name, taken)).toBe(ip);
});

it("says so when no address is left", () => {
  const taken = Array.from({ length: 240 }, (_, index) => `10.240.0.${index + 11}`);
  expect(() => chooseNodeIp("node1", taken)).toThrow("No address is free for node1");
});

it.each([
  ["10.240.0.11", "10.244.0.0/16", 24, "10.244.1.0/24"],
  ["10.240.0.12", "10.244.0.0/16", 26, "10.244.0.128/26"],
  ["10.240.0.20", "172.20.0.0/16", 25, "172.20.5.0/25"],
])("cuts the pods' network of %s out of %s by /%d", (ip, podCidr, mask, network) => {
  expect(podNetworkOf(ip, podCidr, mask)).toBe(network);
});

it("says so when the cluster's pod network is used up", () => {
  expect(podNetworkOf("10.240.0.13", "10.244.0.0/22", 24)).toBe("10.244.3.0/24");
  expect(() => podNetworkOf("10.240.0.14", "10.244.0.0/22", 24)).toThrow("no network of /24 left");
});

it("counts addresses across octets", () => {
  expect(addToAddress("10.244.255.255", 1)).toBe("10.245.0.0");
  expect(serviceAddress("172.21.0.0/20", 10)).toBe("172.21.0.10");
});
