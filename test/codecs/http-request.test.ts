/** The head of an HTTP/1.1 request, strictly. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeHttpRequestHead, parseHttpRequestHead } from "overlay-lab/dist/codecs/http-request";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test("a request is read with method, path, host and fields", () => {
  const text = "GET /videos/7?start=3 HTTP/1.1\r\nHost: Example.COM:8080\r\nAccept: a\r\nAccept:\t b \r\n\r\n";
  const head = parseHttpRequestHead(bytesOf(`${text}rest`));
  assert.ok(head !== null);
  assert.deepEqual([head.method, head.target, head.path, head.host, head.fields.get("accept"), head.headBytes], ["GET", "/videos/7?start=3", "/videos/7", "example.com", "a, b", text.length]);
});

test("an unfinished head is not an error yet", () => {
  assert.equal(parseHttpRequestHead(bytesOf("GET / HTTP/1.1\r\nHost: a\r\n")), null);
});

test("what opens a door between two readers is refused", () => {
  const bad = [
    "GET /\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "GET / HTTP/1.1\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
  ];
  for (const text of bad) assert.throws(() => parseHttpRequestHead(bytesOf(text)), ParseError, JSON.stringify(text));
  assert.throws(() => parseHttpRequestHead(bytesOf(`GET /${"a".repeat(20000)}`)), ParseError);
});

test("what is written is read back, and nothing can be smuggled in", () => {
  const head = parseHttpRequestHead(encodeHttpRequestHead("POST", "/a/b", "a.example"));
  assert.deepEqual([head?.method, head?.path, head?.host], ["POST", "/a/b", "a.example"]);
  for (const [method, target, host] of [["GET ", "/", "a"], ["GET", "a", "a"], ["GET", "/ HTTP/1.1\r\nX: 1", "a"], ["GET", "/", "a\r\nX: 1"]]) assert.throws(() => encodeHttpRequestHead(method, target, host), ParameterError);
});

const headOf = (target: string, fields = "Host: a\r\n", method = "GET") => parseHttpRequestHead(bytesOf(`${method} ${target} HTTP/1.1\r\n${fields}\r\n`));
const refused = (target: string, pattern: RegExp, fields?: string, method?: string) =>
  assert.throws(
    () => headOf(target, fields, method),
    (error: unknown) => error instanceof ParseError && pattern.test(error.message),
    JSON.stringify([method, target, fields]),
  );

test("the path is given in normal form and the target as written (RFC 3986, section 6.2.2)", () => {
  const head = headOf("/x/../%61dmin/./%7euser?q=/../%2e");
  assert.deepEqual([head?.path, head?.target], ["/admin/~user", "/x/../%61dmin/./%7euser?q=/../%2e"]);
});

test("a target with a fragment, a broken escape or a character that no URL has is refused (RFC 9112, section 3.2; RFC 3986, section 3.3)", () => {
  for (const target of ["/a#b", "/#", "/%zz", "/%4", "/%", "/a?%z", "/a?b#c", '/a"b', "/a\\b", "/a|b", "/<a>", "/a?<b>", "a", "", "//a\x7f", "/caf\xe9", "/%00", "/a%0d%0ab", "ftp://a/", "http:/a"]) refused(target, /bad request target/);
  assert.equal(headOf("/a?x=%0A")?.path, "/a");
});

test("a whole URL as target is read, and its host counts instead of the Host field's (RFC 9112, section 3.2.2)", () => {
  const head = headOf("HTTP://Api.Example:8080/x/../y?z", "Host: other.example\r\n");
  assert.deepEqual([head?.host, head?.path], ["api.example", "/y"]);
  assert.equal(headOf("http://a.example")?.path, "/");
  assert.equal(headOf("https://a.example?x")?.path, "/");
  refused("http://a.example/", /without Host field/, "");
  refused("http:///x", /bad request target; .*RFC 9110, sections 4\.2\.1/);
  refused("http://user@a/", /without user name/);
  refused("http://a:99999/", /bad request target/);
});

test('"*" goes with OPTIONS only, and a proxy\'s CONNECT is refused (RFC 9112, sections 3.2.3 and 3.2.4)', () => {
  assert.equal(headOf("*", undefined, "OPTIONS")?.path, "*");
  refused("*", /OPTIONS only/);
  refused("a:443", /not a proxy/, undefined, "CONNECT");
});

test("an empty, second or broken Host field is refused (RFC 9112, section 3.2; RFC 9110, section 4.2.1)", () => {
  for (const fields of ["Host:\r\n", "Host: \t \r\n", "Host: :80\r\n", "Host: a:b\r\n", "Host: a:65536\r\n", "Host: %zz\r\n", "Host: a/b\r\n", "Host: u@a\r\n", "Host: a, b\r\n", "Host: [::1\r\n"]) refused("/", /bad Host field/, fields);
  for (const fields of ["Host: a\r\nHost: a\r\n", "Host: a\r\nX: y\r\nhOST: b\r\n"]) refused("/", /second Host field/, fields);
  assert.deepEqual(["Host: EXAMPLE.com.:80\r\n", "Host: [::1]:80\r\n", "Host: %65xample.com\r\n"].map((fields) => headOf("/", fields)?.host), ["example.com", "[::1]", "example.com"]);
});

test("a length that is no number, or is said twice, is refused (RFC 9110, section 8.6; RFC 9112, section 6.3)", () => {
  for (const length of ["", "-1", "+5", "5.0", "0x5", "5 5", "5, 5", "5,6", "abc", "9".repeat(20)]) refused("/", /bad Content-Length/, `Host: a\r\nContent-Length: ${length}\r\n`);
  refused("/", /bad Content-Length; got "5, 6"/, "Host: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n");
  refused("/", /bad Content-Length; got "5, 5"/, "Host: a\r\nContent-Length: 5\r\ncontent-length: 5\r\n");
  assert.deepEqual([headOf("/")?.contentLength, headOf("/", "Host: a\r\nContent-Length: 05\r\n")?.contentLength], [0, 5]);
});

test("a length together with a transfer coding, or a coding whose end nobody sees, is refused (RFC 9112, sections 6.1 and 6.3)", () => {
  refused("/", /Content-Length together with Transfer-Encoding/, "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n");
  for (const coding of ["", "gzip", "chunked, gzip", "chunked, chunked", "xchunked", "identity"]) refused("/", /bad Transfer-Encoding/, `Host: a\r\nTransfer-Encoding: ${coding}\r\n`);
  assert.equal(headOf("/", "Host: a\r\nTransfer-Encoding: gzip, Chunked\r\n")?.contentLength, null);
});

test("control characters are refused wherever they stand (RFC 9112, section 2.2; RFC 9110, section 5.5)", () => {
  for (let code = 0; code < 32; code++) {
    const control = String.fromCharCode(code);
    refused(`/a${control}b`, /bad/);
    if (control !== "\t") refused("/", /bad header|control character|bad Host/, `Host: a\r\nX: b${control}c\r\n`);
    refused("/", /bad header field/, `Host: a\r\nX${control}: b\r\n`);
  }
});
