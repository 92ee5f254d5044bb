export { hashBoundedMoves } from "./bounded-moves";
export { ringEdgesTable, ringNodesTable } from "./drawing-tables";
export { hashLargestArc, hashLoadPercentiles, hashRingError } from "./ring-shares";
export { hashTableBalance } from "./table-balance";
export { gammaShareProbability, gammaShareQuantile, harmonicNumber, jumpBucketSizes, keyLoadQuantile, leastMovedPercent, moduloMovedPercent, multiProbePeak, ringStandardError } from "./theory";
export { hashWhatMoves } from "./what-moves";
export { CHORD_FIGURE_9, LAMPING_VEACH_TABLE, boundedMovesTable, keyPercentilesTable, ringSpreadTable, schemesTable, type PublishedSpread } from "./tables";
