import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAsRelationships, parseEdgeList, parseRocketfuel } from "overlay-lab/dist/codecs/edge-list";
import { parseGml, type GmlOptions } from "overlay-lab/dist/codecs/gml";
import { parseSndlib } from "overlay-lab/dist/codecs/sndlib";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { needs, sharedText } from "../network/support";

function fails(parse: () => unknown, pattern: RegExp): void {
  assert.throws(parse, (error: unknown) => {
    assert.ok(error instanceof ParseError, String(error));
    assert.match(error.message, pattern);
    return true;
  });
}

const SNDLIB = `?SNDlib native format; type: network; version: 1.0
# network small
META (
  unit  = MBITPERSEC
  origin  = somebody (with brackets)
)
NODES (
  A ( 6.04 50.76 )
  B ( 10.90 48.33 )
)
LINKS (
  L1 ( A B ) 155.00 0.00 1.5 0.00 ( 622.00 10.00 2500.00 30.00 )
)
DEMANDS (
  D1 ( B A ) 1 12.50 UNLIMITED
)
ADMISSIBLE_PATHS (
  D1 ( P_0 ( L1 ) )
)
`;

test("SNDlib: nodes, links with unit, demands and modules are read", () => {
  const document = parseSndlib(SNDLIB);
  assert.deepEqual(document.nodes.map(({ id, longitude, latitude }) => [id, longitude, latitude]), [["A", 6.04, 50.76], ["B", 10.9, 48.33]]);
  assert.equal(document.links[0].capacityBps, 155e6);
  assert.equal(document.links[0].attributes.get("modules"), "622 10; 2500 30");
  assert.deepEqual(document.demands, [{ id: "D1", source: 1, target: 0, value: 12.5 }]);
  assert.equal(document.attributes.get("origin"), "somebody (with brackets)");
});

test("SNDlib: coordinates out of range are taken for a drawing's, and the notes say so; a stated kind is enforced", () => {
  const drawing = SNDLIB.replace("6.04 50.76", "200.0 175.0");
  const document = parseSndlib(drawing);
  assert.equal(document.nodes[0].latitude, null);
  assert.equal(document.nodes[0].attributes.get("x"), "200");
  assert.match(document.notes.join(), /drawing/);
  fails(() => parseSndlib(drawing, { coordinates: "geographic", file: "d.txt" }), /position out of range; got "200 175".*d\.txt, line 8/);
  assert.equal(parseSndlib(SNDLIB, { coordinates: "drawing" }).nodes[0].latitude, null);
});

test("SNDlib: malformed files are refused with line and expectation", () => {
  fails(() => parseSndlib("NODES ( )"), /not an SNDlib network/);
  fails(() => parseSndlib(SNDLIB.replace("( A B ) 155", "( A C ) 155")), /unknown node; got "C".*line 12/);
  fails(() => parseSndlib(SNDLIB.replace("155.00", "-1")), /pre-installed capacity; got "-1"/);
  fails(() => parseSndlib(SNDLIB.replace("  B (", "  A (")), /node defined twice/);
  fails(() => parseSndlib(SNDLIB.slice(0, SNDLIB.indexOf("DEMANDS") + 12)), /ends too early/);
  fails(() => parseSndlib(SNDLIB.replace("LINKS", "LINKZ")), /unexpected section; got "LINKZ"/);
});

test("SNDlib: real instances have the published numbers of nodes, links and demands", needs("topology/sndlib"), () => {
  const published = { abilene: [12, 15, 132], polska: [12, 18, 66], "nobel-us": [14, 21, 91], france: [25, 45, 300], germany50: [50, 88, 662], norway: [27, 51, 702] };
  for (const [name, counts] of Object.entries(published)) {
    const document = parseSndlib(sharedText(`topology/sndlib/${name}.txt`), { file: name });
    assert.deepEqual([document.nodes.length, document.links.length, document.demands.length], counts, name);
  }
});

test("GML: Topology Zoo's and Shadow's styles are read; values may carry units", () => {
  const text = `Creator "test"
graph [
  directed 0
  # a comment
  node [ id 0 label "Z&#252;rich" Latitude 47.38 Longitude 8.54 host_bandwidth_up "100 Mbit" ]
  node [ id 1 graphics [ x 1 y 2 ] ]
  edge [ source 0 target 1 latency "10 ms" packet_loss 0.0 LinkSpeedRaw 1000000000.0 ]
  edge [ source 1 target 1 latency "1500 us" ]
]`;
  const document = parseGml(text, { delay: { attribute: "latency" } });
  assert.deepEqual(document.nodes.map(({ label, latitude }) => [label, latitude]), [["Zürich", 47.38], ["1", null]]);
  assert.deepEqual(document.links.map(({ source, target, delayMs, capacityBps }) => [source, target, delayMs, capacityBps]), [[0, 1, 10, 1e9], [1, 1, 1.5, null]]);
  assert.equal(document.nodes[0].attributes.get("host_bandwidth_up"), "100 Mbit");
});

