/**
 * Transit-stub topologies (Calvert, Doar and Zegura, "Modeling Internet topology", IEEE Communications Magazine 1997; the generator GT-ITM): a few
 * transit domains linked with each other, and stub domains that hang on transit routers. What differs from GT-ITM: domains have exactly the
 * given sizes (there they are averages), a domain that comes out in parts is joined by links (there it is drawn again), delays are one
 * constant for each kind of link, and routes are kept inside a domain by delay alone, not by policy weights.
 */
import { LimitError, ParameterError, checkChoice, checkNumber } from "../../errors";
import type { RandomStream } from "../../simulation";
import { RouterGraph, type LinkSpec } from "../router-graph";
import { checkObject, checkRandom } from "../check-input";
import { checkDelay, connectingPairs, type GeneratedTopology, type Pair } from "./generated";
import { randomPairs } from "./random-graphs";

/** Delays of the kinds of links, whole microseconds. The defaults (100, 10 and 1 ms) are those of the CAN paper (Ratnasamy et al., SIGCOMM 2001). */
export interface TransitStubDelays {
  /** Between and within transit domains; 100 ms. */
  readonly transitUs: number;
  /** From a stub to its transit router; 10 ms. */
  readonly transitStubUs: number;
  /** Within a stub domain; 1 ms. */
  readonly stubUs: number;
  /** Extra links between stub domains; 10 ms (ours). */
  readonly stubToStubUs: number;
}

/** Parameters of {@link transitStub}. Their names follow GT-ITM's manual. */
export interface TransitStubOptions {
  /** Number of transit domains, >= 1. */
  readonly transitDomains: number;
  /** Routers in each transit domain, >= 1. */
  readonly transitNodes: number;
  /** Stub domains on each transit router, >= 0. */
  readonly stubsPerTransitNode: number;
  /** Routers in each stub domain, >= 1. */
  readonly stubNodes: number;
  /** Probability of a link between two transit domains, 0..1; parts are joined. 0.5 if absent. */
  readonly transitDomainProbability?: number;
  /** Probability of a link between two routers of a transit domain; 0.6 if absent. */
  readonly transitProbability?: number;
  /** Probability of a link between two routers of a stub domain; 0.4 if absent. */
  readonly stubProbability?: number;
  /** Extra links from a stub router to a transit router other than its own; 0 if absent. */
  readonly extraTransitStub?: number;
  /** Extra links between routers of different stub domains; 0 if absent. */
  readonly extraStubStub?: number;
  readonly delays?: Partial<TransitStubDelays>;
  readonly random: RandomStream;
}

/** A transit-stub topology. Transit routers come first, domain by domain, then stub routers, domain by domain. */
export interface TransitStubTopology extends GeneratedTopology {
  /** Number of transit routers. */
  readonly transitRouters: number;
  /** Domain of each router: transit domains from 0, then stub domains. */
  readonly domainOf: Int32Array;
  /** Transit router that each stub domain hangs on. */
  readonly attachedTo: Int32Array;
}

const DEFAULT_DELAYS: TransitStubDelays = { transitUs: 100_000, transitStubUs: 10_000, stubUs: 1_000, stubToStubUs: 10_000 };
const MAX_ROUTERS = 200_000;

/**
 * Generates a transit-stub topology; always connected.
 * @throws ParameterError for parameters out of range, LimitError for more than 200000 routers
 */
export function transitStub(options: TransitStubOptions): TransitStubTopology {
  return new TransitStubGenerator(options).generate();
}

class TransitStubGenerator {
  private readonly links: LinkSpec[] = [];
  private readonly linked = new Set<number>();
  private readonly delays: TransitStubDelays;
  private readonly random: RandomStream;
  private readonly transitRouters: number;
  private readonly stubDomains: number;
  private readonly total: number;
  private repairLinks = 0;

  constructor(private readonly options: TransitStubOptions) {
    checkObject("options", options, "the parameters of a transit-stub topology");
    const { transitDomains, transitNodes, stubsPerTransitNode, stubNodes } = options;
    for (const [name, value] of Object.entries({ transitDomains, transitNodes, stubNodes })) checkNumber(name, value, { min: 1, max: 1e5, integer: true });
    checkNumber("stubsPerTransitNode", stubsPerTransitNode, { min: 0, max: 1e5, integer: true });
    this.transitRouters = transitDomains * transitNodes;
    this.stubDomains = this.transitRouters * stubsPerTransitNode;
    this.total = this.transitRouters + this.stubDomains * stubNodes;
    if (this.total > MAX_ROUTERS || transitNodes > 5000 || stubNodes > 5000) {
      throw new LimitError({
        what: "topology too large",
        got: this.total,
        expected: `at most ${MAX_ROUTERS} routers, and 5000 in a domain`,
        where: "parameter stubNodes",
      });
    }
    for (const [name, value] of Object.entries(options.delays ?? {})) {
      checkChoice("delays", name, Object.keys(DEFAULT_DELAYS));
      checkDelay(`delays.${name}`, value);
    }
    this.delays = { ...DEFAULT_DELAYS, ...options.delays };
    this.random = checkRandom("random", options.random);
  }

