import assert from "node:assert/strict";
import { test } from "node:test";
import { FlowScheduler } from "overlay-lab/dist/network/flows/flow-scheduler";
import { IncrementalMaxMin } from "overlay-lab/dist/network/flows/incremental-max-min";
import { solveMaxMin, type FlowProblem } from "overlay-lab/dist/network/flows/max-min";
import { randomNetwork, stream } from "../../network/support";

/** Progressive filling in its plainest form, without heaps: an oracle that shares no code with the library. */
function plainMaxMin(problem: FlowProblem): number[] {
  const flows = problem.capsBps.length;
  const paths = Array.from({ length: flows }, (_, flow) => Array.from({ length: problem.pathStarts[flow + 1] - problem.pathStarts[flow] }, (_, hop) => problem.pathLinks[problem.pathStarts[flow] + hop]));
  const rates = new Array<number>(flows).fill(-1);
  for (;;) {
    let level = Infinity;
    const levels = Array.from(problem.capacitiesBps, (capacity, link) => {
      const on = paths.flatMap((path, flow) => (path.includes(link) ? [flow] : []));
      const open = on.filter((flow) => rates[flow] < 0);
      const used = on.filter((flow) => rates[flow] >= 0).reduce((sum, flow) => sum + rates[flow], 0);
      return open.length === 0 ? Infinity : Math.max(0, capacity - used) / open.length;
    });
    for (const value of levels) level = Math.min(level, value);
    for (let flow = 0; flow < flows; flow++) if (rates[flow] < 0) level = Math.min(level, problem.capsBps[flow]);
    const stopped = rates.flatMap((rate, flow) => (rate < 0 && (problem.capsBps[flow] === level || paths[flow].some((link) => levels[link] === level)) ? [flow] : []));
    if (stopped.length === 0) return rates;
    for (const flow of stopped) rates[flow] = level;
  }
}

