export { CHORD_DEFAULTS, chordParameters, type ChordParameters, type LookupStyle, type RoutingState } from "./parameters";
export { ADDRESS_BYTES, HEAD_BYTES, type ChordMessage } from "./messages";
export { ChordState } from "./state";
export { closestPrecedingNode, knowsOwner, nextHops, ownerInList, type NextHops, type Routing } from "./decisions";
export { ChordProcess, type ChordOptions } from "./chord-process";
export { fingerOffsets, lowestFinger } from "./finger-offsets";
export { ChordSnapshot, type ChordRouteOptions } from "./snapshot";
