/**
 * A table of measured latencies between hosts, with what is known to be wrong with it. Files never say their unit reliably and mark
 * missing values in several ways, so the caller states unit and kind, and gaps are kept and counted, not filled: what to do about them is
 * decided where the table is turned into a model (`network/matrix-latency`).
 */
import { formatNumber } from "../units";
import type { TextSource } from "./text-source";
import { MS_PER_UNIT, type DelayUnit } from "./topology-attributes";

/** What every latency file needs to be told. */
export interface LatencyUnits {
  /** Unit of the values in the file. */
  readonly unit: DelayUnit;
  /** Whether a value is a round trip or one way. */
  readonly kind: "round-trip" | "one-way";
  /** File name for error messages. */
  readonly file?: string;
  /**
   * What to do when the values are implausible in the stated unit (nine tenths of the round trips below 1 ms, or half of them above 2 s):
   * refuse, or go on with a warning in the table. Default "refuse".
   */
  readonly implausibleUnit?: "refuse" | "warn";
}

/** Counts of what is wrong or unusual in a latency table. Pairs are ordered and of different hosts. */
export interface LatencyReport {
  /** Ordered pairs of different hosts. */
  readonly pairs: number;
  /** Pairs without a value. */
  readonly missing: number;
  /** Of the missing pairs, those that stood as 0 in the file. */
  readonly zeros: number;
  /** Unordered pairs with values in both directions that differ. */
  readonly asymmetric: number;
  /** Largest difference between the two directions, milliseconds. */
  readonly largestAsymmetryMs: number;
  /** Diagonal entries that are given and not 0. */
  readonly nonZeroDiagonal: number;
  readonly minMs: number;
  readonly medianMs: number;
  readonly percentile90Ms: number;
  readonly maxMs: number;
}

/** Latencies between hosts, in milliseconds. */
export interface LatencyTable {
  readonly file: string;
  readonly kind: "round-trip" | "one-way";
  /** Host names: from the file, or their numbers. */
  readonly hosts: readonly string[];
  /** From row host to column host, row by row, milliseconds; NaN where missing, the diagonal as given (NaN when not given). */
  readonly valuesMs: Float64Array;
  readonly report: LatencyReport;
  /** Things a reader should know, such as an implausible unit that was let through. */
  readonly warnings: readonly string[];
}

/** Most hosts of one table: its square must fit in memory (5000 hosts are 200 MB). */
export const MAX_LATENCY_HOSTS = 5000;
/** Longest latency accepted, milliseconds. */
const LONGEST_MS = 3_600_000;
/**
 * Round trips between hosts of the Internet, milliseconds. The 90th percentile guards the low side: a set of hosts in a few data centres has
 * a low median but still some long pairs, while a wrong unit shifts them all.
 */
const PLAUSIBLE_MS = { lowestPercentile90: 1, highestMedian: 2000 };

/** What a cell of a latency file says. */
export type LatencyCell = { readonly kind: "value"; readonly ms: number } | { readonly kind: "missing" } | { readonly kind: "bad" };

const MISSING_WORDS = new Set(["", "nan", "na", "n/a", "null", "none", "-", "-1", "-1.0", "x", "*"]);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

/** Reads a cell: a number >= 0, a usual mark for a missing value (empty, NaN, NA, null, -, -1), or something else. */
export function readLatencyCell(text: string, unit: DelayUnit): LatencyCell {
  const trimmed = text.trim();
  if (MISSING_WORDS.has(trimmed.toLowerCase())) return { kind: "missing" };
  if (trimmed.length > 400 || !NUMBER.test(trimmed)) return { kind: "bad" };
  return latencyNumber(Number(trimmed), unit);
}

/** As {@link readLatencyCell}, for a value that is already a number. */
export function latencyNumber(value: number, unit: DelayUnit): LatencyCell {
  if (Number.isNaN(value) || value === -1) return { kind: "missing" };
  const ms = value * MS_PER_UNIT[unit];
  return ms >= 0 && ms <= LONGEST_MS ? { kind: "value", ms } : { kind: "bad" };
}

