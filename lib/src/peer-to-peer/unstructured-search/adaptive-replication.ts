/**
 * Replication that finds the square root by itself, as in Cohen and Shenker's section 5 (SIGCOMM 2002): after a search of s probes, about s new copies are made, and
 * copies die after a while. Rare objects have long searches and get many copies. In balance an object with rate q has C copies with q · (n / C) · a = C / lifetime, so C grows with the
 * square root of q. Searches probe random nodes; there is no overlay here (replication-world.ts has one).
 *
 * Two rules. "path": new copies in proportion to this search's size, which varies a lot. "sibling-memory": each copy remembers how many were made with it, and the new number is
 * a mean of this search's and of what the found copies remember. How the remembered numbers are weighed here (harmonic mean, since a copy of a large family is found more often,
 * with weight `memoryWeight`) is ours: the paper was read in notes of others only. The rules differ where copies come with a delay: searches in the meantime make more of what is already coming.
 */
import { ParameterError, checkNumber } from "../../errors";
import { AliasTable, ln, type RandomStream } from "../../simulation";
import { logLogSlope, zipfRates } from "./allocation";

/** Parameters; the paper gives nodes and k, the rest is ours. */
export interface AdaptiveReplicationOptions {
  /** 2..10^7; 10,000 in the paper. */
  readonly nodes: number;
  /** 2..10^5 */
  readonly objects: number;
  /** Zipf exponent of the query rates, 0..5. */
  readonly exponent: number;
  readonly rule: "path" | "sibling-memory";
  /** Copies that a search looks for, 1..100; 1 and 5 in the paper. */
  readonly copiesFound: number;
  /** New copies per probe, > 0. */
  readonly copiesPerProbe: number;
  /** Time that a copy lives, in queries (of all objects), >= 1. */
  readonly lifetimeQueries: number;
  /** Time from a search to the copies that it makes, in queries, >= 0; 0. Searches meanwhile do not see them. */
  readonly delayQueries: number;
  /** Weight of what the copies remember, 0..1 (0 is path replication). */
  readonly memoryWeight: number;
  /** Copies of each object at the start, beside its origin, of all ages alike; 0..nodes - 1. */
  readonly initialCopies: number;
  /** Lifetimes before anything is measured, and lifetimes measured. */
  readonly warmUpLifetimes: number;
  readonly measuredLifetimes: number;
}

/** Defaults of {@link AdaptiveReplicationOptions}. */
export const ADAPTIVE_REPLICATION_DEFAULTS: AdaptiveReplicationOptions = Object.freeze({
  nodes: 10_000, objects: 50, exponent: 1, rule: "path", copiesFound: 1, copiesPerProbe: 0.01, lifetimeQueries: 5000, delayQueries: 0, memoryWeight: 0.4, initialCopies: 0, warmUpLifetimes: 12, measuredLifetimes: 20,
});

/** What came of it. */
export interface AdaptiveReplicationResult {
  /** Query rates, falling. */
  readonly rates: Float64Array;
  /** Mean copies of each object over the measured time. */
  readonly copies: Float64Array;
  /** Slope of ln copies against ln rate: 0.5 is the square root. */
  readonly slope: number;
  /** Standard deviation over mean of an object's copies in time, mean over the objects: how much it oscillates. */
  readonly variation: number;
  /** Mean probes of a search. */
  readonly searchSize: number;
}

function checkOptions(given: Partial<AdaptiveReplicationOptions>): AdaptiveReplicationOptions {
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(ADAPTIVE_REPLICATION_DEFAULTS, name));
  if (stranger !== undefined) throw new ParameterError({ what: "unknown option of adaptive replication", got: stranger, expected: Object.keys(ADAPTIVE_REPLICATION_DEFAULTS).join(", ") });
  const options = { ...ADAPTIVE_REPLICATION_DEFAULTS, ...given };
  checkNumber("nodes", options.nodes, { min: 2, max: 1e7, integer: true });
  checkNumber("objects", options.objects, { min: 2, max: 1e5, integer: true });
  checkNumber("exponent", options.exponent, { min: 0, max: 5 });
  if (options.rule !== "path" && options.rule !== "sibling-memory") throw new ParameterError({ what: "unknown rule of replication", got: options.rule, expected: "path or sibling-memory", where: "parameter rule" });
  checkNumber("copiesFound", options.copiesFound, { min: 1, max: 100, integer: true });
  checkNumber("copiesPerProbe", options.copiesPerProbe, { min: 0, exclusiveMin: true, max: 100 });
  checkNumber("lifetimeQueries", options.lifetimeQueries, { min: 1, max: 1e7, integer: true });
  checkNumber("delayQueries", options.delayQueries, { min: 0, max: 1e7, integer: true });
  checkNumber("memoryWeight", options.memoryWeight, { min: 0, max: 1 });
  checkNumber("initialCopies", options.initialCopies, { min: 0, max: options.nodes - 1, integer: true });
  checkNumber("warmUpLifetimes", options.warmUpLifetimes, { min: 0, max: 10_000, integer: true });
  checkNumber("measuredLifetimes", options.measuredLifetimes, { min: 1, max: 10_000, integer: true });
  return options;
}

