/**
 * Closed forms of epidemic algorithms, to hold runs against. Section 9.4.2 (epidemics as the other way to find and spread things without a centre);
 * Tanenbaum & van Steen 4.5. Paper: Demers et al., "Epidemic algorithms for replicated database maintenance", PODC 1987, sections 1.3 and 1.4.
 * Not here: the effect of spatial distributions. Checked by test/peer-to-peer/gossip/epidemic-formulas.test.ts.
 */
import { checkChoice, checkNumber } from "../../errors";
import { exp, ln, pow } from "../../simulation";

/** Where bisection of the residue stops: the last bit of a double near 1. */
const RESIDUE_STEPS = 200;

/**
 * Share of sites that a rumour never reaches when a spreader loses interest with probability 1/k after each unnecessary contact:
 * the root below 1 of s = e^(-(k + 1)(1 - s)) (Demers et al., section 1.4).
 * @param k unnecessary contacts until interest is lost, on average; > 0
 * @throws ParameterError when `k` is not a number > 0
 */
export function rumourResidue(k: number): number {
  checkNumber("k", k, { min: 0, exclusiveMin: true, max: 700 });
  // f(s) = s - e^(-(k+1)(1-s)) is negative at 0 and positive just left of 1, where its slope -k is negative; one root lies between.
  let low = 0;
  let high = 1 / (k + 1);
  if (high - exp(-(k + 1) * (1 - high)) < 0) high = 1 - 1e-12;
  for (let step = 0; step < RESIDUE_STEPS; step++) {
    const middle = (low + high) / 2;
    if (middle - exp(-(k + 1) * (1 - middle)) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Share of sites not reached by `messagesPerSite` pushes to uniformly chosen sites: e^-m (Demers et al., section 1.4).
 * @param messagesPerSite >= 0
 */
export function residueOfTraffic(messagesPerSite: number): number {
  return exp(-checkNumber("messagesPerSite", messagesPerSite, { min: 0 }));
}

/**
 * The probability that a site is still without the update one cycle of anti-entropy later, near the end (Demers et al., section 1.3):
 * by pull p^2; by push p (1 - 1/n)^(n (1 - p)); by both, their product of the independent events.
 * @param p share without it now, 0..1
 * @param sites n >= 2; used by push
 * @throws ParameterError when out of range
 */
export function antiEntropyStep(direction: "push" | "pull" | "push-pull", p: number, sites: number): number {
  checkChoice("direction", direction, ["push", "pull", "push-pull"]);
  checkNumber("p", p, { min: 0, max: 1 });
  checkNumber("sites", sites, { min: 2, integer: true });
  if (p === 0) return 0;
  const push = pow(1 - 1 / sites, sites * (1 - p));
  if (direction === "pull") return p * p;
  return direction === "push" ? p * push : p * p * push;
}

/**
 * Expected cycles until a push epidemic has reached everybody: log2(n) + ln(n), up to a constant (Pittel, "On spreading a rumor", 1987).
 * @param sites n >= 1
 */
export function pushTime(sites: number): number {
  const natural = ln(checkNumber("sites", sites, { min: 1, integer: true }));
  return natural / ln(2) + natural;
}

/**
 * Share of the nodes that a broadcast reaches when each reached node forwards it to `fanout` random ones: the root above 0 of z = 1 - e^(-f z),
 * 0 for fanout <= 1.
 * @param fanout >= 0
 */
export function broadcastReach(fanout: number): number {
  checkNumber("fanout", fanout, { min: 0, max: 700 });
  if (fanout <= 1) return 0;
  let reach = 1;
  // Each step contracts towards the root from above.
  for (let step = 0; step < 10_000; step++) {
    const next = 1 - exp(-fanout * reach);
    if (next === reach) break;
    reach = next;
  }
  return reach;
}
