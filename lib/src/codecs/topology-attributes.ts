/** Reads positions, weights, delays and capacities from the attributes that GraphML and GML files attach to nodes and edges. */
import { ParameterError, checkChoice, checkNumber } from "../errors";
import { checkOptionNames } from "./check-input";
import { readDecimal, type TextPlace, type TextSource } from "./text-source";
import type { TopologyLink } from "./topology-document";

/** Milliseconds in a unit of delay. */
export const MS_PER_UNIT = { us: 1e-3, ms: 1, s: 1e3 } as const;

/** Longest link delay accepted, milliseconds: one hour. */
const LONGEST_DELAY_MS = 3_600_000;
/** Largest routing weight accepted, so that sums of weights stay exact enough to compare. */
const LARGEST_WEIGHT = 1e12;
/** Largest capacity accepted, bit/s. */
const LARGEST_CAPACITY_BPS = 1e18;

/** Units in which a file may give delays. */
export type DelayUnit = keyof typeof MS_PER_UNIT;

/** Which edge attributes carry what. An attribute that is named here but absent on an edge is unknown there. */
export interface LinkAttributeOptions {
  /** Attribute with the routing weight; `weight` if absent. */
  readonly weight?: string;
  /** Attribute with the one-way delay. Its unit must be stated, except for values like "10 ms" that carry their own. */
  readonly delay?: { readonly attribute: string; readonly unit?: DelayUnit };
  /** Attribute with the capacity and how many bit/s its unit is; `LinkSpeedRaw` in bit/s if absent. Values like "100 Mbit", "10 Gbps" or "76200 Kibit" carry their own unit. */
  readonly capacity?: { readonly attribute: string; readonly unitBps: number };
  /** What a capacity of 0 says: unknown (the default; the document's notes count them), or a mistake. A negative one always is. */
  readonly zeroCapacity?: "unknown" | "refuse";
}

/** The options of readers of GraphML and GML. */
const LINK_OPTIONS = ["file", "weight", "delay", "capacity", "zeroCapacity"];

/** Refuses units, words and names that are none. @throws ParameterError naming the option */
function checkLinkOptions({ weight, delay, capacity, zeroCapacity }: LinkAttributeOptions): void {
  const checkName = (name: string, value: unknown) => {
    if (typeof value !== "string" || value === "") throw new ParameterError({ what: `bad value for ${name}`, got: value, expected: "the name of an attribute", where: `parameter ${name}` });
  };
  if (weight !== undefined) checkName("weight", weight);
  if (delay !== undefined) checkName("delay.attribute", (delay as { attribute?: unknown } | null)?.attribute);
  if (delay?.unit !== undefined) checkChoice("delay.unit", delay.unit, ["us", "ms", "s"]);
  if (capacity !== undefined) {
    checkName("capacity.attribute", (capacity as { attribute?: unknown } | null)?.attribute);
    checkNumber("capacity.unitBps", capacity.unitBps, { min: 0, exclusiveMin: true, max: LARGEST_CAPACITY_BPS, unit: "bit/s" });
  }
  checkChoice("zeroCapacity", zeroCapacity ?? "unknown", ["unknown", "refuse"]);
}

/** Reads a one-way link delay, 0 to one hour, as milliseconds. */
export function readDelayMs(source: TextSource, text: string, unit: DelayUnit, place: TextPlace): number {
  return source.number(text, place, "link delay", { min: 0, max: LONGEST_DELAY_MS / MS_PER_UNIT[unit] }) * MS_PER_UNIT[unit];
}

/** Reads a routing weight, > 0. */
export function readWeight(source: TextSource, text: string, place: TextPlace): number {
  return source.number(text, place, "link weight", { positive: true, max: LARGEST_WEIGHT });
}

/** Reads the numbers of links, and remembers what it had to take for unknown. */
export class LinkReader {
  private zeroCapacities = 0;
  private links = 0;
  /** How many links had the attributes that the caller named. */
  private readonly found = { weight: 0, delay: 0, capacity: 0 };

  constructor(
    private readonly source: TextSource,
    private readonly options: LinkAttributeOptions,
  ) {
    checkOptionNames(options, LINK_OPTIONS);
    checkLinkOptions(options);
  }

  /** Weight, delay and capacity of one link. */
  read(attributes: ReadonlyMap<string, string>, place: TextPlace): Pick<TopologyLink, "weight" | "delayMs" | "capacityBps"> {
    const weightText = attributes.get(this.options.weight ?? "weight");
    this.links += 1;
    if (weightText !== undefined) this.found.weight += 1;
    return {
      weight: weightText === undefined ? null : readWeight(this.source, weightText, place),
      delayMs: this.delay(attributes, place),
      capacityBps: this.capacity(attributes, place),
    };
  }

