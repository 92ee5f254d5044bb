/** How the bencode reader reads: its limits, and what it does about a fault that loses nothing. */
import { ParameterError, checkNumber } from "../errors";
import { MIB } from "../units";

/** The most that the reader accepts. */
export interface BencodeLimits {
  /** Size of the whole input in bytes, 1..2^31 - 1. */
  readonly maxInputBytes: number;
  /** Lists and dictionaries inside one another, 1..1024. */
  readonly maxDepth: number;
  /** Values and keys together, 1..10^8. */
  readonly maxItems: number;
  /** Length of one byte string, 0..2^31 - 1. */
  readonly maxStringBytes: number;
  /** Digits of one integer, 1..10^5. Reading a number takes time that grows with the square of its digits. */
  readonly maxIntegerDigits: number;
}

/**
 * Room for any torrent met in practice (the largest are a few MiB). The worst input within these limits, a million tiny values, takes
 * some seconds and some hundred MiB; an ordinary torrent takes a millisecond.
 */
export const DEFAULT_BENCODE_LIMITS: BencodeLimits = Object.freeze({
  maxInputBytes: 16 * MIB,
  maxDepth: 64,
  maxItems: 1_000_000,
  maxStringBytes: 16 * MIB,
  maxIntegerDigits: 100,
});

const LIMIT_RANGES: Readonly<Record<keyof BencodeLimits, readonly [min: number, max: number]>> = {
  maxInputBytes: [1, 0x7fffffff],
  maxDepth: [1, 1024],
  maxItems: [1, 1e8],
  maxStringBytes: [0, 0x7fffffff],
  maxIntegerDigits: [1, 1e5],
};

/** Something a file does that its format does not allow, or that a reader should know of, but that loses nothing. */
export interface ParseWarning {
  readonly message: string;
  /** Byte of the input that the warning is about. */
  readonly offset: number;
}

/** How to read. */
export interface BencodeOptions {
  /** Limits that differ from {@link DEFAULT_BENCODE_LIMITS}. */
  readonly limits?: Partial<BencodeLimits>;
  /**
   * Accepts dictionaries whose keys are not in order, which BEP 3 forbids and some torrents in circulation have, and is told of each
   * one. Without it such a dictionary is an error. A key given twice always is.
   */
  readonly onUnsortedKeys?: (warning: ParseWarning) => void;
}

/**
 * Completes and checks limits.
 *
 * @param changes limits that differ from {@link DEFAULT_BENCODE_LIMITS}
 * @throws ParameterError for an unknown limit or a value outside its range
 */
export function checkLimits(changes: Partial<BencodeLimits> = {}): BencodeLimits {
  for (const name of Object.keys(changes)) {
    if (!Object.hasOwn(LIMIT_RANGES, name)) {
      throw new ParameterError({ what: "unknown limit", got: name, expected: `one of ${Object.keys(LIMIT_RANGES).join(", ")}`, where: "parameter limits" });
    }
  }
  const limits = { ...DEFAULT_BENCODE_LIMITS, ...changes };
  for (const name of Object.keys(LIMIT_RANGES) as (keyof BencodeLimits)[]) {
    const [min, max] = LIMIT_RANGES[name];
    checkNumber(`limits.${name}`, limits[name], { min, max, integer: true });
  }
  return limits;
}
