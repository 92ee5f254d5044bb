import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseGraphml } from "overlay-lab/dist/codecs/graphml";
import { ParseError } from "overlay-lab/dist/errors";
import { needs, sharedFolder, sharedText } from "../network/support";

const HEAD = `<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="a" for="node" attr.name="Latitude" attr.type="double"/>
<key id="o" for="node" attr.name="Longitude" attr.type="double"/>
<key id="l" for="node" attr.name="label"/>
<key id="s" for="edge" attr.name="LinkSpeedRaw" attr.type="double"/>
<key id="d" for="edge" attr.name="latency"/>
`;
const file = (graph: string) => `${HEAD}${graph}\n</graphml>`;

function fails(text: string, pattern: RegExp): void {
  assert.throws(
    () => parseGraphml(text, { file: "net.graphml" }),
    (error: unknown) => {
      assert.ok(error instanceof ParseError, String(error));
      assert.match(error.message, pattern);
      assert.match(error.message, /net\.graphml, line \d+/);
      return true;
    },
  );
}

test("nodes, links, positions, labels and capacities are read, wherever edges stand", () => {
  const text = file(`<graph edgedefault="undirected">
    <edge source="n1" target="n0"><data key="s">1e9</data></edge>
    <node id="n0"><data key="a">37.5</data><data key="o">127</data><data key="l">Seoul &amp; &#x1F600;</data></node>
    <node id="n1"/>
    <edge source="n0" target="n1" directed="true"><data key="s">0</data></edge>
  </graph>`);
  const document = parseGraphml(text);
  assert.deepEqual(document.nodes.map(({ id, label, latitude, longitude }) => [id, label, latitude, longitude]), [["n0", "Seoul & 😀", 37.5, 127], ["n1", "n1", null, null]]);
  assert.deepEqual(document.links.map(({ source, target, directed, capacityBps }) => [source, target, directed, capacityBps]), [[1, 0, false, 1e9], [0, 1, true, null]]);
  assert.deepEqual(document.notes, ["1 links have capacity 0, taken as unknown"]);
  assert.equal(document.links[0].line, 9);
});

test("delays are read only from the attribute and in the unit the caller states", () => {
  const text = file('<graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"><data key="d">12.5</data></edge></graph>');
  assert.equal(parseGraphml(text).links[0].delayMs, null);
  assert.equal(parseGraphml(text, { delay: { attribute: "latency", unit: "ms" } }).links[0].delayMs, 12.5);
  assert.equal(parseGraphml(text, { delay: { attribute: "latency", unit: "us" } }).links[0].delayMs, 0.0125);
  assert.throws(() => parseGraphml(text, { delay: { attribute: "latency" } }), /without a unit/);
});

test("defaults of keys apply to items that do not give them", () => {
  const text = `<graphml><key id="s" for="edge" attr.name="LinkSpeedRaw"><default>5</default></key><graph edgedefault="undirected"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>`;
  assert.equal(parseGraphml(text).links[0].capacityBps, 5);
});

test("what is not a flat graph in plain XML is refused with line, finding and expectation", () => {
  fails('<!DOCTYPE graphml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><graphml>&b;</graphml>', /document type declarations are not accepted/);
  fails("<html></html>", /not a GraphML file; got "html"/);
  fails("", /XML|graph/);
  fails("just text", /not well-formed XML/);
  fails(file('<graph edgedefault="undirected"><node id="a"></graph>'), /not well-formed XML/);
  fails(file('<graph edgedefault="undirected"><node id="a">&unknown;</node></graph>'), /not well-formed XML/);
  fails(HEAD, /not well-formed XML/);
  fails(`${HEAD}</graphml>`, /no graph in the file/);
  fails(file("<graph><node id='a'/></graph>"), /edge direction not stated/);
  fails(file('<graph edgedefault="undirected"><node id="a"/><node id="a"/></graph>'), /node defined twice; got "a"/);
  fails(file('<graph edgedefault="undirected"><node/></graph>'), /<node> without id/);
  fails(file('<graph edgedefault="undirected"><node id="a"/><edge source="a" target="b"/></graph>'), /unknown target; got "b"/);
  fails(file('<graph edgedefault="undirected"><hyperedge/></graph>'), /not supported; got "<hyperedge>"/);
  fails(file('<graph edgedefault="undirected"><node id="a"><graph edgedefault="directed"/></node></graph>'), /nested graphs/);
  fails(file('<graph edgedefault="undirected"><node id="a"><data key="zz">1</data></node></graph>'), /undefined key; got "zz"/);
  fails(file('<graph edgedefault="undirected"><node id="a"><data key="s">1</data></node></graph>'), /key meant for edge used on a node/);
});

