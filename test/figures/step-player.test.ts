/** The step player as data and as still pictures; what it does in a browser is tested beside it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { ParameterError } from "overlay-lab/dist/errors";
import { stepHtml, stepPlayer, type StepPlayerSpec } from "overlay-lab/dist/figures";
import { playerState } from "overlay-lab/dist/figures/player-data";
import { playerScriptText } from "overlay-lab/dist/figures/player-script";
import { checkedSvg } from "overlay-lab/dist/figures/svg";
import { stepsFromRecording } from "overlay-lab/dist/notebook";
import { PAGE_LIMIT_BYTES } from "overlay-lab/dist/workbook/handouts/render";
import { StepPlayer } from "overlay-lab/dist/simulation";
import { FLOOD_NODES, recordedFlood } from "./recorded-flood";
import { floodSpec } from "./step-samples";

const WORDS = { id: "s", title: "Title", lookFor: "Look", caption: "Caption" };
const NODES = [{ id: "A", x: 0, y: 0 }, { id: "B", x: 1, y: 0 }];
const base = (changes: Partial<StepPlayerSpec> = {}): StepPlayerSpec => ({ ...WORDS, nodes: NODES, links: [{ from: "A", to: "B" }], steps: [{ time: "0", text: "Start." }], shown: [0], ...changes });

test("at every position, forward and back, the page's picture is what the engine's step player shows", () => {
  const data = recordedFlood();
  const { player } = stepPlayer(floodSpec(data));
  const engine = new StepPlayer(data);
  assert.equal(player.steps.length, engine.length + 1);
  let lettersSeen = 0;
  const compare = (): void => {
    const state = playerState(player, engine.position);
    const letters = state.messages.map((index) => player.messages[index].slice(0, 2).map((node) => FLOOD_NODES[node as number]).join(">")).sort((a, b) => (a < b ? -1 : 1));
    assert.deepEqual(letters, engine.underWay.map(({ from, to }) => `${FLOOD_NODES[from]}>${FLOOD_NODES[to]}`).sort((a, b) => (a < b ? -1 : 1)), `step ${engine.position}`);
    lettersSeen += letters.length;
    FLOOD_NODES.forEach((_, node) => {
      const view = engine.views[node] as { copies: number; hops: number | null } | null;
      const wanted = [["status", engine.status[node] === "up" ? undefined : engine.status[node]], ["copies", view?.copies], ["hops", view?.hops]].filter(([, value]) => value !== undefined && value !== null);
      assert.deepEqual(new Map([...state.views[node]].sort()), new Map((wanted as [string, string][]).sort()), `node ${node}, step ${engine.position}`);
      assert.equal(state.tones[node], engine.status[node] !== "up" ? 1 : view?.hops === null ? -1 : 0);
    });
  };
  compare();
  while (engine.forward() !== null) compare();
  while (engine.back() !== null) compare();
  assert.ok(lettersSeen > 20, "messages were under way");
  assert.ok(player.steps.some(({ text }) => text.includes("drop")), "one message found its receiver down");
});

test("steps whose records are passed over are shown with the next one that is told, and nothing they changed is lost", () => {
  const data = recordedFlood();
  const steps = stepsFromRecording(data, { nodes: FLOOD_NODES, describe: (record, name) => (record.kind === "deliver" ? `${name(record.node)} hears of it.` : null) });
  const { player } = stepPlayer({ ...floodSpec(data), tones: [], steps, shown: [0] });
  const engine = new StepPlayer(data);
  engine.seek(engine.length);
  const end = playerState(player, player.steps.length - 1);
  assert.equal(end.views[5].get("copies"), (engine.views[5] as { copies: number }).copies);
  assert.equal(end.views[4].get("status"), "down");
  assert.ok(player.steps.length < data.steps.length);
});

test("the same run gives the same bytes, every drawing passes the scanner, and nothing in it is a script that runs", () => {
  const [first, second] = [stepPlayer(floodSpec()), stepPlayer(floodSpec())];
  const text = stepHtml(first).toString();
  assert.equal(text, stepHtml(second).toString());
  assert.equal(first.svg, second.svg);
  assert.equal(checkedSvg(first.svg, "flood").toString(), first.svg);
  assert.deepEqual(text.match(/<script[^>]*>/g), ['<script type="application/json" class="ol-player">']);
  assert.doesNotMatch(text, /NaN|undefined|Infinity/);
  assert.equal(text.match(/class="ol-still"/g)?.length, 3);
  assert.deepEqual(JSON.parse(JSON.stringify(first.player)), first.player);
});

test("messages keep their way until they are no longer listed, also two of one name", () => {
  const letter = { from: "A", to: "B", label: "x" };
  const { player } = stepPlayer(base({ steps: [{ time: "", text: "a", messages: [letter, letter] }, { time: "", text: "b" }, { time: "", text: "c", messages: [letter] }, { time: "", text: "d", messages: [{ from: "B", to: "A" }] }] }));
  assert.deepEqual(player.messages.map((message) => [message[0], message[5], message[6]]), [[0, 0, 3], [0, 0, 2], [1, 3, 4]]);
  assert.deepEqual([0, 1, 2, 3].map((position) => playerState(player, position).messages.length), [2, 2, 1, 1]);
});

test("a run of 60 nodes and 500 steps fills half of a page at most, and the script less than 12 kB", () => {
  const nodes = Array.from({ length: 60 }, (_, i) => ({ id: `node ${i}`, x: i % 10, y: Math.floor(i / 10) }));
  const steps = Array.from({ length: 500 }, (_, i) => ({
    time: `${i} ms`, text: `node ${i % 60} passes the message on.`, nodes: { [`node ${i % 60}`]: { tone: "seen", view: { copies: i, "last sender": `node ${(i * 7) % 60}` } } },
    messages: Array.from({ length: 10 }, (_, k) => ({ from: `node ${(i + k) % 60}`, to: `node ${(i + k + 1) % 60}`, label: "query" })),
  }));
  const figure = stepPlayer({ ...WORDS, nodes, steps, shown: [0, 250, 499], tones: [{ word: "seen", label: "seen" }] });
  assert.ok(stepHtml(figure).toString().length < PAGE_LIMIT_BYTES / 2, String(stepHtml(figure).toString().length));
  assert.ok(transformSync(playerScriptText(), { minify: true, target: "es2020" }).code.length < 12 * 1024);
});

test("one node, nodes in one place and a single step are drawn", () => {
  for (const nodes of [[{ id: "A", x: 3, y: 3 }], [{ id: "A", x: 3, y: 3 }, { id: "B", x: 3, y: 3 }]]) {
    assert.doesNotMatch(stepHtml(stepPlayer(base({ nodes, links: nodes.length > 1 ? [{ from: "A", to: "B", bend: 0.3 }] : [] }))).toString(), /NaN|Infinity/);
  }
});

test("bad input is refused with the place named", () => {
  const step = (changes: object) => base({ steps: [{ time: "0", text: "Start.", ...changes }] });
  const refused: readonly [RegExp, StepPlayerSpec][] = [
    [/number of nodes/, base({ nodes: [] })],
    [/number of nodes/, base({ nodes: undefined as never })],
    [/number of steps/, base({ steps: [] })],
    [/number of shown/, base({ shown: [] })],
    [/bad value for shown; got 1/, base({ shown: [1] })],
    [/bad value for shown/, base({ shown: [0, 0] })],
    [/x of node A/, base({ nodes: [{ id: "A", x: NaN, y: 0 }] })],
    [/two of one name: node/, base({ nodes: [...NODES, NODES[0]] })],
    [/two of one name: link/, base({ links: [{ from: "A", to: "B" }, { from: "A", to: "B" }] })],
    [/unknown node; got "C"/, base({ links: [{ from: "A", to: "C" }] })],
    [/unknown node; got "__proto__"/, step({ nodes: JSON.parse('{"__proto__": {}}') })],
    [/unknown tone/, step({ nodes: { A: { tone: "red" } } })],
    [/unknown link/, step({ links: { "B-A": { visible: false } } })],
    [/unknown kind of link/, base({ links: [{ from: "A", to: "B", kind: "rope" }] })],
    [/bend of link A-B/, base({ links: [{ from: "A", to: "B", bend: 2 }] })],
    [/cannot be shown; got NaN/, step({ nodes: { A: { view: { load: NaN } } } })],
    [/without its words/, step({ text: " " })],
    [/link between others/, base({ nodes: [...NODES, { id: "C", x: 2, y: 2 }], steps: [{ time: "", text: "x", messages: [{ from: "A", to: "C", via: "A-B" }] }] })],
    [/figure without title/, base({ title: "" })],
    [/shape of node A/, base({ nodes: [{ id: "A", x: 0, y: 0, shape: "star" as never }] })],
  ];
  for (const [message, spec] of refused) assert.throws(() => stepPlayer(spec), (error: unknown) => error instanceof ParameterError && message.test(error.message), String(message));
  assert.throws(() => stepsFromRecording(recordedFlood(), { nodes: ["A"] }), /ids do not fit/);
});
