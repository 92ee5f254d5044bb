/** The glossary cell: a Markdown table "Term | 한국어 | Meaning", shown as a list of terms with their Korean and their meaning. */
import { html, type SafeHtml } from "../../html";
import { HandoutError } from "./handout-error";
import { parseMarkdown, plainText, renderInline, type PageContext } from "./markdown";

type Inline = ReturnType<typeof parseMarkdown>[number];

/**
 * @throws HandoutError when the cell holds no table of three columns
 */
export function renderGlossary(source: string, page: PageContext, where: string): SafeHtml {
  const rows = tableRows(parseMarkdown(source));
  const bad = rows.find((row) => row.length !== 3);
  if (rows.length < 2 || bad !== undefined)
    throw new HandoutError({ what: "cannot read the glossary", got: bad?.map(plainText).join(" | ") ?? source, expected: "a table with the columns Term, 한국어 and Meaning", where: `${page.path}, ${where}` });
  const entries = rows.slice(1).map(([term, korean, meaning]) => {
    const inner = (cell: Inline): SafeHtml => renderInline(cell, page, where);
    return html`<div><dt>${inner(term)} <span class="korean" lang="ko">${plainText(korean)}</span></dt><dd>${inner(meaning)}</dd></div>`;
  });
  return html`<dl class="glossary">${entries}</dl>`;
}

function tableRows(tokens: readonly Inline[]): Inline[][] {
  const rows: Inline[][] = [];
  tokens.forEach((token, index) => {
    if (token.type === "tr_open") rows.push([]);
    if (token.type === "th_open" || token.type === "td_open") rows[rows.length - 1].push(tokens[index + 1]);
  });
  return rows;
}
