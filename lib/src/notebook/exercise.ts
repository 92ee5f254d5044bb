/**
 * Exercises with a checked answer that the notebook does not give away: it stores a salted, slow hash of the answer's bucket of
 * width `tolerance`, not the answer. An answer with few possible values (yes or no, a small whole number) can still be guessed by
 * trying; that is what a check in a student's own notebook is for.
 */
import { pbkdf2 } from "@noble/hashes/pbkdf2";
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils";
import { ParameterError, showValue } from "../errors";
import { html } from "../html";
import { currentHost } from "./host";

/** What {@link checkAnswer} found. */
export type AnswerState = "unanswered" | "wrong" | "right";

/** Options of {@link checkAnswer}. */
export interface AnswerCheck {
  /** Name of the exercise; part of the hash, so equal answers of two exercises have different keys. */
  readonly id: string;
  /** The student's answer; `undefined`, `null`, "" and NaN count as not yet answered. */
  readonly answer: unknown;
  /** The key made by {@link answerKey}. */
  readonly key: string;
  /** Width of a bucket for numbers, > 0; "exact" for texts, truth values and whole numbers. */
  readonly tolerance: number | "exact";
  /** Shown with a wrong answer. */
  readonly hint?: string;
}

const KEY_FORM = /^[0-9a-f]{32}$/;
/** Slows down trying all answers; a check takes a few milliseconds. */
const ROUNDS = 2000;

/**
 * The key of an answer, for authors: computed once, written into the exercise's check cell, and recomputed by the solution cell.
 *
 * @param options exercise, right answer and the tolerance that the check will use
 * @returns 32 hexadecimal digits that do not show the answer
 * @throws ParameterError when the answer is missing or the tolerance does not fit it
 */
export function answerKey(options: { readonly id: string; readonly answer: number | string | boolean; readonly tolerance: number | "exact" }): string {
  checkExercise(options.id, options.tolerance);
  const bucket = bucketOf(options.answer, options.tolerance);
  if (bucket === null) throw new ParameterError({ what: "not an answer", got: options.answer, expected: options.tolerance === "exact" ? "a text, a truth value or a number" : "a finite number", where: `exercise ${options.id}` });
  return hashOf(options.id, options.tolerance, bucket);
}

/**
 * Checks a student's answer and says so in the cell's output; it never fails the cell.
 *
 * A number is right within `tolerance` of the right answer (the bucket beside it is accepted too, so up to twice the tolerance may
 * pass). Texts are compared without regard to case, and with runs of spaces joined.
 *
 * @throws ParameterError when the exercise itself is malformed (no id, bad key, bad tolerance)
 */
export function checkAnswer(check: AnswerCheck): void {
  // Nothing is returned: the value of a cell's last line is shown, and the verdict has already been.
  judgeAnswer(check);
}

/**
 * Like {@link checkAnswer}, for programs that go on with the verdict.
 *
 * @returns "unanswered", "wrong" or "right"
 */
export function judgeAnswer(check: AnswerCheck): AnswerState {
  checkExercise(check.id, check.tolerance);
  if (typeof check.key !== "string" || !KEY_FORM.test(check.key)) throw new ParameterError({ what: "malformed answer key", got: check.key, expected: "the 32 digits that answerKey gave", where: `exercise ${check.id}` });
  const { answer } = check;
  if (answer === undefined || answer === null || answer === "" || Number.isNaN(answer)) return say("unanswered", "Not answered yet.", check);
  const bucket = bucketOf(answer, check.tolerance);
  if (bucket === null) return say("wrong", `Not right: ${check.tolerance === "exact" ? "a text, a truth value or a number" : "a number"} is asked for, the answer is ${showValue(answer)}.`, check);
  const accepted = typeof bucket === "number" ? [bucket, bucket - 1, bucket + 1] : [bucket];
  const right = accepted.some((candidate) => hashOf(check.id, check.tolerance, candidate) === check.key);
  return right ? say("right", `Right: ${showValue(answer)}.`, check) : say("wrong", `Not right: ${showValue(answer)}.`, check);
}

function checkExercise(id: string, tolerance: number | "exact"): void {
  if (typeof id !== "string" || id.trim() === "") throw new ParameterError({ what: "exercise without id", got: id, expected: "a short name" });
  if (tolerance !== "exact" && !(typeof tolerance === "number" && Number.isFinite(tolerance) && tolerance > 0)) throw new ParameterError({ what: "bad tolerance", got: tolerance, expected: 'a number > 0, or "exact"', where: `exercise ${id}` });
}

/** A whole number for a numeric answer, a normal form for an exact one, `null` when the answer does not fit the question. */
function bucketOf(answer: unknown, tolerance: number | "exact"): number | string | null {
  if (tolerance !== "exact") {
    const bucket = typeof answer === "number" ? Math.round(answer / tolerance) : NaN;
    return Number.isFinite(bucket) ? bucket : null;
  }
  if (typeof answer === "string") return `text ${answer.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase()}`;
  if (typeof answer === "number" && Number.isFinite(answer)) return `number ${answer + 0}`;
  return typeof answer === "boolean" ? `truth ${answer}` : null;
}

function hashOf(id: string, tolerance: number | "exact", bucket: number | string): string {
  return bytesToHex(pbkdf2(sha256, utf8ToBytes(String(bucket === 0 ? 0 : bucket)), utf8ToBytes(`overlay-lab ${id} ${tolerance}`), { c: ROUNDS, dkLen: 16 }));
}

function say(state: AnswerState, sentence: string, check: AnswerCheck): AnswerState {
  const mark = { unanswered: "○", wrong: "✗", right: "✓" }[state];
  const hint = state === "wrong" && check.hint ? ` Hint: ${check.hint}` : "";
  currentHost().display({
    "text/html": html`<p class="ol-answer ol-answer-${state}" role="status"><span aria-hidden="true">${mark}</span> ${sentence}${hint}</p>`.toString(),
    "text/plain": `${mark} ${sentence}${hint}`,
  });
  return state;
}
