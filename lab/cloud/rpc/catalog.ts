import { ApiError } from "../core/errors";
import { Actions, Call, regionOf } from "./call";

interface InstanceType {
  id: string;
  cores: number;
  /** GiB */
  memory: number;
}

// What is on sale, in every zone.
const instanceTypes: InstanceType[] = [
  { id: "ecs.g7.large", cores: 2, memory: 8 },
  { id: "ecs.g7.xlarge", cores: 4, memory: 16 },
  { id: "ecs.g7.2xlarge", cores: 8, memory: 32 },
  { id: "ecs.c7.large", cores: 2, memory: 4 },
  { id: "ecs.c7.xlarge", cores: 4, memory: 8 },
  { id: "ecs.r7.large", cores: 2, memory: 16 },
];
const diskCategories = ["cloud_essd", "cloud_auto", "cloud_efficiency"];

export const zonesOf = (region: string) => ["h", "i", "k"].map((letter) => `${region}-${letter}`);
export const isInstanceType = (id: string) => instanceTypes.some((type) => type.id === id);
export const instanceTypeIds = instanceTypes.map((type) => type.id);

function describeZones({ params }: Call): object {
  const zones = zonesOf(regionOf(params)).map((zoneId) => ({
    ZoneId: zoneId,
    LocalName: zoneId,
    ZoneType: "AvailabilityZone",
    AvailableInstanceTypes: { InstanceTypes: instanceTypeIds },
    AvailableDiskCategories: { DiskCategories: diskCategories },
    AvailableResourceCreation: { ResourceTypes: ["VSwitch", "Instance", "Disk", "IoOptimized"] },
    AvailableVolumeCategories: { VolumeCategories: [] },
    AvailableDedicatedHosts: { DedicatedHost: [] },
    DedicatedHostGenerations: { DedicatedHostGeneration: [] },
    AvailableResources: { ResourcesInfo: [] },
  }));
  return { Zones: { Zone: zones } };
}

function availableResources({ params }: Call): object {
  const destination = params.need("DestinationResource");
  const region = regionOf(params);
  const asked = params.get("ZoneId");
  const values =
    destination === "InstanceType"
      ? matching(params.number("Cores"), params.number("Memory"), params.get("InstanceType"))
      : destination === "SystemDisk" || destination === "DataDisk"
        ? diskCategories
        : [];
  const zones = zonesOf(region)
    .filter((zone) => asked === undefined || asked === zone)
    .map((zone) => ({
      ZoneId: zone,
      RegionId: region,
      Status: "Available",
      StatusCategory: "WithStock",
      AvailableResources: {
        AvailableResource:
          destination === "Zone"
            ? []
            : [
                {
                  Type: destination,
                  SupportedResources: {
                    SupportedResource: values.map((value) => ({
                      Value: value,
                      Status: "Available",
                      StatusCategory: "WithStock",
                    })),
                  },
                },
              ],
      },
    }));
  return { AvailableZones: { AvailableZone: zones } };
}

function matching(cores?: number, memory?: number, id?: string): string[] {
  return instanceTypes
    .filter(
      (type) =>
        (cores === undefined || type.cores === cores) &&
        (memory === undefined || type.memory === memory) &&
        (id === undefined || type.id === id),
    )
    .map((type) => type.id);
}

function describeInstanceTypes({ params }: Call): object {
  const asked = params.list("InstanceTypes");
  const family = params.get("InstanceTypeFamily");
  const found = instanceTypes
    .filter((type) => asked.length === 0 || asked.includes(type.id))
    .filter((type) => family === undefined || familyOf(type) === family);
  return {
    NextToken: "",
    InstanceTypes: {
      InstanceType: found.map((type) => ({
        InstanceTypeId: type.id,
        InstanceTypeFamily: familyOf(type),
        CpuCoreCount: type.cores,
        MemorySize: type.memory,
        CpuArchitecture: "X86",
        EniQuantity: 3,
        EniPrivateIpAddressQuantity: 6,
        EniIpv6AddressQuantity: 6,
        GPUAmount: 0,
        GPUSpec: "",
        LocalStorageAmount: 0,
        LocalStorageCapacity: 0,
        LocalStorageCategory: "",
        NvmeSupport: "unsupported",
      })),
    },
  };
}

const familyOf = (type: InstanceType) => type.id.split(".").slice(0, 2).join(".");

export const catalogActions: Actions = {
  DescribeZones: describeZones,
  DescribeAvailableResource: availableResources,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeImageSupportInstanceTypes: (call) => {
    if (!call.params.get("ImageId")) {
      throw new ApiError(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.");
    }
    return describeInstanceTypes(call);
  },
  DescribeRegions: ({ params }) => ({
    Regions: { Region: [{ RegionId: regionOf(params), LocalName: regionOf(params) }] },
  }),
};
