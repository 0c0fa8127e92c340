import { ClusterDriver } from "../../cluster/driver";
import { Instance } from "../../instance";
import { PublicDns } from "../dns/publicDns";
import { CloudState } from "./state";
import { Store } from "./store";
import { Tasks } from "./tasks";

/** What every answer is made from. */
export interface Context {
  readonly instance: Instance;
  readonly driver: ClusterDriver;
  readonly store: Store;
  readonly state: CloudState;
  readonly tasks: Tasks;
  readonly publicDns: PublicDns;
  now(): Date;
}

/** ISO 8601 to the second, as most of the APIs write times. */
export const timestamp = (date: Date) => date.toISOString().replace(/\.\d{3}Z$/, "Z");
