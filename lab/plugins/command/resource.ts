import type { ResourceLog } from "../rpc/engineLog";
import type { Properties } from "../rpc/values";
import type { Failure } from "./check";
import type { ObjectType } from "./schema";

/** What an operation on one resource works with. */
export interface Operation {
  log: ResourceLog;
  /** Fires when the engine cancels. */
  signal: AbortSignal;
}

/**
 * One kind of resource. Inputs and states come without secret marks; what a method returns is added
 * to the inputs and becomes the state.
 */
export interface ResourceKind {
  type: ObjectType;
  /** The outputs that are not inputs too. */
  outputs: string[];
  /** The id of a new resource with this name. */
  newId: (name: string) => string;
  /** Faults beyond what the types tell. */
  check?: (inputs: Properties) => Failure[];
  create: (inputs: Properties, operation: Operation) => Promise<Properties>;
  /** Without it, every change replaces. */
  update?: (inputs: Properties, state: Properties, operation: Operation) => Promise<Properties>;
  delete?: (state: Properties, operation: Operation) => Promise<void>;
}
