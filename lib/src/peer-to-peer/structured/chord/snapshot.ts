/**
 * A converged Chord ring in typed arrays: the state in which stabilisation ends, for up to some 10^7 nodes. Nodes are ordered around the ring, and a finger is kept as its
 * distance in ranks; then "this finger precedes the key" is a comparison of two small numbers, and a lookup follows the very rules of `decisions.ts` on them.
 * About 130 bytes a node at 10^6 nodes of 160 bits. Nodes can be marked as failed without any repair, as in the experiment of table II (Transactions on Networking 2003).
 *
 * Not modelled here: joins, timers, messages; they are the business of {@link ChordProcess}, and test/laws/chord.test.ts shows equal routes on equal membership.
 */
import { ParameterError, checkChoice, checkNumber } from "../../../errors";
import { RingOrder, type IdTable } from "../../../ids";
import { checkRecord } from "../../../simulation/checks";
import { RouteReport, type StructuredSnapshot } from "../overlay";
import { fingerOffsets, lowestFinger } from "./finger-offsets";
import { CHORD_DEFAULTS, type LookupStyle, type RoutingState } from "./parameters";

/** How lookups go; the names are those of the parameters of a Chord node. */
export interface ChordRouteOptions {
  /** Length of the successor list, 1..64; 8. */
  readonly successors?: number;
  readonly routing?: RoutingState;
  readonly style?: LookupStyle;
  /** Fingers kept, the farthest ones, 1..bits; 64 or all. */
  readonly fingers?: number;
  /** Alternates of each finger, 0..32; 0. */
  readonly alternates?: number;
  /** A lookup fails after so many hops; 1000. */
  readonly maxHops?: number;
  /** One-way latency between two nodes (rows), µs; absent: all times are 0. Also the network distance by which alternates are chosen. */
  readonly latencyUs?: (from: number, to: number) => number;
  /** What a contact with a dead node costs, µs; 500 ms. */
  readonly timeoutUs?: number;
}

const OPTIONS = ["successors", "routing", "style", "fingers", "alternates", "maxHops", "latencyUs", "timeoutUs"];

/** A ring that has converged. */
export class ChordSnapshot implements StructuredSnapshot {
  readonly overlay = "Chord";
  readonly length: number;
  readonly table: IdTable;
  private readonly ring: RingOrder;
  private readonly rankOf: Int32Array;
  private readonly scratch: number;
  /**
   * Different fingers of each rank, as distances in ranks, the farthest first, `stride` entries a rank, 0 where there are fewer. Rows of one
   * length waste a few bytes and spare a look at where the row begins, which at 10^6 nodes is a look into main memory.
   */
  private readonly fingers: Uint32Array;
  private readonly stride: number;
  private readonly options: Required<Omit<ChordRouteOptions, "latencyUs">>;
  private readonly latencyUs: ((from: number, to: number) => number) | undefined;
  /** 1 for ranks that have failed; `null` while none has. */
  private failed: Uint8Array | null = null;
  private readonly dead: number[] = [];

