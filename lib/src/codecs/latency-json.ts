/** Latencies between hosts from JSON in the forms in which they are published. Messages name the line of the faulty value, and names given twice are refused. */
import { isJsonObject, readJson, type JsonDocument, type JsonPath } from "./json-text";
import {
  checkHostNames, checkLatencyUnits, completeLatencyTable, LATENCY_CELL_EXPECTED, latencyNumber, MAX_LATENCY_HOSTS, readLatencyCell, type LatencyTable, type LatencyUnits,
} from "./latency-table";
import { TextSource } from "./text-source";

/** A file being read: its text, its values and how to take them. */
interface JsonLatencies {
  readonly source: TextSource;
  readonly document: JsonDocument;
  readonly options: LatencyUnits;
}

/** Latencies from one host, and where they stand in the text. */
interface FromHost {
  readonly host: string;
  readonly to: readonly { readonly host: string; readonly value: unknown; readonly path: JsonPath }[];
}

/**
 * Reads a latency matrix from JSON in one of these forms: `{"data": {a: {b: 12.5}}}` or `{a: {b: 12.5}}` (from, then to),
 * `[[0, 12.5], [12.5, 0]]`, with or without `{"data": ...}` around it, `{"hosts": [names], "matrix": [[...]]}`, or
 * `{"nodes": [{"name": b, "producers": {a: 12.5}}]}` (to b from a). `null` and -1 are missing; zeros are read as `zeros` says.
 *
 * @throws ParseError for anything else, a value that is no latency, a name given twice, or an implausible unit
 * @throws ParameterError for a bad option
 */
export function parseLatencyJson(text: string, options: LatencyUnits): LatencyTable {
  checkLatencyUnits(options);
  const source = new TextSource(text, options.file ?? "latency JSON");
  const document = readJson(source);
  const { value } = document;
  const file = { source, document, options };
  const inside = isJsonObject(value) && typeof value.data === "object" && value.data !== null;
  const data = inside ? (value as { readonly data: unknown }).data : value;
  const root: JsonPath = inside ? ["data"] : [];
  if (Array.isArray(data)) return tableFromRows(file, data, root);
  if (isJsonObject(data) && Array.isArray(data.matrix)) return tableFromRows(file, data.matrix, [...root, "matrix"], data.hosts, [...root, "hosts"]);
  if (isJsonObject(data) && Array.isArray(data.nodes)) return tableFromHosts(file, rowsOfProducers(file, data.nodes, [...root, "nodes"]));
  if (isJsonObject(data)) return tableFromHosts(file, rowsOfObject(file, data, root));
  throw source.error(document.placeOf(root), "cannot read the latencies", data, "an object of objects, or an array of rows");
}

function cellFrom({ source, document, options }: JsonLatencies, value: unknown, path: JsonPath, what: () => string): number {
  if (value === null) return NaN;
  const read = typeof value === "number" ? latencyNumber(value, options.unit) : typeof value === "string" ? readLatencyCell(value, options) : { kind: "bad" as const };
  if (read.kind === "bad") throw source.error(document.placeOf(path), `cannot read the latency ${what()}`, value, LATENCY_CELL_EXPECTED);
  return read.kind === "value" ? read.ms : NaN;
}

function rowsOfObject({ source, document }: JsonLatencies, data: Record<string, unknown>, root: JsonPath): FromHost[] {
  return Object.entries(data).map(([host, row]) => {
    if (!isJsonObject(row)) throw source.error(document.placeOf([...root, host]), `cannot read the latencies from ${JSON.stringify(host)}`, row, "an object with a number for each host");
    return { host, to: Object.entries(row).map(([to, value]) => ({ host: to, value, path: [...root, host, to] })) };
  });
}

/** Turns "these send to me" lists into rows from each sender. */
function rowsOfProducers({ source, document }: JsonLatencies, nodes: readonly unknown[], root: JsonPath): FromHost[] {
  const rows = new Map<string, { host: string; value: unknown; path: JsonPath }[]>();
  const row = (name: string) => rows.get(name) ?? (rows.set(name, []).get(name) as { host: string; value: unknown; path: JsonPath }[]);
  const defined = new Map<string, JsonPath>();
  nodes.forEach((node, index) => {
    const path = [...root, index];
    if (!isJsonObject(node) || typeof node.name !== "string" || !isJsonObject(node.producers)) {
      throw source.error(document.placeOf(path), `cannot read node ${index + 1}`, node, "an object with name and producers");
    }
    const { name, producers } = node;
    const first = defined.get(name);
    if (first !== undefined) throw source.error(document.placeOf(path), "node given twice", name, `each node once; it stands on line ${document.placeOf(first).line} already`);
    defined.set(name, path);
    row(name);
    for (const [producer, value] of Object.entries(producers)) row(producer).push({ host: name, value, path: [...path, "producers", producer] });
  });
  return [...rows].map(([host, to]) => ({ host, to }));
}

function tableFromHosts(file: JsonLatencies, rows: readonly FromHost[]): LatencyTable {
  const { source, options } = file;
  const indices = new Map<string, number>();
  const intern = (name: string): number => {
    const known = indices.get(name);
    if (known !== undefined) return known;
    indices.set(name, indices.size);
    return indices.size - 1;
  };
  for (const { host } of rows) intern(host);
  for (const { to } of rows) for (const { host } of to) intern(host);
  const count = indices.size;
  if (count < 2 || count > MAX_LATENCY_HOSTS) throw source.endError("bad number of hosts", count, `2 to ${MAX_LATENCY_HOSTS}`);
  const valuesMs = new Float64Array(count * count).fill(NaN);
  for (const { host, to } of rows) {
    const base = intern(host) * count;
    for (const cell of to) {
      valuesMs[base + intern(cell.host)] = cellFrom(file, cell.value, cell.path, () => `from ${JSON.stringify(host)} to ${JSON.stringify(cell.host)}`);
    }
  }
  return completeLatencyTable(source, [...indices.keys()], valuesMs, options);
}

function tableFromRows(file: JsonLatencies, rows: readonly unknown[], root: JsonPath, names?: unknown, namesPath: JsonPath = root): LatencyTable {
  const { source, document, options } = file;
  const count = rows.length;
  if (count < 2 || count > MAX_LATENCY_HOSTS) throw source.error(document.placeOf(root), "bad number of hosts", count, `2 to ${MAX_LATENCY_HOSTS} rows`);
  const isName = (name: unknown) => typeof name === "string" || typeof name === "number";
  if (names !== undefined && !(Array.isArray(names) && names.every(isName))) throw source.error(document.placeOf(namesPath), "cannot read the host names", names, "an array of texts or numbers");
  const hosts = names === undefined ? Array.from({ length: count }, (_, host) => String(host)) : (names as readonly unknown[]).map(String);
  checkHostNames(source, hosts, count, (index) => document.placeOf([...namesPath, index]));
  const valuesMs = new Float64Array(count * count);
  rows.forEach((row, index) => {
    if (!Array.isArray(row) || row.length !== count) {
      throw source.error(document.placeOf([...root, index]), `matrix not square in row ${index + 1}`, Array.isArray(row) ? `${row.length} columns` : row, `${count} columns, one for each row`);
    }
    row.forEach((value, column) => {
      valuesMs[index * count + column] = cellFrom(file, value, [...root, index, column], () => `in row ${index + 1}, column ${column + 1}`);
    });
  });
  return completeLatencyTable(source, hosts, valuesMs, options);
}
