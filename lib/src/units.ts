/**
 * Units and their text. Inside the library a time is in seconds or integer microseconds, a size in bytes or bits and a rate in
 * bits per second; the suffix of a name says which (`fileBits`, `rateBps`, `latencyUs`).
 */

/** Bits in a byte. */
export const BITS_PER_BYTE = 8;
/** Bytes in a kibibyte (2^10). */
export const KIB = 1024;
/** Bytes in a mebibyte (2^20). */
export const MIB = 1024 * KIB;
/** Bytes in a gibibyte (2^30). */
export const GIB = 1024 * MIB;
/** Bits per second in a kilobit per second. */
export const KBPS = 1e3;
/** Bits per second in a megabit per second. */
export const MBPS = 1e6;
/** Bits per second in a gigabit per second. */
export const GBPS = 1e9;
/** Seconds in a minute. */
export const MINUTE = 60;
/** Seconds in an hour. */
export const HOUR = 3600;
/** Microseconds in a second. */
export const SECOND_US = 1_000_000;

/**
 * Writes a number with at most `digits` significant digits, without locale, without trailing zeros; exponents only beyond 10^±6.
 * @param value any number
 * @param digits significant digits, 1..15
 */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  if (magnitude >= 1e15 || magnitude < 1e-6) return rounded.toExponential().replace("e+", "e");
  return String(rounded);
}

/** Writes a duration given in seconds with the unit a reader would use: µs, ms, s, min, h or days. */
export function formatDuration(seconds: number, digits = 3): string {
  const size = Math.abs(seconds);
  const [divisor, unit] =
    size === 0 ? [1, "s"] : size < 1e-3 ? [1e-6, "µs"] : size < 1 ? [1e-3, "ms"] : size < 120 ? [1, "s"] : size < 2 * HOUR ? [MINUTE, "min"] : size < 48 * HOUR ? [HOUR, "h"] : [24 * HOUR, "days"];
  return `${formatNumber(seconds / divisor, digits)} ${unit}`;
}

/** Writes a size given in bytes in B, KiB, MiB, GiB or TiB. */
export function formatBytes(bytes: number, digits = 4): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatNumber(value, digits)} ${units[unit]}`;
}

/** Writes a rate given in bits per second in bit/s, kbit/s, Mbit/s or Gbit/s. */
export function formatRate(bitsPerSecond: number, digits = 3): string {
  const size = Math.abs(bitsPerSecond);
  const [divisor, unit] = size < KBPS ? [1, "bit/s"] : size < MBPS ? [KBPS, "kbit/s"] : size < GBPS ? [MBPS, "Mbit/s"] : [GBPS, "Gbit/s"];
  return `${formatNumber(bitsPerSecond / divisor, digits)} ${unit}`;
}