  /**
   * @param table ids; rows may be added later, but those of the members must not change
   * @param members rows of the nodes on the ring, at least one
   * @throws ParameterError for an empty ring, equal ids, or an option out of range
   */
  constructor(table: IdTable, members: ArrayLike<number>, options: ChordRouteOptions = {}) {
    this.table = table;
    this.ring = new RingOrder(table, members);
    this.length = this.ring.length;
    this.latencyUs = checkRecord("options", options, OPTIONS).latencyUs;
    this.options = {
      successors: checkNumber("successors", options.successors ?? CHORD_DEFAULTS.successors, { min: 1, max: 64, integer: true }),
      routing: checkChoice("routing", options.routing ?? CHORD_DEFAULTS.routing, ["fingers", "fingers and successors"]),
      style: checkChoice("style", options.style ?? CHORD_DEFAULTS.style, ["recursive", "iterative"]),
      fingers: checkNumber("fingers", options.fingers ?? Math.min(table.space.bits, CHORD_DEFAULTS.fingers), { min: 1, max: table.space.bits, integer: true }),
      alternates: checkNumber("alternates", options.alternates ?? 0, { min: 0, max: 32, integer: true }),
      maxHops: checkNumber("maxHops", options.maxHops ?? CHORD_DEFAULTS.maxHops, { min: 1, max: 1e7, integer: true }),
      timeoutUs: checkNumber("timeoutUs", options.timeoutUs ?? CHORD_DEFAULTS.timeoutUs, { min: 0, max: 1e12, integer: true, unit: "µs" }),
    };
    if (this.options.alternates > 0 && this.latencyUs === undefined) throw new ParameterError({ what: "alternates without distances", got: this.options.alternates, expected: "latencyUs, by which the nearest is chosen", where: "option alternates" });
    this.rankOf = this.ring.ranks();
    this.scratch = table.push(0);
    // One number below the lowest that matters, so that the successor stands in the row as the finger that it is.
    const lowest = Math.max(lowestFinger(this.ring) - 1, 1, table.space.bits - this.options.fingers + 1);
    const counts = this.countFingers(lowest);
    this.stride = counts.reduce((a, b) => Math.max(a, b), 1);
    this.fingers = this.layFingers(lowest, counts);
  }

  get bytes(): number {
    return this.table.bytes + this.ring.bytes + this.rankOf.byteLength + this.fingers.byteLength + (this.failed?.byteLength ?? 0);
  }

  /** Rows of the members in the order of the ring. */
  get members(): Int32Array {
    return this.ring.rows;
  }

  ownerOf(key: number): number {
    return this.ring.rows[this.ring.successorRank(this.checkRow(key))];
  }

  holdersOf(key: number, copies: number): number[] {
    const rank = this.ring.successorRank(this.checkRow(key));
    return Array.from({ length: Math.min(copies, this.length) }, (_, i) => this.ring.rows[(rank + i) % this.length]);
  }

  /** The first node at or after a key that has not failed: who owns it once the ring is repaired. -1 when all have failed. */
  survivingOwnerOf(key: number): number {
    const rank = this.ring.successorRank(this.checkRow(key));
    for (let i = 0; i < this.length; i++) if (this.failed?.[(rank + i) % this.length] !== 1) return this.ring.rows[(rank + i) % this.length];
    return -1;
  }

  /** How many different fingers a node has, the successor among them. */
  fingersOf(row: number): number {
    const first = this.rank(row) * this.stride;
    let count = 0;
    while (count < this.stride && this.fingers[first + count] > 0) count += 1;
    return count;
  }

  /** Marks nodes as failed, without any repair, instead of those marked before; an empty list marks none. @throws ParameterError for a row that is no member */
  fail(rows: ArrayLike<number>): void {
    const failed = new Uint8Array(this.length);
    for (let i = 0; i < rows.length; i++) failed[this.rank(rows[i])] = 1;
    this.failed = rows.length === 0 ? null : failed;
  }

  lookup(from: number, key: number, report: RouteReport): RouteReport {
    const start = this.rank(from);
    if (this.failed?.[start] === 1) throw new ParameterError({ what: "a lookup begins at a failed node", got: from, expected: "a node that is up", where: "parameter from" });
    const owner = this.ring.successorRank(this.checkRow(key));
    report.begin(from);
    this.dead.length = 0;
    if (this.isPlain && !report.keepPath) return this.lookupPlain(start, owner, report);
    let rank = start;
    while (report.hops <= this.options.maxHops) {
      // The target in ranks: the node so many places on is the first at or after the key. The whole circle when that is the node itself.
      let target = owner - rank;
      if (target <= 0) target += this.length;
      let step = this.knowsOwner(target) ? this.ownerStep(rank, target, report) : 0;
      const isFinal = step > 0;
      // Where all of the list from the owner on is dead, a node nearer to the key has a list that reaches farther.
      if (!isFinal) step = this.nextStep(rank, target, report);
      if (step === 0) return report;
      const next = rank + step < this.length ? rank + step : rank + step - this.length;
      this.travel(start, rank, next, report);
      if (isFinal) {
        report.lastHop = step === this.length ? 0 : 1;
        report.owner = this.ring.rows[next];
        if (this.latencyUs !== undefined && this.options.style === "recursive" && next !== start) report.latencyUs += this.latencyUs(report.owner, from);
        return report;
      }
      report.hops += 1;
      rank = next;
    }
    return report;
  }

