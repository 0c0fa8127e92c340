module ack-cluster-dns/tools/shake

go 1.26
