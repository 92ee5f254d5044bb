/** Distances on the globe and how long light in fibre takes over them. */
import { checkNumber } from "../errors";
import { SECOND_US } from "../units";
import { checkObject } from "./check-input";
import { asin, cos, radians, sin } from "./exact-trigonometry";

/** Mean radius of the Earth, metres (IUGG). */
export const EARTH_RADIUS_M = 6_371_008.8;
/** Speed of light in vacuum, metres per second. */
export const LIGHT_MPS = 299_792_458;
/** Speed of light in fibre, metres per second: two thirds of that in vacuum. */
export const FIBRE_MPS = (LIGHT_MPS * 2) / 3;
/**
 * How much longer Internet paths take than light in fibre along the great circle: the rule of thumb of 2.1 that Bozkurt et al., "Dissecting latency in
 * the Internet's fiber infrastructure" (arXiv:1811.10737, 2018, abstract) draw from measurement campaigns.
 */
export const PATH_INFLATION = 2.1;

/** A position on the globe, degrees. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** Refuses what is no position. */
export function checkPosition(name: string, position: Position): void {
  checkObject(name, position, "latitude and longitude");
  checkNumber(`${name}.latitude`, position.latitude, { min: -90, max: 90, unit: "degrees" });
  checkNumber(`${name}.longitude`, position.longitude, { min: -180, max: 180, unit: "degrees" });
}

/**
 * Great-circle distance on a sphere of the Earth's mean radius (haversine formula); at most 0.6 % off the true distance.
 * @returns metres
 * @throws ParameterError for a latitude beyond 90 degrees or a longitude beyond 180
 */
export function greatCircleMetres(a: Position, b: Position): number {
  checkPosition("a", a);
  checkPosition("b", b);
  const latitudeHalf = sin(radians(b.latitude - a.latitude) / 2);
  const longitudeHalf = sin(radians(b.longitude - a.longitude) / 2);
  const square = latitudeHalf * latitudeHalf + cos(radians(a.latitude)) * cos(radians(b.latitude)) * longitudeHalf * longitudeHalf;
  return 2 * EARTH_RADIUS_M * asin(Math.min(1, Math.sqrt(square)));
}

/**
 * One-way time of light in fibre along the great circle, times an inflation factor.
 * @param inflation 1 for the bound that no fibre beats; {@link PATH_INFLATION} for typical paths
 * @returns microseconds, not rounded
 * @throws ParameterError for what is no position, or an inflation outside 1..100
 */
export function fibreDelayUs(a: Position, b: Position, inflation = 1): number {
  checkNumber("inflation", inflation, { min: 1, max: 100 });
  return (greatCircleMetres(a, b) / FIBRE_MPS) * SECOND_US * inflation;
}