/** What a cell may hold, for error messages. */
export const LATENCY_CELL_EXPECTED = "a latency from 0 to one hour, or an empty cell, NaN, NA or -1 where it is missing";

/**
 * Completes a table: turns zeros between different hosts into missing values, counts, and checks the unit.
 *
 * @param source the file, for messages
 * @param hosts host names
 * @param valuesMs row by row; NaN where missing. Changed in place.
 * @throws ParseError when the table holds no value, or its median is implausible and `implausibleUnit` does not let it through
 */
export function completeLatencyTable(source: TextSource, hosts: readonly string[], valuesMs: Float64Array, units: LatencyUnits): LatencyTable {
  const zeros = dropZeros(hosts.length, valuesMs);
  const report = { ...summarize(hosts.length, valuesMs), zeros };
  if (report.missing === report.pairs) throw source.endError("no latency in the file", `${report.pairs} pairs, all missing`, "at least one value > 0 between different hosts");
  const factor = units.kind === "round-trip" ? 1 : 2;
  const warnings: string[] = [];
  if (report.percentile90Ms * factor < PLAUSIBLE_MS.lowestPercentile90 || report.medianMs * factor > PLAUSIBLE_MS.highestMedian) {
    const finding = `read as ${units.unit}: median ${formatNumber(report.medianMs)} ms, 90th percentile ${formatNumber(report.percentile90Ms)} ms`;
    if (units.implausibleUnit !== "warn") {
      throw source.endError("implausible unit", finding, 'a median round trip up to 2 s and a 90th percentile from 1 ms; state another unit, or implausibleUnit: "warn"');
    }
    warnings.push(`implausible unit: ${finding}`);
  }
  if (report.missing > 0) warnings.push(`${report.missing} of ${report.pairs} ordered pairs have no value (${zeros} of them stand as 0)`);
  if (report.nonZeroDiagonal > 0) warnings.push(`${report.nonZeroDiagonal} hosts have a latency to themselves, which is not used`);
  return { file: source.file, kind: units.kind, hosts, valuesMs, report, warnings };
}

function dropZeros(count: number, valuesMs: Float64Array): number {
  let zeros = 0;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const at = row * count + column;
      if (row === column || valuesMs[at] !== 0) continue;
      valuesMs[at] = NaN;
      zeros += 1;
    }
  }
  return zeros;
}

function summarize(count: number, valuesMs: Float64Array): Omit<LatencyReport, "zeros"> {
  const given: number[] = [];
  let asymmetric = 0;
  let largestAsymmetryMs = 0;
  let nonZeroDiagonal = 0;
  for (let row = 0; row < count; row++) {
    if (valuesMs[row * count + row] > 0) nonZeroDiagonal += 1;
    for (let column = 0; column < count; column++) {
      const forward = valuesMs[row * count + column];
      if (row === column || Number.isNaN(forward)) continue;
      given.push(forward);
      const difference = Math.abs(forward - valuesMs[column * count + row]);
      if (column > row && difference > 0) {
        asymmetric += 1;
        largestAsymmetryMs = Math.max(largestAsymmetryMs, difference);
      }
    }
  }
  const sorted = Float64Array.from(given).sort((a, b) => a - b);
  const pairs = count * (count - 1);
  const middle = sorted.length >> 1;
  const medianMs = sorted.length === 0 ? NaN : sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return {
    pairs,
    missing: pairs - sorted.length,
    asymmetric,
    largestAsymmetryMs,
    nonZeroDiagonal,
    minMs: sorted[0] ?? NaN,
    medianMs,
    percentile90Ms: sorted[Math.floor(sorted.length * 0.9)] ?? NaN,
    maxMs: sorted[sorted.length - 1] ?? NaN,
  };
}
