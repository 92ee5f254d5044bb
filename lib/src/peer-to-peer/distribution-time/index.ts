export * from "./bounds";
export { checkChunkLog, type ChunkHistory, type ChunkLog } from "./chunk-log";
export { CHUNK_SWARM_DEFAULTS, type ChunkChoice, type ChunkSwarmParameters } from "./chunk-parameters";
export { chunkSwarm, type ChunkRun } from "./chunk-swarm";
export { checkFileDistribution, identicalPeers, SERVER_NODE, type FileDistribution, type SwarmTotals } from "./file-distribution";
export * from "./fluid-schedule";
export * from "./multi-source";
export * from "./optimal-rounds";