  /** Names of the attributes that are read. */
  get names(): readonly string[] {
    const { weight, delay, capacity } = this.options;
    return [weight ?? "weight", ...(delay === undefined ? [] : [delay.attribute]), capacity?.attribute ?? "LinkSpeedRaw"];
  }

  /** What was taken for unknown, for readers. */
  notes(): string[] {
    const notes = this.zeroCapacities === 0 ? [] : [`${this.zeroCapacities} links have capacity 0, taken as unknown`];
    const { weight, delay, capacity } = this.options;
    const named = [["weight", weight], ["delay", delay?.attribute], ["capacity", capacity?.attribute]] as const;
    for (const [kind, attribute] of named) {
      if (attribute !== undefined && this.links > 0 && this.found[kind] === 0) notes.push(`no link has the attribute ${JSON.stringify(attribute)}, which was to hold its ${kind}`);
    }
    return notes;
  }

  private delay(attributes: ReadonlyMap<string, string>, place: TextPlace): number | null {
    const { delay } = this.options;
    const text = delay === undefined ? undefined : attributes.get(delay.attribute);
    if (delay === undefined || text === undefined) return null;
    this.found.delay += 1;
    const match = /^\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(us|\u00b5s|\u03bcs|ms|s|microseconds?|milliseconds?|seconds?)\s*$/.exec(text);
    if (match !== null && readDecimal(match[1]) !== undefined) {
      const unit = match[2].startsWith("mil") ? "ms" : /^mic|^[\u00b5\u03bc]/.test(match[2]) ? "us" : match[2].startsWith("s") ? "s" : (match[2] as DelayUnit);
      return readDelayMs(this.source, match[1], unit, place);
    }
    if (delay.unit === undefined) throw this.source.error(place, "link delay without a unit", text, 'a value like "10 ms", or a unit stated by the caller');
    return readDelayMs(this.source, text, delay.unit, place);
  }

  private capacity(attributes: ReadonlyMap<string, string>, place: TextPlace): number | null {
    const { attribute, unitBps: givenBps } = this.options.capacity ?? { attribute: "LinkSpeedRaw", unitBps: 1 };
    const text = attributes.get(attribute);
    if (text === undefined || text.trim() === "") return null;
    this.found.capacity += 1;
    const own = /^\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*([kKMGT]?)(i?)(?:bits?|bps|bit\/s)\s*$/.exec(text);
    const unitBps = own === null ? givenBps : powerOf(own[3] === "i" ? 1024 : 1000, " kMGT".indexOf(own[2] === "K" ? "k" : own[2] || " "));
    const value = this.source.number(own === null ? text : own[1], place, "link capacity", { min: 0, positive: this.options.zeroCapacity === "refuse", max: LARGEST_CAPACITY_BPS / unitBps });
    if (value > 0) return value * unitBps;
    this.zeroCapacities += 1;
    return null;
  }
}

function powerOf(base: number, exponent: number): number {
  let power = 1;
  for (let step = 0; step < exponent; step++) power *= base;
  return power;
}

const LATITUDE_NAMES = ["Latitude", "latitude", "lat"];
const LONGITUDE_NAMES = ["Longitude", "longitude", "lon", "lng", "long"];

/**
 * A node's geographic position from attributes named like Latitude and Longitude.
 * @throws ParseError when only one is given or a value is out of range
 */
export function positionOf(source: TextSource, place: TextPlace, attributes: ReadonlyMap<string, string>): { latitude: number | null; longitude: number | null } {
  const latitudeText = firstOf(attributes, LATITUDE_NAMES);
  const longitudeText = firstOf(attributes, LONGITUDE_NAMES);
  if (latitudeText === undefined && longitudeText === undefined) return { latitude: null, longitude: null };
  if (latitudeText === undefined || longitudeText === undefined) {
    throw source.error(place, "half a position", latitudeText === undefined ? "only a longitude" : "only a latitude", "both Latitude and Longitude, or neither");
  }
  return {
    latitude: source.number(latitudeText, place, "latitude", { min: -90, max: 90 }),
    longitude: source.number(longitudeText, place, "longitude", { min: -180, max: 180 }),
  };
}

function firstOf(attributes: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (value !== undefined && value.trim() !== "") return value;
  }
  return undefined;
}
