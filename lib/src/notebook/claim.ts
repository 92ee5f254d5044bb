/**
 * A claim: what a notebook states, the value that a paper or a formula gives, and what this run measured. It is shown with its mark,
 * recorded, and stops the notebook when it does not hold.
 *
 * A claim must be able to fail, so whatever would hold for any measured value is refused: no tolerance, a relative tolerance of
 * 100 % or more, an absolute one as large as the value itself, an empty list, a missing source, or the published object itself
 * given as the measured one.
 */
import { ClaimError, ParameterError } from "../errors";
import { html } from "../html";
import type { SafeHtml } from "../html";
import { formatNumber } from "../units";
import type { ClaimRecord } from "./claim-record";
import { CLAIM_MIME, currentHost } from "./host";

/** A value that can be claimed. */
export type ClaimValue = number | string | boolean | readonly number[];

/** Options of {@link claim}. */
export interface ClaimOptions {
  /** The claim as a sentence. */
  readonly text: string;
  /** Paper and figure, book section, or the name of the formula. */
  readonly source: string;
  /** Row of the figures file that the claim answers ("CH-10"). */
  readonly reference?: string;
  /** The value that a paper or book prints. Give this or `exact`. */
  readonly published?: ClaimValue;
  /** The value that a formula or an enumeration gives. Give this or `published`. */
  readonly exact?: ClaimValue;
  /** Accepted difference, > 0; "exact" asks for equality and is the only one possible for texts and truth values. */
  readonly tolerance: number | "exact";
  /** "relative" (default) compares with the size of the expected value; "absolute" is in the value's unit. */
  readonly toleranceKind?: "relative" | "absolute";
  /** What this run measured. A value that is not a finite number never holds. */
  readonly measured: ClaimValue;
  /** 95 % interval around a measured mean; it must contain `measured`. */
  readonly interval?: readonly [number, number];
  /** Asks in addition that the interval covers the expected value. The tolerance alone decides otherwise. */
  readonly withinInterval?: boolean;
  /** Unit of the values, as printed. */
  readonly unit?: string;
}

/**
 * Shows a claim with its mark, records it, and throws when it does not hold.
 *
 * Lists are compared element by element and must have the same length. The claim holds when every difference is at most the
 * tolerance; with `withinInterval` the interval must cover the expected value as well.
 *
 * @throws ClaimError when the claim does not hold (after showing it); ParameterError when it could not fail or is incomplete
 */
export function claim(options: ClaimOptions): void {
  // Nothing is returned: the value of a cell's last line is shown, and the claim has already been.
  makeClaim(options);
}

/**
 * Like {@link claim}, for programs that go on with the record.
 *
 * @returns the record of a claim that holds
 */
export function makeClaim(options: ClaimOptions): ClaimRecord {
  const expected = expectedValue(options);
  refuseVacuous(options, expected);
  const kind = options.tolerance === "exact" ? "exact" : options.toleranceKind ?? "relative";
  const difference = differenceOf(expected, options.measured, kind);
  const close = difference !== null && (options.tolerance === "exact" ? difference === 0 : difference <= options.tolerance);
  const covered = !options.withinInterval || (options.interval !== undefined && options.interval[0] <= (expected as number) && (expected as number) <= options.interval[1]);
  const record: ClaimRecord = {
    notebook: "",
    reference: options.reference ?? "",
    text: options.text,
    source: options.source,
    basis: options.exact === undefined ? "published" : "exact",
    published: copy(expected),
    tolerance: options.tolerance,
    toleranceKind: kind,
    measured: storable(options.measured),
    interval: options.interval ? [options.interval[0], options.interval[1]] : null,
    unit: options.unit ?? "",
    difference: difference === null || Number.isFinite(difference) ? difference : null,
    holds: close && covered,
  };
  const words = describeClaim(record, record.basis);
  currentHost().display({ "text/html": claimHtml(record, words).toString(), "text/plain": claimText(record, words), [CLAIM_MIME]: record });
  if (!record.holds) {
    const why = close ? "the 95 % interval does not cover the expected value" : `difference ${words.difference}`;
    throw new ClaimError({ what: `the claim does not hold: ${options.text}`, got: storable(options.measured), expected: `${words.expected} (${words.tolerance}); ${why}`, where: options.source });
  }
  return record;
}

function expectedValue(options: ClaimOptions): ClaimValue {
  if ((options.published === undefined) === (options.exact === undefined)) throw refusal(options, "a claim needs one expected value", { published: options.published, exact: options.exact }, "either published or exact");
  return (options.published ?? options.exact) as ClaimValue;
}

function refusal(options: ClaimOptions, what: string, got: unknown, expected: string): ParameterError {
  return new ParameterError({ what, got, expected, where: `claim "${String(options.text)}"` });
}

function refuseVacuous(options: ClaimOptions, expected: ClaimValue): void {
  for (const name of ["text", "source"] as const) if (typeof options[name] !== "string" || options[name].trim() === "") throw refusal(options, `a claim needs its ${name}`, options[name], "a sentence");
  const { measured, tolerance, interval } = options;
  if (measured === undefined || measured === null) throw refusal(options, "a claim needs what was measured", measured, "the measured value");
  if (kindOf(measured) !== kindOf(expected)) throw refusal(options, "measured and expected value are not of one kind", measured, kindOf(expected));
  if (typeof expected === "object") {
    if ((measured as unknown) === expected) throw refusal(options, "the measured list is the published list itself", "the same object", "a list that this run computed");
    if (expected.length === 0) throw refusal(options, "an empty list claims nothing", expected, "at least one value");
  }
  const numbers = numbersOf(expected);
  if (numbers && !numbers.every(Number.isFinite)) throw refusal(options, "the expected value is not a finite number", expected, "finite numbers");
  if (numbers === null && tolerance !== "exact") throw refusal(options, "a text or truth value has no tolerance", tolerance, '"exact"');
  if (tolerance !== "exact") refuseWideTolerance(options, numbers as readonly number[]);
  if (interval !== undefined) {
    const good = typeof measured === "number" && interval.length === 2 && interval.every(Number.isFinite) && (!Number.isFinite(measured) || (interval[0] <= measured && measured <= interval[1]));
    if (!good) throw refusal(options, "the interval does not belong to the measured value", interval, "[low, high] with low <= measured <= high");
  }
  if (options.withinInterval && interval === undefined) throw refusal(options, "withinInterval without an interval", interval, "interval: [low, high]");
}

