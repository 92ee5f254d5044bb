import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, constantDelay, type Process, type ProcessContext, type RandomStream } from "overlay-lab/dist/simulation";

const SERVICE_US = 100_000;
const CUSTOMERS = 40_000;
const WARM_UP = 2_000;
const REPLICATIONS = 10;

interface Customer { readonly kind: "customer"; readonly arrivedUs: number }

/** Node 0 sends customers at Poisson times; node 1 serves them one at a time, first come first served. */
class Station implements Process<Customer> {
  waits = 0;
  served = 0;
  private sent = 0;
  private readonly line: number[] = [];
  private busy = false;

  constructor(
    private readonly load: number,
    private readonly serviceUs: (random: RandomStream) => number,
  ) {}

  onStart(context: ProcessContext<Customer>): void {
    if (context.self === 0) this.next(context);
  }
  onTimer(context: ProcessContext<Customer>, name: string): void {
    if (name === "arrival") {
      context.send(1, { kind: "customer", arrivedUs: context.nowUs }, 1);
      this.sent += 1;
      if (this.sent < CUSTOMERS) this.next(context);
      return;
    }
    this.busy = false;
    this.serve(context);
  }
  onMessage(context: ProcessContext<Customer>): void {
    this.line.push(context.nowUs);
    this.serve(context);
  }
  private next(context: ProcessContext<Customer>): void {
    context.setTimer("arrival", Math.round(context.random("arrivals").exponential(SERVICE_US / this.load)));
  }
  private serve(context: ProcessContext<Customer>): void {
    const arrivedUs = this.busy ? undefined : this.line.shift();
    if (arrivedUs === undefined) return;
    this.busy = true;
    this.served += 1;
    if (this.served > WARM_UP) this.waits += context.nowUs - arrivedUs;
    context.setTimer("service", Math.round(this.serviceUs(context.random("service"))));
  }
}

/** Mean wait in line over independent replications, with its standard error. */
function meanWait(load: number, serviceUs: (random: RandomStream) => number): { mean: number; standardError: number } {
  const means: number[] = [];
  for (let replication = 0; replication < REPLICATIONS; replication++) {
    const simulation = new Simulation<Customer, Station>({ nodes: 2, seed: 7, replication, process: () => new Station(load, serviceUs), transport: constantDelay(1000) });
    simulation.run();
    const station = simulation.processOf(1) as Station;
    assert.equal(station.served, CUSTOMERS);
    means.push(station.waits / (CUSTOMERS - WARM_UP));
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / REPLICATIONS;
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (REPLICATIONS - 1);
  return { mean, standardError: Math.sqrt(variance / REPLICATIONS) };
}

for (const load of [0.5, 0.8]) {
  test(`M/M/1 at load ${load}: the mean wait is load / (1 - load) services, within 4 standard errors`, () => {
    const expected = (load / (1 - load)) * SERVICE_US;
    const { mean, standardError } = meanWait(load, (random) => random.exponential(SERVICE_US));
    assert.ok(standardError < 0.05 * expected, "the comparison must be sharp");
    assert.ok(Math.abs(mean - expected) < 4 * standardError, `${mean} µs, expected ${expected} ± ${standardError}`);
  });

  test(`M/D/1 at load ${load}: the mean wait is half that of M/M/1 (Pollaczek and Khinchine), within 4 standard errors`, () => {
    const expected = (load / (2 * (1 - load))) * SERVICE_US;
    const { mean, standardError } = meanWait(load, () => SERVICE_US);
    assert.ok(standardError < 0.05 * expected, "the comparison must be sharp");
    assert.ok(Math.abs(mean - expected) < 4 * standardError, `${mean} µs, expected ${expected} ± ${standardError}`);
  });
}
