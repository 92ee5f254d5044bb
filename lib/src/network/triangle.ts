/**
 * Triangle-inequality violations: pairs of hosts for which a detour over a third host is faster than the direct way. They are why overlays
 * can beat Internet routing (Savage et al., "The end-to-end effects of Internet path selection", SIGCOMM 1999; Andersen et al., RON, SOSP 2001).
 */
import { ParameterError, checkNumber } from "../errors";
import { checkObject } from "./check-input";
import { checkHosts, type LatencyModel } from "./latency-model";

/** How often, and by how much, one relay helps. */
export interface TriangleReport {
  /** Unordered pairs of hosts. Latencies of both directions are added up, as in a round trip. */
  readonly pairs: number;
  /** Pairs for which some relay is faster than the direct way. */
  readonly violated: number;
  /** Share of pairs with a faster relay, 0..1. */
  readonly share: number;
  /** Share of pairs whose best relay saves at least a fifth, 0..1. */
  readonly shareSavingFifth: number;
}

/** The best relay of a pair. */
export interface Relay {
  /** The third host; -1 when there are only two. */
  readonly relay: number;
  /** Round trip over it, microseconds; Infinity when there is none. */
  readonly roundTripUs: number;
}

function roundTrips(model: LatencyModel): Float64Array {
  const { hosts } = checkObject("model", model, "a latency model");
  if (!(hosts >= 2 && hosts <= 5000 && Number.isInteger(hosts))) {
    throw new ParameterError({
      what: "cannot look at all detours",
      got: hosts,
      expected: "2 to 5000 hosts",
      where: "parameter model",
    });
  }
  const trips = new Float64Array(hosts * hosts);
  for (let a = 0; a < hosts; a++) {
    for (let b = a + 1; b < hosts; b++) {
      trips[a * hosts + b] = model.latencyUs(a, b) + model.latencyUs(b, a);
      trips[b * hosts + a] = trips[a * hosts + b];
    }
  }
  return trips;
}

function bestRelayIn(trips: Float64Array, hosts: number, a: number, b: number): Relay {
  let relay = -1;
  let roundTripUs = Infinity;
  for (let via = 0; via < hosts; via++) {
    const trip = trips[a * hosts + via] + trips[b * hosts + via];
    if (trip < roundTripUs && via !== a && via !== b) {
      roundTripUs = trip;
      relay = via;
    }
  }
  return { relay, roundTripUs };
}

/** The relay with the shortest round trip between two hosts; the lowest number on a tie. @throws ParameterError for a model of endlessly many hosts, or what is no host */
export function bestRelay(model: LatencyModel, a: number, b: number): Relay {
  checkNumber("model.hosts", checkObject("model", model, "a latency model").hosts, { min: 2, max: 1e8, integer: true });
  checkHosts(a, b, model.hosts);
  let relay = -1;
  let roundTripUs = Infinity;
  for (let via = 0; via < model.hosts; via++) {
    if (via === a || via === b) continue;
    const trip = model.latencyUs(a, via) + model.latencyUs(via, b) + model.latencyUs(b, via) + model.latencyUs(via, a);
    if (trip < roundTripUs) {
      roundTripUs = trip;
      relay = via;
    }
  }
  return { relay, roundTripUs };
}

/**
 * Looks at every pair of hosts and every relay.
 * @param model at most 5000 hosts (the work grows with the cube)
 */
export function triangleReport(model: LatencyModel): TriangleReport {
  const trips = roundTrips(model);
  const { hosts } = model;
  let violated = 0;
  let savingFifth = 0;
  for (let a = 0; a < hosts; a++) {
    for (let b = a + 1; b < hosts; b++) {
      const direct = trips[a * hosts + b];
      const { roundTripUs } = bestRelayIn(trips, hosts, a, b);
      if (roundTripUs < direct) violated += 1;
      if (roundTripUs <= direct * 0.8) savingFifth += 1;
    }
  }
  const pairs = (hosts * (hosts - 1)) / 2;
  return { pairs, violated, share: violated / pairs, shareSavingFifth: savingFifth / pairs };
}