  generate(): TransitStubTopology {
    const { options, random, transitRouters } = this;
    const { transitNodes, stubNodes } = options;
    const domainOf = new Int32Array(this.total);
    for (let domain = 0; domain < options.transitDomains; domain++) {
      this.addDomain(domain * transitNodes, transitNodes, this.probability("transitProbability", 0.6), this.delays.transitUs);
      domainOf.fill(domain, domain * transitNodes, (domain + 1) * transitNodes);
    }
    for (const [a, b] of this.connected(options.transitDomains, this.probability("transitDomainProbability", 0.5))) {
      this.add(a * transitNodes + random.integer(transitNodes), b * transitNodes + random.integer(transitNodes), this.delays.transitUs);
    }
    const attachedTo = new Int32Array(this.stubDomains);
    for (let stub = 0; stub < this.stubDomains; stub++) {
      const first = transitRouters + stub * stubNodes;
      this.addDomain(first, stubNodes, this.probability("stubProbability", 0.4), this.delays.stubUs);
      domainOf.fill(options.transitDomains + stub, first, first + stubNodes);
      attachedTo[stub] = Math.floor(stub / options.stubsPerTransitNode);
      this.add(attachedTo[stub], first + random.integer(stubNodes), this.delays.transitStubUs);
    }
    this.addExtras(domainOf, attachedTo);
    return { graph: new RouterGraph(this.total, this.links), repairLinks: this.repairLinks, transitRouters, domainOf, attachedTo };
  }

  private addExtras(domainOf: Int32Array, attachedTo: Int32Array): void {
    const { options, random, transitRouters } = this;
    const stubRouters = this.total - transitRouters;
    const stubRouter = () => transitRouters + random.integer(stubRouters);
    const extraTransit = checkNumber("extraTransitStub", options.extraTransitStub ?? 0, { min: 0, max: 1e5, integer: true });
    const extraStub = checkNumber("extraStubStub", options.extraStubStub ?? 0, { min: 0, max: 1e5, integer: true });
    if ((extraTransit > 0 && (transitRouters < 2 || stubRouters === 0)) || (extraStub > 0 && this.stubDomains < 2)) {
      throw new ParameterError({
        what: "no routers for extra links",
        got: `${transitRouters} transit routers, ${this.stubDomains} stub domains`,
        expected: "at least two of each",
        where: "parameter extraTransitStub or extraStubStub",
      });
    }
    this.addUntil(extraTransit, () => {
      const stub = stubRouter();
      const transit = random.integer(transitRouters);
      return transit !== attachedTo[domainOf[stub] - options.transitDomains] && this.add(transit, stub, this.delays.transitStubUs);
    });
    this.addUntil(extraStub, () => {
      const [a, b] = [stubRouter(), stubRouter()];
      return domainOf[a] !== domainOf[b] && this.add(a, b, this.delays.stubToStubUs);
    });
  }

  private addUntil(wanted: number, attempt: () => boolean): void {
    let tries = 0;
    for (let added = 0; added < wanted; tries++) {
      if (tries > 100 * wanted + 1000) {
        throw new LimitError({
          what: "no room for extra links",
          got: wanted,
          expected: "fewer extra links than pairs of routers",
          where: "parameter extraTransitStub or extraStubStub",
        });
      }
      if (attempt()) added += 1;
    }
  }

  private addDomain(first: number, size: number, probability: number, delayUs: number): void {
    for (const [a, b] of this.connected(size, probability)) this.add(first + a, first + b, delayUs);
  }

  private connected(size: number, probability: number): Pair[] {
    const pairs = randomPairs(size, probability, this.random);
    const added = connectingPairs(size, pairs, "join-parts", this.random);
    this.repairLinks += added.length;
    return [...pairs, ...added];
  }

  /** Adds a link unless the two routers have one. */
  private add(from: number, to: number, delayUs: number): boolean {
    const key = Math.min(from, to) * this.total + Math.max(from, to);
    if (this.linked.has(key)) return false;
    this.linked.add(key);
    this.links.push({ from, to, delayUs });
    return true;
  }

  private probability(name: "transitDomainProbability" | "transitProbability" | "stubProbability", otherwise: number): number {
    return checkNumber(name, this.options[name] ?? otherwise, { min: 0, max: 1 });
  }
}
