/**
 * Maglev hashing (Eisenbud et al., NSDI 2016, section 3.4): a table of M slots, M prime. Each backend has its own permutation of the slots, from two hashes of its
 * name; the backends take turns, each taking the next free slot of its permutation, until the table is full. All shares are within one slot of each other; a
 * look-up is one array access; a join or leave also moves a few keys between the others, fewer the larger M is.
 *
 * Weights: a backend takes its turns less often in proportion to its weight (the paper only says that this is done); one whose share is below a slot may get none.
 * Tests: test/ids/consistent-hashing/weights-and-tables.test.ts, test/paper/consistent-hashing.test.ts (HS-6, HS-7).
 */
import { LimitError, ParameterError, checkNumber } from "../../errors";
import { mixDigests } from "../hash-words";
import { moduloBucket } from "./modulo";
import { ServerSet, type HashOptions, type Member } from "./server-set";

/** Options of Maglev hashing. */
export interface MaglevOptions extends HashOptions {
  /** Slots M, a prime 2..2^24; default 65,537 as in the paper. Above 100 times the number of servers shares differ by at most 1 %. */
  readonly tableSize?: number;
}

/** Largest table: 64 MB. */
const LARGEST_TABLE = 16_777_216;

/** Where a backend's permutation starts and how far it steps. */
export interface MaglevStep {
  /** 0..M - 1. */
  readonly offset: number;
  /** 1..M - 1. */
  readonly skip: number;
}

/**
 * The order in which a backend asks for slots: (offset + j skip) mod M for j = 0..M - 1.
 * @throws ParameterError when M is no prime, or offset or skip are out of range
 */
export function maglevPermutation(step: MaglevStep, tableSize: number): Int32Array {
  checkStep(step, checkPrime(tableSize), 0);
  const permutation = new Int32Array(tableSize);
  let slot = step.offset;
  for (let j = 0; j < tableSize; j++) {
    permutation[j] = slot;
    slot = (slot + step.skip) % tableSize;
  }
  return permutation;
}

/**
 * Fills the table, the paper's `Populate`.
 *
 * @param steps permutation of each backend, in their order of turns
 * @param tableSize M, prime
 * @param weights one per backend, > 0; equal if absent
 * @returns for each slot the index of its backend; all -1 without backends
 * @throws ParameterError when M is no prime or smaller than the number of backends, or a step or weight is out of range
 */
export function populate(steps: readonly MaglevStep[], tableSize: number, weights?: ArrayLike<number>): Int32Array {
  checkPrime(tableSize);
  if (!Array.isArray(steps)) throw new ParameterError({ what: "no list of steps", got: steps, expected: "an array of { offset, skip }", where: "parameter steps" });
  if (steps.length > tableSize) throw new ParameterError({ what: "more backends than slots", got: steps.length, expected: `at most ${tableSize}`, where: "parameter steps" });
  steps.forEach((step, index) => checkStep(step, tableSize, index));
  if (weights !== undefined && weights?.length !== steps.length) throw new ParameterError({ what: "not one weight per backend", got: weights?.length ?? weights, expected: String(steps.length), where: "parameter weights" });
  const table = new Int32Array(tableSize).fill(-1);
  const next = Int32Array.from(steps, ({ offset }) => offset);
  const turns = new Float64Array(steps.length);
  let largest = 1;
  for (let i = 0; weights !== undefined && i < weights.length; i++) largest = Math.max(i === 0 ? 0 : largest, checkNumber(`weights[${i}]`, weights[i], { min: 0, exclusiveMin: true }));
  for (let filled = 0, round = 1; filled < tableSize && steps.length > 0; round++) {
    for (let i = 0; i < steps.length && filled < tableSize; i++) {
      // After r rounds a backend has had r times its share of the largest weight, rounded down.
      if (weights !== undefined && (turns[i] + 1) * largest > round * weights[i]) continue;
      turns[i] += 1;
      const { skip } = steps[i];
      let slot = next[i];
      while (table[slot] >= 0) slot = slot + skip >= tableSize ? slot + skip - tableSize : slot + skip;
      table[slot] = i;
      next[i] = slot + skip >= tableSize ? slot + skip - tableSize : slot + skip;
      filled += 1;
    }
  }
  return table;
}

/** @throws ParameterError when a number is no prime from 2 to 2^24 */
export function checkPrime(tableSize: number): number {
  checkNumber("tableSize", tableSize, { min: 2, max: LARGEST_TABLE, integer: true });
  for (let divisor = 2; divisor * divisor <= tableSize; divisor++) {
    if (tableSize % divisor === 0) throw new ParameterError({ what: "the table's size is no prime", got: tableSize, expected: `a prime, since ${tableSize} = ${divisor} x ${tableSize / divisor} and a step could miss slots`, where: "parameter tableSize" });
  }
  return tableSize;
}

function checkStep(step: MaglevStep, tableSize: number, index: number): void {
  const { offset, skip } = step ?? {};
  checkNumber(`steps[${index}].offset`, offset, { min: 0, max: tableSize - 1, integer: true });
  checkNumber(`steps[${index}].skip`, skip, { min: 1, max: Math.max(1, tableSize - 1), integer: true });
}

/** Servers in a Maglev table. */
export class MaglevHash extends ServerSet {
  readonly scheme = "maglev";
  /** Slots of the table. */
  readonly tableSize: number;
  private slots = new Int32Array(0);

  /** @throws ParameterError for a bad option, above all a table size that is no prime */
  constructor(options: MaglevOptions = {}) {
    super(options, true);
    const { tableSize = 65_537 } = options;
    this.tableSize = checkPrime(tableSize);
  }

  /** The table: for each slot an index into `servers`. */
  table(): Int32Array {
    this.prepare();
    return this.slots.slice();
  }

  protected override checkAdmission(): void {
    if (this.members.length >= this.tableSize) throw new LimitError({ what: "more servers than slots", got: this.members.length + 1, expected: `at most ${this.tableSize}, the size of the table` });
  }

  protected build(): void {
    const { members, tableSize } = this;
    const isPlain = members.every(({ weight }) => weight === members[0].weight);
    this.slots = populate(members.map((member) => this.stepOf(member)), tableSize, isPlain ? undefined : members.map(({ weight }) => weight));
  }

  /** offset = h1(name) mod M, skip = h2(name) mod (M - 1) + 1. */
  private stepOf({ high, low }: Member): MaglevStep {
    const word = (which: number) => mixDigests(high, low, this.seed, which);
    return { offset: moduloBucket(word(0), word(1), this.tableSize), skip: moduloBucket(word(2), word(3), this.tableSize - 1) + 1 };
  }

  protected ownerOf(high: number, low: number): number {
    return this.slots[moduloBucket(high, low, this.tableSize)];
  }

  /** The servers of the following slots. One without a slot comes last. */
  protected ownersOf(high: number, low: number, count: number): number[] {
    const first = moduloBucket(high, low, this.tableSize);
    const chosen = new Set<number>();
    for (let i = 0; i < this.tableSize && chosen.size < count; i++) chosen.add(this.slots[(first + i) % this.tableSize]);
    for (let server = 0; chosen.size < count; server++) chosen.add(server);
    return [...chosen];
  }
}
