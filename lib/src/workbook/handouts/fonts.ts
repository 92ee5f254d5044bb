/**
 * The faces of a page: Source Serif 4, Gowun Batang for Hangul and STIX Two Math for formulas and symbols (all under the SIL Open Font
 * License), cut down to the letters that the page uses and carried inside it, so that it looks the same everywhere and fetches nothing.
 */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { fontUse } from "./font-use";

interface SubsetOptions {
  readonly targetFormat: "woff2";
  readonly noHinting: boolean;
  readonly keepFeatures: readonly string[];
}
// The package has no types.
const subsetFont = require("subset-font") as (font: Buffer, text: string, options: SubsetOptions) => Promise<Buffer>;

/** Family names in the order in which a browser looks for a letter. */
export const TEXT_FAMILIES = '"Source Serif 4","Gowun Batang","STIX Two Math"';

/** One style of a family as the package ships it: one file per range of letters. */
interface Face {
  readonly family: string;
  readonly package: string;
  /** End of the file names: "400-normal". */
  readonly variant: string;
  readonly weight: string;
  readonly style: "normal" | "italic";
}

const SERIF = { family: "Source Serif 4", package: "@fontsource/source-serif-4" } as const;
const HANGUL = { family: "Gowun Batang", package: "@fontsource/gowun-batang" } as const;
const FACES = {
  regular: { ...SERIF, variant: "400-normal", weight: "400", style: "normal" },
  italic: { ...SERIF, variant: "400-italic", weight: "400", style: "italic" },
  bold: { ...SERIF, variant: "600-normal", weight: "600", style: "normal" },
  hangul: { ...HANGUL, variant: "400-normal", weight: "400", style: "normal" },
  hangulBold: { ...HANGUL, variant: "700-normal", weight: "600 700", style: "normal" },
} as const satisfies Record<string, Face>;

/** Kerning, figures of equal width, fractions, accents; small letters of formulas. */
const FEATURES = ["kern", "liga", "tnum", "lnum", "pnum", "ccmp", "locl", "mark", "mkmk", "ssty", "dtls", "flac"];
const HANGUL_LETTER = /[\u1100-\u11ff\u3000-\u303f\u3130-\u318f\uac00-\ud7a3\uff00-\uffef]/;

/** Cuts fonts to pages. One instance serves many pages: it keeps the files it has read and the pieces it has cut. */
export class FontCutter {
  private readonly files = new Map<string, Buffer>();
  private readonly pieces = new Map<string, Promise<string>>();
  private readonly ranges = new Map<string, ReadonlyMap<string, readonly (readonly [number, number])[]>>();

  /** The `@font-face` rules for a finished page. */
  async facesFor(page: string): Promise<string> {
    const use = fontUse(page);
    const hangul = (letters: Set<string>): Set<string> => new Set([...letters].filter((letter) => HANGUL_LETTER.test(letter)));
    const symbols = [...use.regular, ...use.italic, ...use.bold].filter((letter) => letter > "\u00ff" && !HANGUL_LETTER.test(letter));
    const rules = await Promise.all([
      this.face(FACES.regular, use.regular),
      this.face(FACES.italic, use.italic),
      this.face(FACES.bold, use.bold),
      this.face(FACES.hangul, hangul(new Set([...use.regular, ...use.math]))),
      this.face(FACES.hangulBold, hangul(use.bold)),
      this.mathFace(new Set([...use.math, ...symbols])),
    ]);
    return rules.join("");
  }

  private async face(face: Face, letters: ReadonlySet<string>): Promise<string> {
    const rules: Promise<string>[] = [];
    for (const [subset, ranges] of this.rangesOf(face.package)) {
      const held = [...letters].filter((letter) => ranges.some(([from, to]) => inRange(letter, from, to))).sort(byCodePoint);
      if (held.length === 0 || held.join("").trim() === "") continue;
      const base = face.package.slice("@fontsource/".length);
      rules.push(this.rule(face, `${face.package}/files/${base}-${subset}-${face.variant}.woff2`, held.join("")));
    }
    return (await Promise.all(rules)).join("");
  }

  /** The package declares only Latin, but its one file holds the whole font with its tables for formulas. */
  private async mathFace(letters: ReadonlySet<string>): Promise<string> {
    const held = [...letters].sort(byCodePoint).join("");
    if (held === "") return "";
    const face = { family: "STIX Two Math", weight: "400", style: "normal" } as const;
    return this.rule(face, "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2", held);
  }

  private async rule(face: Pick<Face, "family" | "weight" | "style">, file: string, letters: string): Promise<string> {
    const data = await this.piece(file, letters);
    return `@font-face{font-family:"${face.family}";font-weight:${face.weight};font-style:${face.style};src:url(data:font/woff2;base64,${data}) format("woff2")}`;
  }

  private piece(file: string, letters: string): Promise<string> {
    const key = `${file}\n${letters}`;
    const known = this.pieces.get(key);
    if (known !== undefined) return known;
    const cut = subsetFont(this.file(file), letters, { targetFormat: "woff2", noHinting: true, keepFeatures: FEATURES }).then((font) => font.toString("base64"));
    this.pieces.set(key, cut);
    return cut;
  }

  private file(name: string): Buffer {
    const known = this.files.get(name);
    if (known !== undefined) return known;
    const data = readFileSync(require.resolve(name));
    this.files.set(name, data);
    return data;
  }

  /** Which file of a package holds which letters, from the table that the package carries. */
  private rangesOf(packageName: string): ReadonlyMap<string, readonly (readonly [number, number])[]> {
    const known = this.ranges.get(packageName);
    if (known !== undefined) return known;
    const folder = path.dirname(require.resolve(`${packageName}/package.json`));
    const table = JSON.parse(readFileSync(path.join(folder, "unicode.json"), "utf8")) as Record<string, string>;
    const ranges = new Map(Object.entries(table).map(([name, list]) => [name.replace(/[[\]]/g, ""), list.split(",").map(parseRange)]));
    this.ranges.set(packageName, ranges);
    return ranges;
  }
}

function parseRange(text: string): readonly [number, number] {
  const [from, to] = text.trim().slice(2).split("-");
  return [parseInt(from, 16), parseInt(to ?? from, 16)];
}

function inRange(letter: string, from: number, to: number): boolean {
  const code = letter.codePointAt(0) ?? 0;
  return code >= from && code <= to;
}

function byCodePoint(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
}
