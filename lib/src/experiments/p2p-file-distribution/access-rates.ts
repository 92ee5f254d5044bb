/**
 * Kinds of access lines with their rates and how common they are in a swarm; read from a small CSV table, drawn from at random.
 *
 * The library cannot open files (it also runs in a browser), so the reader takes the text of `data/access-rates.csv` or of a table of
 * the same columns. Checked by test/peer-to-peer/access-rates.test.ts.
 */
import Papa from "papaparse";
import { ParameterError, ParseError } from "../../errors";
import type { RandomStream } from "../../simulation/random";

/** One kind of access line. */
export interface AccessRate {
  readonly technology: string;
  /** Download rate in bit/s, >= 1. */
  readonly downBps: number;
  /** Upload rate in bit/s, >= 0. */
  readonly upBps: number;
  /** Share in the mix of every kind of line, whole percent. */
  readonly sharePercent: number;
  /** Share in the mix of copper lines only, whole percent. */
  readonly copperSharePercent: number;
  /** Standard, report or product that states the rates. */
  readonly source: string;
  readonly year: number;
}

const COLUMNS = ["technology", "down_bps", "up_bps", "share_percent", "copper_share_percent", "source", "year"] as const;

/**
 * Reads a table of access rates.
 *
 * @param csvText RFC 4180 text with the header technology, down_bps, up_bps, share_percent, copper_share_percent, source, year
 * @param name what to call the text in an error message
 * @throws ParseError naming the line for a missing column, a malformed number, a repeated name or shares that do not add up to 100
 */
export function parseAccessRates(csvText: string, name = "access rates"): readonly AccessRate[] {
  // One kind of line end, since the parser takes the first one it sees for all of them.
  const text = csvText.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const { data, errors } = Papa.parse<string[]>(text, { skipEmptyLines: false, delimiter: ",", newline: "\n" });
  const fail = (line: number, what: string, got: unknown, expected: string): never => {
    throw new ParseError({ what, got, expected, where: `${name}, line ${line}`, offset: offsetOfLine(text, line) });
  };
  const lines = lineNumbers(data);
  const broken = errors[0];
  if (broken !== undefined) fail(lines[broken.row ?? 0] ?? 1, `not a CSV table: ${broken.message}`, data[broken.row ?? 0], "quotes closed and doubled as in RFC 4180");
  const header = data[0] ?? [];
  if (header.join(",") !== COLUMNS.join(",")) fail(1, "unexpected header", header.join(","), COLUMNS.join(","));
  const rates: AccessRate[] = [];
  for (let row = 1; row < data.length; row++) {
    if (data[row].length === 1 && data[row][0] === "") continue;
    if (data[row].length !== COLUMNS.length) fail(lines[row], "wrong number of fields", data[row].length, `${COLUMNS.length} fields`);
    const [technology, down, up, share, copperShare, source, year] = data[row];
    const whole = (column: string, value: string, min: number, max: number): number => {
      if (!/^\d{1,15}$/.test(value) || Number(value) < min || Number(value) > max) fail(lines[row], `bad ${column}`, value, `a whole number from ${min} to ${max}`);
      return Number(value);
    };
    if (technology.trim() === "" || rates.some((rate) => rate.technology === technology)) fail(lines[row], "technology is empty or repeated", technology, "a name of its own");
    rates.push({
      technology,
      downBps: whole("down_bps", down, 1, 1e15),
      upBps: whole("up_bps", up, 0, 1e15),
      sharePercent: whole("share_percent", share, 0, 100),
      copperSharePercent: whole("copper_share_percent", copperShare, 0, 100),
      source,
      year: whole("year", year, 1900, 2999),
    });
  }
  for (const [column, field] of [["share_percent", "sharePercent"], ["copper_share_percent", "copperSharePercent"]] as const) {
    const total = rates.reduce((sum, rate) => sum + rate[field], 0);
    if (total !== 100) fail(lines[lines.length - 1] ?? 1, `${column} does not add up`, total, "100 over all lines");
  }
  return Object.freeze(rates.map((rate) => Object.freeze(rate)));
}

/** A mix of access lines as plain numbers, one entry per kind, so that an experiment's manifest holds all of it. */
export interface AccessMix {
  readonly downBps: readonly number[];
  readonly upBps: readonly number[];
  /** Shares in whole percent (or any whole weights). */
  readonly share: readonly number[];
}

/**
 * Draws the lines of N peers from a mix.
 *
 * @throws ParameterError when the arrays differ in length or the weights are not whole numbers >= 0 with a positive sum
 */
export function drawAccessLines(mix: AccessMix, peers: number, random: RandomStream): { readonly peerUploadBps: Float64Array; readonly peerDownloadBps: Float64Array } {
  const { downBps, upBps, share } = mix;
  const total = share.reduce((sum, weight) => sum + weight, 0);
  if (downBps.length !== share.length || upBps.length !== share.length || !(total > 0) || !share.every((weight) => Number.isInteger(weight) && weight >= 0)) {
    throw new ParameterError({ what: "bad mix of access lines", got: mix, expected: "three arrays of equal length, with whole shares >= 0 that are not all 0", where: "parameter mix" });
  }
  const peerUploadBps = new Float64Array(peers);
  const peerDownloadBps = new Float64Array(peers);
  for (let peer = 0; peer < peers; peer++) {
    let kind = 0;
    for (let draw = random.integer(total); draw >= share[kind]; kind++) draw -= share[kind];
    peerUploadBps[peer] = upBps[kind];
    peerDownloadBps[peer] = downBps[kind];
  }
  return { peerUploadBps, peerDownloadBps };
}

/** The line of the text on which each row begins: quoted fields may hold line breaks. */
function lineNumbers(rows: readonly string[][]): number[] {
  let line = 1;
  return rows.map((row) => {
    const begins = line;
    line += 1 + row.reduce((breaks, field) => breaks + (field.match(/\n/g)?.length ?? 0), 0);
    return begins;
  });
}

/** Where a line begins, in characters from the start of the text. */
function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf("\n", offset);
    if (next < 0) return offset;
    offset = next + 1;
  }
  return offset;
}