  /** Nothing has failed, and neither times nor alternates are asked for. */
  private get isPlain(): boolean {
    return this.failed === null && this.latencyUs === undefined;
  }

  /**
   * The same lookup where nothing can go wrong: at each node the farthest finger below the target, or the end of the successor list. A node's fingers double in distance,
   * so the number of leading zeros of the target says nearly which one it is: one line of the cache is read instead of two.
   */
  private lookupPlain(start: number, owner: number, report: RouteReport): RouteReport {
    const { fingers, stride, length } = this;
    const { maxHops, routing, successors } = this.options;
    const list = routing === "fingers" ? 1 : Math.max(1, Math.min(successors, length - 1));
    const zeros = Math.clz32(length - 1);
    let hops = 0;
    let rank = start;
    for (; hops <= maxHops; hops++) {
      let target = owner - rank;
      if (target <= 0) target += length;
      if (target <= list) {
        report.owner = this.ring.rows[owner];
        report.lastHop = owner === rank ? 0 : 1;
        break;
      }
      const first = rank * stride;
      const end = first + stride;
      let at = Math.min(end, first + Math.clz32(target) - zeros);
      while (at > first && fingers[at - 1] < target) at -= 1;
      while (at < end && fingers[at] >= target) at += 1;
      const step = at < end ? fingers[at] : 0;
      rank += step > list ? step : list;
      if (rank >= length) rank -= length;
    }
    report.hops = hops;
    return report;
  }

  /** `knowsOwner` of decisions.ts: with one node everything is its own. */
  private knowsOwner(target: number): boolean {
    const { routing, successors } = this.options;
    return target === 1 || (routing !== "fingers" && target <= Math.min(successors, this.length - 1));
  }

  /** Distance to the first entry of the successor list at or after the target that is up; 0 for none. */
  private ownerStep(rank: number, target: number, report: RouteReport): number {
    const last = Math.max(1, Math.min(this.options.successors, this.length - 1));
    for (let step = target; step <= last; step++) if (this.answers(rank, step, report)) return step;
    return 0;
  }

  /** Distance to the best node that precedes the target and is up; 0 for none. */
  private nextStep(rank: number, target: number, report: RouteReport): number {
    const end = (rank + 1) * this.stride;
    const finger = this.fingerBelow(rank, target);
    const farthest = finger < end ? this.fingers[finger] : 0;
    const inList = Math.min(this.options.successors, this.length - 1, target - 1);
    const useList = this.options.routing !== "fingers";
    // With "fingers" the successor is the last of them.
    const best = Math.max(farthest, useList ? inList : Math.min(1, inList));
    const isFinger = farthest > 0 && (!useList || farthest >= inList);
    const preferred = isFinger && this.options.alternates > 0 ? this.nearestAlternate(rank, farthest, target) : best;
    if (this.failed === null) return preferred;
    if (preferred !== best && this.answers(rank, preferred, report)) return preferred;
    for (let i = finger, list = useList ? inList : 0; ; ) {
      const nextFinger = i < end ? this.fingers[i] : 0;
      if (nextFinger === 0 && list === 0) break;
      const step = Math.max(nextFinger, list);
      if (step === nextFinger) i += 1;
      if (step === list) list -= 1;
      if ((step !== preferred || preferred === best) && this.answers(rank, step, report)) return step;
    }
    if (!useList) for (let step = 1; step <= inList; step++) if (this.answers(rank, step, report)) return step;
    return 0;
  }

