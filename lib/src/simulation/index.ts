/** The engine: a deterministic simulator of message-passing processes, its random streams, faults, traces and test tools. */
export { AliasTable } from "./alias-table";
export type { Process, ProcessContext } from "./contract";
export { samplerOf, type Distribution, type Sampler } from "./distributions";
export { EventQueue } from "./event-queue";
export { exp, ln, pow } from "./exact-math";
export type {
  ChurnFault, CrashFault, DelayFault, DuplicateFault, Fault, FaultScope, LinkFault, LossFault, NodeFault, OutageFault, PartitionFault, PauseFault, SessionsFault,
} from "./faults";
export { explore, type ExploreOptions, type ExploreOutcome } from "./explore";
export { firstDifference, type Difference } from "./first-difference";
export type { NodeStatus } from "./node-table";
export { normalQuantile } from "./normal-quantile";
export type { RunOptions, RunOutcome, SimulationCounts, SimulationOptions, Visit } from "./options";
export { RandomStream, threefry2x32, type StreamKey } from "./random";
export { RecordingContext, type RunningTimer, type SentMessage, type SentNumbers } from "./recording-context";
export { RemoteCalls, type CallMessage, type CallPolicy, type PendingCall, type Procedure } from "./remote-calls";
export { Simulation } from "./simulation";
export { StepPlayer, recordSteps, type Json, type MessageUnderWay, type NodeChange, type Step, type StepData } from "./step-player";
export { TraceBuffer, formatRecord, type MessageRecord, type NodeRecord, type NoteRecord, type TimerRecord, type TraceRecord, type TraceSink } from "./trace";
export { constantDelay, uniformDelay, type DuplicatingTransport, type Transport } from "./transport";
export { Zipf, generalizedHarmonic } from "./zipf";
