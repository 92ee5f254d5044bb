import { test } from "node:test";
import { parseCoordinates } from "overlay-lab/dist/codecs/coordinate-file";
import { parseLatencyJson } from "overlay-lab/dist/codecs/latency-json";
import { parseLatencyMatrix } from "overlay-lab/dist/codecs/latency-matrix";
import { parseLatencyPairs } from "overlay-lab/dist/codecs/latency-pairs";
import { parsePlaces, parsePointsOfPresence } from "overlay-lab/dist/codecs/places";
import { assertBothKinds, fuzz } from "./mutations";

const MS = { unit: "ms", kind: "round-trip" } as const;
const MATRICES = ["0\t10\t20.5\n11\t0\t30\n21\t31\t0\n", ',a,b,c\na,0,5,-1\nb,6,0,7\n"c, d",,8,0\n', "a b\na 0 5\nb 6 0\n", "% c\n0 5\n6 0\n", "1,2\r\n0,5\r\n6,0\r\n"];

const CASES: readonly (readonly [string, readonly string[], (text: string) => unknown])[] = [
  ["latency matrix", MATRICES, (text) => parseLatencyMatrix(text, MS)],
  ["latency matrix with stated labels", MATRICES, (text) => parseLatencyMatrix(text, { ...MS, labels: "both", implausibleUnit: "warn" })],
  ["latency JSON", ['{"data":{"a":{"a":0,"b":5},"b":{"a":6,"b":null}}}', "[[0,5],[6,0]]", '{"hosts":["a","b"],"matrix":[[0,"5"],[6,0]]}', '{"nodes":[{"name":"a","producers":{"b":5}},{"name":"b","producers":{"a":6}}]}'], (text) => parseLatencyJson(text, MS)],
  ["latency pairs", ["source,dest,size,time\na,b,24,10\na,b,24,30\nb,a,24,40\n"], (text) => parseLatencyPairs(text, { ...MS, columns: { source: "source", target: "dest", value: "time" } })],
  ["latency pairs by number", ["1 2 10\n2 1 12\n2 3 5\n"], (text) => parseLatencyPairs(text, { ...MS, columns: { source: 0, target: 1, value: 2 }, repeats: "mean" })],
  ["coordinates", ["# c\n0 -30.8 -183.3 h 0.4\n1 -1.3 3.4 h 5.4\n2 1 1 h 1\n"], (text) => parseCoordinates(text)],
  ["places", ['name,country,lat,lon,population\n"Washington, D.C.",US,38.9,-77.04,700000\nX,YY,1,2,\n'], (text) => parsePlaces(text)],
  ["points of presence", ['{"ICN":{"city":"Seoul","lat":37.46,"lon":126.44},"XXX":{"city":"Nowhere"}}'], (text) => parsePointsOfPresence(text, "leave-out")],
];

for (const [name, seeds, parse] of CASES) {
  test(`${name}: of 20,000 mutated files, nothing but ParseError escapes`, { timeout: 120_000 }, () => {
    assertBothKinds(fuzz(name, seeds, parse));
  });
}
