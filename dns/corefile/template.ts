import { type CoreDnsVersion, isAtLeast } from "./version";

/**
 * The Corefile of ACK's unmanaged CoreDNS add-on for a version, with `clusterDomain` in it, as the
 * vendor's pages "Configure CoreDNS" and "Best practices for DNS" show it. ACK's own plugins
 * (`kubeapi`, `k8s_event`) stand in it from build 1.9.3.6 on, `multisocket` from 1.12.1 on.
 */
export function ackTemplate(clusterDomain: string, version: CoreDnsVersion): string {
  const own = version.ack && isAtLeast(version, "1.9.3.6");
  return [
    ".:53 {",
    "    errors",
    "    log",
    "    health {",
    "        lameduck 15s",
    "    }",
    "    ready",
    ...(own ? ["    kubeapi", "    k8s_event {", "        level info error warning", "    }"] : []),
    `    kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {`,
    "        pods insecure",
    "        fallthrough in-addr.arpa ip6.arpa",
    "        ttl 30",
    "    }",
    "    prometheus :9153",
    "    forward . /etc/resolv.conf {",
    "        prefer_udp",
    "    }",
    "    cache 30",
    "    loop",
    "    reload",
    "    loadbalance",
    ...(version.ack && isAtLeast(version, "1.12.1") ? ["    multisocket"] : []),
    "}",
    "",
  ].join("\n");
}
