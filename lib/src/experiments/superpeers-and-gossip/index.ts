export { PUBLISHED_RUMOURS, RUMOUR_TABLES, rumourResidueAgainstK, type PublishedRumours } from "./rumour-residue";
export { QuestionMeter, question, settle, superpeerFailover, superpeerSaving, superpeerWorld, superpeersUp, type SuperpeerWorld, type SuperpeerWorldOptions } from "./superpeer-worlds";
export { reliabilityTable, viewsAfterFailures } from "./views-after-failures";
export { VIEW_PROTOCOLS, crashShare, reliabilities, settledViews, type ViewProtocol, type ViewWorld, type ViewWorldOptions } from "./view-worlds";
export { FAILOVER_NAMES, recordFailover } from "./failover-story";
export { networkLoad, redundancyEffect, type LoadComparison, type RedundancyEffect } from "./load-comparisons";
export { settledGraph, type SettledGraph } from "./settled-graphs";
