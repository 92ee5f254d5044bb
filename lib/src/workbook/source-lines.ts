/**
 * From a line of the JavaScript that tslab compiled back to the line of the cell. tslab writes no source maps; but comments survive
 * compilation, so the cell is compiled once more with a numbered comment before each line, and the last comment before the place tells it.
 * This happens only after an error, never for code that runs.
 */
import * as ts from "@tslab/typescript-for-tslab";
import type { Converter } from "tslab/dist/converter";
import type { CompiledCell } from "./cell-engine";

const MARK = /\/\*@@(\d+)@@\*\//g;

/** Whether a cell awaits outside any function, in every spelling (tslab itself misses `await (x)` and `for await`). */
export function hasTopLevelAwait(source: string): boolean {
  if (!source.includes("await")) return false;
  const file = parse(source);
  const found = (node: ts.Node): boolean => {
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return true;
    if (ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node) || ts.isPropertyDeclaration(node)) return false;
    return ts.forEachChild(node, found) ?? false;
  };
  return found(file);
}

/**
 * The cell's line that a place in compiled code belongs to.
 *
 * @param converter the converter that compiled the cell
 * @param cell the cell with what was compiled from it
 * @param outputLine line in the compiled code, from 1
 * @param outputColumn column in that line, from 1
 * @returns line of the cell, from 1, or `null` when the place is outside the cell's code
 */
export function lineOfFrame(converter: Converter, cell: CompiledCell, outputLine: number, outputColumn: number): number | null {
  const marked = converter.convert(cell.previousDeclarations, markLines(cell.source)).output;
  const lines = cell.output.split("\n");
  // The compiler may break lines differently around comments, so places are counted in characters that are not white space.
  if (!marked || outputLine > lines.length || squeeze(marked.replace(MARK, "")) !== squeeze(cell.output)) return null;
  const target = squeeze([...lines.slice(0, outputLine - 1), lines[outputLine - 1].slice(0, outputColumn)].join("\n")).length;
  let line: number | null = null;
  let offset = 0;
  let end = 0;
  for (const mark of marked.matchAll(MARK)) {
    offset += squeeze(marked.slice(end, mark.index)).length;
    if (offset >= target) break;
    line = Number(mark[1]);
    end = (mark.index as number) + mark[0].length;
  }
  return line;
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, "");
}

/** Puts a numbered comment before the first expression or statement of each line. */
function markLines(source: string): string {
  const file = parse(source);
  const shift = PREFIX.length;
  const starts = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    if (vanishes(node)) return;
    const inText = ts.isTemplateMiddleOrTemplateTail(node) || node.kind === ts.SyntaxKind.JsxText;
    if (!inText && node.kind !== ts.SyntaxKind.EndOfFileToken && node.end > node.pos && node.getStart(file) >= shift) {
      const start = node.getStart(file) - shift;
      const line = source.slice(0, start).split("\n").length;
      if (start < (starts.get(line) ?? Infinity)) starts.set(line, start);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  let marked = source;
  for (const [line, start] of [...starts].sort((a, b) => b[1] - a[1])) marked = `${marked.slice(0, start)}/*@@${line}@@*/ ${marked.slice(start)}`;
  return marked;
}

/** Types and imports leave no code behind, but a comment before them would. */
function vanishes(node: ts.Node): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isTypeParameterDeclaration(node);
}

/** tslab puts the same line first, which makes the cell a module. */
const PREFIX = "export {};\n";

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile("cell.ts", PREFIX + source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
}
