export { ADAPTIVE_REPLICATION_DEFAULTS, adaptiveReplication, type AdaptiveReplicationOptions, type AdaptiveReplicationResult } from "./adaptive-replication";
export { ALLOCATIONS, allocationShares, closedFormSearchSize, expectedSearchSize, logLogSlope, normalizedRates, squareRootGain, utilizationRates, wholeCopies, zipfGain, zipfRates, type Allocation } from "./allocation";
export { drawContributions, FILES_SHARED, QUERIES_ANSWERED, topShare, type ContributionOptions } from "./contributions";
export { coverSteps, type CoverOptions } from "./cover";
export { checkWalkOptions, chooseHighDegree, choosePastSuccess, chooseRandom, indexOnLeaving, indexOnUpdate, needsUpdate, ringTtls, WALK_DEFAULTS, WALK_POLICIES, type WalkOptions, type WalkPolicy } from "./policies";
export { DELETIONS, REPLICATION_WORLD_DEFAULTS, REPLICATIONS, replicationWorld, type ReplicationWorldOptions, type ReplicationWorldResult } from "./replication-world";
export { checkSearchOptions, SEARCH_DEFAULTS, searchMessageBytes, SearchPeer, type SearchMessage, type SearchObserver, type SearchOptions } from "./search-peer";
export { expandingRing, knowledgeOf, EXPANDING_RING_DEFAULTS, WalkSearcher, type ExpandingRingOptions, type RingResult, type WalkRequest, type WalkResult } from "./walk-search";
