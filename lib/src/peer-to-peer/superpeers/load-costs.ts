/**
 * What each action of a superpeer network costs in bytes and in processing units, and how many users match a question. Used by {@link evaluateLoad}.
 * Source: Yang, Garcia-Molina, "Designing a super-peer network", ICDE 2003, tables 1 to 3, **from memory**: this library's authors had no copy at hand, so every constant is a
 * parameter. The distribution of questions follows their "Comparing hybrid peer-to-peer systems", VLDB 2001 (both rankings exponential); its constants are not published in what was at hand.
 */
import { ParameterError, checkNumber } from "../../errors";
import { pow } from "../../simulation";

/** Cost of an action: fixed, and more for each thing that it carries. Bytes for messages; units of processing of `cyclesPerUnit` cycles. */
export interface LoadCosts {
  /** Bytes of a query without its text (82), and of its text (12). */
  readonly queryBytes: number;
  readonly queryTextBytes: number;
  /** Bytes of a response or join without contents (80), per address (28), per result (76), per file (72); of an update (152). */
  readonly responseBytes: number;
  readonly addressBytes: number;
  readonly resultBytes: number;
  readonly joinBytes: number;
  readonly fileBytes: number;
  readonly updateBytes: number;
  /** Units to send and to receive a query: fixed, and per byte of text. */
  readonly sendQuery: readonly [fixed: number, perByte: number];
  readonly receiveQuery: readonly [fixed: number, perByte: number];
  /** Units to look a query up: fixed, and per result. */
  readonly processQuery: readonly [fixed: number, perResult: number];
  /** Units to send and to receive a response: fixed, per address, per result. */
  readonly sendResponse: readonly [fixed: number, perAddress: number, perResult: number];
  readonly receiveResponse: readonly [fixed: number, perAddress: number, perResult: number];
  /** Units to send, to receive, and to take in a join: fixed, per file. */
  readonly sendJoin: readonly [fixed: number, perFile: number];
  readonly receiveJoin: readonly [fixed: number, perFile: number];
  readonly processJoin: readonly [fixed: number, perFile: number];
  /** Units to send, to receive, and to take in an update. */
  readonly update: readonly [send: number, receive: number, process: number];
  /** Units per message and open connection (select). */
  readonly multiplex: number;
  /** Cycles of a unit (7200). */
  readonly cyclesPerUnit: number;
}

/** The constants of that paper, from memory. */
export const LOAD_COSTS: LoadCosts = Object.freeze({
  queryBytes: 82, queryTextBytes: 12, responseBytes: 80, addressBytes: 28, resultBytes: 76, joinBytes: 80, fileBytes: 72, updateBytes: 152,
  sendQuery: [0.44, 0.003], receiveQuery: [0.57, 0.004], processQuery: [0.14, 1.1], sendResponse: [0.21, 0.31, 0.2], receiveResponse: [0.26, 0.41, 0.3],
  sendJoin: [0.44, 0.2], receiveJoin: [0.56, 0.3], processJoin: [0.14, 0.105], update: [0.6, 0.8, 0.3], multiplex: 0.01, cyclesPerUnit: 7200,
} as const);

/** A share of the users, and the files that each of them offers. */
export interface UserClass {
  readonly share: number;
  readonly files: number;
}

/** Users by files: a quarter shares nothing, seven in a hundred share most (after Saroiu, Gummadi, Gribble 2002, from memory); mean 168 as in VLDB 2001, from memory. */
export const USER_CLASSES: readonly UserClass[] = Object.freeze([{ share: 0.25, files: 0 }, { share: 0.5, files: 40 }, { share: 0.18, files: 250 }, { share: 0.07, files: 1471 }]);

/** Midpoints at which the questions are looked at. */
const QUESTION_STEPS = 64;

/**
 * How likely a collection of files answers a question. Questions and files are ranked alike, with exponentially falling popularity; so a question at share u of all has the
 * match probability f0 u^(1 / r) for each file, with mean f0 r / (r + 1).
 */
export class MatchModel {
  private readonly matches: Float64Array;
  private readonly known = new Map<number, number>();

  /**
   * @param meanMatch probability that a random file answers a random question, 0..1 / 2
   * @param ratio r: how much slower selection falls than popularity, > 0
   * @throws ParameterError when out of range
   */
  constructor(readonly meanMatch: number, ratio: number) {
    checkNumber("meanMatch", meanMatch, { min: 0, max: 0.5 });
    checkNumber("ratio", ratio, { min: 1, max: 1e6 });
    const top = (meanMatch * (ratio + 1)) / ratio;
    this.matches = Float64Array.from({ length: QUESTION_STEPS }, (_, step) => top * pow((step + 0.5) / QUESTION_STEPS, 1 / ratio));
  }

  /** Expected results among so many files. */
  results(files: number): number {
    return files * this.meanMatch;
  }

  /** Probability of at least one result among so many files. */
  answers(files: number): number {
    const known = this.known.get(files);
    if (known !== undefined) return known;
    let none = 0;
    for (const match of this.matches) none += pow(1 - match, files);
    const answer = files === 0 ? 0 : 1 - none / QUESTION_STEPS;
    this.known.set(files, answer);
    return answer;
  }
}

/** Checks a table of costs: every action, with as many numbers as in {@link LOAD_COSTS}. @throws ParameterError naming the first that is missing or out of range */
export function checkCosts(costs: LoadCosts): LoadCosts {
  if (typeof costs !== "object" || costs === null) throw new ParameterError({ what: "bad value for costs", got: costs, expected: "a table of costs", where: "parameter costs" });
  for (const [name, model] of Object.entries(LOAD_COSTS)) {
    const cost: unknown = costs[name as keyof LoadCosts];
    if (!Array.isArray(model)) checkNumber(`costs.${name}`, cost, { min: 0 });
    else if (!Array.isArray(cost) || cost.length !== model.length) throw new ParameterError({ what: `bad value for costs.${name}`, got: cost, expected: `a list of ${model.length} numbers >= 0`, where: `parameter costs.${name}` });
    else cost.forEach((part, index) => checkNumber(`costs.${name}[${index}]`, part, { min: 0 }));
  }
  return costs;
}

/** Checks classes of users. @throws ParameterError when shares do not add up to 1 or a number is out of range */
export function checkUserClasses(classes: readonly UserClass[]): readonly UserClass[] {
  if (!Array.isArray(classes) || classes.length === 0) throw new ParameterError({ what: "no classes of users", got: classes, expected: "at least one", where: "parameter userClasses" });
  let sum = 0;
  classes.forEach((each: UserClass | null | undefined, index) => {
    sum += checkNumber(`userClasses[${index}].share`, each?.share, { min: 0, max: 1 });
    checkNumber(`userClasses[${index}].files`, each?.files, { min: 0, max: 1e9, integer: true });
  });
  if (Math.abs(sum - 1) > 1e-9) throw new ParameterError({ what: "shares of users", got: sum, expected: "a sum of 1", where: "parameter userClasses" });
  return classes;
}
