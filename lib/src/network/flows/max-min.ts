/**
 * Max-min fair rates from scratch, by progressive filling (Bertsekas and Gallager, Data Networks, 2nd ed., section 6.5.2): raise
 * all rates together; when a link fills up, or a flow meets its own cap, freeze what is stopped there and go on with the rest.
 * The incremental solver is checked against this one, and falls back on it when most of the network changes at once.
 */
import { ParameterError, checkNumber } from "../../errors";
import { checkList, checkObject } from "../check-input";
import { MinHeap } from "../min-heap";

/** A set of flows on a set of links. Paths are stored one after the other, as in a sparse matrix. */
export interface FlowProblem {
  /** Capacity of each link, bit/s, >= 0. */
  readonly capacitiesBps: ArrayLike<number>;
  /** Where the path of flow f starts in `pathLinks`; one more entry than flows. */
  readonly pathStarts: ArrayLike<number>;
  /** The links of all paths; a path may be empty when the flow has a cap, and names no link twice. */
  readonly pathLinks: ArrayLike<number>;
  /** Rate cap of each flow, bit/s; Infinity when it has none. */
  readonly capsBps: ArrayLike<number>;
}

/** Max-min fair rates and the level at which each link filled up. */
export interface FlowSolution {
  /** Rate of each flow, bit/s. */
  readonly ratesBps: Float64Array;
  /** Rate of the flows a link holds back; Infinity for a link that holds back none. */
  readonly levelsBps: Float64Array;
}

/** For each link, the flows that cross it, as one array of flows and the start of each link's part. */
function indexMembers(problem: FlowProblem): { starts: Int32Array; flows: Int32Array } {
  const linkCount = problem.capacitiesBps.length;
  const flowCount = problem.capsBps.length;
  const starts = new Int32Array(linkCount + 1);
  const hopCount = problem.pathStarts[flowCount];
  for (let hop = 0; hop < hopCount; hop++) starts[problem.pathLinks[hop] + 1] += 1;
  for (let link = 0; link < linkCount; link++) starts[link + 1] += starts[link];
  const next = starts.slice(0, linkCount);
  const flows = new Int32Array(hopCount);
  for (let flow = 0; flow < flowCount; flow++) {
    for (let hop = problem.pathStarts[flow]; hop < problem.pathStarts[flow + 1]; hop++) {
      const link = problem.pathLinks[hop];
      flows[next[link]] = flow;
      next[link] += 1;
    }
  }
  return { starts, flows };
}

/** The error for a cap that is no rate. */
export function badCap(capBps: unknown, where: string): ParameterError {
  return new ParameterError({ what: "bad rate cap", got: capBps, expected: "a number >= 0 bit/s, or Infinity", where });
}

/** The error for a flow that could be endlessly fast. */
export function unlimitedFlow(where: string): ParameterError {
  return new ParameterError({ what: "a flow without links and without a cap has no finite rate", expected: "at least one link, or a cap", where });
}

/** The error for a link that is unknown, or named twice. */
export function badPathLink(link: unknown, links: number, where: string): ParameterError {
  return new ParameterError({ what: "bad link in a path", got: link, expected: `a link 0..${links - 1}, each at most once`, where });
}

/**
 * Checks the shape and ranges of a problem.
 * @throws ParameterError for a missing list, a negative capacity, path bounds that do not fit, an unknown or repeated link, or a flow that nothing limits
 */
