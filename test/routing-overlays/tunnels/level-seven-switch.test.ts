/** A switch that forwards HTTP requests to a cluster by URL. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { HttpClient, HttpServer, LevelSevenSwitch, SwitchRules, leastOutstanding, type HttpMessage, type SwitchOptions } from "overlay-lab/dist/routing-overlays/tunnels";
import { Simulation, constantDelay, type Fault, type Process } from "overlay-lab/dist/simulation";

const RULES = [{ path: "/", pool: "pages" }, { path: "/videos", pool: "videos" }, { host: "api.example", path: "/", pool: "api" }];
const POOLS = { pages: [1, 2, 3], videos: [4, 5], api: [6] };
const CLIENT = 7;

/** Node 0 is the switch, 1 to 6 the servers, 7 the client; every message takes 1 ms. */
function cluster(options: Partial<SwitchOptions> = {}, faults: readonly Fault[] = [], serviceUs: (node: number) => number = () => 10_000) {
  const processes: Process<HttpMessage>[] = [];
  const simulation = new Simulation<HttpMessage>({
    nodes: 8, seed: 1, transport: constantDelay(1000), faults,
    process: (node) => (processes[node] = node === 0 ? new LevelSevenSwitch({ rules: RULES, pools: POOLS, ...options }) : node === CLIENT ? new HttpClient() : new HttpServer(serviceUs(node), 5000)),
  });
  const ask = (timeUs: number, id: number, target: string, host = "www.example", method = "GET") => simulation.invokeAt(timeUs, CLIENT, (process, context) => (process as HttpClient).ask(context, 0, id, method, target, host));
  const finish = () => {
    simulation.run({ untilUs: 60_000_000 });
    const front = processes[0] as LevelSevenSwitch;
    front.checkInvariants();
    return { front, answers: (processes[CLIENT] as HttpClient).answers };
  };
  return { simulation, ask, finish };
}

test("the longest path of the rules for the host decides, whole segments at a time", () => {
  const rules = new SwitchRules(RULES);
  const pool = (host: string, path: string) => rules.poolFor({ host, path });
  assert.deepEqual([pool("a", "/"), pool("a", "/videos/7"), pool("a", "/videos2"), pool("api.example", "/videos/7")], ["pages", "videos", "pages", "api"]);
  assert.equal(new SwitchRules([{ path: "/videos", pool: "videos" }]).poolFor({ host: "a", path: "/x" }), null);
  assert.throws(() => new SwitchRules([{ path: "/a", pool: "x" }, { path: "/a/", pool: "y" }]), ParameterError);
});

test("a path that is spelt differently meets the same rule (RFC 3986, section 6.2.2)", () => {
  const rules = new SwitchRules([{ path: "/", pool: "pages" }, { path: "/admin", pool: "admin" }, { host: "API.example.", path: "/%61/b/..", pool: "api" }]);
  const pool = (path: string, host = "a") => rules.poolFor({ host, path });
  for (const path of ["/admin", "/x/../admin", "/%61dmin", "/./admin/x", "/x/%2e%2E/admin", "//admin", "/../admin/"]) assert.equal(pool(path), "admin", path);
  for (const path of ["/admin/../x", "/Admin", "/x/admin", "/admin%2Fx", "/admins"]) assert.equal(pool(path), "pages", path);
  assert.deepEqual([pool("/a/c", "api.EXAMPLE"), pool("*", "a"), pool("/%zz")], ["api", "pages", null]);
  for (const rule of [{ path: "admin" }, { path: "/a?b" }, { path: "/%zz" }, { path: "/", host: "a:80" }, { path: "/", host: "" }, { path: undefined }]) assert.throws(() => new SwitchRules([{ pool: "x", ...rule } as never]), ParameterError, JSON.stringify(rule));
  assert.throws(() => new SwitchRules([{ path: "/a", pool: "x" }, { path: "/b/../%61", pool: "y" }]), ParameterError);
});

test("the switch answers 400 where a path cannot be normalised, and goes by the host of a whole URL (RFC 9112, section 3.2.2)", () => {
  const world = cluster();
  const raw = (timeUs: number, id: number, text: string) => world.simulation.invokeAt(timeUs, CLIENT, (_process, context) => context.send(0, { kind: "request", id, bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)) }, text.length));
  raw(0, 1, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n");
  raw(1000, 2, "GET /videos/%zz HTTP/1.1\r\nHost: a\r\n\r\n");
  raw(2000, 3, "GET /x/..;/videos HTTP/1.1\r\nHost: a\r\n\r\n");
  raw(3000, 4, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
  raw(4000, 5, "GET http://api.example/x HTTP/1.1\r\nHost: www.example\r\n\r\n");
  raw(5000, 6, "GET /x/../videos HTTP/1.1\r\nHost: www.example\r\n\r\n");
  const { front, answers } = world.finish();
  assert.deepEqual([...answers].sort((a, b) => a.id - b.id).map(({ status, server }) => [status, server]), [[400, 0], [400, 0], [400, 0], [400, 0], [200, 6], [200, 4]]);
  assert.equal(front.counts.errors.get(400), 4);
});

