import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError, LimitError } from "overlay-lab/dist/errors";
import { explore, type Process, type ProcessContext } from "overlay-lab/dist/simulation";
import { ReliableCounter, brokenRule, emptyDisks, type CounterDisk, type CounterMessage } from "./reliable-counter";

/** The disks belong to the execution that is running: the explorer makes processes anew, node 0 first. */
function counters(target: number, forgetful: boolean) {
  let disks: CounterDisk[] = [];
  return {
    process: (node: number) => {
      if (node === 0) disks = emptyDisks(3);
      return new ReliableCounter(3, target, disks[node], forgetful);
    },
    invariant: () => brokenRule(disks, target),
    goal: () => (disks.every((disk, node) => disk.acknowledged.every((count, peer) => peer === node || count === target)) ? null : "not everybody has been acknowledged"),
  };
}

test("a 3-node world of reliable counters keeps its rules in every order of delivery", () => {
  const outcome = explore<CounterMessage, ReliableCounter>({ nodes: 3, ...counters(1, false) });
  // Six independent exchanges, each with the states sent, counted, acknowledged: 3^6 states.
  assert.equal(outcome.states, 729);
  assert.equal(outcome.cut, 0);
});

test("the same world keeps its rules when one message may be lost", () => {
  const outcome = explore<CounterMessage, ReliableCounter>({ nodes: 3, ...counters(1, false), losses: 1, maxWork: 3e5 });
  assert.ok(outcome.states > 729);
  assert.equal(outcome.cut, 0);
});

test("a planted defect that needs a loss and a repetition is found, with the steps that lead to it", () => {
  const world = { nodes: 3, ...counters(1, true) };
  assert.doesNotThrow(() => explore<CounterMessage, ReliableCounter>(world), "without a loss nothing is repeated");
  assert.throws(
    () => explore<CounterMessage, ReliableCounter>({ ...world, losses: 1 }),
    (error: Error) => error instanceof InvariantError && /lose done/.test(error.message) && /timer retry/.test(error.message) && /deliver add/.test(error.message),
  );
});

/** Takes a lock by asking one other node only: two nodes can hold it at once, but only if requests cross. */
class HastyLock implements Process<{ readonly kind: "may I" | "yes" }> {
  holds = false;
  private asked = false;
  onStart(context: ProcessContext<{ readonly kind: "may I" | "yes" }>): void {
    if (context.self < 2) context.setTimer("want", 5);
  }
  onTimer(context: ProcessContext<{ readonly kind: "may I" | "yes" }>): void {
    this.asked = true;
    context.send(1 - context.self, { kind: "may I" }, 1);
  }
  onMessage(context: ProcessContext<{ readonly kind: "may I" | "yes" }>, from: number, message: { readonly kind: "may I" | "yes" }): void {
    if (message.kind === "yes") this.holds = this.asked;
    else if (!this.holds) context.send(from, { kind: "yes" }, 1);
  }
}

test("a race that only some orders show is found, without views too; an unfinished exploration says so", () => {
  const lock = { nodes: 3, process: () => new HastyLock(), invariant: (processes: readonly HastyLock[]) => (processes.filter((process) => process.holds).length > 1 ? "two nodes hold the lock" : null) };
  assert.throws(() => explore<{ readonly kind: "may I" | "yes" }, HastyLock>({ ...lock, timers: "any-time" }), /two nodes hold the lock/);
  assert.throws(() => explore<CounterMessage, ReliableCounter>({ nodes: 3, ...counters(3, false), maxWork: 500 }), LimitError);
});
