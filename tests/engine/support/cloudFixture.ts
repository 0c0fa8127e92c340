import * as fs from "node:fs";
import * as path from "node:path";
import { Cloud, CloudOptions, startCloud } from "../../../lab/cloud/cloud";
import { caBundleFile } from "../../../lab/cloud/core/tls";
import { NullDriver } from "../../../lab/cloud/nullDriver";
import { Instance, openInstance, releasePorts, toolsDir } from "../../../lab/instance";
import { ProviderPlugin } from "./providerPlugin";

export const region = "cn-beijing";
const products = "CS ECS VPC ALIDNS DNS PVTZ STS LOCATION BSSOPENAPI".split(" ");

/** A cloud of its own, with no cluster behind it, and the real alicloud provider on it. */
export interface CloudFixture {
  instance: Instance;
  cloud: Cloud;
  driver: NullDriver;
  provider: ProviderPlugin;
  stop(): Promise<void>;
}

export async function startCloudFixture(
  name: string,
  options: Partial<CloudOptions> = {},
): Promise<CloudFixture> {
  const instance = openInstance(`${name}-${process.pid}`);
  const driver = new NullDriver(instance);
  const cloud = await startCloud({ instance, driver, ...options });
  const plugin = path.join(toolsDir, "bin", "pulumi-resource-alicloud");
  const provider = await ProviderPlugin.start(plugin, {
    ...process.env,
    ...cloudEnvironment(instance, cloud.port),
  });
  await provider.configure({ region, accessKey: "test", secretKey: "test" });
  return {
    ...{ instance, cloud, driver, provider },
    async stop() {
      await provider.stop();
      await cloud.close();
      releasePorts(instance);
      fs.rmSync(instance.dir, { recursive: true, force: true });
    },
  };
}

export function cloudEnvironment(instance: Instance, port: number): Record<string, string> {
  const endpoint = `127.0.0.1:${port}`;
  return {
    SSL_CERT_FILE: caBundleFile(instance),
    // Tags and the edition of a cluster are changed at a host that no setting moves, and a bucket
    // is a label before a name.
    HTTPS_PROXY: `http://${endpoint}`,
    NO_PROXY: `127.0.0.1,${endpoint}`,
    ALIBABA_CLOUD_ACCOUNT_TYPE: "Domestic",
    ALIBABA_CLOUD_ENDPOINT_OSS: `oss-${region}.aliyuncs.com`,
    ...Object.fromEntries(
      products.map((product) => [`ALIBABA_CLOUD_ENDPOINT_${product}`, endpoint]),
    ),
  };
}
