/**
 * Errors that tell a reader what failed, what was given, what was expected and where.
 * Every error thrown on purpose by this library is one of these, so a caller can tell bad input from a defect.
 */

/** The four facts of a readable error message; `where` names a file, parameter, byte offset or line. */
export interface ErrorFacts {
  /** What failed, as a short clause: "cannot read piece length". */
  readonly what: string;
  /** What was given; shown shortened, control characters escaped. */
  readonly got?: unknown;
  /** What would have been accepted, with range and unit. */
  readonly expected?: string;
  /** Parameter name, file and line, or byte offset. */
  readonly where?: string;
}

/** Base class of every deliberate error of the library. */
export class OverlayLabError extends Error {
  readonly facts: ErrorFacts;

  constructor(facts: ErrorFacts) {
    super(describeFacts(facts));
    this.name = new.target.name;
    this.facts = facts;
  }
}

/** A parameter is outside its documented range, of the wrong type, or unknown. */
export class ParameterError extends OverlayLabError {}

/** An input file or message does not follow its format. `offset` is the byte (or character) at which reading stopped. */
export class ParseError extends OverlayLabError {
  readonly offset: number;

  constructor(facts: ErrorFacts & { readonly offset: number }) {
    super({ ...facts, where: facts.where ? `${facts.where}, byte ${facts.offset}` : `byte ${facts.offset}` });
    this.offset = facts.offset;
  }
}

/** A run reached its stated limit of time, events or memory. */
export class LimitError extends OverlayLabError {}

/** A rule that must always hold was found broken; the message names the first one. A defect of the library, or of a plugged-in policy. */
export class InvariantError extends OverlayLabError {}

/** A claim of a notebook does not hold. */
export class ClaimError extends OverlayLabError {}

/** A file or folder could not be read or written, or does not hold what was recorded. */
export class StorageError extends OverlayLabError {}

/** Shows a value in an error message: quoted if text, at most 80 characters, control characters visible. */
export function showValue(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : showNonText(value);
  const visible = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) =>
    `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return visible.length > 80 ? `${visible.slice(0, 77)}...` : visible;
}

function showNonText(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? Object.prototype.toString.call(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function describeFacts(facts: ErrorFacts): string {
  const parts = [facts.what];
  if ("got" in facts) parts.push(`got ${showValue(facts.got)}`);
  if (facts.expected !== undefined) parts.push(`expected ${facts.expected}`);
  return parts.join("; ") + (facts.where === undefined ? "" : ` (${facts.where})`);
}

/**
 * Checks a number against its documented range.
 *
 * @param name parameter name as the caller wrote it
 * @param value the value given
 * @param range inclusive bounds; `integer` asks for a whole number, `exclusiveMin` excludes the lower bound
 * @returns the value, so that a check can stand in an expression
 * @throws ParameterError when the value is not a finite number within the range
 */
export function checkNumber(
  name: string,
  value: unknown,
  range: { readonly min?: number; readonly max?: number; readonly integer?: boolean; readonly exclusiveMin?: boolean; readonly unit?: string } = {},
): number {
  const { min = -Infinity, max = Infinity, integer = false, exclusiveMin = false, unit } = range;
  const inRange =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (exclusiveMin ? value > min : value >= min) &&
    value <= max &&
    (!integer || Number.isInteger(value));
  if (inRange) return value;
  const kind = integer ? "a whole number" : "a number";
  const lower = min === -Infinity ? "" : exclusiveMin ? ` > ${min}` : ` >= ${min}`;
  const upper = max === Infinity ? "" : `${lower ? " and" : ""} <= ${max}`;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected: `${kind}${lower}${upper}${unit ? ` ${unit}` : ""}`, where: `parameter ${name}` });
}

/**
 * Checks that a value is one of a few words, for callers that TypeScript does not protect: JSON files, notebooks, the command line.
 *
 * @param name parameter name as the caller wrote it
 * @returns the value
 * @throws ParameterError naming the words that would do
 */
export function checkChoice<T extends string>(name: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected: `one of ${choices.join(", ")}`, where: `parameter ${name}` });
}

/**
 * The known name nearest to a wrong one, if it is near enough to have been meant.
 *
 * @param wrong what was given
 * @param known the names there are
 * @returns a clause for an error message: the names, with the nearest first asked about
 */
export function suggestName(wrong: string, known: readonly string[]): string {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  const list = known.length === 0 ? "none exists" : `one of ${known.join(", ")}`;
  return best === null ? list : `${list} (did you mean ${best}?)`;
}

/** Levenshtein's distance, with a swap of neighbours counted as one change. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}
