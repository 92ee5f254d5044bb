import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parseCoordinates } from "overlay-lab/dist/codecs/coordinate-file";
import { parseLatencyJson } from "overlay-lab/dist/codecs/latency-json";
import { parseLatencyMatrix, type LatencyMatrixOptions } from "overlay-lab/dist/codecs/latency-matrix";
import { parseLatencyPairs } from "overlay-lab/dist/codecs/latency-pairs";
import { parsePlaces, parsePointsOfPresence } from "overlay-lab/dist/codecs/places";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { needs, repositoryFile, sharedBytes, sharedText } from "../network/support";

const MS: LatencyMatrixOptions = { unit: "ms", kind: "round-trip", file: "m.tsv" };

function fails(parse: () => unknown, pattern: RegExp): void {
  assert.throws(parse, (error: unknown) => {
    assert.ok(error instanceof ParseError, String(error));
    assert.match(error.message, pattern);
    return true;
  });
}

test("a matrix is read the same from tabs, commas, semicolons and blanks, with any line end and with a separator at the end of lines", () => {
  const rows = [[0, 10, 20.5], [11, 0, 30], [21, 31, 0]];
  const layouts = [
    rows.map((row) => row.join("\t")).join("\n"),
    `${rows.map((row) => row.join(",")).join("\r\n")}\r\n`,
    rows.map((row) => row.join(";")).join("\n"),
    `\ufeff% comment\n${rows.map((row) => `  ${row.join("   ")}`).join("\n")}\n\n`,
    rows.map((row) => `${row.join("\t")}\t`).join("\n"),
  ];
  for (const text of layouts) {
    const table = parseLatencyMatrix(text, MS);
    assert.deepEqual([...table.valuesMs], rows.flat(), JSON.stringify(text));
    assert.deepEqual(table.hosts, ["0", "1", "2"]);
  }
});

test("names are found in the first row, the first column or both, also when they are numbers", () => {
  const expected = [0, 5, 6, 0];
  const named = (text: string, hosts: string[], options: Partial<LatencyMatrixOptions> = {}) => {
    const table = parseLatencyMatrix(text, { ...MS, ...options });
    assert.deepEqual(table.hosts, hosts, JSON.stringify(text));
    assert.deepEqual([...table.valuesMs], expected, JSON.stringify(text));
  };
  named("seoul,\"Busan, KR\"\n0,5\n6,0\n", ["seoul", "Busan, KR"]);
  named(",a,b\na,0,5\nb,6,0\n", ["a", "b"]);
  named("from\\to\ta\tb\na\t0\t5\nb\t6\t0\n", ["a", "b"]);
  named("a b\na 0 5\nb 6 0\n", ["a", "b"]);
  named("a 0 5\nb 6 0\n", ["a", "b"]);
  named(",17,42\n17,0,5\n42,6,0\n", ["17", "42"], { labels: "both" });
  named("17,42\n0,5\n6,0\n", ["17", "42"]);
  named("17 0 5\n42 6 0\n", ["17", "42"]);
});

