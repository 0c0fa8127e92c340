import { AckPlatform } from "./components";
import { readConfig } from "./config";

const config = readConfig();
// The names of resources come from this one. A name out of the configuration would make of every renaming a second cluster.
const platform = new AckPlatform("platform", config);

export const clusterId = platform.clusterId;
export const clusterDomain = platform.clusterDomain;
export const corefileSha256 = platform.corefileSha256;
export const probedNames = platform.probedNames;
export const kubeconfig = platform.kubeconfig;
