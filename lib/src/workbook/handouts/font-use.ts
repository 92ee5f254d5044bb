/** Which letters a finished page shows in which face, read from the page as a browser would parse it. */
import { parse, type DefaultTreeAdapterMap } from "parse5";
import { italicVariable } from "./math";

/** The letters of each face. */
export interface FontUse {
  readonly regular: Set<string>;
  readonly italic: Set<string>;
  readonly bold: Set<string>;
  readonly math: Set<string>;
}

type Node = DefaultTreeAdapterMap["childNode"];

const BOLD = new Set(["b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6", "dt"]);
const ITALIC = new Set(["i", "em", "cite", "dfn", "var", "blockquote"]);
/** Classes of the page's own style sheet, and of the figures', that set text in italics or in bold. */
const ITALIC_CLASSES = /\b(?:question|asks|edition|name|ol-look-for)\b/;
const BOLD_CLASSES = /\b(?:home|ol-heading)\b/;
const SKIPPED = new Set(["script", "style", "annotation", "head"]);

interface Style {
  readonly bold: boolean;
  readonly italic: boolean;
  readonly math: boolean;
}

/** Letters that the scripts of a page may write: buttons and messages. */
const SCRIPT_LETTERS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");

/** Reads the letters of a page. */
export function fontUse(page: string): FontUse {
  const use: FontUse = { regular: new Set(`${SCRIPT_LETTERS}…−–`), italic: new Set(" "), bold: new Set(" "), math: new Set() };
  collect(parse(page).childNodes, { bold: false, italic: false, math: false }, use);
  return use;
}

function collect(nodes: readonly Node[], style: Style, use: FontUse): void {
  for (const node of nodes) {
    if (node.nodeName === "#text") add((node as DefaultTreeAdapterMap["textNode"]).value, style, use);
    if (!("tagName" in node)) continue;
    const own = node.attrs.find((attribute) => attribute.name === "class")?.value ?? "";
    // A step player writes what its data holds.
    if (node.tagName === "script" && own === "ol-player") collect(node.childNodes, style, use);
    if (SKIPPED.has(node.tagName)) continue;
    // The browser draws this sign itself: it stands in no text.
    if (node.tagName === "msqrt" || node.tagName === "mroot") use.math.add("√");
    const classes = node.attrs.find((attribute) => attribute.name === "class")?.value ?? "";
    const inline = node.attrs.filter((attribute) => attribute.name === "style" || attribute.name.startsWith("font-")).map((attribute) => attribute.value).join(";");
    collect(node.childNodes, {
      bold: style.bold || BOLD.has(node.tagName) || BOLD_CLASSES.test(classes) || /bold|[6-9]00/.test(inline),
      italic: style.italic || ITALIC.has(node.tagName) || ITALIC_CLASSES.test(classes) || /italic/.test(inline),
      math: style.math || node.tagName === "math",
    }, use);
  }
}

function add(text: string, style: Style, use: FontUse): void {
  for (const letter of text) {
    if (style.math) {
      use.math.add(letter).add(italicVariable(letter));
      continue;
    }
    if (letter < " ") continue;
    use.regular.add(letter);
    if (style.bold) use.bold.add(letter);
    if (style.italic) use.italic.add(letter);
  }
}