test("units are converted, and a median that is implausible in the stated unit is refused or, if asked for, reported", () => {
  const seconds = "0 0.21\n0.22 0\n";
  assert.deepEqual([...parseLatencyMatrix(seconds, { ...MS, unit: "s" }).valuesMs], [0, 210, 220, 0]);
  fails(() => parseLatencyMatrix(seconds, MS), /implausible unit; got "read as ms: median 0.215 ms/);
  fails(() => parseLatencyMatrix("0 150\n150 0\n", { ...MS, unit: "s" }), /implausible unit/);
  const table = parseLatencyMatrix(seconds, { ...MS, implausibleUnit: "warn" });
  assert.match(table.warnings.join(), /implausible unit: read as ms/);
});

test("gaps in all their spellings are kept as missing and counted; zeros between hosts are gaps, on the diagonal they are not", () => {
  const table = parseLatencyMatrix("0,,10,NaN\n-1,0,0,20\nNA,null,3,-\n7,8,9,0\n", MS);
  assert.deepEqual([...table.valuesMs].map((value) => (Number.isNaN(value) ? "gap" : value)), [0, "gap", 10, "gap", "gap", 0, "gap", 20, "gap", "gap", 3, "gap", 7, 8, 9, 0]);
  assert.equal(table.report.missing, 7);
  assert.equal(table.report.zeros, 1);
  assert.equal(table.report.pairs, 12);
  assert.equal(table.report.nonZeroDiagonal, 1);
  assert.equal(table.report.asymmetric, 1);
  assert.match(table.warnings.join("\n"), /7 of 12 ordered pairs have no value \(1 of them stand as 0\)\n1 hosts have a latency to themselves/);
});

test("what is no latency matrix is refused with file, line, finding and expectation", () => {
  fails(() => parseLatencyMatrix("0 1\n1 0 2\n", MS), /matrix not square|names/);
  fails(() => parseLatencyMatrix("0 1 2\n1 0 2\n1 2\n", MS), /matrix not square; got "2 columns"; expected 3 columns.*m\.tsv, line 3/);
  fails(() => parseLatencyMatrix("0 abc\n5 0\n", MS), /latency in column 2; got "abc".*line 1/);
  fails(() => parseLatencyMatrix("0 5\n-5 0\n", MS), /latency in column 1; got "-5".*line 2/);
  fails(() => parseLatencyMatrix("0 5\n0x10 0\n", { ...MS, labels: "none" }), /got "0x10"/);
  fails(() => parseLatencyMatrix("0 5\nInfinity 0\n", { ...MS, labels: "none" }), /got "Infinity"/);
  fails(() => parseLatencyMatrix("0 9e99\n5 0\n", MS), /latency/);
  fails(() => parseLatencyMatrix(",a,b\na,0,5\nc,6,0\n", MS), /row and column names differ; got "c"; expected b/);
  fails(() => parseLatencyMatrix("a,a\n0,5\n6,0\n", MS), /host name given twice; got "a"/);
  fails(() => parseLatencyMatrix('a,"b\n0,5\n6,0\n', MS), /cannot split the line/);
  fails(() => parseLatencyMatrix("", MS), /no matrix/);
  fails(() => parseLatencyMatrix("0 0\n0 0\n", MS), /no latency in the file; got "2 pairs, all missing"/);
  fails(() => parseLatencyMatrix("1\n".repeat(6000), MS), /too many rows/);
});

test("JSON: nested objects with or without data, rows, and hosts with matrix", () => {
  const expected = [0, 5, 6, 0];
  for (const text of ['{"data":{"a":{"a":0,"b":5},"b":{"a":6,"b":0}}}', '{"a":{"a":0,"b":5},"b":{"a":6,"b":0}}', '{"hosts":["a","b"],"matrix":[[0,5],[6,0]]}']) {
    const table = parseLatencyJson(text, MS);
    assert.deepEqual([table.hosts, [...table.valuesMs]], [["a", "b"], expected]);
  }
  assert.deepEqual(parseLatencyJson("[[0,5],[6,0]]", MS).hosts, ["0", "1"]);
  const sparse = parseLatencyJson('{"a":{"b":5},"__proto__":{"a":null,"b":-1}}', MS);
  assert.deepEqual(sparse.hosts, ["a", "__proto__", "b"]);
  assert.equal(sparse.report.missing, 5);
});

test("JSON: a message names the line of the faulty value, not that of the first place with the same name", () => {
  const json = (lines: string[]) => () => parseLatencyJson(lines.join("\n"), MS);
  fails(json(['{"a": {"b": 5},', ' "b": {"a": 6,', '  "c": -7},', ' "c": {}}']), /from "b" to "c"; got -7.*line 3, byte 38/);
  fails(json(['{"b": {"a": 5},', ' "a": {"b": 5},', ' "c": 7}']), /latencies from "c"; got 7.*line 3/);
  fails(json(["[[0, 5],", " [6,", "  -0.5]]"]), /in row 2, column 2; got -0.5.*line 3/);
  fails(json(["[[0, 5],", " [6]]"]), /not square in row 2; got "1 columns".*line 2/);
  fails(json(['{"nodes": [{"name": "b", "producers": {"a": 1}},', ' {"name": "a",', '  "producers": {"b": "far"}}]}']), /from "b" to "a"; got "far".*line 3/);
  fails(json(['{"hosts": ["a",', ' "a"], "matrix": [[0, 5], [6, 0]]}']), /given twice; got "a"; expected different names; host 1 on line 1.*line 2/);
  fails(json(['{"hosts": ["a", null], "matrix": [[0, 5], [6, 0]]}']), /cannot read the host names/);
});

test("JSON: what is given twice is refused with both lines, and the two directions of a pair are not twice", () => {
  fails(() => parseLatencyJson('{"a": {"b": 5,\n "c": 1,\n "b": 6},\n "b": {"a": 5}}', MS), /given twice in one object; got "b"; expected each name once; it stands on line 1 already.*line 3/);
  fails(() => parseLatencyJson('{"a": {"b": 5},\n "a": {"b": 6}}', MS), /given twice in one object; got "a".*line 1 already.*line 2/);
  fails(() => parseLatencyJson('{"nodes":[{"name":"a","producers":{"b":5}},\n{"name":"a","producers":{"b":6}}]}', MS), /node given twice; got "a".*line 1 already.*line 2/);
  assert.equal(parseLatencyJson('{"a": {"b": 5}, "b": {"a": 6}}', MS).report.missing, 0);
});

test("a zero between hosts is a gap in every kind of file, or a value in every kind of file", () => {
  const files: [string, (options: Partial<LatencyMatrixOptions>) => number[]][] = [
    ["matrix", (options) => [...parseLatencyMatrix("0 0 9\n5 0 9\n9 9 0\n", { ...MS, ...options }).valuesMs]],
    ["JSON", (options) => [...parseLatencyJson('{"a":{"a":0,"b":0,"c":9},"b":{"a":5,"b":0,"c":9},"c":{"a":9,"b":9,"c":0}}', { ...MS, ...options }).valuesMs]],
    ["pairs", (options) => [...parseLatencyPairs("a a 0\na b 0\na c 9\nb a 5\nb b 0\nb c 9\nc a 9\nc b 9\nc c 0\n", { ...MS, ...options, columns: { source: 0, target: 1, value: 2 } }).valuesMs]],
  ];
  for (const [name, read] of files) {
    assert.deepEqual(read({}), [0, NaN, 9, 5, 0, 9, 9, 9, 0], name);
    assert.deepEqual(read({ zeros: "value" }), [0, 0, 9, 5, 0, 9, 9, 9, 0], name);
  }
});

test("of repeated measurements those of 0 are left out, or count", () => {
  const read = (zeros?: "missing" | "value") => parseLatencyPairs("a b 0\na b 0\na b 30\nb a 0\n", { ...MS, zeros, columns: { source: 0, target: 1, value: 2 } });
  assert.deepEqual([read().valuesMs[1], read().report.missing, read().report.zeros], [30, 1, 1]);
  assert.throws(() => read("value"), /implausible unit; got "read as ms: median 0 ms/);
});

test("options that are none of the accepted words are refused", () => {
  const columns = { source: 0, target: 1, value: 2 };
  for (const wrong of [{ unit: "sec" }, { unit: undefined }, { kind: "rtt" }, { kind: "toString" }, { implausibleUnit: "ignore" }, { zeros: "drop" }, { missingMarks: "inf" }, { missingMarks: [1] }]) {
    const options = { ...MS, columns, ...wrong } as unknown as Parameters<typeof parseLatencyPairs>[1];
    for (const read of [() => parseLatencyMatrix("0 5\n6 0\n", options), () => parseLatencyJson("[[0,5],[6,0]]", options), () => parseLatencyPairs("a b 5\nb a 6\n", options)]) {
      assert.throws(read, ParameterError, JSON.stringify(wrong));
    }
  }
  const pairs = (wrong: object) => () => parseLatencyPairs("a b 5\nb a 6\n", { ...MS, columns, ...wrong } as never);
  for (const wrong of [{ repeats: "max" }, { columns: undefined }, { columns: { source: 0, target: 1 } }, { columns: { source: 0, target: 1, value: -2 } }, { columns: { source: 0, target: 1, value: 0.5 } }]) assert.throws(pairs(wrong), ParameterError);
  for (const wrong of [{ labels: "rows" }, { triangle: "left" }]) assert.throws(() => parseLatencyMatrix("0 5\n6 0\n", { ...MS, ...wrong } as never), ParameterError);
  for (const read of [parseLatencyMatrix, parseLatencyJson]) {
    assert.throws(() => read("0 5\n6 0\n", undefined as never), ParameterError);
    assert.throws(() => read(Buffer.from("0 5\n6 0\n") as never, MS), ParameterError);
  }
});

test("one triangle is mirrored when asked for: bare or in whole rows, with or without its diagonal", () => {
  const whole = [0, 5, 6, 5, 0, 7, 6, 7, 0];
  const read = (text: string, triangle: "upper" | "lower") => [...parseLatencyMatrix(text, { ...MS, triangle }).valuesMs].map((value) => (Number.isNaN(value) ? 0 : value));
  for (const text of ["0 5 6\n0 7\n0\n", "5 6\n7\n", "0,5,6\n,0,7\n,,0\n", "0 5 6\n0 0 7\n0 0 0\n", "0,5,6,\n0,7,\n0,\n", ",a,b,c\na,0,5,6\nb,,0,7\nc,,,0\n"]) assert.deepEqual(read(text, "upper"), whole, JSON.stringify(text));
  for (const text of ["0\n5 0\n6 7 0\n", "5\n6 7\n", "0,,\n5,0,\n6,7,0\n"]) assert.deepEqual(read(text, "lower"), whole, JSON.stringify(text));
  fails(() => parseLatencyMatrix("0 5 6\n0 7\n0\n", MS), /matrix not square; got "2 columns"; expected 3 columns.*triangle: "upper" or "lower".*line 2/);
  fails(() => read("0 5 6\n0 7\n0\n", "lower"), /row 1 does not fit a lower triangle/);
  fails(() => read("0 5 6\n4 0 7\n6 7 0\n", "upper"), /a value outside the upper triangle; got "4 ms".*line 2/);
});

test("numbers around a table that can only be names are taken for names, and those that can be latencies for latencies", () => {
  const hosts = (text: string, options: Partial<LatencyMatrixOptions> = {}) => parseLatencyMatrix(text, { ...MS, ...options }).hosts;
  assert.deepEqual(hosts(";1;2\n1;0;5\n2;6;0\n"), ["1", "2"]);
  assert.deepEqual(hosts(",0,1\n0,,5\n1,6,\n"), ["0", "1"]);
  assert.deepEqual(hosts("id,17,42\n17,0,5\n42,6,0\n"), ["17", "42"]);
  assert.deepEqual(hosts(",40,20\n40,,70\n20,70,\n"), ["0", "1", "2"]);
  assert.deepEqual(hosts(",5,6\n5,0,7\n6,7,0\n", { labels: "none" }), ["0", "1", "2"]);
  fails(() => hosts("0 5ms\n6ms 0\n"), /column 2; got "5ms"/);
});

test("files with CR alone are read, and those in an unknown encoding refused", () => {
  assert.deepEqual([...parseLatencyMatrix("0 5\r6 0\r", MS).valuesMs], [0, 5, 6, 0]);
  fails(() => parseLatencyMatrix("\u00000 5\n6 0\n", MS), /NUL character in a text file/);
});

test("marks for missing values of a file's own are read when named; infinite is no latency otherwise", () => {
  const text = "a;b;c\n0;inf;6\n5;0;-9999\n6;7;0\n";
  fails(() => parseLatencyMatrix(text, MS), /column 2; got "inf"; expected .*missingMarks.*line 2/);
  fails(() => parseLatencyMatrix("0 inf 6\ninf 0 7\n6 7 0\n", MS), /column 2; got "inf".*line 1/);
  const table = parseLatencyMatrix(text, { ...MS, missingMarks: ["INF", "-9999"] });
  assert.deepEqual([table.report.missing, table.hosts], [2, ["a", "b", "c"]]);
  fails(() => parseLatencyMatrix("0;12,5\n12,5;0\n", MS), /column 2; got "12,5"; expected a latency .* decimal point.*line 1/);
});

test("JSON: nodes with the latencies from their producers", () => {
  const table = parseLatencyJson('{"nodes":[{"name":"a","producers":{"b":5}},{"name":"b","producers":{"a":6,"c":7}},{"name":"c","producers":{}}]}', MS);
  assert.deepEqual([table.hosts, table.valuesMs[1], table.valuesMs[3], table.valuesMs[7], table.report.missing], [["a", "b", "c"], 6, 5, 7, 3]);
  fails(() => parseLatencyJson('{"nodes":[{"name":"a"}]}', MS), /cannot read node 1/);
});

test("JSON: anything else is refused", () => {
  fails(() => parseLatencyJson('{"a":', MS), /not valid JSON/);
  fails(() => parseLatencyJson("[[0,5],[6]]", MS), /not square in row 2/);
  fails(() => parseLatencyJson('{"a":{"b":-5},"b":{"a":1}}', MS), /from "a" to "b"; got -5/);
  fails(() => parseLatencyJson('{"a":{"b":[1]},"b":{"a":1}}', MS), /from "a" to "b"/);
  fails(() => parseLatencyJson('{"a":5}', MS), /latencies from "a"; got 5/);
  fails(() => parseLatencyJson("7", MS), /cannot read the latencies; got 7/);
});

test("pairs: columns by name or number, repeats condensed by median, minimum or mean", () => {
  const text = "source,dest,size,time\na,b,24,10\na,b,24,30\na,b,24,11\nb,a,24,40\n";
  const columns = { source: "source", target: "dest", value: "time" };
  const value = (repeats?: "median" | "minimum" | "mean") => parseLatencyPairs(text, { ...MS, columns, repeats }).valuesMs[1];
  assert.deepEqual([value(), value("minimum"), value("mean")], [11, 10, 17]);
  const numbered = parseLatencyPairs("1 2 10\n2 1 12\n2 3 5\n", { ...MS, columns: { source: 0, target: 1, value: 2 } });
  assert.deepEqual(numbered.hosts, ["1", "2", "3"]);
  assert.equal(numbered.report.missing, 3);
  fails(() => parseLatencyPairs(text, { ...MS, columns: { ...columns, value: "rtt" } }), /no such column; got "rtt"; expected one of source, dest, size, time/);
  fails(() => parseLatencyPairs("a b\n", { ...MS, columns: { source: 0, target: 1, value: 2 } }), /line too short/);
  fails(() => parseLatencyPairs("a b -3\n", { ...MS, columns: { source: 0, target: 1, value: 2 } }), /cannot read a latency; got "-3"/);
});

test("coordinates: dimensions must agree and heights may be left out", () => {
  const table = parseCoordinates("# comment\n0 -30.8 -183.3 h 0.4\n1 -1.3 3.4 h 5.4\n");
  assert.deepEqual([table.dimensions, [...table.positionsMs], [...table.heightsMs]], [2, [-30.8, -183.3, -1.3, 3.4], [0.4, 5.4]]);
  assert.deepEqual([...parseCoordinates("a 1 2 3\nb 4 5 6\n").heightsMs], [0, 0]);
  fails(() => parseCoordinates("0 1 2 h 1\n1 1 h 1\n"), /coordinates.*line 2/);
  fails(() => parseCoordinates("0 1 2 h -1\n1 1 2 h 1\n"), /height; got "-1"/);
  fails(() => parseCoordinates("0 1 2 h 1\n0 1 2 h 1\n"), /defined twice/);
  fails(() => parseCoordinates("0 1 2 h 1 9\n1 1 2 h 1\n"), /cannot read coordinates/);
});

test("places: CSV with quotes; JSON of points of presence with a policy for those without a position", () => {
  assert.deepEqual(parsePlaces('name,country,lat,lon,population\n"Washington, D.C.",US,38.9,-77.04,700000\nX,YY,1,2,\n'), [
    { name: "Washington, D.C.", country: "US", latitude: 38.9, longitude: -77.04, population: 700000 },
    { name: "X", country: "YY", latitude: 1, longitude: 2, population: 0 },
  ]);
  fails(() => parsePlaces("name,lat\nA,1\n"), /columns missing/);
  fails(() => parsePlaces("name,lat,lon\nA,91,0\n"), /latitude; got "91".*line 2/);
  fails(() => parsePlaces("name,lat,lon\nA,1\n"), /3 cells/);
  const json = '{"ICN":{"city":"Seoul","lat":37.46,"lon":126.44,"country":"Korea"},"XXX":{"city":"Nowhere"}}';
  assert.deepEqual(parsePointsOfPresence(json, "leave-out"), { places: [{ name: "ICN Seoul", country: "Korea", latitude: 37.46, longitude: 126.44, population: 0 }], withoutPosition: ["XXX"] });
  fails(() => parsePointsOfPresence(json, "refuse"), /"XXX" without a position/);
});

test("the project's table of cities is read whole", () => {
  const cities = parsePlaces(repositoryFile("data/cities.csv"), "cities.csv");
  assert.equal(cities.length, 218);
  assert.equal(new Set(cities.map(({ name, country }) => `${name} ${country}`)).size, 218);
  assert.ok(cities.every(({ population, country }) => population > 0 && /^[A-Z]{2}$/.test(country)));
});

test("real latency files are read, and what is wrong with them is counted", needs("latency"), () => {
  const planetlab = parseLatencyMatrix(sharedText("latency/planetlab490/PlanetLabData_1"), MS);
  assert.deepEqual([planetlab.hosts.length, planetlab.report.missing, planetlab.report.asymmetric], [490, 0, 0]);
  const seattle = parseLatencyMatrix(sharedText("latency/seattle99/SeattleData_1"), { ...MS, unit: "s" });
  assert.equal(seattle.hosts.length, 99);
  assert.ok(seattle.report.zeros >= 50 && seattle.report.zeros <= 70 && seattle.report.missing === seattle.report.zeros);
  fails(() => parseLatencyMatrix(sharedText("latency/seattle99/SeattleData_1"), MS), /implausible unit/);
  const aws = parseLatencyJson(sharedText("latency/aws33/aws-p50.json"), MS);
  assert.deepEqual([aws.hosts.length, aws.report.nonZeroDiagonal, Math.round(aws.report.largestAsymmetryMs)], [33, 33, 48]);
  const pings = gunzipSync(sharedBytes("latency/leios-cluster52/latency.csv.gz")).toString("utf8");
  assert.equal(parseLatencyPairs(pings, { ...MS, columns: { source: "source", target: "dest", value: "time" } }).hosts.length, 52);
  const overlay = parseLatencyJson(sharedText("latency/leios-cluster52/topology-dense-52-simple.json"), MS);
  assert.deepEqual([overlay.hosts.length, overlay.report.pairs - overlay.report.missing], [52, 312]);
  assert.equal(parseCoordinates(sharedText("latency/king-meridian-coords/median_p2psim.syscoord")).hosts.length, 1740);
});

test("real tables of places are read", needs("locations"), () => {
  assert.equal(parsePlaces(sharedText("locations/world-cities-300k.csv")).length, 1422);
  const { places, withoutPosition } = parsePointsOfPresence(sharedText("locations/cloudflare-colos.json"), "leave-out");
  assert.deepEqual([places.length, withoutPosition.length], [308, 31]);
});