function assertClose(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${what}: ${actual} instead of ${expected}`);
}

/** No link is over its capacity, and every flow meets its cap or has a full link on which no flow is faster. */
function assertMaxMinFair(problem: FlowProblem, rateOf: (flow: number) => number): void {
  const links = problem.capacitiesBps.length;
  const load = new Float64Array(links);
  const fastest = new Float64Array(links);
  const flows = problem.capsBps.length;
  for (let flow = 0; flow < flows; flow++) {
    for (let hop = problem.pathStarts[flow]; hop < problem.pathStarts[flow + 1]; hop++) {
      load[problem.pathLinks[hop]] += rateOf(flow);
      fastest[problem.pathLinks[hop]] = Math.max(fastest[problem.pathLinks[hop]], rateOf(flow));
    }
  }
  load.forEach((bps, link) => assert.ok(bps <= problem.capacitiesBps[link] * (1 + 1e-9), `link ${link} carries ${bps} of ${problem.capacitiesBps[link]}`));
  for (let flow = 0; flow < flows; flow++) {
    const rate = rateOf(flow);
    assert.ok(rate >= 0 && rate <= problem.capsBps[flow] * (1 + 1e-9), `flow ${flow} has rate ${rate}`);
    let hasBottleneck = rate >= problem.capsBps[flow] * (1 - 1e-9);
    for (let hop = problem.pathStarts[flow]; hop < problem.pathStarts[flow + 1]; hop++) {
      const link = problem.pathLinks[hop];
      if (load[link] >= problem.capacitiesBps[link] * (1 - 1e-9) && rate >= fastest[link] * (1 - 1e-9)) hasBottleneck = true;
    }
    assert.ok(hasBottleneck, `flow ${flow} at ${rate} bit/s could be faster without slowing a slower one`);
  }
}

test("law: the solver from scratch agrees with plain progressive filling on 200 random networks", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = stream("plain", seed);
    const network = randomNetwork(3 + random.integer(6), random.integer(4), random);
    const solver = new IncrementalMaxMin(network.capacitiesBps);
    for (let flow = 0; flow < 1 + random.integer(30); flow++) solver.add(network.path(), network.capBps());
    const problem = solver.problem();
    const expected = plainMaxMin(problem);
    solveMaxMin(problem).ratesBps.forEach((rate, flow) => assertClose(rate, expected[flow], `seed ${seed}, flow ${flow}`));
  }
});

test("law: after every random arrival, departure, cap and capacity change the incremental rates equal those from scratch to 1e-9 and are max-min fair", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = stream("changes", seed);
    const network = randomNetwork(4 + random.integer(60), random.integer(6), random);
    const solver = new IncrementalMaxMin(network.capacitiesBps);
    const live: number[] = [];
    for (let step = 0; step < 150; step++) {
      const choice = random.integer(10);
      if (choice < 5 || live.length === 0) live.push(solver.add(network.path(), network.capBps()));
      else if (choice < 8) solver.remove(live.splice(random.integer(live.length), 1)[0]);
      else if (choice === 8) solver.setCapacity(random.integer(network.capacitiesBps.length), random.integer(5) === 0 ? 0 : 1e5 * (1 + random.integer(1000)));
      else solver.setCap(live[random.integer(live.length)], network.capBps());
      if (random.integer(4) === 0) continue;
      solver.solve();
      const problem = solver.problem();
      const expected = solveMaxMin(problem).ratesBps;
      expected.forEach((rate, flow) => assertClose(solver.rate(problem.slots[flow]), rate, `seed ${seed}, step ${step}, flow ${flow}`));
      assertMaxMinFair(problem, (flow) => solver.rate(problem.slots[flow]));
    }
  }
});

test("law: 20,000 changes on one network leave no drift", () => {
  const random = stream("drift");
  const network = randomNetwork(100, 8, random);
  const solver = new IncrementalMaxMin(network.capacitiesBps);
  const live: number[] = [];
  for (let step = 0; step < 20_000; step++) {
    if (live.length < 400 || (live.length < 600 && random.integer(2) === 0)) live.push(solver.add(network.path(), network.capBps()));
    else {
      const at = random.integer(live.length);
      solver.remove(live[at]);
      live[at] = live[live.length - 1];
      live.pop();
    }
    solver.solve();
    solver.touched.length = 0;
  }
  const problem = solver.problem();
  solveMaxMin(problem).ratesBps.forEach((rate, flow) => assertClose(solver.rate(problem.slots[flow]), rate, `flow ${flow}`));
  const load = new Float64Array(network.capacitiesBps.length);
  problem.slots.forEach((slot) => solver.path(slot).forEach((link) => (load[link] += solver.rate(slot))));
  load.forEach((bps, link) => assertClose(solver.load(link), bps, `load of link ${link}`));
});

test("law: a flow that is too fast on a full link is found by the fairness check", () => {
  const problem = { capacitiesBps: [10], pathStarts: [0, 1, 2], pathLinks: [0, 0], capsBps: [Infinity, Infinity] };
  assertMaxMinFair(problem, () => 5);
  assert.throws(() => assertMaxMinFair(problem, (flow) => [4, 6][flow]), /could be faster/);
  assert.throws(() => assertMaxMinFair(problem, () => 5.1), /carries/);
});

/** Starts flows at random times and follows their bytes with rates asked for at every event. */
function followBytes(seed: number, pauseUs: number) {
  const random = stream("bytes", seed);
  const network = randomNetwork(20, 3, random);
  const flows = new FlowScheduler(network.capacitiesBps);
  const size = new Map<number, number>();
  const moved = new Map<number, number>();
  const ends: { flow: number; atUs: number }[] = [];
  const arrivals = Array.from({ length: 120 }, () => ({ atUs: random.integer(3_000_000), bytes: 1 + random.integer(400_000), path: network.path(), capBps: network.capBps() })).sort((a, b) => a.atUs - b.atUs);
  let now = 0;
  const goTo = (target: number) => {
    while (now < target) {
      const until = Math.min(target, flows.nextCompletionUs(), now + pauseUs);
      const rates = [...size.keys()].map((flow) => [flow, flows.rateBps(flow)] as const);
      const ended = flows.advance(until);
      for (const [flow, rate] of rates) moved.set(flow, (moved.get(flow) ?? 0) + (rate * (until - now)) / 8e6);
      for (const end of ended) {
        const bytes = size.get(end.flow) as number;
        const slack = 1 + 1e-9 * bytes + 1e8 / 8e6;
        assert.ok(Math.abs((moved.get(end.flow) as number) - bytes) <= slack, `flow ${end.flow} moved ${moved.get(end.flow)} of ${bytes} bytes`);
        size.delete(end.flow);
        ends.push(end);
      }
      now = until;
    }
  };
  for (const { atUs, ...request } of arrivals) {
    goTo(atUs);
    size.set(flows.start(request), request.bytes);
  }
  goTo(10_000_000_000);
  assert.equal(size.size, 0);
  assert.equal(ends.length, arrivals.length);
  return ends;
}

test("law: every flow moves exactly its bytes, to what its rate carries in one microsecond", () => {
  for (let seed = 1; seed <= 10; seed++) followBytes(seed, Infinity);
});

test("law: completions do not depend on how often time is advanced", () => {
  assert.deepEqual(followBytes(3, 7919), followBytes(3, Infinity));
});
