import { test } from "node:test";
import { parseAsRelationships, parseEdgeList, parseRocketfuel } from "overlay-lab/dist/codecs/edge-list";
import { parseGml } from "overlay-lab/dist/codecs/gml";
import { parseSndlib } from "overlay-lab/dist/codecs/sndlib";
import { assertBothKinds, fuzz } from "./mutations";

const SNDLIB = `?SNDlib native format; type: network; version: 1.0
# comment
META (
  unit  = MBITPERSEC
)
NODES (
  A ( 6.04 50.76 )
  B ( 10.90 48.33 )
)
LINKS (
  L1 ( A B ) 155.00 0.00 1.5 0.00 ( 622.00 10.00 )
)
DEMANDS (
  D1 ( B A ) 1 12.50 UNLIMITED
)
ADMISSIBLE_PATHS (
  D1 ( P_0 ( L1 ) )
)
`;
const GML = `graph [ directed 0 label "x"\n node [ id 0 label "Z&#252;rich" Latitude 47.3 Longitude 8.5 ]\n node [ id 1 graphics [ x 1 ] ]\n edge [ source 0 target 1 latency "10 ms" weight 2 ]\n]\n`;

const CASES: readonly (readonly [string, readonly string[], (text: string) => unknown])[] = [
  ["SNDlib", [SNDLIB], (text) => parseSndlib(text)],
  ["GML", [GML], (text) => parseGml(text, { delay: { attribute: "latency" } })],
  ["Rocketfuel latencies", ["Seoul,+Korea1 Busan,+Korea2 3\nBusan,+Korea2 Seoul,+Korea1 3.5\n"], (text) => parseRocketfuel({ latencies: text })],
  ["Rocketfuel weights", ["a b 1\nb a 2.5\n"], (text) => parseRocketfuel({ latencies: "a b 3\nb a 3\n", weights: text })],
  ["AS relationships", ["# c\n1|2|-1\n2|3|0\n3|4|2\n5|1|0|bgp\n"], (text) => parseAsRelationships(text)],
  ["edge list", ["# c\n0\t1\t5\n1\t2\t0.5\n", "a,b,3\nb,c,4\n"], (text) => parseEdgeList(text, { directed: true, thirdColumn: "weight" })],
];

for (const [name, seeds, parse] of CASES) {
  test(`${name}: of 20,000 mutated files, nothing but ParseError escapes`, { timeout: 120_000 }, () => {
    assertBothKinds(fuzz(name, seeds, parse));
  });
}
