#!/bin/bash
# ack-cluster-dns: kubelet --cluster-domain=cluster.local
(
umask 022
mkdir -p /etc/systemd/system/kubelet.service.d && cat >/etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf.new <<'ACK_CLUSTER_DNS' && mv -f /etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf.new /etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf || exit
[Service]
ExecStartPre=-/bin/sh /etc/ack-cluster-dns/kubelet-cluster-domain.sh merge cluster.local /etc/kubernetes/kubelet-customized-args.conf
ACK_CLUSTER_DNS
/bin/sh /etc/ack-cluster-dns/kubelet-cluster-domain.sh apply cluster.local /etc/kubernetes/kubelet-customized-args.conf /etc/systemd/system/kubelet.service.d/99-ack-cluster-dns.conf
) || echo "ack-cluster-dns: user data failed" >&2
