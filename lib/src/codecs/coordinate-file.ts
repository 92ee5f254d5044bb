/**
 * Vivaldi-type network coordinates, as SimGrid distributes them: `id x y h height` a line, in milliseconds, where the
 * round trip between two hosts is the Euclidean distance plus both heights (Dabek et al., "Vivaldi: a decentralized network coordinate
 * system", SIGCOMM 2004, section 5.4).
 */
import { TextSource, NodeIndex, checkItemCount } from "./text-source";

/** Coordinates of hosts, in milliseconds of round trip. */
export interface CoordinateTable {
  readonly file: string;
  readonly hosts: readonly string[];
  /** Number of coordinates of each host, without the height. */
  readonly dimensions: number;
  /** Host by host. */
  readonly positionsMs: Float64Array;
  /** Height of each host, >= 0; 0 where the file gives none. */
  readonly heightsMs: Float64Array;
}

/**
 * Reads a file of coordinates. Lines starting with # are comments; the part `h height` may be left out on all lines.
 * @throws ParseError when lines differ in the number of coordinates, a host appears twice, or a height is negative
 */
export function parseCoordinates(text: string, file = "coordinates"): CoordinateTable {
  const source = new TextSource(text, file);
  const index = new NodeIndex(source);
  const positions: number[] = [];
  const heights: number[] = [];
  let dimensions = 0;
  for (const line of source.contentLines("#")) {
    const fields = line.text.trim().split(/\s+/);
    const heightAt = fields.indexOf("h");
    const coordinates = fields.slice(1, heightAt < 0 ? undefined : heightAt);
    if (heights.length === 0) dimensions = coordinates.length;
    if (coordinates.length !== dimensions || dimensions < 1 || dimensions > 16 || (heightAt >= 0 && heightAt !== fields.length - 2)) {
      throw source.error(line, "cannot read coordinates", line.text, dimensions < 1 || dimensions > 16 ? "id, 1 to 16 coordinates, h, height" : `id, ${dimensions} coordinates, h, height`);
    }
    checkItemCount(source, line, heights.length);
    index.add(fields[0], line);
    for (const text of coordinates) positions.push(source.number(text, line, "coordinate", { min: -1e9, max: 1e9 }));
    heights.push(heightAt < 0 ? 0 : source.number(fields[heightAt + 1], line, "height", { min: 0, max: 1e9 }));
  }
  if (heights.length < 2) throw source.endError("too few hosts", heights.length, "at least 2");
  return { file, hosts: index.entries.map(({ id }) => id), dimensions, positionsMs: Float64Array.from(positions), heightsMs: Float64Array.from(heights) };
}