/** The copies of one object, oldest first. One more, its origin, never dies and remembers nothing. */
class Copies {
  private born: number[] = [];
  private siblings: number[] = [];
  private first = 0;
  /** Copies from here on are still under way. */
  private ready = 0;

  get count(): number {
    return this.ready - this.first + 1;
  }

  /** Copies that there are, and those under way. */
  get coming(): number {
    return this.born.length - this.first + 1;
  }

  add(number: number, atQuery: number, siblings: number): void {
    for (let i = 0; i < number; i++) {
      this.born.push(atQuery);
      this.siblings.push(siblings);
    }
  }

  /** Lets copies arrive that were born up to now, and die that were born up to then. */
  advance(now: number, then: number): void {
    while (this.ready < this.born.length && this.born[this.ready] <= now) this.ready += 1;
    while (this.first < this.ready && this.born[this.first] <= then) this.first += 1;
    if (this.first < 4096 || this.first * 2 < this.born.length) return;
    this.born = this.born.slice(this.first);
    this.siblings = this.siblings.slice(this.first);
    this.ready -= this.first;
    this.first = 0;
  }

  /** What a copy chosen at random remembers; null for the origin. */
  remembered(random: RandomStream): number | null {
    const place = random.integer(this.count);
    return place === this.count - 1 ? null : this.siblings[this.first + place];
  }
}

/** Probes of random nodes until so many copies are met; nodes may be probed again. */
function probes(nodes: number, copies: number, found: number, random: RandomStream): number {
  const share = Math.min(1, copies / nodes);
  if (share === 1) return found;
  const scale = ln(1 - share);
  let sum = 0;
  for (let i = 0; i < found; i++) sum += Math.max(1, Math.ceil(ln(1 - random.uniform()) / scale));
  return sum;
}

/**
 * Runs queries one after another.
 * @param random stream for objects, searches and rounding
 * @throws ParameterError when an option is unknown or out of range
 */
export function adaptiveReplication(given: Partial<AdaptiveReplicationOptions>, random: RandomStream): AdaptiveReplicationResult {
  const options = checkOptions(given);
  const { nodes, objects, rule, copiesFound, copiesPerProbe, lifetimeQueries } = options;
  const rates = zipfRates(objects, options.exponent);
  const choice = new AliasTable(rates);
  const all = Array.from({ length: objects }, () => new Copies());
  const { initialCopies } = options;
  for (const copies of all) for (let i = 1; i <= initialCopies; i++) copies.add(1, Math.round((i / initialCopies - 1) * lifetimeQueries), Math.max(1, (nodes / initialCopies) * copiesPerProbe));
  const weight = rule === "path" ? 0 : options.memoryWeight;
  const [warm, end] = [options.warmUpLifetimes * lifetimeQueries, (options.warmUpLifetimes + options.measuredLifetimes) * lifetimeQueries];
  // Twenty looks per lifetime.
  const every = Math.max(1, Math.floor(lifetimeQueries / 20));
  const [sum, squares] = [new Float64Array(objects), new Float64Array(objects)];
  let [looks, searched] = [0, 0];
  for (let query = 1; query <= end; query++) {
    const copies = all[choice.draw(random)];
    copies.advance(query, query - lifetimeQueries);
    const size = probes(nodes, copies.count, copiesFound, random) / copiesFound;
    let made = size * copiesPerProbe;
    if (weight > 0) {
      let inverse = 0;
      let told = 0;
      for (let i = 0; i < copiesFound; i++) {
        const remembered = copies.remembered(random);
        if (remembered !== null) [inverse, told] = [inverse + 1 / remembered, told + 1];
      }
      if (told > 0) made = (1 - weight) * made + weight * (told / inverse);
    }
    // Rounded at random, so that the mean is kept; no more than there are nodes without a copy.
    const whole = Math.min(Math.floor(made) + (random.uniform() < made - Math.floor(made) ? 1 : 0), nodes - copies.coming);
    copies.add(whole, query + options.delayQueries, made);
    if (query <= warm) continue;
    searched += size;
    if (query % every !== 0) continue;
    looks += 1;
    all.forEach((each, object) => {
      each.advance(query, query - lifetimeQueries);
      sum[object] += each.count;
      squares[object] += each.count * each.count;
    });
  }
  const copies = sum.map((each) => each / looks);
  const variation = copies.reduce((total, mean, object) => total + Math.sqrt(Math.max(0, squares[object] / looks - mean * mean)) / mean, 0) / objects;
  return { rates, copies, slope: options.exponent === 0 ? 0 : logLogSlope(rates, copies, ln), variation, searchSize: searched / (end - warm) };
}
