/**
 * What can go wrong, as values: plain data that stands in an experiment's parameters, in a replay line, or in a table of a notebook. Link faults act
 * on messages when they are sent; what is under way when a partition begins still arrives. Node faults crash, restart and pause nodes.
 * Every fault draws from a stream of its own, so adding one fault does not shift the draws of another.
 * Not modelled: corrupted messages (a checksum would turn them into lost ones), clocks that drift, malicious nodes.
 */
import type { Distribution } from "./distributions";

/** When a link fault is in force, and on which messages. */
export interface FaultScope {
  /** First microsecond (default 0). */
  readonly fromUs?: number;
  /** First microsecond after it (default: never ends). */
  readonly untilUs?: number;
  /** Only messages from these nodes (default all). */
  readonly from?: readonly number[];
  /** Only messages to these nodes (default all). */
  readonly to?: readonly number[];
}

/** Each message is lost with a probability, independently. */
export interface LossFault extends FaultScope {
  readonly kind: "loss";
  /** 0..1 */
  readonly probability: number;
}

/** Messages take longer, by a whole number of microseconds drawn uniformly, both ends included. */
export interface DelayFault extends FaultScope {
  readonly kind: "delay";
  readonly minUs: number;
  readonly maxUs: number;
  /** Share of the messages that are delayed (default 1). */
  readonly probability?: number;
}

/** Messages arrive twice with a probability; the copy takes the time of the original and up to `spreadUs` more. */
export interface DuplicateFault extends FaultScope {
  readonly kind: "duplicate";
  readonly probability: number;
  /** Default 0: right behind the original. */
  readonly spreadUs?: number;
}

/** Messages between different groups are lost. Nodes in no group form one more group. */
export interface PartitionFault {
  readonly kind: "partition";
  readonly groups: readonly (readonly number[])[];
  /** Default 0. */
  readonly fromUs?: number;
  readonly untilUs?: number;
}

/** A link is down at times: messages from `a` to `b` are lost, and from `b` to `a` unless `oneWay`. */
export interface OutageFault {
  readonly kind: "outage";
  readonly a: number;
  readonly b: number;
  readonly oneWay?: boolean;
  /** [first microsecond, first microsecond after], in order of time, not overlapping. */
  readonly intervals: readonly (readonly [fromUs: number, untilUs: number])[];
}

/** A node crashes at a time, and restarts if `restartUs` is given. */
export interface CrashFault {
  readonly kind: "crash";
  readonly node: number;
  readonly atUs: number;
  readonly restartUs?: number;
}

/** A node stands still for a time. */
export interface PauseFault {
  readonly kind: "pause";
  readonly node: number;
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * Churn as a renewal process: each node is up for a session and down for a while, in turn, both drawn anew (microseconds, rounded; a draw
 * below 1 counts as 1, but a law that lies below 1 or reaches below 0 is refused, save for the tail of a normal one).
 * All are up at `fromUs`. At `untilUs` the churn ends and brings back the nodes that it took down.
 */
export interface ChurnFault {
  readonly kind: "churn";
  /** Default all. */
  readonly nodes?: readonly number[];
  readonly sessionUs: Distribution;
  readonly downtimeUs: Distribution;
  readonly fromUs?: number;
  readonly untilUs?: number;
}

/** Churn from a trace: the nodes named are up in the listed sessions and at no other time. */
export interface SessionsFault {
  readonly kind: "sessions";
  readonly sessions: readonly { readonly node: number; readonly upUs: number; /** Absent: stays up. */ readonly downUs?: number }[];
}

/** A fault that acts on messages. */
export type LinkFault = LossFault | DelayFault | DuplicateFault | PartitionFault | OutageFault;
/** A fault that acts on nodes. */
export type NodeFault = CrashFault | PauseFault | ChurnFault | SessionsFault;
/** Something that goes wrong. */
export type Fault = LinkFault | NodeFault;