test("GML: malformed files are refused with line and expectation", () => {
  fails(() => parseGml("graph [ node [ id 0 ]"), /not closed/);
  fails(() => parseGml("graph [ ] ]"), /closed that was not opened/);
  fails(() => parseGml("node [ id 0 ]"), /not one graph/);
  fails(() => parseGml('graph [ node [ id 0 label "a ]'), /quoted text is not closed/);
  fails(() => parseGml("graph [\n node [ id 0 ]\n edge [ source 0 target 1 ] ]"), /unknown target; got "1".*line 3/);
  fails(() => parseGml("graph [ directed 2 node [ id 0 ] ]"), /edge direction/);
  fails(() => parseGml(`graph [ ${"a [ ".repeat(50_000)}`), /nested too deeply/);
  fails(() => parseGml('graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 latency "-3 ms" ] ]', { delay: { attribute: "latency" } }), /link delay; got "-3"/);
});

test("Rocketfuel: latencies and weights are joined link by link", () => {
  const latencies = "Seoul,+Korea1 Busan,+Korea2 3\nBusan,+Korea2 Seoul,+Korea1 3\n";
  const document = parseRocketfuel({ latencies, weights: latencies.replaceAll(" 3", " 7.5") });
  assert.deepEqual(document.links.map(({ source, target, directed, delayMs, weight }) => [source, target, directed, delayMs, weight]), [[0, 1, true, 3, 7.5], [1, 0, true, 3, 7.5]]);
  fails(() => parseRocketfuel({ latencies, weights: "Seoul,+Korea1 Busan,+Korea2 1\n" }), /weights missing; got "1 weights"; expected 2/);
  fails(() => parseRocketfuel({ latencies: "a b\n" }), /Rocketfuel link.*latencies\.intra, line 1/);
  fails(() => parseRocketfuel({ latencies: "a b -3\n" }), /link delay; got "-3"; expected a number >= 0 and <= 3600000/);
  fails(() => parseRocketfuel({ latencies, weights: `${latencies}Busan,+Korea2 Seoul,+Korea1 9\n` }), /no latency.*weights\.intra, line 3/);
  const parallel = parseRocketfuel({ latencies: "a b 3\na b 4\n", weights: "a b 1\na b 2\n" });
  assert.deepEqual(parallel.links.map(({ delayMs, weight }) => [delayMs, weight]), [[3, 1], [4, 2]]);
  assert.deepEqual(parallel.notes, ["1 lines repeat a pair of places; they are kept as parallel links"]);
});

test("Rocketfuel: real networks have the published sizes", needs("topology/rocketfuel"), () => {
  for (const [as, counts] of Object.entries({ 1221: [108, 306], 1755: [87, 322], 3967: [79, 294] })) {
    const [latencies, weights] = ["latencies", "weights"].map((name) => sharedText(`topology/rocketfuel/${as}/${name}.intra`));
    const { nodes, links } = parseRocketfuel({ latencies, weights, name: as });
    assert.deepEqual([nodes.length, links.length], counts, as);
    assert.ok(links.every(({ delayMs, weight }) => delayMs !== null && weight !== null));
  }
});

test("AS relationships: both of CAIDA's layouts are read, and bad lines refused", () => {
  const document = parseAsRelationships("# comment\n1|2|-1\n2|3|0|bgp\n3|4|2\n4|5|1\n");
  assert.deepEqual(document.links.map(({ attributes }) => attributes.get("relationship")), ["provider-customer", "peer", "sibling", "sibling"]);
  fails(() => parseAsRelationships("1|2|5\n"), /AS relationship; got "1\|2\|5"/);
  fails(() => parseAsRelationships("1|4294967296|0\n"), /AS number/);
  fails(() => parseAsRelationships("1|2|0\n2|1|-1\n"), /pair given twice.*line 2/);
  fails(() => parseAsRelationships("7|7|0\n"), /related to itself/);
});

test("AS relationships: the real graph has CAIDA's counts, and AS 3356 3,230 customers", needs("topology/as-graph"), () => {
  const { nodes, links } = parseAsRelationships(sharedText("topology/as-graph/caida-as-rel-20120601.txt"));
  assert.equal(nodes.length, 41_203);
  const count = (kind: string) => links.filter(({ attributes }) => attributes.get("relationship") === kind).length;
  assert.deepEqual([count("provider-customer"), count("peer"), count("sibling")], [73_324, 43_606, 4_379]);
  const level3 = nodes.findIndex(({ id }) => id === "3356");
  const transit = links.filter(({ attributes }) => attributes.get("relationship") === "provider-customer");
  assert.deepEqual([transit.filter(({ source }) => source === level3).length, transit.filter(({ target }) => target === level3).length], [3230, 0]);
});

