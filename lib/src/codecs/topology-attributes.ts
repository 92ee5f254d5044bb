/** Reads positions, weights, delays and capacities from the attributes that GraphML and GML files attach to nodes and edges. */
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
  /** Attribute with the capacity and how many bit/s its unit is; `LinkSpeedRaw` in bit/s if absent. */
  readonly capacity?: { readonly attribute: string; readonly unitBps: number };
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

  constructor(
    private readonly source: TextSource,
    private readonly options: LinkAttributeOptions,
  ) {}

  /** Weight, delay and capacity of one link. */
  read(attributes: ReadonlyMap<string, string>, place: TextPlace): Pick<TopologyLink, "weight" | "delayMs" | "capacityBps"> {
    const weightText = attributes.get(this.options.weight ?? "weight");
    return {
      weight: weightText === undefined ? null : readWeight(this.source, weightText, place),
      delayMs: this.delay(attributes, place),
      capacityBps: this.capacity(attributes, place),
    };
  }

  /** What was taken for unknown, for readers. */
  notes(): string[] {
    return this.zeroCapacities === 0 ? [] : [`${this.zeroCapacities} links have capacity 0, taken as unknown`];
  }

  private delay(attributes: ReadonlyMap<string, string>, place: TextPlace): number | null {
    const { delay } = this.options;
    const text = delay === undefined ? undefined : attributes.get(delay.attribute);
    if (delay === undefined || text === undefined) return null;
    const match = /^\s*(\S+)\s*(us|ms|s|microseconds?|milliseconds?|seconds?)\s*$/.exec(text);
    if (match !== null && readDecimal(match[1]) !== undefined) {
      const unit = match[2].startsWith("mil") ? "ms" : match[2].startsWith("mic") ? "us" : match[2].startsWith("s") ? "s" : (match[2] as DelayUnit);
      return readDelayMs(this.source, match[1], unit, place);
    }
    if (delay.unit === undefined) throw this.source.error(place, "link delay without a unit", text, 'a value like "10 ms", or a unit stated by the caller');
    return readDelayMs(this.source, text, delay.unit, place);
  }

  private capacity(attributes: ReadonlyMap<string, string>, place: TextPlace): number | null {
    const { attribute, unitBps } = this.options.capacity ?? { attribute: "LinkSpeedRaw", unitBps: 1 };
    const text = attributes.get(attribute);
    if (text === undefined || text.trim() === "") return null;
    const value = this.source.number(text, place, "link capacity", { min: 0, max: LARGEST_CAPACITY_BPS / unitBps });
    if (value > 0) return value * unitBps;
    this.zeroCapacities += 1;
    return null;
  }
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
