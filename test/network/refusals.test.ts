/** What the network's functions refuse: every case once gave another pair's value, NaN, an endless loop or an error of the language instead of a message. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCoordinates, parseEdgeList, parseLatencyMatrix } from "overlay-lab/dist/codecs";
import { OverlayLabError } from "overlay-lab/dist/errors";
import * as network from "overlay-lab/dist/network";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const random = () => new RandomStream({ seed: 1, name: "refusals" });
/** Looks at what callers that TypeScript does not protect may pass. */
const any = (value: unknown) => value as never;

function refuses(cases: Record<string, () => unknown>): void {
  for (const [name, run] of Object.entries(cases)) {
    assert.throws(run, (error: unknown) => error instanceof OverlayLabError && error.facts.what.length > 0, name);
  }
}

const graph = new network.RouterGraph(3, [{ from: 0, to: 1, delayUs: 1 }, { from: 1, to: 2, delayUs: 1 }]);
const matrix = new network.MatrixLatency(parseLatencyMatrix("0 5\n6 0\n", { unit: "ms", kind: "round-trip" }), "refuse");
const underlay = new network.Underlay({ graph, hosts: { ...network.equalHosts(2, 1e6, 1e6), placeOf: Int32Array.from([0, 2]) } });
const MODELS: Record<string, network.LatencyModel> = {
  constant: new network.ConstantLatency(5), matrix, underlay,
  coordinates: new network.CoordinateLatency(parseCoordinates("a 1 2\nb 3 4\n")),
  geography: new network.GeographicLatency([{ latitude: 1, longitude: 1 }, { latitude: 5, longitude: 6 }]),
  asymmetric: new network.AsymmetricLatency(matrix, { share: 1, maxSkew: 0.5, random: random() }),
};

test("every latency model refuses a number that is no host, also as both ends of a pair", () => {
  for (const [name, model] of Object.entries(MODELS)) {
    const wrong = [0.5, -1, NaN, Infinity, undefined, "0", ...(model.hosts === Infinity ? [] : [2, 1e9])];
    for (const host of wrong) refuses({ [`${name} from ${host}`]: () => model.latencyUs(any(host), 1), [`${name} to ${host}`]: () => model.latencyUs(1, any(host)), [`${name} both ${host}`]: () => model.latencyUs(any(host), any(host)) });
    assert.equal(model.latencyUs(1, 1), 0);
    assert.ok(model.latencyUs(0, 1) > 0 && model.latencyUs(1, 0) > 0, name);
  }
});

test("generators refuse words, delays and streams that are none, also where chance does not need them", () => {
  for (const repair of [undefined, "join", "toString", null]) {
    refuses({
      [`random graph ${repair}`]: () => network.randomGraph({ nodes: 5, probability: 1, delayUs: 1, repair: any(repair), random: random() }),
      [`waxman ${repair}`]: () => network.waxman({ nodes: 5, alpha: 1, beta: 100, diagonalUs: 10, repair: any(repair), random: random() }),
    });
  }
  refuses({
    "delay without links": () => network.randomGraph({ nodes: 1, probability: 0, delayUs: NaN, repair: "refuse", random: random() }),
    "grid delay": () => network.grid(1, 1, -1), "grid wrap": () => network.grid(3, 3, 1, any("no")),
    "transit delay": () => network.transitStub({ transitDomains: 1, transitNodes: 1, stubsPerTransitNode: 0, stubNodes: 1, delays: { transitUs: NaN }, random: random() }),
    "unknown delay": () => network.transitStub({ transitDomains: 1, transitNodes: 1, stubsPerTransitNode: 0, stubNodes: 1, delays: any({ transit: 1 }), random: random() }),
    "no stream": () => network.randomGraph(any({ nodes: 5, probability: 0.5, delayUs: 1, repair: "join-parts" })),
    "nothing 1": () => network.randomGraph(any(undefined)), "nothing 2": () => network.waxman(any(null)), "nothing 3": () => network.barabasiAlbert(any(undefined)), "nothing 4": () => network.transitStub(any(undefined)),
  });
});

