import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSuperpeerNode } from "overlay-lab/dist/peer-to-peer/superpeers";
import { RandomStream } from "overlay-lab/dist/simulation";
import { OWN_FILE, ask, processesOf, superpeerWorld, superpeersOf } from "../peer-to-peer/superpeers/world";

test("the rules of every node hold after every single event of a small world", () => {
  for (const redundancy of [1, 2]) {
    const simulation = superpeerWorld(10, 3, { maxLeaves: 2, redundancy, heartbeatUs: 1_000_000, silentUs: 2_500_000 }, [{ kind: "crash", node: 1, atUs: 5_000_000, restartUs: 9_000_000 }]);
    let events = 0;
    simulation.run({
      untilUs: 14_000_000,
      until: () => {
        events += 1;
        for (const [node, process] of processesOf(simulation)) checkSuperpeerNode(process, node);
        return false;
      },
    });
    assert.ok(events > 300, `${events} events`);
  }
});

test("no superpeer takes a question up twice, answers name only true owners, and a flood costs 2 L - S + 1 messages", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const taken = new Map<string, number>();
    let queries = 0;
    const simulation = superpeerWorld(60, seed, { ttl: 30, heartbeatUs: 5_000_000, silentUs: 12_000_000 }, [], {
      handled: (node, id) => void taken.set(`${node} ${id}`, (taken.get(`${node} ${id}`) ?? 0) + 1),
      sent: (_node, { kind }) => void (queries += kind === "query" ? 1 : 0),
    });
    simulation.run({ untilUs: 60_000_000 });
    const random = new RandomStream({ seed, name: "questions" });
    const superpeers = superpeersOf(simulation);
    const links = superpeers.reduce((sum, node) => sum + ((simulation.processOf(node)?.view() as { neighbours: unknown[] }).neighbours.length), 0) / 2;
    queries = 0;
    const { owners } = ask(simulation, random.integer(60), random.integer(20));
    assert.ok(owners.length > 0);
    for (const owner of owners) assert.ok(simulation.processOf(owner)?.files.some((file) => file < 20));
    assert.equal(owners.length, 3, "each of the 20 common files has three owners");
    assert.equal(queries, 2 * links - superpeers.length + 1);
    assert.equal(taken.size, superpeers.length);
    assert.ok([...taken.values()].every((times) => times === 1));
    const target = random.integer(60);
    assert.deepEqual(ask(simulation, random.integer(60), OWN_FILE + target).owners, [target]);
  }
});
