/** Limits that keep a hostile or broken file from using up time, memory or stack. */
import { ParseError } from "../errors";

/** Which limit was reached. */
export type ParseLimit = "depth" | "input bytes" | "items" | "string bytes" | "integer digits";

/**
 * An input is larger or deeper than the reader was told to accept. A {@link ParseError}, so that whoever handles bad input handles
 * this too; `limit` and `limitValue` say what to raise when the input is in fact good.
 */
export class ParseLimitError extends ParseError {
  readonly limit: ParseLimit;
  readonly limitValue: number;

  constructor(facts: {
    readonly what: string;
    readonly got?: unknown;
    readonly where?: string;
    readonly offset: number;
    readonly limit: ParseLimit;
    readonly limitValue: number;
  }) {
    const { limit, limitValue, ...rest } = facts;
    super({ ...rest, expected: `at most ${limitValue} ${limit === "depth" ? "levels" : limit} (a limit of the reader)` });
    this.limit = limit;
    this.limitValue = limitValue;
  }
}
