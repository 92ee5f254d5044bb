/**
 * The data of a step player: a run cut into steps (one event each), every step with its effects and with what it changed, so that a drawing can go
 * forward and back. The data is plain JSON: it can stand in a page and be played there without the engine. A step changes the view of one node only,
 * because a handler can change nothing else; the view is kept before and after, which makes each step reversible and a seek as long as its distance.
 */
import { InvariantError, LimitError, ParameterError, checkNumber } from "../errors";
import { checkFunction, checkList, checkMethods, checkRecord } from "./checks";
import type { Process } from "./contract";
import type { NodeStatus } from "./node-table";
import type { RunOptions } from "./options";
import type { Simulation } from "./simulation";
import type { MessageRecord, TraceRecord, TraceSink } from "./trace";

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The state of one node before and after a step. */
export interface NodeChange {
  readonly node: number;
  readonly before: { readonly status: NodeStatus; readonly view: Json };
  readonly after: { readonly status: NodeStatus; readonly view: Json };
}

/** One event with all that it caused. */
export interface Step {
  readonly timeUs: number;
  /** The event's own record first, then its effects. Messages are JSON. */
  readonly records: readonly TraceRecord[];
  readonly changes: readonly NodeChange[];
}

/** A recorded run. */
export interface StepData {
  readonly nodes: number;
  readonly seed: number;
  readonly steps: readonly Step[];
}

/** A message under way, for drawing: at time t it has covered (t - sentUs) / (arrivalUs - sentUs) of its way. */
export interface MessageUnderWay {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly message: Json;
  readonly sentUs: number;
  readonly arrivalUs: number;
}

/**
 * Runs a fresh simulation and records its steps.
 * @param simulation not yet run; its trace sink is replaced and given back
 * @param options how far, as for {@link Simulation.run}; `maxSteps` (default 20,000) bounds the recording
 * @returns plain data
 * @throws LimitError when `maxSteps` is reached; ParameterError when a view is not plain data, an option is out of range, or the simulation has run before
 */
export function recordSteps<M, P extends Process<M>>(simulation: Simulation<M, P>, options: Pick<RunOptions, "untilUs" | "until"> & { readonly maxSteps?: number } = {}): StepData {
  const { untilUs = Infinity, until, maxSteps = 20000 } = checkRecord("options", options, ["untilUs", "until", "maxSteps"]);
  checkMethods("simulation", simulation, ["step", "statusOf", "processOf"]);
  if (untilUs !== Infinity) checkNumber("untilUs", untilUs, { min: simulation.nowUs, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  if (until !== undefined) checkFunction("until", until);
  checkNumber("maxSteps", maxSteps, { min: 1, max: 1e7, integer: true });
  if (simulation.counts.events > 0) throw new ParameterError({ what: "the simulation has run before", got: `${simulation.counts.events} events`, expected: "a fresh simulation, whose first step is its first event" });
  const held = simulation.trace;
  let records: TraceRecord[] = [];
  const sink: TraceSink = { record: (record) => records.push(plain(record) as unknown as TraceRecord) };
  simulation.trace = sink;
  const known: NodeChange["after"][] = Array.from({ length: simulation.nodes }, () => ({ status: "down" as NodeStatus, view: null }));
  const steps: Step[] = [];
  try {
    while (simulation.nextEventUs <= untilUs && simulation.pending > 0) {
      if (steps.length >= maxSteps) throw new LimitError({ what: "the recording reached its limit of steps", got: steps.length, expected: `an end within ${maxSteps} steps` });
      records = [];
      simulation.step();
      const touched = new Set(records.map((record) => record.node).filter((node) => node >= 0));
      const changes = [...touched].map((node) => {
        const change = { node, before: known[node], after: stateOf(simulation, node) };
        known[node] = change.after;
        return change;
      });
      steps.push({ timeUs: simulation.nowUs, records, changes });
      if (until !== undefined && until()) break;
    }
  } finally {
    simulation.trace = held;
  }
  return { nodes: simulation.nodes, seed: simulation.seed, steps };
}

function stateOf<M, P extends Process<M>>(simulation: Simulation<M, P>, node: number): NodeChange["after"] {
  const process = simulation.processOf(node);
  return { status: simulation.statusOf(node), view: process?.view === undefined ? null : plain(process.view(node)) };
}

function plain(value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value) ?? "null") as Json;
  } catch (error) {
    throw new ParameterError({ what: "a view or message is not plain data", expected: `what JSON can hold (${error instanceof Error ? error.message : String(error)})` });
  }
}

