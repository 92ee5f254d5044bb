/**
 * All orders of a tiny world: a few processes, every order in which their messages can be delivered, up to a stated number of losses, with
 * an invariant looked at after every step. The same process contract as the simulator, so the code under test is the code that runs.
 *
 * Method: depth-first search over choices. A path is executed again from the start for each new branch, so a process needs no copying. Where
 * every process has a `view`, states that have been seen (views, messages under way, timers, positions of random streams) are not entered again;
 * a `view` must then show the whole state. Time is abstract: a message may take any time; a timer's expiry moves the clock.
 * Not modelled: crashes, per-link order (any message may overtake any other).
 */
import { InvariantError, LimitError, ParameterError, checkChoice, checkNumber } from "../errors";
import { checkFunction, checkList, checkMethods, checkRecord } from "./checks";
import type { Process, ProcessContext } from "./contract";
import { checkNode } from "./effects";
import { canonicalText } from "./messages";
import { RecordingContext } from "./recording-context";
import { labelOf } from "./trace";

/** The world to explore. */
export interface ExploreOptions<M, P extends Process<M>> {
  /** Number of nodes, 1..16. */
  readonly nodes: number;
  readonly process: (node: number) => P;
  /** Calls into processes from outside; each may come at any point, in any order. */
  readonly visits?: readonly { readonly node: number; readonly visit: (process: P, context: ProcessContext<M>) => void }[];
  /** What must hold after every step: the first rule broken, or null. */
  readonly invariant: (processes: readonly P[]) => string | null;
  /** What must hold when nothing is left to do: the first rule broken, or null. */
  readonly goal?: (processes: readonly P[]) => string | null;
  /** Messages that may be lost on one path (default 0). */
  readonly losses?: number;
  /** "when-quiet" (default): timers expire only when no message is under way, earliest first. "any-time": a node's earliest timer may expire at any point. */
  readonly timers?: "when-quiet" | "any-time";
  /** Steps after which a path is cut off (default 200). */
  readonly maxSteps?: number;
  /** {@link LimitError} beyond so many steps in all (default 10^6). */
  readonly maxWork?: number;
}

/** What an exploration has covered. */
export interface ExploreOutcome {
  /** Paths that came to an end: nothing left to do, a state seen before, or cut off. */
  readonly paths: number;
  /** Different states seen; 0 if a process has no `view`. */
  readonly states: number;
  /** Paths cut off at `maxSteps`: 0 means that the exploration is complete. */
  readonly cut: number;
  readonly deepest: number;
}

interface Waiting<M> {
  readonly from: number;
  readonly to: number;
  readonly message: M;
}

interface Choice {
  readonly text: string;
  readonly take: () => void;
}

/** One execution, from the start. */
class TinyWorld<M, P extends Process<M>> {
  readonly processes: P[] = [];
  private readonly contexts: RecordingContext<M>[] = [];
  private waiting: Waiting<M>[] = [];
  private visits: { readonly node: number; readonly visit: (process: P, context: ProcessContext<M>) => void }[];
  private lossesLeft: number;
  private nowUs = 0;

  constructor(private readonly options: ExploreOptions<M, P>) {
    this.visits = [...(options.visits ?? [])];
    this.lossesLeft = options.losses ?? 0;
    for (let node = 0; node < options.nodes; node++) {
      this.contexts.push(new RecordingContext<M>({ self: node }));
      const process = options.process(node);
      checkMethods("process", process, ["onStart", "onMessage", "onTimer"]);
      this.processes.push(process);
    }
    for (let node = 0; node < options.nodes; node++) this.handle(node, (process, context) => process.onStart(context));
  }

  /** What can happen next; equal messages count once. */
  choices(): Choice[] {
    const choices: Choice[] = this.visits.map((entry) => ({
      text: `call node ${entry.node}`,
      take: () => {
        this.visits = this.visits.filter((other) => other !== entry);
        this.handle(entry.node, entry.visit);
      },
    }));
    const seen = new Set<string>();
    for (const entry of this.waiting) {
      const text = `${entry.from} -> ${entry.to} ${canonicalText(entry.message)}`;
      if (seen.has(text)) continue;
      seen.add(text);
      const short = `${labelOf(entry.message)} from ${entry.from} to ${entry.to}`;
      choices.push({ text: `deliver ${short}`, take: () => this.deliver(entry) });
      if (this.lossesLeft > 0) choices.push({ text: `lose ${short}`, take: () => this.lose(entry) });
    }
    return [...choices, ...this.expiries(choices.length === 0)];
  }

  private expiries(quiet: boolean): Choice[] {
    const first = this.contexts.map((context, node) => ({ node, timer: context.timers[0] })).filter(({ timer }) => timer !== undefined);
    const expire = (node: number): Choice => ({ text: `timer ${this.contexts[node].timers[0].name} at ${node}`, take: () => this.expire(node) });
    if (this.options.timers === "any-time") return first.map(({ node }) => expire(node));
    if (!quiet || first.length === 0) return [];
    const earliest = Math.min(...first.map(({ timer }) => timer.expiryUs));
    return first.filter(({ timer }) => timer.expiryUs === earliest).map(({ node }) => expire(node));
  }

