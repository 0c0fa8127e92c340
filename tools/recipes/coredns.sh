# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
version=1.15.0
module=tools/kubernetes
package=./coredns
cost=30
