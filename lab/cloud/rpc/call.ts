import { Context } from "../core/context";
import { Params } from "../core/params";
import { labRegion } from "../core/seeds";

/** One RPC request. */
export interface Call {
  readonly context: Context;
  readonly params: Params;
}

/** The members that the answer has beside RequestId; an action that answers nothing more returns nothing. */
export type Action = (call: Call) => object | void | Promise<object | void>;
export type Actions = Record<string, Action>;

export const regionOf = (params: Params) => params.get("RegionId") ?? labRegion;
