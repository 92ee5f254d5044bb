/**
 * Bytes and text. Torrent files and messages are byte strings first and text second, so every change from one to the other
 * goes through here and says when the bytes were not UTF-8.
 */
import { bytesToHex } from "@noble/hashes/utils";
import { ParameterError } from "../errors";

const encoder = new TextEncoder();
// A byte-order mark is kept: it belongs to the bytes, and dropping it would lose something.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const REPLACEMENT = "\ufffd";
const CHUNK = 8192;

/** A text read from bytes. */
export interface DecodedText {
  readonly text: string;
  /** False when the bytes are not UTF-8; the text is then Latin-1, one character per byte, from which the bytes can be had back. */
  readonly isUtf8: boolean;
}

/**
 * Takes bytes from a caller, whichever realm or subclass they come from (a Node `Buffer`, an array made in another context).
 *
 * @param name parameter name as the caller wrote it
 * @param value should be a `Uint8Array`
 * @returns a plain `Uint8Array` over the same memory
 * @throws ParameterError when the value is anything else
 */
export function checkBytes(name: string, value: unknown): Uint8Array {
  if (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]") {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  const kind = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  throw new ParameterError({ what: `bad value for ${name}`, got: kind, expected: "bytes (Uint8Array)", where: `parameter ${name}` });
}

/** Refuses what are no bytes. For hot paths: costs one comparison where they are of this realm. @returns the bytes @throws ParameterError */
export function requireBytes(name: string, value: Uint8Array): Uint8Array {
  return value instanceof Uint8Array ? value : checkBytes(name, value);
}

/**
 * The UTF-8 bytes of a text.
 *
 * @param text any well-formed text
 * @throws ParameterError when the text holds half of a surrogate pair, which no UTF-8 bytes stand for
 */
export function utf8Bytes(text: string): Uint8Array {
  if (typeof text !== "string") throw new ParameterError({ what: "bad value for text", got: text, expected: "a text", where: "parameter text" });
  if (/\p{Surrogate}/u.test(text)) {
    throw new ParameterError({ what: "cannot write text as UTF-8: it holds half of a surrogate pair", got: text, expected: "well-formed text" });
  }
  // Copied, because in Node an encoder's result is not always a plain array of this realm's own memory.
  return new Uint8Array(encoder.encode(text));
}

/** Reads bytes as UTF-8, or, when they are not UTF-8, as Latin-1, and says which. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const text = decoder.decode(requireBytes("bytes", bytes));
  // The decoder puts the replacement character where bytes are not UTF-8, but it may also stand there by right. (A decoder that throws
  // costs a hundred times as much, which a file made of such names could use.)
  const isUtf8 = !text.includes(REPLACEMENT) || equalBytes(encoder.encode(text), bytes);
  return { text: isUtf8 ? text : latin1Text(bytes), isUtf8 };
}

/** Whether two byte strings are the same. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** One character per byte, with the byte as its code. Comparing two such texts with `<` compares the bytes. */
export function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

/** The bytes of a text made by {@link latin1Text}. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Lower-case hexadecimal digits, two per byte: the usual way to write an info-hash. */
export function hexOf(bytes: Uint8Array): string {
  return bytesToHex(requireBytes("bytes", bytes));
}
