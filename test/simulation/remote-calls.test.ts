import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { RecordingContext, RemoteCalls, Simulation, constantDelay, type CallMessage, type Fault, type Procedure, type Process, type ProcessContext } from "overlay-lab/dist/simulation";

interface Next { readonly key: number }
interface Answer { readonly node: number; readonly done: boolean }
type Message = CallMessage<Next, Answer>;

/** A line of nodes; finding a key means walking to the node of that number, one remote call per step, as in an iterative lookup. */
class Walker implements Process<Message> {
  readonly found: (number | undefined)[] = [];
  served = 0;
  readonly calls = new RemoteCalls<Next, Answer>({ timeoutUs: 50_000, retries: 2 }, (context, _from, { key }) => {
    this.served += 1;
    return { reply: { node: Math.min(context.self + 1, key), done: context.self + 1 >= key }, bytes: 8 };
  });
  onStart(): void {}
  find(context: ProcessContext<Message>, key: number): void {
    this.calls.start(context, this.lookup(context.self, key), (node) => this.found.push(node));
  }
  private *lookup(self: number, key: number): Procedure<Next, Answer, number | undefined> {
    let node = self + 1;
    for (;;) {
      const answer = yield* this.calls.ask(node, { key }, 8);
      if (answer === undefined) return undefined;
      if (answer.done) return answer.node;
      node = answer.node;
    }
  }
  onMessage(context: ProcessContext<Message>, from: number, message: Message): void {
    this.calls.onMessage(context, from, message);
  }
  onTimer(context: ProcessContext<Message>, name: string, key: number): void {
    this.calls.onTimer(context, name, key);
  }
}

function walk(faults: readonly Fault[] = [], key = 9) {
  const simulation = new Simulation<Message, Walker>({ nodes: 10, seed: 4, process: () => new Walker(), transport: constantDelay(10_000), faults });
  simulation.invokeAt(0, 0, (process, context) => process.find(context, key));
  simulation.run();
  return simulation;
}

test("a procedure of remote calls reads sequentially and takes one round trip per call", () => {
  const simulation = walk();
  assert.deepEqual(simulation.processOf(0)?.found, [9]);
  assert.equal(simulation.nowUs, 8 * 20_000);
  assert.equal(simulation.counts.sent, 16);
  assert.equal(simulation.counts.timers, 0, "every timeout was cancelled");
});

test("a dead neighbour gives undefined after the last timeout, with waits that double", () => {
  const simulation = walk([{ kind: "crash", node: 3, atUs: 0 }]);
  assert.deepEqual(simulation.processOf(0)?.found, [undefined]);
  assert.equal(simulation.nowUs, 2 * 20_000 + 50_000 + 100_000 + 200_000);
});

test("lost messages are sent again; the lookup succeeds", () => {
  let lost = 0;
  for (let key = 2; key <= 9; key++) {
    const simulation = walk([{ kind: "loss", probability: 0.2 }], key);
    lost += simulation.counts.lost;
    assert.deepEqual(simulation.processOf(0)?.found, [key]);
  }
  assert.ok(lost > 10, `${lost} lost`);
});

test("a repeated reply is ignored, and a repeated request is answered again", () => {
  const simulation = walk([{ kind: "duplicate", probability: 1, spreadUs: 5 }]);
  assert.deepEqual(simulation.processOf(0)?.found, [9]);
  assert.equal(simulation.processOf(1)?.served, 2);
});

test("procedures run side by side and share nothing but the helper", () => {
  const simulation = new Simulation<Message, Walker>({ nodes: 10, seed: 4, process: () => new Walker(), transport: constantDelay(10_000) });
  simulation.invokeAt(0, 0, (process, context) => {
    for (const key of [9, 2, 5]) process.find(context, key);
    assert.equal(process.calls.outstanding, 3);
  });
  simulation.run();
  assert.deepEqual(simulation.processOf(0)?.found, [2, 5, 9]);
  assert.equal(simulation.processOf(0)?.calls.outstanding, 0);
});

test("a reply to a former life of the node is not taken for one of the present", () => {
  const simulation = new Simulation<Message, Walker>({ nodes: 3, seed: 1, process: () => new Walker(), transport: constantDelay(10_000) });
  simulation.invokeAt(0, 0, (process, context) => process.find(context, 1));
  simulation.at(15_000, () => simulation.crash(0));
  simulation.at(15_000, () => simulation.restart(0));
  simulation.invokeAt(16_000, 0, (process, context) => process.find(context, 2));
  simulation.run();
  assert.deepEqual(simulation.processOf(0)?.found, [2]);
  assert.ok(simulation.nowUs >= 36_000);
});

