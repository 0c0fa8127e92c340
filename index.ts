import { AckPlatform } from "./components";
import { readConfig } from "./config";

const config = readConfig();
const platform = new AckPlatform(config.cluster.name, config);

export const clusterId = platform.clusterId;
export const clusterDomain = platform.clusterDomain;
export const corefileSha256 = platform.corefileSha256;
export const probedNames = platform.probedNames;
export const kubeconfig = platform.kubeconfig;
