/**
 * The parameters of a notebook: the cell tagged `parameters` declares them with literal values; a run may override them. The
 * overriding values go into a new cell after it, tagged `injected-parameters`, so that the executed notebook says what it ran with.
 */
import type * as TypeScript from "@tslab/typescript-for-tslab";
import { ParameterError } from "../errors";
import { hasTag, nearestWord } from "./notebook-cell";
import { NotebookError } from "./notebook-file";
import type { Notebook, NotebookCell } from "./notebook-file";

/** A value that a parameter may have. */
export type NotebookParameterValue = number | string | boolean | readonly number[];

/** One declared parameter. */
export interface NotebookParameter {
  readonly name: string;
  readonly type: "number" | "string" | "boolean" | "number[]";
  /** The value in the notebook. */
  readonly value: NotebookParameterValue;
  /** The comment behind the declaration, or "". */
  readonly documentation: string;
  /** Line in the parameters cell, from 1. */
  readonly line: number;
  /** How it is declared. */
  readonly keyword: "const" | "let";
  /** The type as written, or "" when the value tells it. */
  readonly annotation: string;
  /** The texts that the written type admits, or `null` when it admits any. */
  readonly choices: readonly string[] | null;
}

/** Id of the cell that {@link injectParameters} writes. */
export const INJECTED_CELL_ID = "injected-parameters";

/** The compiler takes 0.2 s to load, so it is loaded only when a notebook's parameters are asked for. */
function compiler(): typeof TypeScript {
  return require("@tslab/typescript-for-tslab") as typeof TypeScript;
}

function parametersCell(notebook: Notebook, path: string): { readonly cell: NotebookCell; readonly index: number } | null {
  const found = notebook.cells.map((cell, index) => ({ cell, index })).filter(({ cell }) => hasTag(cell, "parameters"));
  if (found.length > 1) throw new NotebookError({ what: "two cells tagged parameters", got: found.map(({ index }) => `cell ${index + 1}`), expected: "one; join them", where: path });
  if (found.length === 1 && found[0].cell.cell_type !== "code") throw new NotebookError({ what: "the parameters cell is not a code cell", got: found[0].cell.cell_type, expected: "code", where: `${path}, cell ${found[0].index + 1}` });
  return found[0] ?? null;
}

/**
 * Reads the declared parameters of a notebook.
 *
 * @param notebook the notebook
 * @param path its name in messages
 * @returns the parameters in order; an empty list when no cell is tagged `parameters`
 * @throws NotebookError when two cells are tagged, or the cell holds anything but `const` or `let` with literal values
 */
export function readParameters(notebook: Notebook, path = "notebook"): NotebookParameter[] {
  const found = parametersCell(notebook, path);
  if (found === null) return [];
  const ts = compiler();
  const where = `${path}, cell ${found.index + 1} (${found.cell.id})`;
  const file = ts.createSourceFile("parameters.ts", found.cell.source, ts.ScriptTarget.ES2022, true);
  const broken = (file as unknown as { readonly parseDiagnostics: readonly TypeScript.Diagnostic[] }).parseDiagnostics[0];
  if (broken) throw new NotebookError({ what: "the parameters cell does not compile", got: ts.flattenDiagnosticMessageText(broken.messageText, " "), expected: 'lines like: const peers = 100; // how many peers', where });
  const parameters: NotebookParameter[] = [];
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) throw badStatement(statement.getText(file), where, lineOf(file, statement));
    for (const declaration of statement.declarationList.declarations) parameters.push(readDeclaration(ts, file, statement, declaration, where));
  }
  const names = parameters.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new NotebookError({ what: "parameter declared twice", got: twice, expected: "one declaration", where });
  return parameters;
}

