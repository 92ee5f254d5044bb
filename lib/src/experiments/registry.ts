/** All experiments of the library by id: what can be run, exported, verified and compared between versions of Node. */
import { InvariantError, ParameterError } from "../errors";
import { chordChurn, chordFailures, chordKeysPerNode, chordLatency, chordLostKeys, chordPathDistribution, chordPathLength, chordVirtualNodes } from "./chord";
import { hashBoundedMoves, hashLargestArc, hashLoadPercentiles, hashRingError, hashTableBalance, hashWhatMoves } from "./consistent-hashing";
import type { ExperimentDefinition } from "./define";
import { multicastChurn, multicastSchemes } from "./end-system-multicast";
import { mboneDeployment, sixBoneDeployment } from "./experimental-ip";
import { gnutellaFloodTtl, napsterRegistryLoad, oneNodeDies } from "./napster-and-gnutella";
import { nestedOverlays } from "./overlays-and-tunnels";
import { p2pChunkCount, p2pFileDistribution, p2pFileDistributionScale, p2pHeterogeneousPeers } from "./p2p-file-distribution";
import { ronDetection, ronMany, ronOutageRecovery, ronOverhead, ronPathQuality } from "./resilient-overlay-network";
import { rumourResidueAgainstK, superpeerFailover, superpeerSaving, viewsAfterFailures } from "./superpeers-and-gossip";
import { suggestName } from "./suggest";
import { adaptiveCopies, copiesAndSearchSize, hubsFirst, pastSuccess, searchMethods } from "./unstructured-search";

/** Every experiment, in the order of the textbook. A new experiment is imported above and added here. */
export const EXPERIMENTS: readonly ExperimentDefinition[] = checkRegistry([
  p2pFileDistribution, p2pFileDistributionScale, p2pChunkCount, p2pHeterogeneousPeers,
  nestedOverlays,
  mboneDeployment, sixBoneDeployment,
  multicastSchemes, multicastChurn,
  ronOutageRecovery, ronDetection, ronOverhead, ronPathQuality, ronMany,
  gnutellaFloodTtl, napsterRegistryLoad, oneNodeDies,
  searchMethods, copiesAndSearchSize, adaptiveCopies, pastSuccess, hubsFirst,
  superpeerSaving, superpeerFailover, viewsAfterFailures, rumourResidueAgainstK,
  hashWhatMoves, hashRingError, hashLargestArc, hashLoadPercentiles, hashBoundedMoves, hashTableBalance,
  chordPathLength, chordPathDistribution, chordKeysPerNode, chordVirtualNodes, chordLostKeys, chordFailures, chordChurn, chordLatency,
]);

/**
 * Checks that no two experiments share an id.
 *
 * @returns the list, frozen
 * @throws InvariantError otherwise
 */
export function checkRegistry(experiments: readonly ExperimentDefinition[]): readonly ExperimentDefinition[] {
  const ids = experiments.map((experiment) => experiment.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new InvariantError({ what: "two experiments with one id", got: twice, expected: "distinct ids", where: "registry of experiments" });
  return Object.freeze([...experiments]);
}

/**
 * The experiment with an id.
 *
 * @param id as in `defineExperiment`
 * @param experiments where to look; all of the library's by default
 * @throws ParameterError when there is none, naming the nearest
 */
export function experimentById(id: string, experiments: readonly ExperimentDefinition[] = EXPERIMENTS): ExperimentDefinition {
  const found = experiments.find((experiment) => experiment.id === id);
  if (found === undefined) {
    throw new ParameterError({ what: "unknown experiment", got: id, expected: suggestName(id, experiments.map((experiment) => experiment.id)), where: "registry of experiments" });
  }
  return found;
}
