import { PolicyPack } from "@pulumi/policy";

import { policies } from "./policies";

new PolicyPack("ack-cluster-dns", { policies });