export function checkFlowProblem(problem: FlowProblem): void {
  checkObject("problem", problem, "capacitiesBps, pathStarts, pathLinks and capsBps");
  for (const name of ["capacitiesBps", "pathStarts", "pathLinks", "capsBps"] as const) checkList(name, problem[name]);
  const flows = problem.capsBps.length;
  if (problem.pathStarts.length !== flows + 1) throw new ParameterError({ what: "number of path bounds does not fit", got: problem.pathStarts.length, expected: `${flows + 1}, one more than flows`, where: "parameter pathStarts" });
  for (let bound = 0; bound <= flows; bound++) {
    checkNumber(`pathStarts[${bound}]`, problem.pathStarts[bound], { min: bound === 0 ? 0 : problem.pathStarts[bound - 1], max: bound === 0 ? 0 : problem.pathLinks.length, integer: true });
  }
  for (let link = 0; link < problem.capacitiesBps.length; link++) {
    checkNumber(`capacitiesBps[${link}]`, problem.capacitiesBps[link], { min: 0, unit: "bit/s" });
  }
  const lastFlow = new Int32Array(problem.capacitiesBps.length).fill(-1);
  for (let flow = 0; flow < problem.capsBps.length; flow++) {
    const cap = problem.capsBps[flow];
    if (!(cap >= 0)) throw badCap(cap, `flow ${flow}`);
    const start = problem.pathStarts[flow];
    const end = problem.pathStarts[flow + 1];
    if (!(end > start) && cap === Infinity) throw unlimitedFlow(`flow ${flow}`);
    for (let hop = start; hop < end; hop++) {
      const link = problem.pathLinks[hop];
      if (lastFlow[link] === undefined || lastFlow[link] === flow) throw badPathLink(link, lastFlow.length, `flow ${flow}`);
      lastFlow[link] = flow;
    }
  }
}

/**
 * Max-min fair rates of all flows.
 *
 * @param problem links, paths and caps
 * @returns the unique max-min fair allocation, and each link's level
 * @throws ParameterError for a problem that {@link checkFlowProblem} refuses
 */
export function solveMaxMin(problem: FlowProblem): FlowSolution {
  checkFlowProblem(problem);
  return solveCheckedMaxMin(problem);
}

/** As {@link solveMaxMin}, without the check, for problems that were checked piece by piece. */
export function solveCheckedMaxMin(problem: FlowProblem): FlowSolution {
  const { capacitiesBps, pathStarts, pathLinks, capsBps } = problem;
  const linkCount = capacitiesBps.length;
  const flowCount = capsBps.length;
  const members = indexMembers(problem);
  const ratesBps = new Float64Array(flowCount).fill(-1);
  const levelsBps = new Float64Array(linkCount).fill(Infinity);
  const residualBps = Float64Array.from(capacitiesBps);
  const active = new Int32Array(linkCount);
  const links = new MinHeap(linkCount);
  for (let link = 0; link < linkCount; link++) {
    active[link] = members.starts[link + 1] - members.starts[link];
    if (active[link] > 0) links.set(link, residualBps[link] / active[link]);
  }
  const byCap = Int32Array.from({ length: flowCount }, (_, flow) => flow).sort((a, b) => capsBps[a] - capsBps[b] || a - b);
  let nextCapped = 0;

  const freeze = (flow: number, rateBps: number) => {
    ratesBps[flow] = rateBps;
    for (let hop = pathStarts[flow]; hop < pathStarts[flow + 1]; hop++) {
      const link = pathLinks[hop];
      if (levelsBps[link] !== Infinity) continue;
      active[link] -= 1;
      residualBps[link] -= rateBps;
      if (active[link] === 0) links.remove(link);
      else links.set(link, Math.max(0, residualBps[link]) / active[link]);
    }
  };

  for (;;) {
    while (nextCapped < flowCount && ratesBps[byCap[nextCapped]] >= 0) nextCapped += 1;
    const cap = nextCapped < flowCount ? capsBps[byCap[nextCapped]] : Infinity;
    const level = links.size > 0 ? links.minKey() : Infinity;
    if (cap === Infinity && links.size === 0) return { ratesBps, levelsBps };
    if (cap <= level) {
      freeze(byCap[nextCapped], cap);
      continue;
    }
    const link = links.pop();
    levelsBps[link] = level;
    for (let i = members.starts[link]; i < members.starts[link + 1]; i++) {
      if (ratesBps[members.flows[i]] < 0) freeze(members.flows[i], level);
    }
  }
}