test("requests reach a server of the right group, in turn, and the answers come back", () => {
  const world = cluster();
  for (let id = 0; id < 9; id++) world.ask(id * 1000, id, "/page");
  for (let id = 9; id < 13; id++) world.ask(id * 1000, id, "/videos/film");
  world.ask(20_000, 13, "/videos", "API.example:443");
  const { front, answers } = world.finish();
  assert.equal(answers.length, 14);
  assert.ok(answers.every(({ status }) => status === 200));
  assert.deepEqual([...front.counts.perServer].sort(([a], [b]) => a - b), [[1, 3], [2, 3], [3, 3], [4, 2], [5, 2], [6, 1]]);
  // Client to switch to server and back is four messages, plus the service time.
  assert.equal(answers[0].timeUs, 4 * 1000 + 10_000);
});

test("with one slow server the policy of fewest outstanding requests gives it less", () => {
  const world = cluster({ policy: leastOutstanding }, [], (node) => (node === 1 ? 500_000 : 10_000));
  for (let id = 0; id < 60; id++) world.ask(id * 10_000, id, "/page");
  const { front } = world.finish();
  assert.ok((front.counts.perServer.get(1) as number) <= 3, `server 1 got ${front.counts.perServer.get(1)}`);
});

test("a server that dies is left out, its requests are repeated elsewhere, and a probe brings it back", () => {
  const world = cluster({ timeoutUs: 100_000, probeUs: 1_000_000 }, [{ kind: "crash", node: 2, atUs: 5_000_000, restartUs: 20_000_000 }]);
  for (let id = 0; id < 300; id++) world.ask(id * 100_000, id, "/page");
  const { front, answers } = world.finish();
  assert.equal(answers.length, 300);
  assert.ok(answers.every(({ status }) => status === 200));
  assert.ok(front.counts.repeated >= 1 && front.counts.repeated <= 3, `repeated ${front.counts.repeated}`);
  assert.deepEqual(front.failedServers, []);
  assert.ok(answers.some(({ server, timeUs }) => server === 2 && timeUs > 21_000_000));
  assert.ok(!answers.some(({ server, timeUs }) => server === 2 && timeUs > 5_200_000 && timeUs < 20_000_000));
});

test("a request that may have been acted on is not repeated", () => {
  const world = cluster({ timeoutUs: 100_000 }, [{ kind: "crash", node: 6, atUs: 0 }]);
  world.ask(1000, 1, "/order", "api.example", "POST");
  const { front, answers } = world.finish();
  assert.deepEqual(answers.map(({ status }) => status), [504]);
  assert.equal(front.counts.repeated, 0);
});

test("malformed, unmatched and unservable requests are answered by the switch itself", () => {
  const world = cluster({ rules: [{ path: "/videos", pool: "videos" }], timeoutUs: 50_000 }, [{ kind: "crash", node: 4, atUs: 0 }, { kind: "crash", node: 5, atUs: 0 }]);
  world.simulation.invokeAt(0, CLIENT, (_process, context) => context.send(0, { kind: "request", id: 1, bytes: Uint8Array.of(71, 69, 84) }, 3));
  world.ask(1000, 2, "/other");
  world.ask(2000, 3, "/videos/a");
  world.ask(1_000_000, 4, "/videos/b");
  const { answers } = world.finish();
  assert.deepEqual(answers.map(({ id, status }) => [id, status]), [[1, 400], [2, 404], [3, 504], [4, 503]]);
});

test("rules without servers and times out of range are refused", () => {
  assert.throws(() => new LevelSevenSwitch({ rules: RULES, pools: { pages: [1] } }), ParameterError);
  assert.throws(() => new LevelSevenSwitch({ rules: [], pools: { pages: [] } }), ParameterError);
  assert.throws(() => new LevelSevenSwitch({ rules: RULES, pools: POOLS, timeoutUs: 0 }), ParameterError);
  assert.throws(() => new LevelSevenSwitch({ rules: RULES, pools: POOLS, policy: "roundRobin" as never }), ParameterError);
  for (const pools of [undefined, { x: undefined }, { x: [1, 1] }, { x: [-1] }, { x: [0.5] }, { x: [NaN] }]) assert.throws(() => new LevelSevenSwitch({ rules: [{ path: "/", pool: "x" }], pools } as never), ParameterError, JSON.stringify(pools));
});
