# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
version=1.35.4
module=tools/kubernetes
package=./kubeone
links=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl)
# The version that the API server reports and kubectl compares with.
for stamped in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	ldflags+=" -X $stamped.gitVersion=v$version -X $stamped.gitMajor=1 -X $stamped.gitMinor=35"
	ldflags+=" -X $stamped.gitTreeState=clean -X $stamped.gitCommit=unknown -X $stamped.buildDate=2026-01-01T00:00:00Z"
done
cost=575
