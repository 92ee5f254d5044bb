/** `$...$` and `$$...$$` as markdown-it rules. A dollar sign with a space inside, or before a digit after the closing one, is money, not math. */
import type MarkdownIt from "markdown-it";

/** Adds the tokens `math_inline` and `math_block` to a parser; their `content` is the TeX. */
export function addMathRules(markdown: MarkdownIt.MarkdownIt): void {
  markdown.inline.ruler.before("escape", "math_display", (state, silent) => span(state, silent, "$$", "math_block"));
  markdown.inline.ruler.after("math_display", "math_inline", (state, silent) => span(state, silent, "$", "math_inline"));
  markdown.block.ruler.before("fence", "math_block", block, { alt: ["paragraph", "reference", "blockquote", "list"] });
}

function span(state: MarkdownIt.StateInline, silent: boolean, fence: "$" | "$$", token: string): boolean {
  const { src, pos } = state;
  if (!src.startsWith(fence, pos)) return false;
  const start = pos + fence.length;
  const end = closing(src, start, fence);
  if (end < 0 || src.slice(start, end).trim() === "") return false;
  if (fence === "$" && (/\s/.test(src[start]) || /\s/.test(src[end - 1]) || /[0-9]/.test(src[end + 1] ?? ""))) return false;
  if (!silent) state.push(token, "math", 0).content = src.slice(start, end);
  state.pos = end + fence.length;
  return true;
}

function closing(text: string, from: number, fence: string): number {
  for (let at = text.indexOf(fence, from); at >= 0; at = text.indexOf(fence, at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

/** A block that begins with `$$` at the start of a line and ends with `$$` at the end of one. */
function block(state: MarkdownIt.StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const line = (n: number): string => state.src.slice(state.bMarks[n] + state.tShift[n], state.eMarks[n]);
  if (!line(startLine).startsWith("$$") || state.sCount[startLine] - state.blkIndent >= 4) return false;
  let last = startLine;
  let content = line(startLine).slice(2);
  while (!content.trimEnd().endsWith("$$")) {
    last++;
    if (last >= endLine || state.isEmpty(last)) return false;
    content += `\n${line(last)}`;
  }
  if (silent) return true;
  const token = state.push("math_block", "math", 0);
  token.content = content.trimEnd().slice(0, -2);
  token.map = [startLine, last + 1];
  state.line = last + 1;
  return true;
}
