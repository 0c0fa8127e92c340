# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
version=1.6.7
module=tools/coredns-1.6.7
cost=95