test("wrong, negative and NaN values are refused where they stand", () => {
  const node = (data: string) => file(`<graph edgedefault="undirected">\n<node id="a">${data}</node></graph>`);
  const edge = (data: string) => file(`<graph edgedefault="undirected"><node id="a"/><node id="b"/>\n<edge source="a" target="b">${data}</edge></graph>`);
  fails(node('<data key="a">91</data><data key="o">0</data>'), /latitude; got "91"; expected a number >= -90 and <= 90 \(net.graphml, line 9/);
  fails(node('<data key="a">NaN</data><data key="o">0</data>'), /cannot read latitude; got "NaN"/);
  fails(node('<data key="a">1</data>'), /half a position/);
  fails(edge('<data key="s">-5</data>'), /link capacity; got "-5"; expected a number >= 0/);
  fails(edge('<data key="s">Infinity</data>'), /link capacity/);
  fails(edge('<data key="s">fast</data>'), /link capacity; got "fast"/);
});

test("hostile names of attributes and nodes are kept as plain text", () => {
  const text = '<graphml><key id="p" for="node" attr.name="__proto__"/><graph edgedefault="undirected"><node id="constructor"><data key="p">&lt;script&gt;</data></node></graph></graphml>';
  const [node] = parseGraphml(text).nodes;
  assert.equal(node.attributes.get("__proto__"), "<script>");
  assert.equal(node.id, "constructor");
  assert.equal(({} as Record<string, unknown>).script, undefined);
});

test("defaults that would multiply to more attributes than fit in memory are refused", () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => `<key id="k${i}" for="node"><default>v</default></key>`).join("");
  fails(`<graphml>${keys(501)}</graphml>`, /too many keys; got 501/);
  const nodes = Array.from({ length: 10_500 }, (_, i) => `<node id="${i}"/>`).join("");
  fails(`<graphml>${keys(500)}<graph edgedefault="directed">${nodes}</graph></graphml>`, /too many attributes; got 5000500; expected at most 5000000/);
});

test("deep nesting is refused, not followed", () => {
  fails(`${"<a>".repeat(200_000)}`, /nested too deeply|not a GraphML file/);
  fails(file(`<graph edgedefault="undirected"><node id="a"><data key="l">${"<x>".repeat(100_000)}`), /nested too deeply/);
});

test("all Topology Zoo files load with the counts of nodes, links, positions and speeds in their index", needs("topology/zoo-dev"), () => {
  const folder = sharedFolder("topology/zoo-dev") as string;
  const index = new Map(sharedText("topology/zoo-index.csv").trim().split("\n").map((line) => [line.split(",")[0], line.split(",").slice(1, 5).map(Number)]));
  const names = readdirSync(folder).filter((name) => name.endsWith(".graphml"));
  assert.ok(names.length > 0);
  for (const name of names) {
    const { nodes, links } = parseGraphml(readFileSync(join(folder, name), "utf8"), { file: name });
    const counts = [nodes.length, links.length, nodes.filter(({ latitude }) => latitude !== null).length, links.filter(({ capacityBps }) => capacityBps !== null).length];
    assert.deepEqual(counts, index.get(name.replace(".graphml", "")), name);
  }
});
