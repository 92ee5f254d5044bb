/** The theorem of Cohen and Shenker, tried on an overlay: copies placed by each rule, found by walkers, beside the closed form. */
import { checkNumber } from "../../errors";
import { regularOverlay } from "../../peer-to-peer/gnutella";
import { allocationShares, closedFormSearchSize, expectedSearchSize, WalkSearcher, wholeCopies, zipfRates, type Allocation } from "../../peer-to-peer/unstructured-search";
import { AliasTable } from "../../simulation";
import { defineExperiment, type Parameters, type RunContext } from "../define";

/** Search size under three rules of replication. */
export const copiesAndSearchSize = defineExperiment({
  id: "copies-and-search-size",
  question: "How many nodes does a search visit when copies are spread evenly, in proportion to demand, or to its square root?",
  section: "P&D 9.4.2",
  parameters: { nodes: 2000, degree: 6, objects: 50, copiesPerNode: 1, queries: 600 },
  factors: [
    { name: "allocation", title: "Copies", type: "string", levels: ["uniform", "proportional", "square-root"] },
    { name: "exponent", title: "Zipf exponent of the queries", type: "number", levels: [0, 0.4, 0.8, 1.2] },
  ],
  seed: 2003,
  replications: { quick: 8, full: 80 },
  metrics: [
    { name: "steps", title: "Search size", type: "number", unit: "nodes", digits: 4, definition: "Nodes at which one walker looks until it meets a copy, the one that asks included, mean over queries drawn by their rates." },
    { name: "expected", title: "Theory, whole copies", type: "number", unit: "nodes", digits: 5, definition: "Sum of q_i n / r_i with the whole numbers of copies r_i that were placed." },
    { name: "closed_form", title: "Theory", type: "number", unit: "nodes", digits: 5, definition: "m / ρ, or (Σ √q_i)² / ρ for the square root." },
  ],
  oracle: { metric: "steps", source: "Cohen and Shenker, SIGCOMM 2002", expected: (arm, parameters) => theory(arm.allocation as Allocation, arm.exponent as number, parameters).closed, tolerance: 0.1 },
  run: (arm, context) => [measure(arm.allocation as Allocation, arm.exponent as number, context)],
});

function theory(allocation: Allocation, exponent: number, parameters: Parameters): { rates: Float64Array; copies: Int32Array; expected: number; closed: number } {
  const { nodes, objects, copiesPerNode } = parameters as Readonly<Record<string, number>>;
  const total = Math.round(checkNumber("copiesPerNode", copiesPerNode, { min: 0, exclusiveMin: true, max: objects }) * nodes);
  const rates = zipfRates(objects, exponent);
  const copies = wholeCopies(allocationShares(rates, allocation), total, 1, nodes);
  return { rates, copies, expected: expectedSearchSize(rates, copies, total / nodes), closed: closedFormSearchSize(rates, allocation, total / nodes) };
}

function measure(allocation: Allocation, exponent: number, { parameters, random }: RunContext): Readonly<Record<string, number>> {
  const { nodes, degree } = parameters as Readonly<Record<string, number>>;
  const { rates, copies, expected, closed } = theory(allocation, exponent, parameters);
  const graph = regularOverlay(nodes, degree, random("overlay"));
  const walk = new WalkSearcher(graph, { walkers: 1, checkEvery: 0, maxSteps: 1e7 });
  const [choice, places, steps] = [new AliasTable(rates), random("copies"), random("steps")];
  const queries = checkNumber("queries", parameters.queries, { min: 1, max: 1e7, integer: true });
  const holders = Array.from(copies, (count) => {
    const marks = new Uint8Array(nodes);
    for (const node of places.sample(nodes, count)) marks[node] = 1;
    return marks;
  });
  let sum = 0;
  for (let query = 0; query < queries; query++) {
    // The source is a random node as well, and looks at its own copies first: one more probe than steps.
    const result = walk.search({ source: places.integer(nodes), holders: holders[choice.draw(places)], random: steps });
    sum += 1 + result.steps;
  }
  return { steps: sum / queries, expected, closed_form: closed };
}
