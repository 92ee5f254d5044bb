export { chordChurn, chordFailures } from "./failures";
export { chordKeysPerNode, chordLostKeys, chordVirtualNodes } from "./keys";
export { chordLatency, lookupStretch, type StretchSummary } from "./latency";
export { chordPathDistribution, chordPathLength } from "./paths";
export { fingerTable, fingersOnRing, lookupWords, ownerOnRing, recordLookup, ringEdges, ringNodes, ringPlaces, smallRing, type LookupWords, type RecordedLookup, type SmallRing, type SmallRingOptions } from "./small-ring";
export { CHORD_FIGURE_10A, CHORD_FIGURE_10B, CHORD_FIGURE_11, CHORD_FIGURE_8A, CHORD_TABLE_II, chordDistributionTable, chordFailuresTable, chordKeysTable, chordPathShares, chordPathTable } from "./tables";
export { expectedHops, expectedPath, expectedTimeouts } from "./theory";
