import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { AliasTable } from "overlay-lab/dist/simulation/alias-table";
import { samplerOf, type Distribution } from "overlay-lab/dist/simulation/distributions";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { Zipf, generalizedHarmonic } from "overlay-lab/dist/simulation/zipf";
import { chiSquare, kolmogorovSmirnov, type Fit } from "./statistics";

const DRAWS = 40_000;
const stream = (name: string) => new RandomStream({ seed: 2025, name });
const draws = (draw: () => number, count = DRAWS) => Array.from({ length: count }, draw);

/** The right sampler must pass the test that its biased twin fails. */
function passes(fit: Fit): void {
  assert.ok(fit.statistic <= fit.bound, `statistic ${fit.statistic} above ${fit.bound}`);
}
function fails(fit: Fit): void {
  assert.ok(fit.statistic > fit.bound, `the planted bias went unnoticed: ${fit.statistic} <= ${fit.bound}`);
}

/** Distribution function of the standard normal variable. */
function phi(x: number): number {
  if (Math.abs(x) > 8) return x < 0 ? 0 : 1;
  let term = x;
  let sum = x;
  for (let k = 1; k < 300; k++) {
    term *= (-x * x) / (2 * k);
    sum += term / (2 * k + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}

interface ContinuousCase {
  readonly name: string;
  readonly draw: (random: RandomStream) => number;
  readonly biased: (random: RandomStream) => number;
  readonly bias: string;
  readonly distribution: (x: number) => number;
}

const CONTINUOUS: readonly ContinuousCase[] = [
  { name: "uniform", draw: (r) => r.uniform(), biased: (r) => r.uniform() ** 1.05, bias: "small values preferred", distribution: (x) => x },
  { name: "exponential", draw: (r) => r.exponential(3), biased: (r) => r.exponential(3.12), bias: "mean 4 % high", distribution: (x) => 1 - Math.exp(-x / 3) },
  { name: "normal", draw: (r) => r.normal(10, 2), biased: (r) => 10 + 2 * Math.sqrt(6) * (r.uniform() + r.uniform() - 1), bias: "the sum of two uniforms instead", distribution: (x) => phi((x - 10) / 2) },
  { name: "log-normal", draw: (r) => r.logNormal(1, 0.5), biased: (r) => r.logNormal(1.03, 0.5), bias: "median 3 % high", distribution: (x) => phi((Math.log(x) - 1) / 0.5) },
  { name: "Pareto", draw: (r) => r.pareto(1.5, 2), biased: (r) => r.pareto(1.6, 2), bias: "shape 1.6", distribution: (x) => 1 - (2 / x) ** 1.5 },
  { name: "Weibull", draw: (r) => r.weibull(0.6, 5), biased: (r) => r.weibull(0.64, 5), bias: "shape 0.64", distribution: (x) => 1 - Math.exp(-((x / 5) ** 0.6)) },
];

for (const { name, draw, biased, bias, distribution } of CONTINUOUS) {
  test(`${name} draws follow the law, and the test sees a sampler with ${bias}`, () => {
    const random = stream(name);
    passes(kolmogorovSmirnov(draws(() => draw(random)), distribution));
    const twin = stream(name);
    fails(kolmogorovSmirnov(draws(() => biased(twin)), distribution));
  });
}

test("every continuous draw takes one uniform draw", () => {
  for (const { draw } of CONTINUOUS) {
    const random = stream("count");
    draw(random);
    assert.equal(random.drawn, 2);
  }
});

test("whole draws are uniform, and the test sees a modulo bias", () => {
  const bound = 50;
  const count = (next: (random: RandomStream) => number) => {
    const random = stream("integer");
    const observed = new Array<number>(bound).fill(0);
    for (let i = 0; i < DRAWS; i++) observed[next(random)] += 1;
    return chiSquare(observed, observed.map(() => DRAWS / bound));
  };
  passes(count((random) => random.integer(bound)));
  fails(count((random) => (random.uint32() & 63) % bound));
});

function zipfFit(items: number, exponent: number, next: (random: RandomStream) => number): Fit {
  const random = stream("zipf");
  const total = generalizedHarmonic(items, exponent);
  const probability = (rank: number) => rank ** -exponent / total;
  // One bin per rank while enough draws are expected, then bins that double in width.
  const edges: number[] = [];
  for (let rank = 1; rank <= items; ) {
    let mass = 0;
    const from = rank;
    while (rank <= items && (mass * DRAWS < 40 || rank < from * 1.3)) mass += probability(rank++);
    edges.push(rank);
  }
  const binOf = (rank: number) => edges.findIndex((edge) => rank < edge);
  const observed = edges.map(() => 0);
  const expected = edges.map(() => 0);
  for (let rank = 1; rank <= items; rank++) expected[binOf(rank)] += probability(rank) * DRAWS;
  if (expected[expected.length - 1] < 20) {
    expected[expected.length - 2] += expected.pop() as number;
    edges.splice(edges.length - 2, 1);
    observed.pop();
  }
  for (let i = 0; i < DRAWS; i++) observed[binOf(next(random))] += 1;
  return chiSquare(observed, expected);
}

for (const [items, exponent] of [[100, 0], [1000, 0.8], [1000, 1], [5000, 2.5], [200_000, 0.7], [200_000, 1], [200_000, 1.3]] as const) {
  test(`Zipf ranks of ${items} items with exponent ${exponent} have their probabilities, and the test sees an exponent a little off`, () => {
    const right = new Zipf(items, exponent);
    passes(zipfFit(items, exponent, (random) => right.draw(random)));
    const wrong = new Zipf(items, exponent * 1.05 + 0.05);
    fails(zipfFit(items, exponent, (random) => wrong.draw(random)));
  });
}

test("Zipf over 10^7 items stays in range, and rank 1 has its share", () => {
  const zipf = new Zipf(10_000_000, 0.9);
  const random = stream("ten million");
  let first = 0;
  for (let i = 0; i < DRAWS; i++) {
    const rank = zipf.draw(random);
    assert.ok(Number.isInteger(rank) && rank >= 1 && rank <= 10_000_000);
    if (rank === 1) first += 1;
  }
  const expected = zipf.probability(1) * DRAWS;
  passes(chiSquare([first, DRAWS - first], [expected, DRAWS - expected]));
});

test("generalized harmonic numbers agree with their plain sums and with known constants", () => {
  for (const [n, s] of [[10_000, 0], [50_000, 0.5], [100_000, 1], [100_000, 0.999999], [30_000, 3]] as const) {
    let sum = 0;
    for (let r = n; r >= 1; r--) sum += r ** -s;
    assert.ok(Math.abs(generalizedHarmonic(n, s) / sum - 1) < 1e-12, `n = ${n}, s = ${s}`);
  }
  assert.ok(Math.abs(generalizedHarmonic(1e15, 2) - Math.PI ** 2 / 6) < 1e-14);
});

test("an alias table draws by weight, never an item of weight 0, and the test sees a table without its aliases", () => {
  const weights = [5, 0, 1, 3, 1, 0, 10];
  const count = (next: (random: RandomStream) => number) => {
    const random = stream("alias");
    const observed = weights.map(() => 0);
    for (let i = 0; i < DRAWS; i++) observed[next(random)] += 1;
    return observed;
  };
  const table = new AliasTable(weights);
  const observed = count((random) => table.draw(random));
  assert.equal(observed[1] + observed[5], 0);
  const living = (counts: number[]) => counts.filter((_, i) => weights[i] > 0);
  const expected = living(weights.map((weight) => (weight / 20) * DRAWS));
  passes(chiSquare(living(observed), expected));
  fails(chiSquare(living(count((random) => random.integer(7))), expected));
});

test("empirical tables: weighted values and quantile curves follow their tables", () => {
  const random = stream("empirical");
  const values = samplerOf({ kind: "empirical", values: [10, 20, 30], weights: [1, 2, 1] });
  const observed = [0, 0, 0];
  for (let i = 0; i < DRAWS; i++) observed[values(random) / 10 - 1] += 1;
  passes(chiSquare(observed, [DRAWS / 4, DRAWS / 2, DRAWS / 4]));
  fails(chiSquare(observed, [DRAWS / 3, DRAWS / 3, DRAWS / 3]));
  const curve = samplerOf({ kind: "quantiles", points: [[0, 0], [10, 0.5], [10, 0.5], [100, 1]] });
  const law = (x: number) => (x < 10 ? x / 20 : 0.5 + (x - 10) / 180);
  passes(kolmogorovSmirnov(draws(() => curve(random)), law));
  fails(kolmogorovSmirnov(draws(() => 100 * random.uniform()), law));
});

test("shuffles are uniform over the orders, and the test sees the naive shuffle", () => {
  const count = (shuffle: (items: number[], random: RandomStream) => void) => {
    const random = stream("shuffle");
    const observed = new Map<string, number>();
    for (let i = 0; i < DRAWS; i++) {
      const items = [0, 1, 2, 3];
      shuffle(items, random);
      observed.set(items.join(""), (observed.get(items.join("")) ?? 0) + 1);
    }
    return chiSquare([...observed.values()], [...observed.values()].map(() => DRAWS / 24));
  };
  passes(count((items, random) => random.shuffle(items)));
  fails(count((items, random) => {
    for (let i = 0; i < 4; i++) {
      const j = random.integer(4);
      [items[i], items[j]] = [items[j], items[i]];
    }
  }));
});

test("samples without replacement are uniform over ordered choices, and the test sees sorted ones", () => {
  const count = (draw: (random: RandomStream) => number[]) => {
    const random = stream("sample");
    const observed = new Array<number>(20).fill(0);
    for (let i = 0; i < DRAWS; i++) {
      const [a, b] = draw(random);
      assert.notEqual(a, b);
      observed[a * 4 + (b > a ? b - 1 : b)] += 1;
    }
    return chiSquare(observed.map((n) => n), observed.map(() => DRAWS / 20));
  };
  passes(count((random) => random.sample(5, 2)));
  fails(count((random) => random.sample(5, 2).sort((a, b) => a - b)));
  const random = stream("whole");
  assert.deepEqual(random.sample(6, 6).sort((a, b) => a - b), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(random.sample(0, 0), []);
  assert.equal(new Set(random.sample(2 ** 32, 1000)).size, 1000);
});

test("neighbouring streams are uncorrelated, and the test sees two equal ones", () => {
  const correlation = (a: RandomStream, b: RandomStream) => {
    let sum = 0;
    for (let i = 0; i < DRAWS; i++) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12;
    return { statistic: Math.abs(sum / Math.sqrt(DRAWS)), bound: 4.9 };
  };
  const of = (node: number) => new RandomStream({ seed: 9, name: "pair", node });
  passes(correlation(of(0), of(1)));
  fails(correlation(of(0), of(0)));
});

test("samplers refuse parameters out of range", () => {
  const random = stream("bad");
  const bad: (() => unknown)[] = [
    () => random.exponential(0), () => random.exponential(Infinity), () => random.normal(0, -1), () => random.pareto(0, 1), () => random.pareto(1, NaN), () => random.weibull(-1, 1),
    () => random.sample(3, 4), () => random.sample(2.5, 1), () => random.pick([]), () => new Zipf(0, 1), () => new Zipf(10, -0.1), () => new Zipf(10, NaN), () => new AliasTable([]), () => new AliasTable([0, 0]),
    () => new AliasTable([1, -1]), () => new AliasTable([NaN]),
  ];
  for (const call of bad) assert.throws(call, ParameterError);
  const distributions = [
    { kind: "nonsense" }, { kind: "constant" }, { kind: "uniform", min: 2, max: 1 }, { kind: "exponential", mean: 0 }, { kind: "weibull", shape: 1 }, { kind: "empirical", values: [] },
    { kind: "empirical", values: [1], weights: [1, 2] }, { kind: "quantiles", points: [[0, 0]] }, { kind: "quantiles", points: [[0, 0.1], [1, 1]] }, { kind: "quantiles", points: [[0, 0], [1, 0.9]] }, { kind: "quantiles", points: [[1, 0], [0, 1]] },
  ];
  for (const distribution of distributions) assert.throws(() => samplerOf(distribution as unknown as Distribution), ParameterError);
});

test("draws keep their values from one release to the next", () => {
  const random = new RandomStream({ seed: 1, replication: 2, name: "golden", node: 3 });
  const bits = (x: number) => Buffer.from(Float64Array.of(x).buffer).reverse().toString("hex");
  const got = [random.uint32(), random.integer(1000), bits(random.exponential(1)), bits(random.normal()), bits(random.logNormal(0, 1)), bits(random.pareto(1.2, 1)), bits(random.weibull(0.5, 1)), random.sample(100, 3).join(), new Zipf(1e7, 0.8).draw(random)];
  assert.deepEqual(got, [2208066078, 592, "3ffdf78e1d08b4a6", "3fc93c12932e92c2", "3ff6aad0418d4520", "401bda9f864ff3a6", "3fe772c68f8d9cda", "12,26,29", 9345657]);
});
