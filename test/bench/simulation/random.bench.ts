/** Random draws and the exact functions, nanoseconds each. */
import { RandomStream, Zipf, exp, ln, pow } from "overlay-lab/dist/simulation";
import { cpuSeconds, printRows, type BenchRow } from "../table";

const DRAWS = 4_000_000;

function nanoseconds(draw: () => number, draws = DRAWS): number {
  let sum = 0;
  const loop = (count: number) => {
    for (let i = 0; i < count; i++) sum += draw();
  };
  loop(draws / 4);
  const time = cpuSeconds(() => loop(draws));
  if (sum !== sum) throw new Error("a draw was not a number");
  return (time / draws) * 1e9;
}

const random = new RandomStream({ seed: 1, name: "bench" });
const small = new Zipf(10_000, 0.8);
const large = new Zipf(10_000_000, 0.8);
const native = nanoseconds(() => Math.random());
const base = nanoseconds(() => random.uniform());
const row = (work: string, ns: number, peer: string, bound: number, note: string): BenchRow => ({ work, ours: `${ns.toFixed(1)} ns`, peer, ratio: bound / ns, note });
/** Without a call through a function value, which costs a few nanoseconds itself. */
function threefryNanoseconds(): number {
  let mixed = 0;
  const loop = (count: number) => {
    for (let i = 0; i < count; i++) mixed ^= random.uint32();
  };
  loop(DRAWS);
  const time = cpuSeconds(() => loop(4 * DRAWS));
  if (mixed !== (mixed | 0)) throw new Error("a draw was not a whole number");
  return (time / (4 * DRAWS)) * 1e9;
}
const threefry = threefryNanoseconds();
printRows("Random draws", [
  row("Threefry 32-bit draw", threefry, "30 ns (target)", 30, "loop included"),
  row("Threefry 32-bit draw", threefry, `${native.toFixed(1)} ns (Math.random)`, native, "Math.random has no seed and no streams"),
  row("uniform, 53 bits", base, "60 ns (two draws at the target)", 60, "two 32-bit draws"),
  row("exponential", nanoseconds(() => random.exponential(1)), `${base.toFixed(1)} ns (a uniform)`, base, "a uniform and a logarithm"),
  row("normal", nanoseconds(() => random.normal()), `${base.toFixed(1)} ns (a uniform)`, base, "by inversion"),
  row("Weibull", nanoseconds(() => random.weibull(0.5, 1), DRAWS / 4), `${base.toFixed(1)} ns (a uniform)`, base, "a uniform, a logarithm and a power"),
  row("Zipf, 10^4 items", nanoseconds(() => small.draw(random)), `${base.toFixed(1)} ns (a uniform)`, base, "alias table"),
  row("Zipf, 10^7 items", nanoseconds(() => large.draw(random), DRAWS / 8), `${base.toFixed(1)} ns (a uniform)`, base, "rejection-inversion, no table"),
]);
let x = 1;
const next = () => (x = x < 1000 ? x + 0.37 : 1);
printRows("Exact functions beside the engine's own, which differ between engines and versions", [
  row("ln", nanoseconds(() => ln(next())), `${nanoseconds(() => Math.log(next())).toFixed(1)} ns (Math.log)`, nanoseconds(() => Math.log(next())), "within 0.51 ulp"),
  row("exp", nanoseconds(() => exp(next() / 10)), `${nanoseconds(() => Math.exp(next() / 10)).toFixed(1)} ns (Math.exp)`, nanoseconds(() => Math.exp(next() / 10)), "within 0.6 ulp"),
  row("pow", nanoseconds(() => pow(next(), -0.8)), `${nanoseconds(() => next() ** -0.8).toFixed(1)} ns (Math.pow)`, nanoseconds(() => next() ** -0.8), "within 0.6 ulp"),
]);
