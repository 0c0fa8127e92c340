import ipaddr from "ipaddr.js";
import type { AckClusterArgs } from "../ackCluster";
import { provisionedDomain } from "./clusterDomain";
import { hostnameFaults } from "./domain";
import { checker, type Fault } from "./faults";

/** The faults of a cluster's own arguments, the collisions of its domain aside. */
export function clusterFaults(key: string, args: AckClusterArgs): Fault[] {
  const faults: Fault[] = [];
  const check = checker(key, faults);
  check(
    /^[a-z0-9][a-z0-9-]{0,62}$/i.test(args.name),
    "name",
    args.name,
    "a cluster's name has 1 to 63 letters, digits and hyphens and begins with a letter or digit",
    "Correct the name",
  );
  check(
    args.vswitchIds.length >= 1 && args.vswitchIds.length <= 5,
    "vswitchIds",
    args.vswitchIds,
    "a cluster has 1 to 5 VSwitches",
    "List VSwitches of one VPC, best in different zones",
  );
  for (const [field, ids] of [
    ["vswitchIds", args.vswitchIds],
    ["podVswitchIds", args.podVswitchIds ?? []],
  ] as const) {
    faults.push(...vswitchFaults(`${key}.${field}`, ids));
  }
  check(
    args.podVswitchIds?.length !== 0,
    "podVswitchIds",
    args.podVswitchIds,
    "Terway gives pods addresses from a VSwitch",
    "List one VSwitch or more, or remove the line and set podCidr for Flannel",
  );
  check(
    ["ipvs", "iptables", "nftables"].includes(args.proxyMode ?? "ipvs"),
    "proxyMode",
    args.proxyMode,
    "kube-proxy knows ipvs, iptables and nftables",
    "Write one of them, or remove the line for ipvs",
  );
  check(
    /^ack\.(standard|pro\.(small|xlarge|2xlarge|4xlarge))$/.test(
      args.clusterSpec ?? "ack.standard",
    ),
    "clusterSpec",
    args.clusterSpec,
    "ACK knows ack.standard and ack.pro.small, xlarge, 2xlarge and 4xlarge",
    'Write "ack.pro.small", or remove the line for it',
  );
  for (const [index, name] of (args.certificateSans ?? []).entries()) {
    if (!ipaddr.isValid(name))
      faults.push(...hostnameFaults(`${key}.certificateSans[${index}]`, name));
  }
  return [...faults, ...networkFaults(key, args), ...addonFaults(key, args)];
}

/** The faults of a list of VSwitch IDs. */
export function vswitchFaults(key: string, ids: readonly string[]): Fault[] {
  return ids.flatMap((id, index) =>
    /^vsw-[a-z0-9]+$/.test(id)
      ? []
      : [
          {
            key: `${key}[${index}]`,
            value: id,
            rule: "a VSwitch ID is vsw- and letters and digits",
            wayOut: "Copy the ID from the VPC console",
          },
        ],
  );
}

function networkFaults(key: string, args: AckClusterArgs): Fault[] {
  const faults: Fault[] = [];
  const terway = args.podVswitchIds !== undefined;
  if (terway === (args.podCidr !== undefined)) {
    faults.push({
      key: `${key}.podCidr`,
      value: args.podCidr,
      rule: terway
        ? "pods have a CIDR block (Flannel) or VSwitches (Terway), not both"
        : "missing, and so is podVswitchIds",
      wayOut: "Set podCidr for the Flannel network plug-in or podVswitchIds for Terway",
    });
  }
  if (
    args.nodeCidrMask !== undefined &&
    (terway || args.nodeCidrMask < 24 || args.nodeCidrMask > 28)
  ) {
    faults.push({
      key: `${key}.nodeCidrMask`,
      value: args.nodeCidrMask,
      rule: terway
        ? "nodes have a share of podCidr, which Terway does not use"
        : "a node's share of podCidr is 24 to 28 bits long",
      wayOut: terway
        ? "Remove the line"
        : "Write a number from 24 to 28, or remove the line for 24",
    });
  }
  const pods =
    args.podCidr === undefined ? undefined : readBlock(`${key}.podCidr`, args.podCidr, faults);
  const services = readBlock(`${key}.serviceCidr`, args.serviceCidr, faults);
  if (
    pods &&
    services &&
    (pods[0].match(services[0], services[1]) || services[0].match(pods[0], pods[1]))
  ) {
    faults.push({
      key: `${key}.serviceCidr`,
      value: args.serviceCidr,
      rule: `it overlaps ${key}.podCidr ${JSON.stringify(args.podCidr)}`,
      wayOut: "Take blocks that have no address in common with each other and with the VPC",
    });
  }
  return faults;
}

function readBlock(key: string, value: string, faults: Fault[]): [ipaddr.IPv4, number] | undefined {
  const refused = (rule: string, wayOut: string): undefined =>
    void faults.push({ key, value, rule, wayOut });
  if (!ipaddr.IPv4.isValidCIDR(value)) {
    return refused(
      "it is not an IPv4 CIDR block",
      'Write it as address/length, for example "172.20.0.0/16"',
    );
  }
  const [address, length] = ipaddr.IPv4.parseCIDR(value);
  const network = ipaddr.IPv4.networkAddressFromCIDR(value).toString();
  if (network !== address.toString()) {
    return refused("the address has bits set beyond the length", `Write "${network}/${length}"`);
  }
  return [address, length];
}

function addonFaults(key: string, args: AckClusterArgs): Fault[] {
  return (args.addons ?? []).flatMap(({ name }, index): Fault[] =>
    name === "managed-coredns"
      ? [
          {
            key: `${key}.addons[${index}].name`,
            value: name,
            rule: "ACK generates the Corefile of managed CoreDNS from its CustomDNSConfig, so that it cannot be declared",
            wayOut: "Remove it: the cluster gets the coredns add-on, whose Corefile is the user's",
          },
        ]
      : [],
  );
}

/** The names that the API server's certificate must hold beside ACK's own, in a stable order. */
export function certificateNames(args: AckClusterArgs): string[] {
  const moved = provisionedDomain(args) !== args.clusterDomain;
  return [
    ...new Set([
      ...(args.certificateSans ?? []),
      ...(moved ? [`kubernetes.default.svc.${args.clusterDomain}`] : []),
    ]),
  ];
}

/**
 * The fault of a certificate that would lose names although nobody said which ones it holds: ACK replaces them all when
 * the API server's name in a new domain is added. `recorded` is the list as the provider reads it, joined by commas.
 */
export function certificateFaults(key: string, args: AckClusterArgs, recorded: unknown): Fault[] {
  const wanted = certificateNames(args);
  if (args.certificateSans !== undefined || wanted.length === 0 || typeof recorded !== "string") {
    return [];
  }
  const lost = recorded.split(",").filter((name) => name !== "" && !wanted.includes(name));
  if (lost.length === 0) return [];
  return [
    {
      key: `${key}.certificateSans`,
      rule: `missing, though the API server's certificate holds ${lost.join(", ")}, which the name for ${key}.clusterDomain would take the place of`,
      wayOut: `Write ${JSON.stringify(lost)} to keep them, or [] to give them up`,
    },
  ];
}
