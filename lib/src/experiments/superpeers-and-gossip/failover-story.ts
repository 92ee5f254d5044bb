/** Five nodes for the step player: a leaf whose superpeer dies, and that moves over. */
import { SuperpeerNode, type SuperpeerMessage } from "../../peer-to-peer/superpeers";
import { Simulation, constantDelay, recordSteps, type StepData } from "../../simulation";
import { SECOND_US } from "../../units";

/** Names of the nodes: two that become superpeers, three leaves. */
export const FAILOVER_NAMES: readonly string[] = Object.freeze(["S", "T", "A", "B", "C"]);

/** When S dies. */
const DEATH_US = 9 * SECOND_US;

/**
 * S founds the first cluster, with room for three leaves; C arrives when it is full, so T, the strongest, founds the second. A asks for the file of C, S dies, the leaves move to T, and A asks again.
 * @param seed of the run
 */
export function recordFailover(seed: number): StepData {
  const capacities = [8, 9, 1, 1, 1];
  const parameters = { maxLeaves: 3, joinTries: 1, neighbours: 1, heartbeatUs: 2 * SECOND_US, silentUs: 5 * SECOND_US };
  const simulation = new Simulation<SuperpeerMessage, SuperpeerNode>({
    nodes: 5, seed, transport: constantDelay(50_000), startUs: (node) => node * SECOND_US,
    process: (node) => new SuperpeerNode(parameters, { capacity: capacities[node], files: [node], contacts: node === 0 ? [] : [0] }),
    faults: [{ kind: "crash", node: 0, atUs: DEATH_US }],
  });
  for (const timeUs of [DEATH_US - 2 * SECOND_US, DEATH_US + 9 * SECOND_US]) simulation.invokeAt(timeUs, 2, (process, context) => void process.search(context, 4));
  return recordSteps(simulation, { untilUs: DEATH_US + 10 * SECOND_US });
}
