/**
 * The head of an HTTP/1.1 request (RFC 9112, section 3; RFC 9110): request line and header fields, read from bytes as a switch in front of servers must
 * before it can choose one. Strict where leniency opens a door: a bare CR, a folded line, space before a colon, two Host fields or an empty one, a path that
 * servers read in different ways, lengths that contradict each other are refused. Bodies are not read. Tests: test/codecs/http-request.test.ts
 */
import { ParameterError, ParseError } from "../errors";
import { latin1Text, utf8Bytes } from "./bytes";
import { isQuery, normalHost, normalPath } from "./uri-path";

/** The largest request head that is read, bytes. */
export const HTTP_HEAD_LIMIT = 16384;

/** A request's first line and fields. */
export interface HttpRequestHead {
  /** As written: methods are case-sensitive. */
  readonly method: string;
  /** Request target as written: an absolute path with its query, a whole URL, or "*". */
  readonly target: string;
  /** Path of the target without query, in the normal form of RFC 3986, section 6.2.2; "*" for a request about the server as a whole. */
  readonly path: string;
  /** Host that is asked for, in normal form, without port: that of the target if it is a whole URL, else that of the Host field (RFC 9112, section 3.2.2). */
  readonly host: string;
  /** Field names in lower case; values of repeated fields joined by ", ". */
  readonly fields: ReadonlyMap<string, string>;
  /** Length of the body as the Content-Length field says; 0 without one, `null` for a body in chunks. */
  readonly contentLength: number | null;
  /** Bytes up to and including the empty line. */
  readonly headBytes: number;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const ABSOLUTE_FORM = /^(https?):\/\/([^/?]*)(.*)$/i;
/** A host in brackets or without a colon, and a port. */
const AUTHORITY = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/;

/**
 * Reads a request head. Targets may be in origin form, in absolute form, or "*" with OPTIONS (RFC 9112, sections 3.2.1, 3.2.2 and 3.2.4); the authority form is
 * for proxies and refused.
 *
 * @param bytes the beginning of what the client sent
 * @returns the head, or `null` while its end has not arrived
 * @throws ParseError when it is not a well-formed HTTP/1.1 request, or longer than {@link HTTP_HEAD_LIMIT}
 * @throws ParameterError for what is no bytes
 */
export function parseHttpRequestHead(bytes: Uint8Array): HttpRequestHead | null {
  if (!(bytes instanceof Uint8Array)) throw new ParameterError({ what: "a request is no bytes", got: bytes, expected: "a Uint8Array", where: "parameter bytes" });
  const text = latin1Text(bytes.subarray(0, HTTP_HEAD_LIMIT));
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) {
    if (bytes.length >= HTTP_HEAD_LIMIT) throw new ParseError({ what: "request head is too long", got: `${bytes.length} bytes`, expected: `an empty line within ${HTTP_HEAD_LIMIT} bytes`, offset: HTTP_HEAD_LIMIT });
    return null;
  }
  const lines = text.slice(0, end).split("\r\n");
  const [method, target, version, ...rest] = lines[0].split(" ");
  if (!TOKEN.test(method)) throw new ParseError({ what: "bad method", got: method, expected: "a token such as GET", offset: 0 });
  const parts = targetParts(method, target ?? "");
  if ("fault" in parts) throw new ParseError({ what: "bad request target", got: target, expected: parts.fault, offset: method.length + 1 });
  if (version !== "HTTP/1.1" || rest.length > 0) throw new ParseError({ what: "bad version", got: [version, ...rest].join(" "), expected: "HTTP/1.1", offset: method.length + target.length + 2 });
  const { fields, places } = parseFields(lines);
  const hostField = fields.get("host");
  if (hostField === undefined) throw new ParseError({ what: "request without Host field", expected: "exactly one (RFC 9112, section 3.2)", offset: end });
  const host = hostOf(hostField);
  // Of a whole URL the field is ignored, but must still be one: a server behind that looks at it would be misled.
  if (host === null) throw new ParseError({ what: "bad Host field", got: hostField, expected: "a name or address that is not empty, and a port up to 65535 or none (RFC 9110, sections 4.2.1 and 7.2)", offset: places.get("host") ?? 0 });
  return { method, target, path: parts.path, host: parts.host ?? host, fields, contentLength: contentLengthOf(fields, places), headBytes: end + 4 };
}