test("edge lists: columns are separated by blanks, tabs or commas; the third column is what the caller says", () => {
  const snap = "# Nodes: 3 Edges: 2\n# FromNodeId\tToNodeId\n0\t1\n1\t2\n";
  assert.deepEqual(parseEdgeList(snap, { directed: true }).links.map(({ source, target, directed }) => [source, target, directed]), [[0, 1, true], [1, 2, true]]);
  assert.equal(parseEdgeList("a,b,2.5\r\n", { directed: false, thirdColumn: "weight" }).links[0].weight, 2.5);
  assert.equal(parseEdgeList("a b 2.5\n", { directed: false, thirdColumn: { delay: "s" } }).links[0].delayMs, 2500);
  assert.equal(parseEdgeList("a b 1082040961 x\n", { directed: true, thirdColumn: "ignore" }).links[0].weight, null);
  fails(() => parseEdgeList("a b 2\n", { directed: false }), /cannot read an edge; got "a b 2"; expected two node names/);
  fails(() => parseEdgeList("a b\n", { directed: false, thirdColumn: "weight" }), /two node names and a number/);
  fails(() => parseEdgeList("a b 0\n", { directed: false, thirdColumn: "weight" }), /link weight; got "0"; expected a number > 0/);
  fails(() => parseEdgeList("a b 3601\n", { directed: false, thirdColumn: { delay: "s" } }), /link delay; got "3601"; expected a number >= 0 and <= 3600/);
  fails(() => parseEdgeList("a b nan\n", { directed: false, thirdColumn: { delay: "ms" } }), /link delay; got "nan"/);
  fails(() => parseEdgeList("# nothing\n", { directed: false }), /no links in the file/);
});

test("link attributes carry their own units, repeated ones are refused, and a name that no link has is noted", () => {
  const gml = (edge: string) => `graph [ node [ id 0 ] node [ id 1 ]\n edge [ source 0 target 1 ${edge} ] ]`;
  const link = (edge: string, options: GmlOptions) => parseGml(gml(edge), options).links[0];
  const delay = { delay: { attribute: "latency" } };
  assert.deepEqual(['"10 ms"', '"10ms"', '"250 us"', '"250 \u00b5s"', '"1.5e-1 s"'].map((text) => link(`latency ${text}`, delay).delayMs), [10, 10, 0.25, 0.25, 150]);
  const capacity = { capacity: { attribute: "bandwidth", unitBps: 1e6 } };
  assert.deepEqual(['"100 Mbit"', '"10 Gbps"', '"76200 Kibit"', '"64 kbit/s"', "5", '"5 bps"'].map((text) => link(`bandwidth ${text}`, capacity).capacityBps), [1e8, 1e10, 76200 * 1024, 64000, 5e6, 5]);
  for (const [edge, options] of [["latency -5", { delay: { attribute: "latency", unit: "ms" } }], ["latency NAN", { delay: { attribute: "latency", unit: "ms" } }], ["latency 5", delay], ['latency "5 min"', delay], ['latency "5 ms" latency "6 ms"', delay], ['bandwidth "-5 Mbit"', capacity], ['bandwidth "5 apples"', capacity], ["source 1", {}], ["bandwidth 0", { ...capacity, zeroCapacity: "refuse" }]] as [string, GmlOptions][]) {
    assert.throws(() => link(edge, options), (error: unknown) => error instanceof ParseError && /line 2/.test(error.message), edge);
  }
  assert.deepEqual(parseGml(gml("bandwidth 0"), capacity).notes, ["1 links have capacity 0, taken as unknown"]);
  assert.deepEqual(parseGml(gml(""), delay).notes, ['no link has the attribute "latency", which was to hold its delay']);
});

test("options of topology files that are none are refused", () => {
  const gml = "graph [ node [ id 0 ] ]";
  for (const options of [null, { delay: "latency" }, { delay: { attribute: "latency", unit: "min" } }, { capacity: { attribute: "c" } }, { capacity: { attribute: "c", unitBps: -1 } }, { capacity: { attribute: "c", unitBps: NaN } }, { weight: 5 }, { zeroCapacity: "drop" }]) {
    assert.throws(() => parseGml(gml, options as never), ParameterError, JSON.stringify(options));
  }
  for (const options of [undefined, {}, { directed: "no" }, { directed: true, thirdColumn: "delay" }, { directed: true, thirdColumn: { delay: "min" } }, { directed: true, header: "yes" }]) assert.throws(() => parseEdgeList("a b\n", options as never), ParameterError, JSON.stringify(options));
});

test("a header above an edge list is refused until the caller says what it is", () => {
  const text = "source,target\n0,1\n1,2\n";
  const count = (header: "none" | "skip") => parseEdgeList(text, { directed: false, header }).nodes.length;
  assert.throws(() => parseEdgeList(text, { directed: false }), /first line looks like a header; got "source target"; .*line 1/);
  assert.throws(() => parseEdgeList("// edges\n0 1\n1 2\n", { directed: false }), /first line looks like a header/);
  assert.deepEqual([count("none"), count("skip"), parseEdgeList("a b\nb c\n", { directed: false }).nodes.length], [5, 3, 3]);
});
