/** What a simulation is made of, how far it runs, and what it counts. */
import { checkFunction, checkList, checkMethods, checkRecord } from "./checks";
import type { Process, ProcessContext } from "./contract";
import type { Fault } from "./faults";
import type { TraceSink } from "./trace";
import type { Transport } from "./transport";

/** The parts of a simulated world. */
export interface SimulationOptions<M, P extends Process<M> = Process<M>> {
  /** Number of nodes, 1..2^24; they are numbered from 0. */
  readonly nodes: number;
  /** A whole number 0..2^53 - 1. With `replication` it decides every draw of the run. */
  readonly seed: number;
  /** Which repetition, from 0 (default 0). */
  readonly replication?: number;
  /**
   * Makes the process of a node: once at its start (incarnation 0) and anew after each crash. May return one shared object for all nodes.
   */
  readonly process: (node: number, incarnation: number) => P;
  readonly transport: Transport;
  /** What goes wrong (default nothing). */
  readonly faults?: readonly Fault[];
  /** When a node starts, whole microseconds (default 0 for all); -1: not by itself, see {@link Simulation.restart}. */
  readonly startUs?: (node: number) => number;
  /**
   * How messages pass: "by-reference" (default); "frozen" freezes each deeply, so that changing one after sending throws; "copied" makes a
   * structured clone and refuses what cannot be cloned, as a real network would.
   */
  readonly messages?: "by-reference" | "frozen" | "copied";
  /**
   * What the fingerprint covers: "events" (default: all that a trace shows - events, sendings, losses with their reason, timers set and stopped, texts of
   * notes, actions - with message kinds, sizes and numbers) or "payloads" (also the whole text of each message object and note, about two
   * microseconds more per message). Names of functions count in neither.
   */
  readonly fingerprint?: "events" | "payloads";
  readonly trace?: TraceSink;
}

/** How far to run. Without any field: until nothing is left to happen. */
export interface RunOptions {
  /** Stop with the clock at this time when every event up to and including it has happened. */
  readonly untilUs?: number;
  /** Stop after the first event that makes this true. */
  readonly until?: () => boolean;
  /** {@link LimitError} if more than this many events would happen in this call. */
  readonly maxEvents?: number;
  /** {@link LimitError} if an event would happen after this time. */
  readonly maxTimeUs?: number;
  /** {@link LimitError} if memory exceeds this; looked at every 4,096 events. */
  readonly maxMemoryBytes?: number;
  /** What `maxMemoryBytes` is compared with; by default the engine's own tables, without the processes' state and message objects. */
  readonly memoryBytes?: () => number;
}

/** Why a run stopped: nothing left, `untilUs` reached, or `until` true. */
export interface RunOutcome {
  readonly reason: "idle" | "time" | "condition";
  readonly nowUs: number;
  /** Events in this call. */
  readonly events: number;
}

/** Counts since the beginning of a simulation. */
export interface SimulationCounts {
  /** Events that happened, of every kind. */
  events: number;
  /** Messages that processes sent. */
  sent: number;
  /** Copies that the network added. */
  duplicated: number;
  /** Messages handed to a process. */
  delivered: number;
  /** Messages lost by the network. */
  lost: number;
  /** Messages that arrived at a node that was down. */
  dropped: number;
  /** Timers that expired at a process. */
  timers: number;
  /** Bytes of the messages that processes sent. */
  bytesSent: number;
}

/** Something an experiment does inside a node: call a method of its process, with its context. */
export type Visit<M, P extends Process<M>> = (process: P, context: ProcessContext<M>) => void;

const SIMULATION_FIELDS = ["nodes", "seed", "replication", "process", "transport", "faults", "startUs", "messages", "fingerprint", "trace"];
const RUN_FIELDS = ["untilUs", "until", "maxEvents", "maxTimeUs", "maxMemoryBytes", "memoryBytes"];

/** Checks what the options of a simulation are made of; numbers and words are checked where they are used. @throws ParameterError naming the option */
export function checkSimulationOptions<T extends object>(options: T): T {
  const { process, transport, faults, startUs, trace } = checkRecord("options", options, SIMULATION_FIELDS) as { readonly [name: string]: unknown };
  checkFunction("process", process);
  checkMethods("transport", transport, ["delayUs"]);
  if (faults !== undefined) checkList("faults", faults as readonly unknown[], "faults");
  if (startUs !== undefined) checkFunction("startUs", startUs);
  if (trace !== undefined) checkMethods("trace", trace, ["record"]);
  return options;
}

/** Checks what the options of a run are made of. @throws ParameterError naming the option */
export function checkRunOptions(options: RunOptions): RunOptions {
  checkRecord("options", options, RUN_FIELDS);
  if (options.until !== undefined) checkFunction("until", options.until);
  if (options.memoryBytes !== undefined) checkFunction("memoryBytes", options.memoryBytes);
  return options;
}
