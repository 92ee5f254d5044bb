/**
 * Messages of Napster. The book describes none; kinds and sizes follow OpenNap's description of the protocol: four bytes (length and type) and a line of
 * text. Different: a peer registers its whole folder with one message, whose size is that of one line for each file, and the registry's epoch tells peers that it was restarted.
 */
import { utf8Bytes } from "../../codecs";
import type { SharedFile } from "./shared-files";

/** One result of a query. */
export interface RegistryResult {
  readonly holder: number;
  readonly name: string;
  readonly sizeBytes: number;
}

/** A message between a peer and the registry, or between two peers. */
export type NapsterMessage =
  | { readonly kind: "register"; readonly files: readonly SharedFile[] }
  | { readonly kind: "share"; readonly file: SharedFile }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "leave" }
  | { readonly kind: "heartbeat" }
  | { readonly kind: "query"; readonly id: number; readonly text: string }
  /** The registry knows the peer, and since which start of its own: a number that changes when it has lost its memory. */
  | { readonly kind: "registered" | "alive"; readonly epoch: number }
  /** The registry does not know the peer. */
  | { readonly kind: "unknown" }
  | { readonly kind: "results"; readonly id: number; readonly results: readonly RegistryResult[] }
  | { readonly kind: "get"; readonly name: string }
  | { readonly kind: "file"; readonly name: string; readonly sizeBytes: number }
  | { readonly kind: "no-file"; readonly name: string };

/** Length and type before each line. */
const HEAD_BYTES = 4;
/** Of a shared file beside name and size: two quotes, five blanks, MD5 in hexadecimal, bit rate, frequency, seconds. */
const FILE_FIELDS_BYTES = 2 + 5 + 32 + 3 + 5 + 3;
/** Of a result, in addition: user name, address and line speed. */
const RESULT_FIELDS_BYTES = 3 + 12 + 10 + 1;
const LOGIN_BYTES = 40;

const textBytes = (text: string): number => utf8Bytes(text).length;
const fileBytes = (file: SharedFile): number => HEAD_BYTES + FILE_FIELDS_BYTES + textBytes(file.name) + String(file.sizeBytes).length;

/** Size of a message, bytes. */
export function napsterMessageBytes(message: NapsterMessage): number {
  switch (message.kind) {
    case "register":
      return message.files.reduce((sum, file) => sum + fileBytes(file), HEAD_BYTES + LOGIN_BYTES);
    case "share":
      return fileBytes(message.file);
    case "remove":
    case "get":
    case "no-file":
      return HEAD_BYTES + textBytes(message.name);
    case "query":
      return HEAD_BYTES + textBytes(message.text);
    case "results":
      // One line each, and the message that ends the list.
      return message.results.reduce((sum, result) => sum + fileBytes(result) + RESULT_FIELDS_BYTES, HEAD_BYTES);
    case "file":
      return message.sizeBytes;
    default:
      return HEAD_BYTES;
  }
}
