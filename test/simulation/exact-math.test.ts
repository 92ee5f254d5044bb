import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { exp, ln, pow } from "overlay-lab/dist/simulation/exact-math";
import { normalQuantile } from "overlay-lab/dist/simulation/normal-quantile";
import { RandomStream } from "overlay-lab/dist/simulation/random";
import { errorInUlps, exactly, referenceExp, referenceLn, timesDouble } from "./exact-reference";

const SAMPLES = 1500;

/** A positive double with a uniformly drawn exponent in a range. */
function drawDouble(random: RandomStream, lowest: number, highest: number): number {
  return (1 + random.uniform()) * 2 ** (lowest + random.integer(highest - lowest + 1));
}

test("the reference knows ln 2 and e to 40 digits", () => {
  const digits = (value: bigint) => ((value * 10n ** 40n) >> 320n).toString();
  assert.equal(digits(referenceLn(2)), "6931471805599453094172321214581765680755");
  assert.equal(digits(shiftUp(referenceExp(exactly(1)))), "27182818284590452353602874713526624977572");
});

function shiftUp({ value, power }: { value: bigint; power: number }): bigint {
  return value << BigInt(power);
}

test("ln is within 0.51 units in the last place, over all exponents, near 1 and for subnormal numbers", () => {
  const random = new RandomStream({ seed: 1, name: "ln" });
  let worst = 0;
  const check = (x: number) => {
    const error = errorInUlps(ln(x), referenceLn(x));
    worst = Math.max(worst, error);
    assert.ok(error <= 0.51, `ln(${x}) is off by ${error} ulp`);
  };
  for (let i = 0; i < SAMPLES; i++) check(drawDouble(random, -1022, 1022));
  for (let i = 0; i < SAMPLES; i++) check(0.5 + 1.5 * random.uniform());
  for (let i = 1; i <= 50; i++) for (const sign of [-1, 1]) check(1 + sign * 2 ** -i);
  for (const x of [5e-324, 1e-310, 2 ** -1022, Number.MAX_VALUE, Math.SQRT2, Math.SQRT1_2]) check(x);
  assert.ok(worst > 0.3, "the comparison must be able to see an error at all");
});

test("exp is within 1 unit in the last place, subnormal results included", () => {
  const random = new RandomStream({ seed: 2, name: "exp" });
  const check = (x: number) => {
    const { value, power } = referenceExp(exactly(x));
    const error = errorInUlps(exp(x), value, power);
    assert.ok(error <= 1, `exp(${x}) is off by ${error} ulp`);
  };
  for (let i = 0; i < SAMPLES; i++) check(-745 + 1454 * random.uniform());
  for (let i = 0; i < SAMPLES; i++) check(2 * random.uniform() - 1);
  for (const x of [0, -0, 1, -1, 1e-300, 5e-324, 709.78, -708.4, -744.4, 0.34657359027997264, -0.34657359027997264]) check(x);
});

test("pow is within 1 unit in the last place, also where y ln x is large", () => {
  const random = new RandomStream({ seed: 3, name: "pow" });
  const check = (x: number, y: number) => {
    const { value, power } = referenceExp(timesDouble(referenceLn(x), y));
    const error = errorInUlps(pow(x, y), value, power);
    assert.ok(error <= 1, `pow(${x}, ${y}) is off by ${error} ulp`);
  };
  for (let i = 0; i < SAMPLES; i++) {
    const x = drawDouble(random, -300, 300);
    check(x, (((random.uniform() - 0.5) * 1400) / Math.abs(Math.log(x))) * 0.99);
  }
  for (let i = 0; i < SAMPLES; i++) check(1 + random.integer(10_000_000), -2 * random.uniform());
  for (let i = 0; i < 300; i++) check(1 + random.uniform() * 1e-9, (random.uniform() - 0.5) * 1e11);
});

test("whole powers that a double can hold are exact", () => {
  for (let base = 0; base <= 12; base++) {
    let product = 1;
    for (let power = 0; product <= Number.MAX_SAFE_INTEGER && power < 53; power++, product *= base) assert.equal(pow(base, power), product);
  }
  assert.equal(pow(2, -1074), 5e-324);
  assert.equal(pow(2, 1023), 2 ** 1023);
  assert.equal(pow(0.25, 0.5), 0.5);
});

test("limits and bad arguments of the exact functions", () => {
  assert.equal(ln(0), -Infinity);
  assert.equal(ln(Infinity), Infinity);
  assert.ok(Object.is(ln(1), 0));
  assert.equal(exp(Infinity), Infinity);
  assert.equal(exp(-Infinity), 0);
  assert.equal(exp(710), Infinity);
  assert.equal(exp(-746), 0);
  assert.equal(pow(0, 2), 0);
  assert.equal(pow(0, -2), Infinity);
  assert.equal(pow(7, 0), 1);
  assert.equal(pow(10, 400), Infinity);
  assert.equal(pow(10, -400), 0);
  for (const bad of [() => ln(-1), () => ln(NaN), () => exp(NaN), () => pow(-2, 2), () => pow(NaN, 1), () => pow(2, NaN), () => pow(2, Infinity), () => pow(Infinity, 1)]) assert.throws(bad, ParameterError);
});

test("the normal quantile inverts the normal distribution function to 14 digits", () => {
  // Phi by its Taylor series about 0, which converges for the range tested here.
  const phi = (x: number) => {
    let term = x;
    let sum = x;
    for (let k = 1; k < 200; k++) {
      term *= (-x * x) / (2 * k);
      sum += term / (2 * k + 1);
    }
    return 0.5 + sum / Math.sqrt(2 * Math.PI);
  };
  for (const p of [0.5, 0.6, 0.9, 0.925, 0.95, 0.99, 0.999, 0.1, 0.05, 0.01]) assert.ok(Math.abs(phi(normalQuantile(p)) - p) < 1e-14, `p = ${p}: ${phi(normalQuantile(p))}`);
  // Published points of the tails (tables of the normal distribution).
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14);
  assert.ok(Math.abs(normalQuantile(1e-6) + 4.753424308822899) < 1e-13);
  assert.ok(Math.abs(normalQuantile(1e-15) + 7.941345326170998) < 1e-13);
});
