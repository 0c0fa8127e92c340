/** The Corefile that ACK's CoreDNS add-on installs, for a cluster of this domain. */
export function addOnCorefile(clusterDomain: string): string {
  return `.:53 {
    errors
    log
    health {
       lameduck 15s
    }
    ready
    kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
      pods verified
      ttl 30
      fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . /etc/resolv.conf {
      prefer_udp
      max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;
}
