/**
 * The seam between the engine and a network: how long a message takes from one node to another, or that it is lost.
 * The engine asks once per message, in the order in which messages are sent, and never looks at the network itself. Latency models
 * and topologies live in `network/`; faults wrap a transport. The two simple transports here serve tests, benchmarks and first examples.
 * Not modelled here: queueing, bandwidth, routes.
 */
import { checkNumber } from "../errors";
import { refuse } from "./checks";
import { RandomStream } from "./random";

/** Decides when a message arrives. Nodes are dense whole numbers from 0. */
export interface Transport {
  /** Microseconds until delivery, or -1 when the message is lost. */
  delayUs(from: number, to: number, bytes: number, nowUs: number): number;
  /** Why the last message was lost, in a few words that recur, for the trace; asked only after `delayUs` gave -1. "network" if absent. */
  lossReason?(): string;
}

/** A transport that may deliver a message twice: the faults of {@link Fault} make one. */
export interface DuplicatingTransport extends Transport {
  /** Microseconds until a second copy arrives, or -1 for none. Asked after `delayUs` for the same message. */
  duplicateUs?(from: number, to: number, bytes: number, nowUs: number): number;
}

/**
 * Every message takes the same time and none is lost.
 * @param delayUs whole microseconds, >= 0
 * @throws ParameterError when the delay is not a whole number >= 0
 */
export function constantDelay(delayUs: number): Transport {
  checkNumber("delayUs", delayUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  return { delayUs: () => delayUs };
}

/**
 * Every message takes a time drawn uniformly, both ends included; messages may overtake each other.
 * @param minUs shortest delay, whole microseconds >= 0
 * @param maxUs longest delay, whole microseconds >= `minUs`, less than 2^32 above it
 * @param random the stream that the delays are drawn from
 * @throws ParameterError when the bounds are not whole numbers in order, or the stream is none
 */
export function uniformDelay(minUs: number, maxUs: number, random: RandomStream): Transport {
  checkNumber("minUs", minUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  checkNumber("maxUs", maxUs, { min: minUs, max: minUs + 4294967295, integer: true, unit: "µs" });
  if (!(random instanceof RandomStream)) refuse("random", random, "a RandomStream");
  const width = maxUs - minUs + 1;
  return { delayUs: () => minUs + random.integer(width) };
}
