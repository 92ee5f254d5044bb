/** Splits lines of tables into cells. */
import Papa from "papaparse";
import type { TextLine, TextSource } from "./text-source";

/** The separator of a table's line: a tab, semicolon or comma if it has one outside of quotes, in this order, else blanks. (Where semicolons separate, a comma is a decimal one.) */
export function separatorOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  return ["\t", ";", ","].find((sign) => bare.includes(sign)) ?? " ";
}

/**
 * The cells of a line. With a separator other than blanks, cells may be quoted as in CSV; a quoted cell ends on its line.
 * @throws ParseError when quotes are not balanced
 */
export function splitCells(source: TextSource, line: TextLine, separator: string): string[] {
  if (separator === " ") return line.text.trim().split(/\s+/);
  if (!line.text.includes('"')) return line.text.split(separator);
  const { data, errors } = Papa.parse<string[]>(line.text, { delimiter: separator });
  if (errors.length > 0 || data.length !== 1) throw source.error(line, "cannot split the line into cells", line.text, "cells with balanced quotes");
  return data[0];
}
