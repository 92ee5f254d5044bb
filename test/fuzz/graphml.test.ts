import { test } from "node:test";
import { parseGraphml } from "overlay-lab/dist/codecs/graphml";
import { assertBothKinds, fuzz } from "./mutations";

const SEEDS = [
  `<?xml version="1.0" encoding="utf-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d36"><default>10</default></key>
  <key attr.name="Longitude" for="node" id="d32" /><key attr.name="Latitude" for="node" id="d29" /><key attr.name="label" for="node" id="d33" />
  <graph edgedefault="undirected">
    <node id="0"><data key="d29">40.71</data><data key="d32">-74.0</data><data key="d33">New &amp; York</data></node>
    <node id="1"><data key="d29">41.85</data><data key="d32">-87.65</data></node>
    <edge source="0" target="1"><data key="d36">1000000000.0</data></edge>
  </graph></graphml>`,
  `<graphml><!-- c --><graph id="g" edgedefault="directed"><node id="a"/><node id="b"/><edge directed="false" source="a" target="b"/></graph></graphml>`,
];

test("GraphML: of 20,000 mutated files, nothing but ParseError escapes", { timeout: 120_000 }, () => {
  assertBothKinds(fuzz("graphml", SEEDS, (text) => parseGraphml(text)));
});

test("GraphML with stated attributes: of 20,000 mutated files, nothing but ParseError escapes", { timeout: 120_000 }, () => {
  assertBothKinds(fuzz("graphml attributes", SEEDS, (text) => parseGraphml(text, { weight: "Longitude", delay: { attribute: "LinkSpeedRaw", unit: "us" }, capacity: { attribute: "label", unitBps: 1e6 } })));
});
