/** Colours TypeScript by class names, from the parse tree of lezer's TypeScript grammar. */
import { parser } from "@lezer/javascript";
import { highlightTree, tagHighlighter, tags } from "@lezer/highlight";
import { escapeHtml, trustedHtml, type SafeHtml } from "../../html";

const typescript = parser.configure({ dialect: "ts" });

/** Few classes on purpose: a printed program has keywords, strings, numbers, comments and names of types, and no more. */
const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.bool, tags.null, tags.self], class: "t-key" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: "t-str" },
  { tag: tags.number, class: "t-num" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], class: "t-com" },
  { tag: [tags.typeName, tags.className], class: "t-typ" },
]);

/** TypeScript source as escaped HTML with `t-...` spans. */
export function highlightTypeScript(source: string): SafeHtml {
  let out = "";
  let done = 0;
  highlightTree(typescript.parse(source), highlighter, (from, to, classes) => {
    out += escapeHtml(source.slice(done, from)) + `<span class="${classes}">${escapeHtml(source.slice(from, to))}</span>`;
    done = to;
  });
  return trustedHtml(out + escapeHtml(source.slice(done)), "lezer");
}