function lineOf(file: TypeScript.SourceFile, node: TypeScript.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

function badStatement(text: string, where: string, line: number): NotebookError {
  return new NotebookError({ what: "the parameters cell holds more than parameters", got: text, expected: "const or let with a number, text, true, false or list of numbers; compute in the next cell", where: `${where}, line ${line}` });
}

function readDeclaration(ts: typeof TypeScript, file: TypeScript.SourceFile, statement: TypeScript.VariableStatement, declaration: TypeScript.VariableDeclaration, where: string): NotebookParameter {
  const line = lineOf(file, declaration);
  const value = declaration.initializer && readLiteral(ts, declaration.initializer);
  if (!ts.isIdentifier(declaration.name) || value === undefined || !(statement.declarationList.flags & (ts.NodeFlags.Const | ts.NodeFlags.Let))) throw badStatement(statement.getText(file), where, line);
  const trailing = ts.getTrailingCommentRanges(file.text, statement.end) ?? [];
  const documentation = trailing.map((range) => file.text.slice(range.pos, range.end).replace(/^\/[/*]+\s*|\s*\*+\/$/g, "").trim()).join(" ");
  const annotation = declaration.type?.getText(file) ?? "";
  const keyword = statement.declarationList.flags & ts.NodeFlags.Const ? "const" : "let";
  return { name: declaration.name.text, type: typeOf(value), value, documentation, line, keyword, annotation, choices: declaration.type ? choicesOf(ts, declaration.type) : null };
}

function choicesOf(ts: typeof TypeScript, type: TypeScript.TypeNode): string[] | null {
  const parts = ts.isUnionTypeNode(type) ? [...type.types] : [type];
  const texts = parts.map((part) => (ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? part.literal.text : null));
  return texts.includes(null) ? null : (texts as string[]);
}

function readLiteral(ts: typeof TypeScript, node: TypeScript.Expression): NotebookParameterValue | undefined {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand)) {
    if (node.operator === ts.SyntaxKind.MinusToken) return -Number(node.operand.text);
    if (node.operator === ts.SyntaxKind.PlusToken) return Number(node.operand.text);
  }
  if (ts.isArrayLiteralExpression(node)) {
    const values = node.elements.map((element) => readLiteral(ts, element));
    if (values.every((value): value is number => typeof value === "number")) return values;
  }
  return undefined;
}

function typeOf(value: NotebookParameterValue): NotebookParameter["type"] {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? (typeof value as "number" | "string" | "boolean") : "number[]";
}

/**
 * Adds a cell that overrides parameters. An earlier injected cell is replaced.
 *
 * @param notebook the notebook
 * @param values new values by name: of the declared type, or text as typed on a command line (`"500"`, `"true"`, `"1,2,3"`)
 * @param path the notebook's name in messages
 * @returns the notebook with the injected cell; the same notebook when `values` is empty
 * @throws ParameterError when a name is unknown (naming the known ones) or a value does not fit its type
 */
export function injectParameters(notebook: Notebook, values: Readonly<Record<string, unknown>>, path = "notebook"): Notebook {
  const known = readParameters(notebook, path);
  const names = Object.keys(values);
  for (const name of names) if (!known.some((parameter) => parameter.name === name)) throw unknownParameter(name, known, path);
  const lines = known.filter(({ name }) => Object.hasOwn(values, name)).map((parameter) => {
    const value = convertValue(parameter, values[parameter.name], path);
    // With the type written out: `const peers = 500` alone would have the type 500, and `peers === 1000` would not compile.
    return `${parameter.keyword} ${parameter.name}: ${parameter.annotation || parameter.type} = ${literal(value)};`;
  });
  const rest = notebook.cells.filter((cell) => !hasTag(cell, "injected-parameters"));
  if (lines.length === 0) return rest.length === notebook.cells.length ? notebook : { ...notebook, cells: rest };
  const taken = rest.some((cell) => cell.id === INJECTED_CELL_ID);
  if (taken) throw new NotebookError({ what: "a cell of the notebook has the id of the injected cell", got: INJECTED_CELL_ID, expected: "another id", where: path });
  const injected: NotebookCell = { cell_type: "code", id: INJECTED_CELL_ID, metadata: { tags: ["injected-parameters"] }, source: `// Set for this run\n${lines.join("\n")}`, execution_count: null, outputs: [] };
  const after = rest.findIndex((cell) => hasTag(cell, "parameters"));
  return { ...notebook, cells: [...rest.slice(0, after + 1), injected, ...rest.slice(after + 1)] };
}

function literal(value: NotebookParameterValue): string {
  return JSON.stringify(value);
}

function unknownParameter(name: string, known: readonly NotebookParameter[], path: string): ParameterError {
  const names = known.map((parameter) => parameter.name);
  if (names.length === 0) return new ParameterError({ what: `unknown parameter ${name}`, expected: "none: the notebook has no cell tagged parameters", where: path });
  const near = nearestWord(name, names);
  const list = known.map((parameter) => `${parameter.name} (${parameter.type})`).join(", ");
    return new ParameterError({ what: `unknown parameter ${name}`, expected: `${near ? `did you mean ${near}? ` : ""}one of ${list}`, where: path });
}

function convertValue(parameter: NotebookParameter, given: unknown, path: string): NotebookParameterValue {
  const value = typeof given === "string" && parameter.type !== "string" ? fromText(parameter.type, given) : given;
  const fits = parameter.type === "number[]" ? Array.isArray(value) && value.every(isFiniteNumber) : parameter.type === "number" ? isFiniteNumber(value) : typeof value === parameter.type;
  if (!fits || (parameter.choices && !parameter.choices.includes(value as string))) {
    const expected = parameter.choices ? `one of ${parameter.choices.join(", ")}` : { number: "a number", string: "a text", boolean: "true or false", "number[]": "numbers separated by commas" }[parameter.type];
    const example = parameter.choices ? "" : ` (the notebook has ${literal(parameter.value)})`;
    throw new ParameterError({ what: `bad value for ${parameter.name}`, got: given, expected: `${expected}${example}`, where: `${path}, parameter ${parameter.name}` });
  }
  return value as NotebookParameterValue;
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

const NUMBER_TEXT = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function fromText(type: NotebookParameter["type"], text: string): unknown {
  const trimmed = text.trim();
  if (type === "boolean") return trimmed === "true" ? true : trimmed === "false" ? false : undefined;
  const numberOf = (part: string): number => (NUMBER_TEXT.test(part) ? Number(part.replace(/_/g, "")) : NaN);
  if (type === "number") return numberOf(trimmed);
  return trimmed.replace(/^\[|\]$/g, "").split(",").map((part) => numberOf(part.trim()));
}
