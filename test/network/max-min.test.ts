import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { IncrementalMaxMin } from "overlay-lab/dist/network/flows/incremental-max-min";
import { waterLevelOf } from "overlay-lab/dist/network/flows/water-level";
import { checkFlowProblem, solveMaxMin, type FlowProblem } from "overlay-lab/dist/network/flows/max-min";
import { stream } from "./support";

function problem(capacitiesBps: number[], paths: number[][], capsBps?: number[]): FlowProblem {
  const pathStarts = [0];
  for (const path of paths) pathStarts.push(pathStarts[pathStarts.length - 1] + path.length);
  return { capacitiesBps, pathStarts, pathLinks: paths.flat(), capsBps: capsBps ?? paths.map(() => Infinity) };
}

test("rates as in the worked example of Bertsekas and Gallager, Data Networks, section 6.5.2: 1/3 three times, 2/3, and 1", () => {
  // Unit links: three flows meet on link 1, two on link 2 (one of them held back by link 1), one has link 3 to itself.
  const { ratesBps, levelsBps } = solveMaxMin(problem([1, 1, 1, 1], [[0, 1], [1], [1, 2], [2], [3]]));
  const expected = [1 / 3, 1 / 3, 1 / 3, 2 / 3, 1];
  expected.forEach((rate, flow) => assert.ok(Math.abs(ratesBps[flow] - rate) < 1e-12, `flow ${flow}: ${ratesBps[flow]}`));
  assert.equal(levelsBps[0], Infinity);
  assert.ok(Math.abs(levelsBps[1] - 1 / 3) < 1e-12);
});

test("the parking lot: n flows over one link each and one over all give the long flow half of the tightest link", () => {
  const { ratesBps } = solveMaxMin(problem([10, 4, 6], [[0, 1, 2], [0], [1], [2]]));
  assert.deepEqual([...ratesBps], [2, 8, 2, 4]);
});

test("caps free capacity for the others, and a capped flow needs no link", () => {
  const { ratesBps } = solveMaxMin(problem([9], [[0], [0], [0], []], [1, Infinity, Infinity, 7]));
  assert.deepEqual([...ratesBps], [1, 4, 4, 7]);
});

test("a link of capacity 0 stops its flows and no others", () => {
  const { ratesBps } = solveMaxMin(problem([0, 8], [[0, 1], [1], [1]]));
  assert.deepEqual([...ratesBps], [0, 4, 4]);
});

test("bad problems are refused with the flow or link named", () => {
  assert.throws(() => checkFlowProblem(problem([-1], [[0]])), /capacitiesBps\[0\]/);
  assert.throws(() => checkFlowProblem(problem([Number.NaN], [[0]])), ParameterError);
  assert.throws(() => checkFlowProblem(problem([1], [[]])), /flow without links.*flow 0/);
  assert.throws(() => checkFlowProblem(problem([1], [[0], [1]])), /bad link.*flow 1/);
  assert.throws(() => checkFlowProblem(problem([1, 1], [[0, 0]])), /at most once/);
  assert.throws(() => checkFlowProblem(problem([1], [[0]], [-2])), /bad rate cap/);
});

test("a single arrival on a large network touches a small part of it", () => {
  const hosts = 1000;
  const solver = new IncrementalMaxMin(Float64Array.from({ length: 2 * hosts }, (_, link) => 1e6 * (1 + (link % 7))));
  for (let flow = 0; flow < 3000; flow++) solver.add([flow % hosts, hosts + ((flow * 7 + 3) % hosts)]);
  solver.solve();
  const { fromScratch } = solver.work;
  const before = solver.work.linkEvaluations;
  solver.add([0, hosts + 500]);
  solver.solve();
  assert.equal(solver.work.fromScratch, fromScratch);
  assert.ok(solver.work.linkEvaluations - before < 200, `${solver.work.linkEvaluations - before} links looked at`);
});

test("a link that fills up and empties again gives the same rates as before", () => {
  const solver = new IncrementalMaxMin([10, 10, 3]);
  const first = solver.add([0, 1]);
  solver.solve();
  assert.equal(solver.rate(first), 10);
  const second = solver.add([1, 2]);
  const third = solver.add([2]);
  solver.solve();
  assert.deepEqual([first, second, third].map((slot) => solver.rate(slot)), [8.5, 1.5, 1.5]);
  solver.setCapacity(2, 30);
  solver.solve();
  assert.deepEqual([first, second, third].map((slot) => solver.rate(slot)), [5, 5, 25]);
  solver.setCap(first, 1);
  solver.solve();
  assert.deepEqual([first, second, third].map((slot) => solver.rate(slot)), [1, 9, 21]);
  solver.remove(second);
  solver.remove(third);
  solver.setCap(first, Infinity);
  solver.solve();
  assert.equal(solver.rate(first), 10);
  assert.deepEqual([0, 1, 2].map((link) => solver.load(link)), [10, 10, 0]);
});

test("the water level is found from any guess, also for offers that double 300 times", () => {
  const random = stream("water");
  for (let round = 0; round < 500; round++) {
    const count = 2 + random.integer(40);
    const offers = round === 0 ? Float64Array.from({ length: 300 }, (_, i) => 2 ** (i / 2)) : Float64Array.from({ length: count }, () => (random.integer(3) === 0 ? random.integer(5) : 10 * random.uniform()));
    const total = offers.reduce((sum, offer) => sum + offer, 0);
    if (total === 0) continue;
    const capacity = total * (0.01 + 0.98 * random.uniform());
    for (const guess of [0, capacity, capacity / offers.length, 1e-9, total]) {
      const level = waterLevelOf(offers, offers.length, capacity, guess);
      const filled = offers.reduce((sum, offer) => sum + Math.min(level, offer), 0);
      assert.ok(Math.abs(filled - capacity) <= 1e-12 * capacity, `round ${round}, guess ${guess}: ${filled} of ${capacity}`);
    }
  }
});

test("slots that hold no flow are refused", () => {
  const solver = new IncrementalMaxMin([1]);
  const slot = solver.add([0]);
  solver.remove(slot);
  for (const bad of [slot, 5, -1, 0.5]) {
    assert.throws(() => solver.remove(bad), /no flow in this slot/);
    assert.throws(() => solver.setCap(bad, 1), ParameterError);
  }
});
