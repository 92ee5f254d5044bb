/** Addresses that are words: longest match over labels, and the headers that carry them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { LabelTable, nameLabels, urlLabels } from "overlay-lab/dist/routing-overlays/tunnels/label-table";
import { canonicalAddress, familyOf, readPacket, writePacket } from "overlay-lab/dist/routing-overlays/tunnels/packet";

test("domain names match from their end, whole labels at a time", () => {
  const table = new LabelTable();
  table.set(nameLabels("example.com"), 1);
  table.set(nameLabels("video.example.com"), 2);
  const lookup = (name: string) => table.lookup(nameLabels(name));
  assert.deepEqual(["example.com", "www.example.com", "a.video.example.com", "myexample.com", "com"].map(lookup), [1, 1, 2, -1, -1]);
  assert.equal(table.set(nameLabels("EXAMPLE.com."), 3), 1);
  assert.equal(table.size, 2);
});

test("URLs match from their beginning, whole segments at a time, without their query", () => {
  const table = new LabelTable();
  table.set(urlLabels("http://a.example/"), 1);
  table.set(urlLabels("http://a.example/videos"), 2);
  const lookup = (url: string) => table.lookup(urlLabels(url));
  assert.deepEqual(["http://a.example", "http://A.example/x", "http://a.example/videos/", "http://a.example/videos/7?q=1", "http://a.example/videos2", "https://a.example/", "http://a.example:8080/"].map(lookup), [1, 1, 2, 2, 1, -1, -1]);
});

test("URLs that RFC 3986, section 6.2, calls equivalent have the same labels", () => {
  const labels = urlLabels("http://a.example/admin");
  for (const url of ["HTTP://A.example:80/x/../%61dmin", "http://a.example/./admin/", "http://a.example//admin?q"]) assert.deepEqual(urlLabels(url), labels, url);
  for (const url of ["http://a/%zz", "http://a/x/..;/y"]) assert.throws(() => urlLabels(url), ParameterError, url);
});

test("what is no name or URL to route by is refused", () => {
  for (const name of ["", "a..b", "-a", "a_b", ".", "a".repeat(64), "ä.example"]) assert.throws(() => nameLabels(name), ParameterError, name);
  for (const url of ["", "/a", "a.example/x", "http://", "http://a b/", "http://u@a/", "http://a/#x", "mailto:a"]) assert.throws(() => urlLabels(url), ParameterError, url);
});

test("a header with names is read back, and only canonical addresses are accepted", () => {
  const packet = writePacket("url", { source: "http://a.example/", destination: "http://b.example/x/y", timeToLive: 9, next: 253, port: 80 }, Uint8Array.of(1, 2));
  assert.equal(familyOf(packet), "url");
  const view = readPacket(packet);
  assert.deepEqual([view.source, view.destination, view.timeToLive, view.next, view.port, view.headerBytes, view.totalBytes], ["http://a.example/", "http://b.example/x/y", 9, 253, 80, 47, 49]);
  assert.throws(() => readPacket(writePacket("name", { source: "A.example", destination: "b", timeToLive: 1, next: 0 }, new Uint8Array(0))), ParseError);
  assert.throws(() => readPacket(packet.subarray(0, 46)), ParseError);
  assert.equal(canonicalAddress("url", "HTTP://B.Example/x//y/?q"), "http://b.example/x/y");
  assert.equal(canonicalAddress("ipv6", "2001:DB8:0::1"), "2001:db8::1");
  assert.throws(() => canonicalAddress("ipv4", "::1"), ParameterError);
});