test("graphs and routes refuse unknown routers and links, and words for directions", () => {
  const routes = new network.Routes(graph);
  for (const router of [-1, 3, 0.5, NaN]) {
    refuses({
      [`delay from ${router}`]: () => routes.delayUs(router, 0), [`delay to ${router}`]: () => routes.delayUs(0, router), [`links to ${router}`]: () => routes.links(0, router),
      [`route to ${router}`]: () => network.routeTo(graph, network.shortestPathTree(graph, 0), router), [`degree ${router}`]: () => graph.degree(router), [`between ${router}`]: () => graph.linkBetween(0, router), [`part ${router}`]: () => network.subgraph(graph, [0, router]),
    });
  }
  refuses({
    "direction": () => new network.RouterGraph(2, [{ from: 0, to: 1, delayUs: 1, directed: any("no") }]), "weight": () => new network.RouterGraph(2, [{ from: 0, to: 1, delayUs: 1, weight: 1e308 }]), "no links": () => new network.RouterGraph(2, any(undefined)), "null link": () => new network.RouterGraph(2, [any(null)]),
    "link state": () => routes.setLink(0, any("down")), "link number": () => routes.linkIsDown(99), "twice": () => network.subgraph(graph, [0, 0]), "no graph": () => new network.Routes(any(undefined)),
    "uplink": () => underlay.uplink(2), "downlink": () => underlay.downlink(-1), "path": () => underlay.path(9, 9), "reachable": () => underlay.isReachable(9, 9),
    "stretch source": () => network.treeStretch(underlay, 9, new Map()), "source with parent": () => network.treeStretch(underlay, 0, new Map([[0, 1], [1, 0]])), "hops": () => network.linkStress(underlay, any([5])), "relay": () => network.bestRelay(MODELS.constant, 0, 1), "relay host": () => network.bestRelay(matrix, 0, 5),
  });
});

test("positions beyond the poles, and factors that are none, are refused", () => {
  const origin = { latitude: 0, longitude: 0 };
  for (const wrong of [{ latitude: 100, longitude: 0 }, { latitude: 0, longitude: -181 }, { latitude: NaN, longitude: 0 }, null, undefined, {}]) refuses({ a: () => network.greatCircleMetres(any(wrong), origin), b: () => network.greatCircleMetres(origin, any(wrong)), fibre: () => network.fibreDelayUs(origin, any(wrong)) });
  for (const inflation of [NaN, 0, 0.5, -1, Infinity]) refuses({ [`inflation ${inflation}`]: () => network.fibreDelayUs(origin, origin, inflation) });
  for (const place of [0.5, NaN, -1, 1]) refuses({ [`place ${place}`]: () => new network.GeographicLatency([origin], [place]) });
});

test("a sharing problem is checked before it is solved", () => {
  const problem = { capacitiesBps: [10, 10], pathStarts: [0, 1, 2], pathLinks: [0, 1], capsBps: [Infinity, Infinity] };
  assert.deepEqual([...network.solveMaxMin(problem).ratesBps], [10, 10]);
  const wrong: Record<string, unknown>[] = [
    { capacitiesBps: [-1, 1] }, { capacitiesBps: [NaN, 1] }, { capacitiesBps: [Infinity, 1] }, { capacitiesBps: undefined }, { pathStarts: [0, 1] }, { pathStarts: [0, 2, 1] }, { pathStarts: [0, 1, 5] }, { pathStarts: [1, 1, 2] }, { pathStarts: [0, 0.5, 2] },
    { pathLinks: [0, 7] }, { pathLinks: [0, 0.5] }, { pathLinks: [0, -1] }, { pathLinks: "ab" }, { capsBps: [NaN, 1] }, { capsBps: [-1, 1] }, { capsBps: null }, { pathStarts: [0, 0, 1] },
  ];
  for (const change of wrong) refuses({ [JSON.stringify(change)]: () => network.solveMaxMin(any({ ...problem, ...change })) });
  refuses({ nothing: () => network.solveMaxMin(any(undefined)) });
});

