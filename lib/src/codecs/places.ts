/** Tables of places: cities as CSV, and points of presence as the JSON that Cloudflare's list of data centres uses. */
import { ParseError, checkChoice } from "../errors";
import { splitCells } from "./cells";
import { isJsonObject, readJson } from "./json-text";
import { TextSource, type TextPlace } from "./text-source";

/** A place on Earth. */
export interface Place {
  readonly name: string;
  /** Country as the file gives it: a name or an ISO 3166 code. */
  readonly country: string;
  /** Degrees, -90..90. */
  readonly latitude: number;
  /** Degrees, -180..180. */
  readonly longitude: number;
  /** Inhabitants; 0 when the file gives none. */
  readonly population: number;
}

/** Places, and the names of those left out. */
export interface PlaceTable {
  readonly places: readonly Place[];
  /** Places without a position, left out as the caller allowed. */
  readonly withoutPosition: readonly string[];
}

const UNKNOWN: TextPlace = { line: 1, offset: 0 };

const COLUMN_NAMES = {
  name: ["name", "city"],
  country: ["country", "cca2"],
  latitude: ["lat", "latitude"],
  longitude: ["lon", "lng", "longitude"],
  population: ["population", "pop"],
} as const;

type Columns<T> = { readonly [name in keyof typeof COLUMN_NAMES]: T };

function mapColumns<T>(find: (names: readonly string[]) => T): Columns<T> {
  const { name, country, latitude, longitude, population } = COLUMN_NAMES;
  return { name: find(name), country: find(country), latitude: find(latitude), longitude: find(longitude), population: find(population) };
}

function placeFrom(source: TextSource, place: TextPlace, fields: Columns<string>): Place {
  const name = fields.name.trim();
  if (name === "") throw source.error(place, "place without a name", fields.name, "a name");
  return {
    name,
    country: fields.country.trim(),
    latitude: source.number(fields.latitude, place, "latitude", { min: -90, max: 90 }),
    longitude: source.number(fields.longitude, place, "longitude", { min: -180, max: 180 }),
    population: fields.population.trim() === "" ? 0 : source.number(fields.population, place, "population", { min: 0, max: 1e9 }),
  };
}

/**
 * Reads places from CSV with a header that names at least the columns name, lat and lon (country and population may be missing).
 *
 * @throws ParseError with file and line when a column is missing, a line has another number of cells, or a number is out of range
 */
export function parsePlaces(text: string, file = "places"): readonly Place[] {
  const source = new TextSource(text, file);
  const places: Place[] = [];
  let columns: Columns<number> | undefined;
  let width = 0;
  for (const line of source.contentLines("#")) {
    const cells = splitCells(source, line, ",");
    if (columns !== undefined && cells.length !== width) throw source.error(line, "wrong number of cells", line.text, `${width} cells, separated by commas`);
    if (columns === undefined) {
      const names = cells.map((cell) => cell.trim().toLowerCase());
      const find = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name));
      columns = mapColumns(find);
      if (columns.name < 0 || columns.latitude < 0 || columns.longitude < 0) throw source.error(line, "columns missing", line.text, "a header with name, country, lat, lon, population");
      width = cells.length;
      continue;
    }
    const { name, country, latitude, longitude, population } = columns;
    const [nameCell, countryCell, latitudeCell, longitudeCell, populationCell] = [name, country, latitude, longitude, population].map((column) => (column < 0 ? "" : cells[column]));
    places.push(placeFrom(source, line, { name: nameCell, country: countryCell, latitude: latitudeCell, longitude: longitudeCell, population: populationCell }));
  }
  if (places.length === 0) throw source.endError("no places in the file", 0, "at least one line after the header");
  return places;
}

/**
 * Reads points of presence from JSON: an object of objects with `name` or `city`, `lat` and `lon`, and possibly `country` or `cca2`, keyed by
 * a code such as the airport's. The place's name is the code, a blank, and the city.
 *
 * @param missing what to do with entries without a position: refuse the file, or leave them out and list them
 * @throws ParseError when the text is no such JSON, or a position is out of range
 */
export function parsePointsOfPresence(text: string, missing: "refuse" | "leave-out", file = "points of presence"): PlaceTable {
  checkChoice("missing", missing, ["refuse", "leave-out"]);
  const source = new TextSource(text, file);
  const document = readJson(source);
  const data = document.value;
  if (!isJsonObject(data)) throw source.error(document.placeOf([]), "cannot read points of presence", data, "a JSON object of objects");
  const places: Place[] = [];
  const withoutPosition: string[] = [];
  for (const [code, entry] of Object.entries(data)) {
    if (!isJsonObject(entry)) throw source.error(document.placeOf([code]), `cannot read the place ${JSON.stringify(code)}`, entry, "an object");
    const fields = new Map(Object.entries(entry).map(([name, value]) => [name.toLowerCase(), String(isJsonObject(value) ? "" : value ?? "")]));
    const field = (names: readonly string[]) => names.map((name) => fields.get(name)).find((value) => value !== undefined) ?? "";
    const latitude = field(COLUMN_NAMES.latitude);
    const longitude = field(COLUMN_NAMES.longitude);
    if (latitude === "" || longitude === "") {
      if (missing === "refuse") throw source.error(document.placeOf([code]), `place ${JSON.stringify(code)} without a position`, entry, "lat and lon");
      withoutPosition.push(code);
      continue;
    }
    try {
      places.push(placeFrom(source, UNKNOWN, { name: `${code} ${field(["city", "name"])}`, country: field(["country", "cca2"]), latitude, longitude, population: "" }));
    } catch (error) {
      // Looking for the line costs another pass, so it waits until there is something to say.
      throw error instanceof ParseError ? source.error(document.placeOf([code]), error.facts.what, error.facts.got, error.facts.expected ?? "") : error;
    }
  }
  if (places.length === 0) throw source.endError("no places in the file", 0, "at least one place with a position");
  return { places, withoutPosition };
}
