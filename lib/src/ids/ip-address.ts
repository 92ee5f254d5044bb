/**
 * Internet addresses as bytes: 4 bytes for 32-bit addresses (RFC 791), 16 for 128-bit ones (RFC 4291), in the order in which they travel.
 * Text is read strictly (no octal, no missing parts, no zone) and written in the one form that RFC 5952 recommends.
 */
import { ParameterError } from "../errors";

/** A 32-bit (4 bytes) or 128-bit (16 bytes) address, most significant byte first. Not to be changed after it was made. */
export type IpAddress = Uint8Array;

/** A block of addresses: those whose first `length` bits are the first `length` bits of `address`. */
export interface IpPrefix {
  readonly address: IpAddress;
  /** 0..32 or 0..128; all later bits of `address` are 0. */
  readonly length: number;
}

/** A whole number without leading zeros. */
const BYTE = /^(0|[1-9][0-9]{0,2})$/;
const DOT = 46;
const ZERO = 48;
const GROUP = /^[0-9a-f]{1,4}$/i;

function refuse(what: string, got: unknown, expected: string): never {
  throw new ParameterError({ what, got, expected });
}

/**
 * Reads an address in either notation.
 *
 * @param text "192.0.2.1" or "2001:db8::1", also "::ffff:192.0.2.1"
 * @returns 4 or 16 bytes
 * @throws ParameterError for anything else
 */
export function parseIpAddress(text: string): IpAddress {
  if (typeof text !== "string") refuse("not an address", text, "a text such as 192.0.2.1 or 2001:db8::1");
  return text.includes(":") ? parse128(text) : parse32(text);
}

function parse32(text: string): IpAddress {
  const address = new Uint8Array(4);
  let part = 0;
  let digits = 0;
  let value = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? DOT : text.charCodeAt(i);
    if (code === DOT && digits > 0 && part < 4) {
      address[part++] = value;
      digits = value = 0;
      continue;
    }
    // A second digit after a leading zero is refused: some programs read "010" as octal.
    if (code < ZERO || code > ZERO + 9 || (digits > 0 && value === 0)) return refuse32(text);
    value = value * 10 + code - ZERO;
    digits += 1;
    if (value > 255) return refuse32(text);
  }
  return part === 4 ? address : refuse32(text);
}

function refuse32(text: string): never {
  return refuse("not a 32-bit address", text, "four decimal bytes 0..255 without leading zeros, such as 192.0.2.1");
}

function parse128(text: string): IpAddress {
  const bad = (): never => refuse("not a 128-bit address", text, "eight groups of up to four hexadecimal digits, at most one ::, such as 2001:db8::1");
  const halves = text.split("::");
  if (halves.length > 2) bad();
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1, bad));
  if (tail === undefined) return head.length === 16 ? Uint8Array.from(head) : bad();
  if (head.length + tail.length > 14) bad();
  return Uint8Array.from([...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail]);
}

function groupsOf(half: string, isLast: boolean, bad: () => never): number[] {
  if (half === "") return [];
  const groups = half.split(":");
  return groups.flatMap((group, index) => {
    if (isLast && index === groups.length - 1 && group.includes(".")) return [...parse32(group)];
    if (!GROUP.test(group)) return bad();
    const value = parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

/**
 * Writes an address: dotted decimal, or the form of RFC 5952 (lower case, no leading zeros, the longest run of two or more zero groups as ::,
 * the first one on a tie).
 *
 * @throws ParameterError unless it has 4 or 16 bytes
 */
export function formatIpAddress(address: IpAddress): string {
  if (address.length === 4) return `${address[0]}.${address[1]}.${address[2]}.${address[3]}`;
  if (address.length !== 16) refuse("not an address", `${address.length} bytes`, "4 or 16 bytes");
  const groups = Array.from({ length: 8 }, (_, index) => (address[2 * index] << 8) | address[2 * index + 1]);
  let start = -1;
  let longest = 1;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === 0) to += 1;
    if (to - from > longest) [start, longest] = [from, to - from];
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + longest))}`;
}

/**
 * Reads a block of addresses; a lone address is a block of one.
 *
 * @param text "10.0.0.0/8", "2001:db8::/32", "192.0.2.1"
 * @throws ParameterError for a bad address, a length out of range, or bits set beyond the length
 */
export function parseIpPrefix(text: string): IpPrefix {
  const [name, length, more] = String(text).split("/");
  const address = parseIpAddress(name);
  const bits = address.length * 8;
  if (length === undefined) return { address, length: bits };
  if (more !== undefined || !BYTE.test(length) || Number(length) > bits) refuse("bad length of a prefix", text, `an address, "/" and a whole number 0..${bits}`);
  if (!sameAddress(address, maskAddress(address, Number(length)))) refuse("bits are set beyond the length of the prefix", text, formatIpPrefix({ address: maskAddress(address, Number(length)), length: Number(length) }));
  return { address, length: Number(length) };
}

/** Writes a block as address and length. */
export function formatIpPrefix(prefix: IpPrefix): string {
  return `${formatIpAddress(prefix.address)}/${prefix.length}`;
}

/** The address with all bits after the first `length` cleared. */
export function maskAddress(address: IpAddress, length: number): IpAddress {
  return address.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, length - 8 * index));
    return byte & (0xff << (8 - kept));
  });
}

/** Whether two addresses are the same, of the same family. */
export function sameAddress(a: IpAddress, b: IpAddress): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