test("solver and scheduler refuse unknown slots, links and flows, and what is no rate, size or path", () => {
  const solver = new network.IncrementalMaxMin([10, 10]);
  const flows = new network.FlowScheduler([10, 10]);
  refuses({
    "rate": () => solver.rate(0), "load": () => solver.load(2), "capacity": () => solver.capacity(0.5), "path": () => solver.path(0), "remove": () => solver.remove(0), "add": () => solver.add(any("ab")), "add 2": () => solver.add([0.5]), "cap": () => solver.add([0], any("5")), "no capacities": () => new network.IncrementalMaxMin(any(undefined)),
    "bytes": () => flows.start({ path: [0], bytes: any("5") }), "bytes 2": () => flows.start({ path: [0], bytes: NaN }), "no path": () => flows.start(any({ bytes: 1 })), "nothing": () => flows.start(any(undefined)), "null cap": () => flows.start({ path: [0], bytes: 1, capBps: any(null) }), "link rate": () => flows.linkRateBps(-1), "flow": () => flows.rateBps(0), "time": () => flows.advance(Infinity),
  });
});

test("outages, losses, hosts, queues and transports refuse what is none", () => {
  const queues = new network.AccessQueues(network.equalHosts(2, 1e6, 1e6));
  const transport = new network.NetworkTransport({ latency: matrix });
  const process = { meanUpSeconds: 1, meanDownSeconds: 1, untilUs: 1e7, random: random() };
  refuses({
    "kind": () => new network.OutageSchedule([any({ kind: "router", host: 1, fromUs: 0, untilUs: 1 })]), "until": () => new network.OutageSchedule([{ kind: "host", host: 1, fromUs: 0, untilUs: 1.5 }]), "null outage": () => new network.OutageSchedule([any(null)]), "drawn kind": () => network.drawOutages([any({ kind: "x" })], process),
    "endless outages": () => network.drawOutages([{ kind: "host", host: 0 }], { ...process, meanUpSeconds: 1e-6, meanDownSeconds: 1e-6, untilUs: Number.MAX_SAFE_INTEGER }),
    "burst": () => new network.BurstLoss(any({}), random()), "no stream": () => new network.IndependentLoss(0.5, any(undefined)), "kinds": () => network.drawHosts(3, any(undefined), random()), "weights": () => network.placeHosts(3, [1e308, 1e308], random()), "rates": () => new network.AccessQueues(any({ count: 2, upBps: [0, 1], downBps: [1, 1] })), "too few rates": () => new network.AccessQueues(any({ count: 2, upBps: [1], downBps: [1, 1] })),
    "leave": () => queues.leaveUs(0.5, 5, 0), "leave when": () => queues.leaveUs(0, 5, NaN), "arrive": () => queues.arriveUs(-1, 5, 0, 0), "arrive bytes": () => queues.arriveUs(0, NaN, 0, 0),
    "no latency": () => new network.NetworkTransport(any({})), "now": () => transport.delayUs(0, 1, 10, NaN), "bytes": () => transport.delayUs(0, 1, NaN, 0), "host": () => transport.delayUs(0, 2, 1, 0),
  });
});

test("a document becomes a graph only by words that are known", () => {
  const document = parseEdgeList("0 1\n1 2\n", { directed: false });
  const good = { delay: { kind: "constant", delayUs: 1 }, weight: "hops", disconnected: "refuse" };
  assert.equal(network.graphOfDocument(document, any(good)).graph.nodeCount, 3);
  const wrong = [{ delay: undefined }, { delay: { kind: "x" } }, { delay: { kind: "constant" } }, { delay: { kind: "constant", delayUs: 0.5 } }, { delay: { kind: "positions", missing: "x" } }, { delay: { kind: "positions", missing: "drop-nodes", inflation: NaN } }, { weight: "x" }, { disconnected: "x" }, { defaultCapacityBps: 0 }];
  for (const change of wrong) refuses({ [JSON.stringify(change)]: () => network.graphOfDocument(document, any({ ...good, ...change })) });
  refuses({ "no options": () => network.graphOfDocument(document, any(undefined)), "no document": () => network.graphOfDocument(any(undefined), any(good)) });
});
