/** Which keys move when a server joins or leaves, scheme by scheme, and how even the shares were before. */
import { ParameterError } from "../../errors";
import { BoundedLoadRing, HASH_SCHEMES, type HashScheme, type ServerHash } from "../../ids";
import { defineExperiment, type Arm, type Parameters, type RunContext } from "../define";
import { SCHEME_PARAMETERS, countOf, keysOf, loadsOf, peakOverMean, schemeOf, serverNames } from "./setting";
import { leastMovedPercent, moduloMovedPercent } from "./theory";

/** Changes of the set of servers: one more; the one with the last number goes; a random one goes. */
const CHANGES = ["join", "last leaves", "any leaves"] as const;

/** Moves, needless moves, who inherits, and the fullest server. */
export const hashWhatMoves = defineExperiment({
  id: "hash-what-moves",
  question: "How many keys move when one server joins or leaves, and how many of them for no reason?",
  section: "P&D 9.4.2",
  parameters: { servers: 20, keys: 8000, keyText: "", ...SCHEME_PARAMETERS },
  factors: [
    { name: "scheme", title: "Scheme", type: "string", levels: [...HASH_SCHEMES] },
    { name: "change", title: "Change", type: "string", levels: [...CHANGES] },
  ],
  seed: 101,
  replications: { quick: 5, full: 60 },
  metrics: [
    { name: "moved_percent", title: "Keys that move", type: "number", unit: "%", digits: 4, definition: "Keys with another server after the change than before, in per cent of all keys." },
    { name: "needless_percent", title: "Moved needlessly", type: "number", unit: "%", digits: 4, definition: "Keys that moved from one server to another although both were there before and after, in per cent of all keys." },
    { name: "heir_percent", title: "Largest heir", type: "number", unit: "%", digits: 4, definition: "Of the keys that came to the joiner or fell from the leaver, the largest part that one other server gave or took, in per cent." },
    { name: "peak_load", title: "Fullest server", type: "number", unit: "x mean", digits: 4, definition: "Keys of the fullest server over the mean, before the change." },
  ],
  oracle: {
    metric: "moved_percent",
    source: "Karger et al. 1997: a join takes 1 / (n + 1) of the keys, all to the joiner; modulo n all but 1 / (n + 1) move (Chinese remainder theorem)",
    expected: expectedMoves,
    tolerance: 0.05,
  },
  run: (arm, context) => [measure(arm.scheme as HashScheme, arm.change as (typeof CHANGES)[number], context)],
});

function expectedMoves(arm: Arm, parameters: Parameters): number | null {
  const change = arm.change === "join" ? "join" : "leave";
  const servers = parameters.servers as number;
  if (arm.scheme === "modulo") return moduloMovedPercent(change, servers);
  if (arm.scheme === "maglev" || arm.scheme === "bounded loads" || (arm.scheme === "jump" && arm.change === "any leaves")) return null;
  return leastMovedPercent(change, servers);
}

function measure(scheme: HashScheme, change: (typeof CHANGES)[number], context: RunContext): Readonly<Record<string, number | null>> {
  const count = countOf(context.parameters, "servers", 2, 10_000);
  const keys = keysOf(context, countOf(context.parameters, "keys", 1, 1e7));
  const names = serverNames(count);
  const hash = schemeOf(scheme, context, names);
  if (hash instanceof BoundedLoadRing) hash.placeAll(keys);
  const before = hash.lookupAll(keys);
  const serversBefore = hash.servers;
  const peak = peakOverMean(loadsOf(before, count));
  const changed = apply(hash, change, count, context);
  const after = hash.lookupAll(keys);
  const numberBefore = new Map(serversBefore.map((name, index) => [name, index]));
  const toOld = Int32Array.from(hash.servers, (name) => numberBefore.get(name) ?? -1);
  const changedOld = numberBefore.get(changed) ?? -1;
  let [moved, needless, inherited] = [0, 0, 0];
  const partners = new Map<number, number>();
  for (let i = 0; i < keys.length; i++) {
    const now = toOld[after[i]];
    if (now === before[i]) continue;
    moved += 1;
    // The joiner has no number from before; the leaver has, but holds nothing now.
    const touches = change === "join" ? now === -1 : before[i] === changedOld;
    if (!touches) needless += 1;
    else {
      const partner = change === "join" ? before[i] : now;
      partners.set(partner, (partners.get(partner) ?? 0) + 1);
      inherited += 1;
    }
  }
  const largest = [...partners.values()].reduce((a, b) => Math.max(a, b), 0);
  return {
    moved_percent: (100 * moved) / keys.length,
    needless_percent: (100 * needless) / keys.length,
    heir_percent: inherited === 0 ? null : (100 * largest) / inherited,
    peak_load: peak,
  };
}

/** Makes the change and says which server it was. */
function apply(hash: ServerHash, change: (typeof CHANGES)[number], count: number, context: RunContext): string {
  switch (change) {
    case "join": {
      const joiner = `server-${count + 1}`;
      hash.add(joiner);
      return joiner;
    }
    case "last leaves":
    case "any leaves": {
      const leaver = `server-${change === "last leaves" ? count : 1 + context.random("leaver").integer(count)}`;
      hash.remove(leaver);
      return leaver;
    }
    default:
      throw new ParameterError({ what: "unknown change", got: change, expected: CHANGES.join(", "), where: "factor change" });
  }
}