/** Plays recorded steps forward and back. */
export class StepPlayer {
  /** How many steps have been played, 0..length. */
  position = 0;
  readonly status: NodeStatus[];
  readonly views: Json[];
  private readonly flying = new Map<number, MessageUnderWay>();

  /** @throws ParameterError when the data is not that of a recorded run */
  constructor(readonly data: StepData) {
    checkRecord("data", data);
    checkNumber("data.nodes", data.nodes, { min: 1, max: 16777216, integer: true });
    checkList("data.steps", data.steps, "steps").forEach((step, index) => {
      checkRecord(`data.steps[${index}]`, step);
      checkList(`data.steps[${index}].records`, step.records, "records");
      checkList(`data.steps[${index}].changes`, step.changes, "changes");
    });
    this.status = Array.from({ length: data.nodes }, () => "down");
    this.views = Array.from({ length: data.nodes }, () => null);
  }

  /** Number of steps. */
  get length(): number {
    return this.data.steps.length;
  }

  /** Time of the last step played. */
  get nowUs(): number {
    return this.position === 0 ? 0 : this.data.steps[this.position - 1].timeUs;
  }

  /** The messages under way, oldest first. */
  get underWay(): MessageUnderWay[] {
    return [...this.flying.values()].sort((a, b) => a.id - b.id);
  }

  /** Plays the next step; null at the end. */
  forward(): Step | null {
    if (this.position === this.length) return null;
    const step = this.data.steps[this.position];
    for (const change of step.changes) this.show(change.node, change.after);
    for (const record of step.records) {
      if (record.kind === "send") this.flying.set(record.id, underWayOf(record));
      else if (record.kind === "deliver" || record.kind === "drop") this.land(record);
    }
    this.position += 1;
    return step;
  }

  /** Takes the last step back; null at the beginning. */
  back(): Step | null {
    if (this.position === 0) return null;
    this.position -= 1;
    const step = this.data.steps[this.position];
    for (const change of [...step.changes].reverse()) this.show(change.node, change.before);
    for (const record of [...step.records].reverse()) {
      if (record.kind === "send") this.flying.delete(record.id);
      else if (record.kind === "deliver" || record.kind === "drop") this.flying.set(record.id, this.departureOf(record));
    }
    return step;
  }

  /** Moves to a position, forward or back. @throws ParameterError when there is no such position */
  seek(position: number): void {
    if (!(Number.isInteger(position) && position >= 0 && position <= this.length)) {
      throw new ParameterError({ what: "no such step", got: position, expected: `a whole number from 0 to ${this.length}` });
    }
    while (this.position < position) this.forward();
    while (this.position > position) this.back();
  }

  private show(node: number, state: NodeChange["after"]): void {
    this.status[node] = state.status;
    this.views[node] = state.view;
  }

  private readonly departures = new Map<number, MessageUnderWay>();

  private land(record: MessageRecord): void {
    const message = this.flying.get(record.id);
    if (message === undefined) throw new InvariantError({ what: "a message arrives that was never sent", got: record.id, where: `step ${this.position + 1}` });
    this.departures.set(record.id, message);
    this.flying.delete(record.id);
  }

  private departureOf(record: MessageRecord): MessageUnderWay {
    return this.departures.get(record.id) as MessageUnderWay;
  }
}

function underWayOf(record: MessageRecord): MessageUnderWay {
  return { id: record.id, from: record.node, to: record.peer, label: record.label, message: record.message as Json, sentUs: record.timeUs, arrivalUs: record.arrivalUs };
}