/** What a request target names; `host` only where the target says it. */
function targetParts(method: string, target: string): { readonly path: string; readonly host?: string } | { readonly fault: string } {
  if (target === "*") return method === "OPTIONS" ? { path: "*" } : { fault: '"*" with OPTIONS only (RFC 9112, section 3.2.4)' };
  if (method === "CONNECT") return { fault: "no CONNECT: this is not a proxy (RFC 9112, section 3.2.3)" };
  const absolute = ABSOLUTE_FORM.exec(target);
  const host = absolute === null ? undefined : hostOf(absolute[2]);
  if (host === null) return { fault: "a URL with a host, and without user name (RFC 9110, sections 4.2.1 and 4.2.4)" };
  const local = absolute === null ? target : absolute[3];
  const mark = local.indexOf("?");
  const query = mark < 0 ? "" : local.slice(mark + 1);
  if (absolute === null && !local.startsWith("/")) return { fault: "an absolute path, or a URL of http or https (RFC 9112, section 3.2)" };
  if (!isQuery(query)) return { fault: "a query of the characters of RFC 3986, section 3.4, with two hexadecimal digits after each %, and no fragment" };
  const normal = normalPath(mark < 0 ? local : local.slice(0, mark));
  return "fault" in normal ? normal : { ...normal, host };
}

/** The host of an authority, without port; `null` when it is none. */
function hostOf(authority: string): string | null {
  const parts = AUTHORITY.exec(authority);
  if (parts === null || Number(parts[2] ?? 0) > 65535) return null;
  return normalHost(parts[1]);
}

function parseFields(lines: readonly string[]): { fields: Map<string, string>; places: Map<string, number> } {
  const fields = new Map<string, string>();
  const places = new Map<string, number>();
  let offset = lines[0].length + 2;
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!TOKEN.test(name)) throw new ParseError({ what: "bad header field", got: line, expected: "a name, a colon directly after it, and a value (RFC 9112, section 5.1)", offset });
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) throw new ParseError({ what: "control character in a header field", got: value, expected: "visible characters, spaces and tabs (RFC 9110, section 5.5)", offset });
    const before = fields.get(name);
    if (name === "host" && before !== undefined) throw new ParseError({ what: "second Host field", got: value, expected: "exactly one (RFC 9112, section 3.2)", offset });
    places.set(name, offset);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
    offset += line.length + 2;
  }
  return { fields, places };
}

/** The length of the body (RFC 9112, section 6.3). Two readers that disagree about it can be made to see different requests (section 11.2). */
function contentLengthOf(fields: ReadonlyMap<string, string>, places: ReadonlyMap<string, number>): number | null {
  const [length, coding] = [fields.get("content-length"), fields.get("transfer-encoding")];
  const refuse = (what: string, name: string, expected: string): never => {
    throw new ParseError({ what, got: fields.get(name), expected, offset: places.get(name) ?? 0 });
  };
  if (length !== undefined && coding !== undefined) refuse("Content-Length together with Transfer-Encoding", "content-length", "one of them (RFC 9112, sections 6.1 and 6.3)");
  if (coding !== undefined) {
    const codings = coding.toLowerCase().split(",").map((name) => name.trim());
    if (codings.indexOf("chunked") !== codings.length - 1) refuse("bad Transfer-Encoding", "transfer-encoding", '"chunked" once, as the last one (RFC 9112, sections 6.1 and 6.3)');
    return null;
  }
  if (length === undefined) return 0;
  if (!/^[0-9]{1,15}$/.test(length)) refuse("bad Content-Length", "content-length", "one whole number of bytes (RFC 9110, section 8.6; RFC 9112, section 6.3)");
  return Number(length);
}

/**
 * Writes the head of a request.
 *
 * @param method a token such as GET
 * @param target an absolute path with or without query, a whole URL, or "*" with OPTIONS
 * @param host value of the Host field
 * @throws ParameterError for a part that would not be read back as itself
 */
export function encodeHttpRequestHead(method: string, target: string, host: string): Uint8Array {
  const refuse = (what: string, got: string, expected: string): never => {
    throw new ParameterError({ what, got, expected });
  };
  for (const part of [method, target, host]) if (typeof part !== "string") refuse("a part of the request is no text", String(part), "method, target and host as texts");
  if (!TOKEN.test(method)) refuse("bad method", method, "a token such as GET");
  const parts = targetParts(method, target);
  if ("fault" in parts) refuse("bad request target", target, parts.fault);
  if (hostOf(host) === null) refuse("bad host", host, "a name or address, and a port or none");
  return utf8Bytes(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}
