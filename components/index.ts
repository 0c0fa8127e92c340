export * from "./ackCluster";
export * from "./ackPlatform";
export * from "./coreDns";
export * from "./dnsProbe";
export * from "./nodePool";
export * from "./ossCustomDomain";
