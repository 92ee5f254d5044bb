/** Latencies from a measured table, with a stated policy for pairs that have no value. */
import type { LatencyTable } from "../codecs/latency-table";
import { ParameterError, checkChoice } from "../errors";
import { checkObject } from "./check-input";
import { checkHosts, type LatencyModel } from "./latency-model";

/**
 * What to do about pairs without a value: refuse the table; leave out hosts, the one with most gaps first, until none is left; or take the
 * shortest way over measured pairs.
 */
export type MissingPolicy = "refuse" | "drop-hosts" | "shortest-path";

/** One-way latencies from a table; a round trip counts half for each direction, and both halves add up to it to the microsecond. */
export class MatrixLatency implements LatencyModel {
  readonly hosts: number;
  /** Host names, in order. */
  readonly names: readonly string[];
  /** Names of hosts that were left out. */
  readonly dropped: readonly string[];
  /** How many ordered pairs were filled. */
  readonly filled: number;
  private readonly us: Int32Array;

  /**
   * @param table from `parseLatencyMatrix`, `parseLatencyJson` or `parseLatencyPairs`
   * @param missing what to do about gaps; must be chosen
   * @throws ParameterError when gaps are refused, no two hosts remain, or a gap has no way around it
   */
  constructor(table: LatencyTable, missing: MissingPolicy) {
    checkObject("table", table, "a latency table");
    checkChoice("missing", missing, ["refuse", "drop-hosts", "shortest-path"]);
    checkChoice("kind", table.kind, ["round-trip", "one-way"]);
    const gaps = table.report.missing;
    if (gaps > 0 && missing === "refuse") {
      throw new ParameterError({
        what: "latencies missing",
        got: `${gaps} of ${table.report.pairs} ordered pairs`,
        expected: 'no gaps, or the policy "drop-hosts" or "shortest-path"',
        where: table.file,
      });
    }
    const kept = gaps > 0 && missing === "drop-hosts" ? completeHosts(table) : table.hosts.map((_, host) => host);
    const isKept = new Set(kept);
    this.hosts = kept.length;
    this.names = kept.map((host) => table.hosts[host]);
    this.dropped = table.hosts.filter((_, host) => !isKept.has(host));
    const valuesMs = gaps > 0 && missing === "shortest-path" ? filledValues(table) : table.valuesMs;
    this.filled = valuesMs === table.valuesMs ? 0 : gaps;
    const halve = table.kind === "round-trip";
    this.us = new Int32Array(kept.length * kept.length);
    kept.forEach((from, row) => {
      kept.forEach((to, column) => {
        if (from === to) return;
        const us = Math.max(1, Math.round(valuesMs[from * table.hosts.length + to] * 1000));
        // Of an odd round trip one direction gets the microsecond more, so that both add up to what was measured.
        const extra = from < to ? 1 : 0;
        this.us[row * kept.length + column] = halve ? (us + extra) >> 1 : us;
      });
    });
  }

  latencyUs(from: number, to: number): number {
    if ((from >>> 0) !== from || (to >>> 0) !== to || from >= this.hosts || to >= this.hosts) checkHosts(from, to, this.hosts);
    return this.us[from * this.hosts + to];
  }
}

/** Hosts that remain when the one with most gaps (the last of them on a tie) is left out again and again. */
function completeHosts(table: LatencyTable): number[] {
  const count = table.hosts.length;
  const { valuesMs } = table;
  const gaps = new Int32Array(count);
  const isGap = (from: number, to: number) => from !== to && Number.isNaN(valuesMs[from * count + to]);
  for (let from = 0; from < count; from++) {
    for (let to = 0; to < count; to++) {
      if (!isGap(from, to)) continue;
      gaps[from] += 1;
      gaps[to] += 1;
    }
  }
  const kept = new Set(gaps.keys());
  for (;;) {
    let worst = -1;
    for (const host of kept) if (gaps[host] > 0 && (worst < 0 || gaps[host] >= gaps[worst])) worst = host;
    if (worst < 0) break;
    kept.delete(worst);
    for (const host of kept) gaps[host] -= Number(isGap(worst, host)) + Number(isGap(host, worst));
  }
  if (kept.size < 2) {
    throw new ParameterError({
      what: "too many latencies are missing",
      got: `${kept.size} hosts without gaps`,
      expected: "at least 2",
      where: table.file,
    });
  }
  return [...kept];
}

/** A copy of the values in which each gap is the length of the shortest way over measured pairs. */
function filledValues(table: LatencyTable): Float64Array {
  const count = table.hosts.length;
  const filled = table.valuesMs.slice();
  for (let from = 0; from < count; from++) {
    const row = table.valuesMs.subarray(from * count, (from + 1) * count);
    if (!row.some((value, to) => to !== from && Number.isNaN(value))) continue;
    const distances = distancesFrom(table.valuesMs, count, from);
    for (let to = 0; to < count; to++) {
      if (to === from || !Number.isNaN(row[to])) continue;
      if (distances[to] === Infinity) {
        throw new ParameterError({
          what: "a missing latency has no way around it",
          got: `${table.hosts[from]} to ${table.hosts[to]}`,
          expected: "measured pairs that connect all hosts",
          where: table.file,
        });
      }
      filled[from * count + to] = distances[to];
    }
  }
  return filled;
}

/** Dijkstra's algorithm on a dense matrix with NaN where there is no edge. */
function distancesFrom(valuesMs: Float64Array, count: number, source: number): Float64Array {
  const distances = new Float64Array(count).fill(Infinity);
  const done = new Uint8Array(count);
  distances[source] = 0;
  for (;;) {
    let nearest = -1;
    for (let host = 0; host < count; host++) if (done[host] === 0 && (nearest < 0 || distances[host] < distances[nearest])) nearest = host;
    if (nearest < 0 || distances[nearest] === Infinity) return distances;
    done[nearest] = 1;
    for (let host = 0; host < count; host++) {
      const through = distances[nearest] + valuesMs[nearest * count + host];
      if (through < distances[host]) distances[host] = through;
    }
  }
}
