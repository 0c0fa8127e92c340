export {
  type AskingPod,
  compileCorefile,
  type CompiledCorefile,
  explain,
  type Explanation,
  type Lookup,
  type Outcome,
  type Question,
} from "./explain";
export { formatExplanation, type FormatOptions } from "./format";
export { type Candidate, candidates, type Libc, type Reply, type Verdict, verdict } from "./libc";
export type { Asker, Message, Step, StepAction } from "./query";
export type {
  ClusterObjects,
  Endpoint,
  EndpointSet,
  Pod,
  Records,
  ResourceRecord,
  Service,
  ServicePort,
  Zone,
  ZoneRecord,
} from "./records";
export type { Resolution, ServerOptions } from "./server";