test("the helper works against a recording context: request, timeout, retry, reply", () => {
  const process = new Walker();
  const context = new RecordingContext<Message>({ self: 0, nowUs: 100 });
  process.find(context, 1);
  assert.deepEqual(context.sent, [{ to: 1, message: { kind: "call", id: 100, request: { key: 1 } }, bytes: 17 }]);
  const timer = context.expireNext();
  process.onTimer(context, timer.name, timer.key);
  assert.equal(context.sent.length, 2);
  assert.deepEqual(context.timers.map(({ expiryUs }) => expiryUs), [150_100]);
  process.onMessage(context, 2, { kind: "reply", id: 100, reply: { node: 7, done: true } });
  assert.deepEqual(process.found, [], "a reply from a node that was not asked is ignored");
  process.onMessage(context, 1, { kind: "reply", id: 100, reply: { node: 1, done: true } });
  assert.deepEqual(process.found, [1]);
  assert.deepEqual(context.timers, []);
});

test("many calls that wait at once are told apart, whatever the order of their replies and timeouts", () => {
  const process = new Walker();
  const context = new RecordingContext<Message>({ self: 0, nowUs: 100 });
  const calls = 200;
  for (let i = 0; i < calls; i++) process.calls.start(context, process.calls.ask(1, { key: i }, 8, { timeoutUs: 1_000, retries: 0 }), (answer) => process.found.push(answer?.node));
  assert.equal(process.calls.outstanding, calls);
  // 77 shares no factor with 200, so its multiples pass through all calls in a mixed order; each third runs out of time.
  const order = Array.from({ length: calls }, (_, i) => (i * 77) % calls);
  for (const i of order) {
    if (i % 3 === 0) process.onTimer(context, "remote-call", i);
    else process.onMessage(context, 1, { kind: "reply", id: 100 + i, reply: { node: i, done: true } });
    process.onMessage(context, 1, { kind: "reply", id: 100 + i, reply: { node: -1, done: true } });
  }
  assert.deepEqual(process.found, order.map((i) => (i % 3 === 0 ? undefined : i)));
  assert.equal(process.calls.outstanding, 0);
});

test("a procedure that goes on to its next call moves its timer; the last reply stops it", () => {
  const process = new Walker();
  const context = new RecordingContext<Message>({ self: 0, nowUs: 100 });
  process.find(context, 2);
  context.nowUs = 200;
  process.onMessage(context, 1, { kind: "reply", id: 100, reply: { node: 2, done: false } });
  assert.deepEqual(context.timers, [{ name: "remote-call", key: 0, expiryUs: 50_200 }]);
  process.onMessage(context, 2, { kind: "reply", id: 200, reply: { node: 2, done: true } });
  assert.deepEqual([context.timers, process.found, process.calls.outstanding], [[], [2], 0]);
});

test("impossible policies are refused when they are given, those whose waits add up past the clock too", () => {
  const policies = [{ timeoutUs: 0 }, { timeoutUs: 1.5 }, { timeoutUs: NaN }, { timeoutUs: 5, retries: -1 }, { timeoutUs: 5, backoff: 0 }, { timeoutUs: 5, backoff: 10, retries: 100 }, { timeoutUs: 1e12, backoff: 2, retries: 12 }, { timeoutUs: 5, retry: 1 }, {}, null, undefined, 5];
  for (const policy of policies as never[]) {
    assert.throws(() => new RemoteCalls(policy, () => undefined), ParameterError, JSON.stringify(policy));
    if (policy !== undefined) assert.throws(() => new Walker().calls.ask(1, { key: 1 }, 8, policy), ParameterError, JSON.stringify(policy));
  }
  assert.doesNotThrow(() => new RemoteCalls({ timeoutUs: 1e12, backoff: 2, retries: 10 }, () => undefined));
  assert.throws(() => new RemoteCalls({ timeoutUs: 5 }, null as never), /answer/);
});

test("what is no procedure, or yields something other than a new call, is refused", () => {
  const context = new RecordingContext<Message>({ self: 0, nowUs: 100 });
  const { calls } = new Walker();
  const start = (procedure: unknown) => calls.start(context, procedure as Procedure<Next, Answer, void>);
  const once = calls.ask(1, { key: 1 }, 8);
  for (const procedure of [null, undefined, 5, {}, () => 1, [5][Symbol.iterator](), [{ to: 1 }][Symbol.iterator]()]) assert.throws(() => start(procedure), ParameterError);
  start(once);
  assert.throws(() => start(once), ParameterError, "the same call twice");
});
