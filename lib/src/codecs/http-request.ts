/**
 * The head of an HTTP/1.1 request (RFC 9112, section 3; RFC 9110): request line and header fields, read from bytes as a switch in front of servers must
 * before it can choose one. Strict where leniency opens a door: a bare CR, a folded line, space before a colon, two Host fields or a missing one
 * are refused. Bodies are not read.
 */
import { ParameterError, ParseError } from "../errors";
import { latin1Text, utf8Bytes } from "./bytes";

/** The largest request head that is read, bytes. */
export const HTTP_HEAD_LIMIT = 16384;

/** A request's first line and fields. */
export interface HttpRequestHead {
  /** As written: methods are case-sensitive. */
  readonly method: string;
  /** Request target in origin form: an absolute path with its query. */
  readonly target: string;
  /** Path of the target, without query; dots and percent-escapes as written. */
  readonly path: string;
  /** Value of the Host field, lower case, without port; "" if the field is empty. */
  readonly host: string;
  /** Field names in lower case; values of repeated fields joined by ", ". */
  readonly fields: ReadonlyMap<string, string>;
  /** Bytes up to and including the empty line. */
  readonly headBytes: number;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^\/[\x21-\x7e]*$/;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._~%!$&'()*+,;=-]*)(?::[0-9]*)?$/i;

/**
 * Reads a request head.
 *
 * @param bytes the beginning of what the client sent
 * @returns the head, or `null` while its end has not arrived
 * @throws ParseError when it is not a well-formed HTTP/1.1 request in origin form, or longer than {@link HTTP_HEAD_LIMIT}
 */
export function parseHttpRequestHead(bytes: Uint8Array): HttpRequestHead | null {
  const text = latin1Text(bytes.subarray(0, HTTP_HEAD_LIMIT));
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) {
    if (bytes.length >= HTTP_HEAD_LIMIT) throw new ParseError({ what: "request head is too long", got: `${bytes.length} bytes`, expected: `an empty line within ${HTTP_HEAD_LIMIT} bytes`, offset: HTTP_HEAD_LIMIT });
    return null;
  }
  const lines = text.slice(0, end).split("\r\n");
  const [method, target, version, ...rest] = lines[0].split(" ");
  if (!TOKEN.test(method)) throw new ParseError({ what: "bad method", got: method, expected: "a token such as GET", offset: 0 });
  if (target === undefined || !TARGET.test(target)) throw new ParseError({ what: "bad request target", got: target, expected: "an absolute path of visible ASCII characters", offset: method.length + 1 });
  if (version !== "HTTP/1.1" || rest.length > 0) throw new ParseError({ what: "bad version", got: [version, ...rest].join(" "), expected: "HTTP/1.1", offset: method.length + target.length + 2 });
  const { fields, hostAt } = parseFields(lines);
  const hostField = fields.get("host");
  if (hostField === undefined) throw new ParseError({ what: "request without Host field", expected: "exactly one (RFC 9112, section 3.2)", offset: end });
  const host = HOST.exec(hostField);
  if (host === null) throw new ParseError({ what: "bad Host field", got: hostField, expected: "a name or address, and a port or none", offset: hostAt });
  return { method, target, path: target.split("?")[0], host: host[1].toLowerCase(), fields, headBytes: end + 4 };
}

function parseFields(lines: readonly string[]): { fields: Map<string, string>; hostAt: number } {
  const fields = new Map<string, string>();
  let offset = lines[0].length + 2;
  let hostAt = 0;
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!TOKEN.test(name)) throw new ParseError({ what: "bad header field", got: line, expected: "a name, a colon directly after it, and a value", offset });
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) throw new ParseError({ what: "control character in a header field", got: value, expected: "visible characters, spaces and tabs", offset });
    const before = fields.get(name);
    if (name === "host") {
      if (before !== undefined) throw new ParseError({ what: "second Host field", got: value, expected: "exactly one (RFC 9112, section 3.2)", offset });
      hostAt = offset;
    }
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
    offset += line.length + 2;
  }
  return { fields, hostAt };
}

/**
 * Writes the head of a request.
 *
 * @param method a token such as GET
 * @param target an absolute path, with or without query
 * @param host value of the Host field
 * @throws ParameterError for a part that would not be read back as itself
 */
export function encodeHttpRequestHead(method: string, target: string, host: string): Uint8Array {
  const refuse = (what: string, got: string, expected: string): never => {
    throw new ParameterError({ what, got, expected });
  };
  if (!TOKEN.test(method)) refuse("bad method", method, "a token such as GET");
  if (!TARGET.test(target)) refuse("bad request target", target, "an absolute path of visible ASCII characters");
  if (!HOST.test(host)) refuse("bad host", host, "a name or address, and a port or none");
  return utf8Bytes(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}
