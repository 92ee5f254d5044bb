/** Chord as a subject of the laws of structured overlays, in any of its variants. */
import { ChordProcess, ChordSnapshot, type ChordMessage, type ChordParameters } from "overlay-lab/dist/peer-to-peer";
import type { IdSpace } from "overlay-lab/dist/ids";
import type { StructuredSubject } from "./structured-laws";

/** The first member at or after the key, clockwise: by looking at all of them. */
export function successorOf(space: IdSpace, members: readonly bigint[], key: bigint): number {
  let best = 0;
  for (let i = 1; i < members.length; i++) if (space.clockwise(key, members[i]) < space.clockwise(key, members[best])) best = i;
  return best;
}

/** A variant of Chord. */
export function chordSubject(variant: Pick<Partial<ChordParameters>, "routing" | "style" | "successors" | "recovery" | "fingers">): StructuredSubject<ChordMessage> {
  const { routing, successors, fingers, style } = variant;
  const kept = (bits: number) => (fingers === undefined ? {} : { fingers: Math.min(bits, fingers) });
  return {
    name: `Chord ${JSON.stringify(variant)}`,
    widths: [3, 6, 28, 62, 128, 160],
    modelOwner: successorOf,
    snapshot: (table, members) => new ChordSnapshot(table, members, { routing, successors, style, ...kept(table.space.bits) }),
    still: (table) => new ChordProcess({ table, parameters: { ...variant, ...kept(table.space.bits), stabiliseUs: 0, fixFingersUs: 0, checkPredecessorUs: 0 } }),
    lively: (table, bootstrap) => new ChordProcess({
      table, bootstrap,
      parameters: { ...variant, ...kept(table.space.bits), stabiliseUs: 2_000_000, fixFingersUs: 4_000_000, fingersPerRound: Math.min(2, table.space.bits), checkPredecessorUs: 2_000_000, timeoutUs: 300_000, retries: 2, joinRetryUs: 3_000_000, auditUs: 4_000_000, lookupTimeoutUs: 8_000_000, lookupRetries: 2 },
    }),
    settleUs: 60_000_000,
  };
}
