/** Paths and hosts in normal form, after RFC 3986. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isQuery, normalHost, normalPath } from "overlay-lab/dist/codecs/uri-path";

const pathOf = (path: string): string => {
  const normal = normalPath(path);
  return "path" in normal ? normal.path : `fault: ${normal.fault}`;
};

test("dot segments are taken out as in the examples of RFC 3986, sections 5.2.4 and 5.4", () => {
  // The merged paths of section 5.4's base URL http://a/b/c/d;p?q with its references.
  const examples: [string, string][] = [
    ["/a/b/c/./../../g", "/a/g"], ["/b/c/g", "/b/c/g"], ["/b/c/./g", "/b/c/g"], ["/b/c/g/", "/b/c/g/"], ["/b/c/.", "/b/c/"], ["/b/c/./", "/b/c/"], ["/b/c/..", "/b/"], ["/b/c/../", "/b/"],
    ["/b/c/../g", "/b/g"], ["/b/c/../..", "/"], ["/b/c/../../", "/"], ["/b/c/../../g", "/g"], ["/b/c/../../../g", "/g"], ["/b/c/../../../../g", "/g"], ["/./g", "/g"], ["/../g", "/g"],
    ["/b/c/g.", "/b/c/g."], ["/b/c/.g", "/b/c/.g"], ["/b/c/g..", "/b/c/g.."], ["/b/c/..g", "/b/c/..g"], ["/b/c/./../g", "/b/g"], ["/b/c/./g/.", "/b/c/g/"], ["/b/c/g/./h", "/b/c/g/h"], ["/b/c/g/../h", "/b/c/h"],
    ["/b/c/g;x=1/./y", "/b/c/g;x=1/y"], ["/b/c/g;x=1/../y", "/b/c/y"],
  ];
  for (const [path, expected] of examples) assert.equal(pathOf(path), expected, path);
});

test("escapes of unreserved characters are undone, those of others written in upper case (RFC 3986, sections 6.2.2.1 and 6.2.2.2)", () => {
  assert.equal(pathOf("/%61%2D%2e%5F%7e%41/%2f%3a%e9"), "/a-._~A/%2F%3A%E9");
  assert.equal(pathOf("/x/%2e%2E/admin"), "/admin");
  assert.equal(pathOf("/%252e%252e/a"), "/%252e%252e/a");
  assert.equal(pathOf(""), "/");
});

test("a path in normal form stays as it is", () => {
  for (const path of ["/", "/a//b", "/%2F", "/a/b/../c/./%7e%e9", "//", "/;/@:!$&'()*+,="]) assert.equal(pathOf(pathOf(path)), pathOf(path), path);
});

test("what servers read in different ways is a fault", () => {
  for (const path of ["/a//../b", "//..", "/a%2F../b", "/a/..%5cb", "/x/..;/admin", "/x/.;a/b", "/%00", "/%7f", "/%1B", "a", "/%", "/%g1", "/a b", "/a?b", "/a#b", "/\u00e9", "/a\\b"]) assert.match(pathOf(path), /^fault: /, path);
});

test("hosts lose their case and their last dot", () => {
  assert.deepEqual(["A.Example", "a.example.", "[2001:DB8::1]", "%41b", "127.0.0.1"].map(normalHost), ["a.example", "a.example", "[2001:db8::1]", "ab", "127.0.0.1"]);
  for (const host of ["", ".", "a b", "a:80", "[::1", "a@b", "%", "%zz", "a/b"]) assert.equal(normalHost(host), null, host);
});

test("queries have the characters of RFC 3986, section 3.4", () => {
  for (const query of ["", "a=b&c=/?", "%20%zz".slice(0, 3)]) assert.ok(isQuery(query), query);
  for (const query of ["#", "%", "%zz", " ", "<", "\u00e9"]) assert.ok(!isQuery(query), query);
});
