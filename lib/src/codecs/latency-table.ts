/**
 * A table of measured latencies between hosts, with what is known to be wrong with it. Files never say their unit reliably and mark
 * missing values in several ways, so the caller states unit and kind, and gaps are kept and counted, not filled: what to do about them is
 * decided where the table is turned into a model (`network/matrix-latency`).
 */
import { ParameterError, checkChoice } from "../errors";
import { formatNumber } from "../units";
import { checkOptionNames } from "./check-input";
import { readDecimal, type TextPlace, type TextSource } from "./text-source";
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
  /**
   * What a 0 between two different hosts says, in every kind of file: nothing was measured ("missing", the default; in a list of pairs that measurement is left
   * out), or a latency below the resolution of the file ("value", which a model takes for its shortest latency, 1 µs).
   */
  readonly zeros?: "missing" | "value";
  /** Texts that mark a missing value besides the usual ones (empty, NaN, NA, N/A, null, none, -, x, *, -1), such as "inf" or "-9999"; upper case counts as lower case. */
  readonly missingMarks?: readonly string[];
}

/** Checks the options that all latency files share; `more` are the names of a reader's own. @throws ParameterError for an unknown name, or a word or a list that is none of those accepted */
export function checkLatencyUnits(options: LatencyUnits, more: readonly string[] = []): void {
  if (typeof options !== "object" || options === null) throw new ParameterError({ what: "options missing", got: options, expected: "at least unit and kind", where: "parameter options" });
  checkOptionNames(options, ["unit", "kind", "file", "implausibleUnit", "zeros", "missingMarks", ...more]);
  checkChoice("unit", options.unit, ["us", "ms", "s"]);
  checkChoice("kind", options.kind, ["round-trip", "one-way"]);
  checkChoice("implausibleUnit", options.implausibleUnit ?? "refuse", ["refuse", "warn"]);
  checkChoice("zeros", options.zeros ?? "missing", ["missing", "value"]);
  const { missingMarks = [] } = options;
  if (!Array.isArray(missingMarks) || missingMarks.some((mark) => typeof mark !== "string")) {
    throw new ParameterError({ what: "bad value for missingMarks", got: missingMarks, expected: "a list of texts", where: "parameter missingMarks" });
  }
}

/** Counts of what is wrong or unusual in a latency table. Pairs are ordered and of different hosts. */
export interface LatencyReport {
  /** Ordered pairs of different hosts. */
  readonly pairs: number;
  /** Pairs without a value. */
  readonly missing: number;
  /** Of the missing pairs, those that stood as 0 in the file; 0 when zeros are read as values. */
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

const MISSING_WORDS = new Set(["", "nan", "na", "n/a", "null", "none", "-", "x", "*"]);

/** Reads a cell: a number >= 0, a mark for a missing value (a usual one, or one of `missingMarks`), or something else. */
export function readLatencyCell(text: string, { unit, missingMarks }: Pick<LatencyUnits, "unit" | "missingMarks">): LatencyCell {
  const trimmed = text.trim();
  const value = readDecimal(trimmed);
  if (missingMarks !== undefined && missingMarks.some((mark) => mark.toLowerCase() === trimmed.toLowerCase())) return { kind: "missing" };
  if (value !== undefined) return latencyNumber(value, unit);
  return MISSING_WORDS.has(trimmed.toLowerCase()) ? { kind: "missing" } : { kind: "bad" };
}

/** As {@link readLatencyCell}, for a value that is already a number; -1 is missing. */
export function latencyNumber(value: number, unit: DelayUnit): LatencyCell {
  if (Number.isNaN(value) || value === -1) return { kind: "missing" };
  const ms = value * MS_PER_UNIT[unit];
  return ms >= 0 && ms <= LONGEST_MS ? { kind: "value", ms } : { kind: "bad" };
}

/** What a cell may hold, for error messages. */
export const LATENCY_CELL_EXPECTED = "a latency from 0 to one hour with a decimal point, or an empty cell, NaN, NA, -1 or a text of missingMarks where it is missing";

/**
 * Checks that there is one name for each host, and all differ.
 *
 * @param placeOf where a name stands, for messages
 * @throws ParseError naming the place
 */
export function checkHostNames(source: TextSource, hosts: readonly string[], count: number, placeOf: (index: number) => TextPlace): void {
  if (hosts.length !== count) throw source.error(placeOf(Math.min(count, hosts.length - 1)), "number of names does not fit", `${hosts.length} names`, `${count} names, one for each row`);
  const seen = new Map<string, number>();
  hosts.forEach((host, index) => {
    const first = seen.get(host);
    if (host === "") throw source.error(placeOf(index), "host name empty", host, "a name");
    if (first !== undefined) throw source.error(placeOf(index), "host name given twice", host, `different names; host ${first + 1} on line ${placeOf(first).line} has this one already`);
    seen.set(host, index);
  });
}

/**
 * Completes a table: turns zeros between different hosts into missing values unless `zeros` says otherwise, counts, and checks the unit.
 *
 * @param source the file, for messages
 * @param hosts host names
 * @param valuesMs row by row; NaN where missing. Changed in place.
 * @throws ParseError when the table holds no value, or its median is implausible and `implausibleUnit` does not let it through
 */
export function completeLatencyTable(source: TextSource, hosts: readonly string[], valuesMs: Float64Array, units: LatencyUnits): LatencyTable {
  const zeros = units.zeros === "value" ? 0 : dropZeros(hosts.length, valuesMs);
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
