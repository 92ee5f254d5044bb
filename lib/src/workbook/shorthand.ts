/**
 * Repairs a defect of tslab 1.0.22: in `{ peers }` it does not see that `peers` comes from an earlier cell, and the cell fails with
 * "peers is not defined". Written out as `{ peers: peers }`, which means the same, it works.
 */
import * as ts from "@tslab/typescript-for-tslab";

/** A source with its shorthand properties written out. */
export interface ExpandedSource {
  readonly text: string;
  /** The column in the original of a column of the text; lines are the same in both. Both from 0. */
  originalColumn(line: number, column: number): number;
}

/** Writes out every shorthand property of a cell's source; a source that does not parse is left for the compiler to complain about. */
export function expandShorthand(source: string): ExpandedSource {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, false);
  const inserted: { readonly at: number; readonly text: string }[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isShorthandPropertyAssignment(node)) inserted.push({ at: node.name.end, text: `: ${node.name.text}` });
    ts.forEachChild(node, walk);
  };
  walk(file);
  let text = "";
  let from = 0;
  for (const { at, text: insertion } of inserted) {
    text += source.slice(from, at) + insertion;
    from = at;
  }
  const places = inserted.map(({ at, text: insertion }) => ({ ...file.getLineAndCharacterOfPosition(at), length: insertion.length }));
  return {
    text: text + source.slice(from),
    originalColumn: (line, column) => {
      let shift = 0;
      for (const place of places.filter((each) => each.line === line)) {
        if (place.character + shift + place.length <= column) shift += place.length;
        else if (place.character + shift < column) return place.character;
      }
      return column - shift;
    },
  };
}