  /** Position of the farthest finger nearer than the target; the end of the row, or an empty place, when there is none. */
  private fingerBelow(rank: number, target: number): number {
    const end = (rank + 1) * this.stride;
    let at = rank * this.stride;
    while (at < end && this.fingers[at] >= target) at += 1;
    return at;
  }

  /** Of a finger and its alternates that precede the target, the nearest in the network. */
  private nearestAlternate(rank: number, finger: number, target: number): number {
    const { rows } = this.ring;
    const latencyUs = this.latencyUs as (from: number, to: number) => number;
    const at = (step: number) => rows[rank + step < this.length ? rank + step : rank + step - this.length];
    let best = finger;
    let bestUs = latencyUs(rows[rank], at(finger));
    for (let a = 1; a <= Math.min(this.options.alternates, this.length - 1); a++) {
      const step = finger + a < this.length ? finger + a : finger + a - this.length;
      if (step === 0 || step >= target) continue;
      const us = latencyUs(rows[rank], at(step));
      if (us < bestUs) [best, bestUs] = [step, us];
    }
    return best;
  }

  /** Whether the node some places on answers. A node found dead once is not asked again in this lookup. */
  private answers(rank: number, step: number, report: RouteReport): boolean {
    if (this.failed === null) return true;
    const next = rank + step < this.length ? rank + step : rank + step - this.length;
    if (this.failed[next] === 0) return true;
    if (!this.dead.includes(next)) {
      this.dead.push(next);
      report.timeouts += 1;
      if (this.latencyUs !== undefined) report.latencyUs += this.options.timeoutUs;
    }
    return false;
  }

  private travel(start: number, from: number, to: number, report: RouteReport): void {
    const { rows } = this.ring;
    if (from === to) return;
    if (report.keepPath) report.path.push(rows[to]);
    if (this.latencyUs === undefined) return;
    if (this.options.style === "recursive") report.latencyUs += this.latencyUs(rows[from], rows[to]);
    else if (start !== to) report.latencyUs += this.latencyUs(rows[start], rows[to]) + this.latencyUs(rows[to], rows[start]);
  }

  /** How many different fingers each rank has. */
  private countFingers(lowest: number): Uint8Array {
    const { ring, length, table } = this;
    const offsets = new Int32Array(length);
    const last = new Int32Array(length);
    const counts = new Uint8Array(length);
    for (let number = lowest; number <= table.space.bits; number++) {
      fingerOffsets(ring, number, this.scratch, offsets);
      for (let rank = 0; rank < length; rank++) {
        if (offsets[rank] === last[rank] || offsets[rank] === length) continue;
        last[rank] = offsets[rank];
        counts[rank] += 1;
      }
    }
    return counts;
  }

  /** The same walk again, which writes them. */
  private layFingers(lowest: number, left: Uint8Array): Uint32Array {
    const { ring, length, table, stride } = this;
    const offsets = new Int32Array(length);
    const last = new Int32Array(length);
    const fingers = new Uint32Array(length * stride);
    for (let number = lowest; number <= table.space.bits; number++) {
      fingerOffsets(ring, number, this.scratch, offsets);
      for (let rank = 0; rank < length; rank++) {
        if (offsets[rank] === last[rank] || offsets[rank] === length) continue;
        last[rank] = offsets[rank];
        left[rank] -= 1;
        fingers[rank * stride + left[rank]] = offsets[rank];
      }
    }
    return fingers;
  }

  private rank(row: number): number {
    const rank = this.rankOf[row];
    if (rank === undefined || rank < 0) throw new ParameterError({ what: "no such node on the ring", got: row, expected: `one of the ${this.length} members`, where: "parameter node" });
    return rank;
  }

  private checkRow(key: number): number {
    if (Number.isInteger(key) && key >= 0 && key < this.table.length) return key;
    throw new ParameterError({ what: "no such key", got: key, expected: `a row of the table, 0 to ${this.table.length - 1}`, where: "parameter key" });
  }
}
