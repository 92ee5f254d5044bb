/** Walkers that learn (APS, Tsoumakos and Roussopoulos 2003) against walkers that do not, for the same number of messages. */
import { checkNumber } from "../../errors";
import { overlayNamed, placeCopies } from "../../peer-to-peer/gnutella";
import { WalkSearcher, zipfRates, type WalkPolicy } from "../../peer-to-peer/unstructured-search";
import { AliasTable } from "../../simulation";
import { defineExperiment, type RunContext } from "../define";

/** Success of searches by past success and at random. */
export const pastSuccess = defineExperiment({
  id: "past-success",
  question: "How much more often do walkers find something that go where others have found before?",
  section: "P&D 9.4.2",
  parameters: { nodes: 2000, meanDegree: 6, objects: 100, copies: 4, exponent: 0.8, requesters: 200, requests: 1500, walkers: 6, maxSteps: 6, initialIndex: 30, indexStep: 10, expectation: "pessimistic" },
  factors: [
    { name: "policy", title: "Policy", type: "string", levels: ["random", "past-success"] },
    { name: "learned", title: "Requests before", type: "integer", unit: "requests", levels: [0, 4000, 12_000] },
  ],
  seed: 2005,
  replications: { quick: 3, full: 30 },
  metrics: [
    { name: "success_percent", title: "Success", type: "number", unit: "%", digits: 3, definition: "Requests that found a copy, among those after the number given, in per cent." },
    { name: "messages", title: "Messages per request", type: "number", digits: 4, definition: "Steps, answers and updates of indexes, mean over the same requests." },
  ],
  run: ({ policy, learned }, context) => [measure(policy as WalkPolicy, checkNumber("learned", learned, { min: 0, max: 1e7, integer: true }), context)],
});

function measure(policy: WalkPolicy, learned: number, { parameters, random }: RunContext): Readonly<Record<string, number>> {
  const { nodes, meanDegree, objects, copies, exponent, requesters, requests, walkers, maxSteps, initialIndex, indexStep } = parameters as Readonly<Record<string, number>>;
  const graph = overlayNamed("random", { nodes, degree: meanDegree, exponent: 2 }, random("overlay"));
  const places = random("copies");
  const holders = Array.from({ length: checkNumber("objects", objects, { min: 1, max: 10_000, integer: true }) }, () => placeCopies(graph.nodes, copies, places));
  const draws = random("requests");
  const askers = draws.sample(graph.nodes, checkNumber("requesters", requesters, { min: 1, max: graph.nodes, integer: true }));
  const choice = new AliasTable(zipfRates(objects, exponent));
  const expectation = parameters.expectation as "optimistic" | "pessimistic";
  const searcher = new WalkSearcher(graph, { policy, walkers, maxSteps, checkEvery: 0, initialIndex, indexStep, expectation });
  const steps = random(`steps ${policy}`);
  const count = checkNumber("requests", requests, { min: 1, max: 1e7, integer: true });
  let [found, messages] = [0, 0];
  for (let request = 0; request < learned + count; request++) {
    const [source, object] = [askers[draws.integer(askers.length)], choice.draw(draws)];
    // Walkers that do not learn need no past.
    if (policy === "random" && request < learned) continue;
    const result = searcher.search({ source, object, holders: holders[object], random: steps });
    if (request < learned) continue;
    found += result.found ? 1 : 0;
    messages += result.messages;
  }
  return { success_percent: (100 * found) / count, messages: messages / count };
}
