/** One text per value: JSON with sorted keys, so that equal values have equal hashes wherever they were made. */
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils";
import { InvariantError } from "../errors";

/**
 * JSON without spaces, keys in rising order of their UTF-16 code units, numbers in shortest form. `undefined` members are left out.
 *
 * @param value plain data: null, truth values, finite numbers, text, arrays, plain objects
 * @throws InvariantError for anything else (NaN, infinities, functions, dates, ...)
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
  }
  throw new InvariantError({ what: "value has no canonical JSON", got: value, expected: "plain data with finite numbers" });
}

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function sha256Text(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