  /** The whole state as one text, or null when a process does not show its own. */
  stateText(): string | null {
    const views: unknown[] = [];
    for (let node = 0; node < this.processes.length; node++) {
      const process = this.processes[node];
      if (process.view === undefined) return null;
      views.push(process.view(node));
    }
    const waiting = this.waiting.map((entry) => canonicalText(entry)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const timers = this.contexts.map((context) => context.timers.map(({ name, key, expiryUs }) => [name, key, expiryUs - this.nowUs]));
    const visits = this.visits.map((entry) => (this.options.visits ?? []).indexOf(entry));
    return canonicalText([views, waiting, timers, visits, this.lossesLeft, this.contexts.map((context) => context.drawn)]);
  }

  private deliver(entry: Waiting<M>): void {
    this.waiting = this.waiting.filter((other) => other !== entry);
    this.handle(entry.to, (process, context) => process.onMessage(context, entry.from, entry.message));
  }

  private lose(entry: Waiting<M>): void {
    this.waiting = this.waiting.filter((other) => other !== entry);
    this.lossesLeft -= 1;
  }

  private expire(node: number): void {
    const timer = this.contexts[node].expireNext();
    this.nowUs = Math.max(this.nowUs, timer.expiryUs);
    this.handle(node, (process, context) => process.onTimer(context, timer.name, timer.key));
  }

  private handle(node: number, handler: (process: P, context: ProcessContext<M>) => void): void {
    const context = this.contexts[node];
    context.nowUs = this.nowUs;
    handler(this.processes[node], context);
    if (context.sentNumbers.length > 0) throw new ParameterError({ what: "the explorer has no messages of numbers", expected: "processes that send objects" });
    for (const { to, message } of context.sent) {
      if (to >= this.options.nodes) throw new ParameterError({ what: "no such node", got: to, expected: `0 to ${this.options.nodes - 1}` });
      this.waiting.push({ from: node, to, message });
    }
    context.clear();
  }
}

/**
 * Explores every order of a tiny world.
 * @returns what was covered
 * @throws InvariantError at the first broken rule, with the steps that led to it; LimitError when `maxWork` is reached; ParameterError for bad options
 */
export function explore<M, P extends Process<M>>(options: ExploreOptions<M, P>): ExploreOutcome {
  const { maxSteps = 200, maxWork = 1e6 } = checkOptions(options);
  const seen = new Set<string>();
  const path: { taken: number; of: number; text: string }[] = [];
  let work = 0;
  let paths = 0;
  let cut = 0;
  let deepest = 0;
  const check = (rule: string | null) => {
    if (rule !== null && typeof rule !== "string") throw new ParameterError({ what: "bad answer of an invariant or goal", got: rule, expected: "the first rule broken as a text, or null" });
    if (rule !== null) throw new InvariantError({ what: rule, where: `after ${path.length} steps:\n  ${path.map((step) => step.text).join("\n  ")}` });
  };
  for (;;) {
    const world = new TinyWorld(options);
    for (const step of path) {
      const choice = world.choices()[step.taken];
      step.text = choice.text;
      choice.take();
    }
    work += path.length;
    // The last choice of the path is new (or the path is empty): go on from here along first choices.
    for (;;) {
      check(options.invariant(world.processes));
      if (work >= maxWork) throw new LimitError({ what: "the exploration reached its limit", got: work, expected: `an end within ${maxWork} steps` });
      const state = world.stateText();
      const known = state !== null && seen.has(state);
      if (state !== null) seen.add(state);
      const choices = known ? [] : world.choices();
      if (!known && choices.length === 0) check(options.goal?.(world.processes) ?? null);
      if (choices.length > 0 && path.length >= maxSteps) cut += 1;
      if (choices.length === 0 || path.length >= maxSteps) break;
      path.push({ taken: 0, of: choices.length, text: choices[0].text });
      choices[0].take();
      work += 1;
      deepest = Math.max(deepest, path.length);
    }
    paths += 1;
    while (path.length > 0 && path[path.length - 1].taken + 1 === path[path.length - 1].of) path.pop();
    const last = path[path.length - 1];
    if (last === undefined) return { paths, states: seen.size, cut, deepest };
    last.taken += 1;
  }
}

function checkOptions<M, P extends Process<M>>(options: ExploreOptions<M, P>): ExploreOptions<M, P> {
  checkRecord("options", options, ["nodes", "process", "visits", "invariant", "goal", "losses", "timers", "maxSteps", "maxWork"]);
  const { nodes, process, visits = [], invariant, goal, losses = 0, timers = "when-quiet", maxSteps = 200, maxWork = 1e6 } = options;
  checkNumber("nodes", nodes, { min: 1, max: 16, integer: true });
  checkFunction("process", process);
  checkFunction("invariant", invariant);
  if (goal !== undefined) checkFunction("goal", goal);
  checkNumber("losses", losses, { min: 0, max: 1e6, integer: true });
  checkChoice("timers", timers, ["when-quiet", "any-time"]);
  checkNumber("maxSteps", maxSteps, { min: 1, max: 1e6, integer: true });
  checkNumber("maxWork", maxWork, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true });
  checkList("visits", visits, "calls into nodes").forEach((entry, index) => {
    checkRecord(`visits[${index}]`, entry, ["node", "visit"]);
    checkNode(entry.node, nodes, `visits[${index}].node`);
    checkFunction(`visits[${index}].visit`, entry.visit);
  });
  return options;
}