function refuseWideTolerance(options: ClaimOptions, expected: readonly number[]): void {
  const { tolerance, toleranceKind = "relative" } = options;
  if (typeof tolerance !== "number" || !Number.isFinite(tolerance) || tolerance <= 0) throw refusal(options, "a claim needs a tolerance", tolerance, 'a number > 0, or "exact"');
  if (toleranceKind !== "relative" && toleranceKind !== "absolute") throw refusal(options, "unknown kind of tolerance", toleranceKind, "relative or absolute");
  if (toleranceKind === "relative") {
    if (expected.includes(0)) throw refusal(options, "a relative difference from 0 does not exist", 0, 'toleranceKind: "absolute", or tolerance: "exact"');
    if (tolerance >= 1) throw refusal(options, "the tolerance accepts 0 for any value", tolerance, "a relative tolerance < 1");
  } else {
    const largest = Math.max(...expected.map(Math.abs));
    if (largest > 0 && tolerance >= largest) throw refusal(options, "the tolerance is as large as the value", tolerance, `an absolute tolerance < ${largest}`);
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return value.every((part) => typeof part === "number") ? "a list of numbers" : "a list of other things";
  return { number: "a number", string: "a text", boolean: "a truth value" }[typeof value as "number"] ?? "something else";
}

function numbersOf(value: ClaimValue): readonly number[] | null {
  return typeof value === "number" ? [value] : typeof value === "object" ? value : null;
}

/** The largest difference, `NaN` or infinite when a measured value is; `null` for texts and truth values that differ or lists of other length. */
function differenceOf(expected: ClaimValue, measured: ClaimValue, kind: ClaimRecord["toleranceKind"]): number | null {
  const wanted = numbersOf(expected);
  const found = numbersOf(measured);
  if (wanted === null || found === null) return expected === measured ? 0 : null;
  if (wanted.length !== found.length) return null;
  let largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(found[i] - wanted[i]) / (kind === "relative" ? Math.abs(wanted[i]) : 1);
    if (Number.isNaN(difference)) return NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}

function copy(value: ClaimValue): ClaimValue {
  return typeof value === "object" ? [...value] : value;
}

/** JSON has no NaN and no infinity; such a measured value is recorded as text, never as an empty field. */
function storable(value: ClaimValue): ClaimValue {
  const numbers = numbersOf(value);
  return numbers === null || numbers.every(Number.isFinite) ? copy(value) : typeof value === "number" ? String(value) : JSON.stringify(numbers.map(String));
}

interface ClaimWords {
  readonly label: string;
  readonly expected: string;
  readonly measured: string;
  readonly difference: string;
  readonly tolerance: string;
}

function describeClaim(record: ClaimRecord, label: string): ClaimWords {
  const unit = record.unit === "" ? "" : ` ${record.unit}`;
  const amount = (value: number): string => (record.toleranceKind === "relative" ? `${formatNumber(100 * value, 3)} %` : `${formatNumber(value, 4)}${unit}`);
  const interval = record.interval ? ` [${formatNumber(record.interval[0], 5)}, ${formatNumber(record.interval[1], 5)}]` : "";
  return {
    label,
    expected: valueText(record.published) + unit,
    measured: `${valueText(record.measured)}${unit}${interval}`,
    difference: record.difference === null ? "not comparable" : record.difference === 0 ? "none" : amount(record.difference),
    tolerance: record.tolerance === "exact" ? "must be equal" : `at most ${amount(record.tolerance)}`,
  };
}

function valueText(value: ClaimValue): string {
  if (typeof value === "number") return formatNumber(value, 6);
  if (typeof value !== "object") return String(value);
  const shown = value.slice(0, 6).map((part) => formatNumber(part, 4)).join(", ");
  return value.length > 6 ? `${shown}, … (${value.length} values)` : shown;
}

function claimHtml(record: ClaimRecord, words: ClaimWords): SafeHtml {
  const [mark, word, state] = record.holds ? ["✓", "holds", "claim-holds"] : ["✗", "does not hold", "claim-fails"];
  return html`<p class="claim ${state}"><span class="claim-mark" aria-hidden="true">${mark}</span> <span class="claim-text">${record.text}</span> <span class="claim-values"><span class="claim-published">${words.label} <b>${words.expected}</b></span>, <span class="claim-ours">ours <b>${words.measured}</b></span>, <span class="claim-difference">difference ${words.difference} (${words.tolerance})</span></span> <span class="claim-verdict">${word}</span> <cite class="claim-source">${record.source}${record.reference === "" ? "" : ` (${record.reference})`}</cite></p>`;
}

function claimText(record: ClaimRecord, words: ClaimWords): string {
  return `${record.holds ? "✓" : "✗"} ${record.text} ${words.label} ${words.expected}, ours ${words.measured}, difference ${words.difference} (${words.tolerance}): ${record.holds ? "holds" : "does not hold"}. ${record.source}${record.reference === "" ? "" : ` (${record.reference})`}`;
}
