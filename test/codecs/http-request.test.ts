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
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
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
