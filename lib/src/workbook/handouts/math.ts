/**
 * TeX to MathML by KaTeX, in the form browsers draw today: they ignore `mathvariant` except "normal", so styled letters (blackboard
 * bold, script) become the Unicode letters that say the same. The invisible sign for "function of" goes: beside "min" as a subscript it
 * keeps Chromium from lowering the word.
 */
import katex from "katex";
import { trustedHtml, type SafeHtml } from "../../html";

/**
 * @param tex a formula without its dollar signs
 * @param display whether it stands on its own line
 * @throws katex.ParseError when the formula is not valid TeX
 */
export function renderMath(tex: string, display: boolean): SafeHtml {
  const markup = katex.renderToString(tex, { output: "mathml", displayMode: display, throwOnError: true, strict: "ignore", trust: false, maxSize: 50, maxExpand: 500 });
  const plain = markup
    .replace(/^<span class="katex">/, "")
    .replace(/<\/span>$/, "")
    .replace(/<annotation encoding="application\/x-tex">[^<]*<\/annotation>/g, "")
    .replace(/<mo>\u2061<\/mo>/g, "")
    .replace(/<(mi|mn|mtext|mo) mathvariant="([a-z-]+)">([^<]*)<\/\1>/g, styledLetters);
  return trustedHtml(plain, "katex");
}

/** First capital, first small letter and first digit of each style in the Mathematical Alphanumeric Symbols block (0: no digits). */
const STYLES: Readonly<Record<string, readonly [number, number, number]>> = {
  bold: [0x1d400, 0x1d41a, 0x1d7ce],
  italic: [0x1d434, 0x1d44e, 0],
  "bold-italic": [0x1d468, 0x1d482, 0],
  script: [0x1d49c, 0x1d4b6, 0],
  fraktur: [0x1d504, 0x1d51e, 0],
  "double-struck": [0x1d538, 0x1d552, 0x1d7d8],
  "sans-serif": [0x1d5a0, 0x1d5ba, 0x1d7e2],
  monospace: [0x1d670, 0x1d68a, 0x1d7f6],
};

/** Letters that Unicode had before the block was made, and left out of it. */
const OLDER_LETTERS: Readonly<Record<string, string>> = {
  "italic h": "ℎ", "script B": "ℬ", "script E": "ℰ", "script F": "ℱ", "script H": "ℋ", "script I": "ℐ", "script L": "ℒ", "script M": "ℳ",
  "script R": "ℛ", "script e": "ℯ", "script g": "ℊ", "script o": "ℴ", "fraktur C": "ℭ", "fraktur H": "ℌ", "fraktur I": "ℑ", "fraktur R": "ℜ",
  "fraktur Z": "ℨ", "double-struck C": "ℂ", "double-struck H": "ℍ", "double-struck N": "ℕ", "double-struck P": "ℙ", "double-struck Q": "ℚ",
  "double-struck R": "ℝ", "double-struck Z": "ℤ",
};

function styledLetters(whole: string, element: string, style: string, text: string): string {
  if (style === "normal" || STYLES[style] === undefined || text.includes("&")) return whole;
  const letters = [...text].map((letter) => styledLetter(letter, style)).join("");
  return element === "mi" ? `<mi mathvariant="normal">${letters}</mi>` : `<${element}>${letters}</${element}>`;
}

/** The Unicode letter for an ASCII letter or digit in a mathematical style, or the character itself where there is none. */
export function styledLetter(letter: string, style: string): string {
  const older = OLDER_LETTERS[`${style} ${letter}`];
  if (older !== undefined) return older;
  const [capital, small, digit] = STYLES[style] ?? [0, 0, 0];
  const code = letter.codePointAt(0) ?? 0;
  if (letter >= "A" && letter <= "Z") return String.fromCodePoint(capital + code - 65);
  if (letter >= "a" && letter <= "z") return String.fromCodePoint(small + code - 97);
  if (letter >= "0" && letter <= "9" && digit > 0) return String.fromCodePoint(digit + code - 48);
  return letter;
}

/** Small and capital Greek letters as an italic variable shows them; browsers do this by themselves, so the fonts must hold them. */
export function italicVariable(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (code >= 0x3b1 && code <= 0x3c9) return String.fromCodePoint(0x1d6fc + code - 0x3b1);
  if (code >= 0x391 && code <= 0x3a9) return String.fromCodePoint(0x1d6e2 + code - 0x391);
  const symbols: Readonly<Record<string, number>> = { "∂": 0x1d715, "ϵ": 0x1d716, "ϑ": 0x1d717, "ϰ": 0x1d718, "ϕ": 0x1d719, "ϱ": 0x1d71a, "ϖ": 0x1d71b };
  return symbols[letter] === undefined ? styledLetter(letter, "italic") : String.fromCodePoint(symbols[letter]);
}
