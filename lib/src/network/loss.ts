/** Losing messages at random: independently, or in bursts. */
import { checkNumber } from "../errors";
import type { RandomStream } from "../simulation";
import { checkObject, checkRandom } from "./check-input";

/** Decides the fate of messages, in the order in which they are sent. */
export interface LossModel {
  /** True when this message is lost. */
  isLost(from: number, to: number): boolean;
}

/** Every message is lost with the same probability, independently. */
export class IndependentLoss implements LossModel {
  /**
   * @param probability 0..1
   * @param random one draw for each message
   */
  constructor(
    private readonly probability: number,
    private readonly random: RandomStream,
  ) {
    checkNumber("probability", probability, { min: 0, max: 1 });
    checkRandom("random", random);
  }

  isLost(): boolean {
    return this.random.uniform() < this.probability;
  }
}

/** Parameters of {@link BurstLoss}; all are probabilities. */
export interface BurstLossOptions {
  /** Chance that a good path turns bad with a message. */
  readonly goodToBad: number;
  /** Chance that a bad path turns good with a message. */
  readonly badToGood: number;
  /** Chance that a message is lost on a good path; 0 if absent. */
  readonly lossWhenGood?: number;
  /** Chance that a message is lost on a bad path; 1 if absent. */
  readonly lossWhenBad?: number;
}

/**
 * Losses in bursts: each ordered pair of hosts is in a good or a bad state that changes from message to message (Gilbert, "Capacity of a burst-noise
 * channel", 1960; Elliott 1963). The share lost in the long run is (goodToBad lossWhenBad + badToGood lossWhenGood) / (goodToBad + badToGood).
 */
export class BurstLoss implements LossModel {
  private readonly options: Required<BurstLossOptions>;
  private readonly bad = new Set<number>();

  /** @param random two draws for each message */
  constructor(
    options: BurstLossOptions,
    private readonly random: RandomStream,
  ) {
    const { goodToBad, badToGood, lossWhenGood = 0, lossWhenBad = 1 } = checkObject("options", options, "at least goodToBad and badToGood");
    this.options = { goodToBad, badToGood, lossWhenGood, lossWhenBad };
    for (const [name, value] of Object.entries(this.options)) checkNumber(name, value, { min: 0, max: 1 });
    checkRandom("random", random);
  }

  isLost(from: number, to: number): boolean {
    const { goodToBad, badToGood, lossWhenGood, lossWhenBad } = this.options;
    const pair = from * 67108864 + to;
    const wasBad = this.bad.has(pair);
    const changes = this.random.uniform() < (wasBad ? badToGood : goodToBad);
    if (changes && wasBad) this.bad.delete(pair);
    else if (changes) this.bad.add(pair);
    return this.random.uniform() < (wasBad !== changes ? lossWhenBad : lossWhenGood);
  }
}
