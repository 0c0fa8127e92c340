# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
version=3.6.16
module=tools/kubernetes
package=./etcd
cost=20
