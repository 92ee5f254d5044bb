/**
 * A rumour among n sites in synchronous cycles: the model in which the tables of the paper were made, fast enough for thousands of runs. Sites are
 * susceptible, infective or removed; each cycle the infective push, or all sites pull, or both, with one random partner.
 * Tanenbaum & van Steen 4.5; Demers et al., "Epidemic algorithms for replicated database maintenance", PODC 1987, section 1.4 and tables 1 to 3.
 *
 * Conventions that the published tables need: whether a contact was useful is judged by the state at the start of the cycle; a useful contact sets
 * the counter back to 0; a source that several sites pulled from in one cycle counts one useless contact only if all of them knew.
 * The asynchronous protocol with messages, timers and losses is {@link rumour-mongering}. Not modelled here: spatial distributions.
 * Checked by test/peer-to-peer/gossip/rumour-cycles.test.ts and test/paper/gossip.test.ts.
 */
import { LimitError, checkChoice, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";

/** How a rumour is told and when a site stops telling it. */
export interface RumourPolicy {
  /** Who starts a contact: the site with the rumour, the site without, or each exchanging both ways (default "push"). */
  readonly direction: "push" | "pull" | "push-pull";
  /** "feedback": only unnecessary contacts make a site lose interest; "blind": every contact does (default "feedback"). */
  readonly response: "feedback" | "blind";
  /** "counter": after k of them; "coin": each time with probability 1/k (default "counter"). */
  readonly stop: "counter" | "coin";
  /** k, a whole number >= 1 (default 1). */
  readonly k: number;
  /** Whether a useful contact sets the counter back (default true: the counter counts unnecessary contacts in a row). */
  readonly counterResets: boolean;
}

/** The policy of table 1 with k = 1. */
export const RUMOUR_POLICY_DEFAULTS: RumourPolicy = Object.freeze({ direction: "push", response: "feedback", stop: "counter", k: 1, counterResets: true });

/** A run's world. */
export interface RumourCycleParameters extends RumourPolicy {
  /** n, 2..2^24 (default 1000, as in the tables). */
  readonly sites: number;
  /** Contacts that a site accepts in one cycle, >= 1; Infinity (default) for no limit (section 1.4, "connection limit"). */
  readonly connectionLimit: number;
  /** How many other partners a site tries when one refuses, >= 0 (default 0; "hunting"). */
  readonly huntLimit: number;
}

/** Defaults: n = 1000, no connection limit. */
export const RUMOUR_CYCLE_DEFAULTS: RumourCycleParameters = Object.freeze({ ...RUMOUR_POLICY_DEFAULTS, sites: 1000, connectionLimit: Infinity, huntLimit: 0 });

/** What a run measured. */
export interface RumourRun {
  /** Share of sites that never heard it. */
  readonly residue: number;
  /** Times the rumour was sent, over n. */
  readonly messagesPerSite: number;
  /** Mean cycle in which the sites that heard it did; the first site hears it in cycle 0. */
  readonly averageCycle: number;
  /** Cycle of the last site that heard it. */
  readonly lastCycle: number;
  /** Sites that know the rumour after each cycle, from cycle 0. */
  readonly known: readonly number[];
}

const SUSCEPTIBLE = 0;
const INFECTIVE = 1;
const REMOVED = 2;
/** No rumour lives so long; a policy that never stops is a defect. */
const MOST_CYCLES = 1_000_000;

/**
 * Tells one rumour from one site until nobody is interested any more.
 *
 * @param parameters overrides of {@link RUMOUR_CYCLE_DEFAULTS}
 * @param random one stream per run
 * @throws ParameterError when a parameter is out of range
 */
export function spreadRumour(parameters: Partial<RumourCycleParameters>, random: RandomStream): RumourRun {
  return new RumourCycles(checkRumourCycles(parameters), random).run();
}

/** Checks and completes parameters. @throws ParameterError naming the first that is out of range */
export function checkRumourCycles(parameters: Partial<RumourCycleParameters>): RumourCycleParameters {
  const full = { ...RUMOUR_CYCLE_DEFAULTS, ...parameters };
  checkRumourPolicy(full);
  checkNumber("sites", full.sites, { min: 2, max: 16_777_216, integer: true });
  if (full.connectionLimit !== Infinity) checkNumber("connectionLimit", full.connectionLimit, { min: 1, integer: true });
  checkNumber("huntLimit", full.huntLimit, { min: 0, max: 1000, integer: true });
  return full;
}

/** Checks a policy. @throws ParameterError naming the first field that is out of range */
export function checkRumourPolicy(policy: RumourPolicy): RumourPolicy {
  checkChoice("direction", policy.direction, ["push", "pull", "push-pull"]);
  checkChoice("response", policy.response, ["feedback", "blind"]);
  checkChoice("stop", policy.stop, ["counter", "coin"]);
  checkNumber("k", policy.k, { min: 1, max: 1_000_000, integer: true });
  return policy;
}

class RumourCycles {
  private readonly state: Uint8Array;
  private readonly counter: Int32Array;
  /** Contacts accepted in this cycle. */
  private readonly accepted: Int32Array;
  /** What the contacts of this cycle told a source: 0 none, 1 all unnecessary, 2 at least one useful. */
  private readonly told: Uint8Array;
  private infective: number[] = [0];
  private readonly asked: number[] = [];
  private readonly newlyInfected: number[] = [];
  private sent = 0;

  constructor(private readonly parameters: RumourCycleParameters, private readonly random: RandomStream) {
    this.state = new Uint8Array(parameters.sites);
    this.counter = new Int32Array(parameters.sites);
    this.accepted = new Int32Array(parameters.sites);
    this.told = new Uint8Array(parameters.sites);
  }

  run(): RumourRun {
    const { sites } = this.parameters;
    const known = [1];
    this.state[0] = INFECTIVE;
    let knowing = 1;
    let cycleSum = 0;
    let lastCycle = 0;
    for (let cycle = 1; this.infective.length > 0; cycle++) {
      if (cycle > MOST_CYCLES) throw new LimitError({ what: "the rumour does not end", got: cycle, expected: `an end within ${MOST_CYCLES} cycles` });
      const heard = this.cycle();
      knowing += heard;
      cycleSum += heard * cycle;
      if (heard > 0) lastCycle = cycle;
      known.push(knowing);
    }
    return { residue: (sites - knowing) / sites, messagesPerSite: this.sent / sites, averageCycle: cycleSum / knowing, lastCycle, known };
  }

  /** One cycle. @returns how many sites heard the rumour for the first time */
  private cycle(): number {
    const { direction, connectionLimit, sites } = this.parameters;
    if (connectionLimit !== Infinity) this.accepted.fill(0);
    if (direction === "push") for (const site of this.infective) this.contact(site, true, false);
    else for (let site = 0; site < sites; site++) this.contact(site, direction === "push-pull", true);
    for (const source of this.asked) this.loseInterest(source, this.told[source] === 2);
    for (const source of this.asked) this.told[source] = 0;
    this.asked.length = 0;
    let heard = 0;
    for (const site of this.newlyInfected) {
      // Two sources may have told the same site in one cycle.
      if (this.state[site] !== SUSCEPTIBLE) continue;
      this.state[site] = INFECTIVE;
      this.infective.push(site);
      heard += 1;
    }
    this.newlyInfected.length = 0;
    this.infective = this.infective.filter((site) => this.state[site] === INFECTIVE);
    return heard;
  }

  private contact(site: number, push: boolean, pull: boolean): void {
    const partner = this.partnerOf(site);
    if (partner < 0) return;
    if (push && this.state[site] === INFECTIVE) this.tell(site, partner);
    if (pull && this.state[partner] === INFECTIVE) this.tell(partner, site);
  }

  /** A random other site that still accepts a contact in this cycle, or -1. */
  private partnerOf(site: number): number {
    const { sites, connectionLimit, huntLimit } = this.parameters;
    for (let tries = 0; tries <= huntLimit; tries++) {
      const draw = this.random.integer(sites - 1);
      const partner = draw >= site ? draw + 1 : draw;
      if (connectionLimit === Infinity) return partner;
      if (this.accepted[partner] < connectionLimit) {
        this.accepted[partner] += 1;
        return partner;
      }
    }
    return -1;
  }

  /** States change at the end of the cycle only, so every contact sees the start of the cycle. */
  private tell(source: number, target: number): void {
    this.sent += 1;
    const useful = this.state[target] === SUSCEPTIBLE;
    if (useful) this.newlyInfected.push(target);
    if (this.told[source] === 0) this.asked.push(source);
    if (this.told[source] < (useful ? 2 : 1)) this.told[source] = useful ? 2 : 1;
  }

  private loseInterest(source: number, useful: boolean): void {
    if (losesInterest<number>(this.parameters, this.counter as unknown as Record<number, number>, source, useful, this.random)) this.state[source] = REMOVED;
  }
}

/**
 * The decision after a contact: whether the source stops telling the rumour. Updates its counter.
 *
 * @param counters contacts that counted against each source so far
 * @param useful whether the contact told anybody something new
 */
export function losesInterest<K extends string | number>(policy: RumourPolicy, counters: { [key in K]: number }, source: K, useful: boolean, random: RandomStream): boolean {
  if (policy.response === "feedback" && useful) {
    if (policy.counterResets) counters[source] = 0;
    return false;
  }
  if (policy.stop === "coin") return random.integer(policy.k) === 0;
  counters[source] += 1;
  return counters[source] >= policy.k;
}
