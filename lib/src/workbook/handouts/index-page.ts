/** The first page: every handout with its question, time and links, in the order of the book's sections. */
import { html, type SafeHtml } from "../../html";
import { koreanMarked } from "./markdown";
import type { NotebookContent } from "./notebook-content";

/** One handout as the index shows it. */
export interface IndexEntry {
  readonly content: NotebookContent;
  readonly file: string;
  readonly pdf: string | null;
  /** Seconds that the notebook runs. */
  readonly seconds: number;
}

/** What stands in `main` of the index. */
export function indexMain(entries: readonly IndexEntry[], claims: { readonly total: number; readonly held: number }): SafeHtml {
  const proof = claims.total === 0 ? null : html`<p class="proof"><a href="claims.html">${claims.held === claims.total ? `All ${claims.total} claims` : `${claims.held} of ${claims.total} claims`} hold</a>: published, ours and the difference, each number recomputed by the run that made these pages.</p>`;
  return html`<div class="opening"><h1>Overlay Lab</h1><div class="question"><p>How do networks built on top of the network work, and how well? Every page asks one question, runs the mechanism that answers it, and checks its numbers against the published ones.</p></div></div>${proof}<section aria-label="Handouts"><ol class="handouts">${entries.map(entryItem)}</ol></section>`;
}

function entryItem({ content, file, pdf, seconds }: IndexEntry): SafeHtml {
  const runs = seconds > 0 ? html` · runs in ${seconds < 1 ? "under a second" : `${Math.round(seconds)} s`}` : null;
  return html`<li><p class="section-name">${koreanMarked(content.facts.section)}</p><h2><a href="${encodeURI(file)}">${content.titleHtml}</a></h2>${content.questionText === "" ? null : html`<p class="asks">${koreanMarked(content.questionText)}</p>`}<p class="entry-facts">${content.facts.minutes} minutes${runs}${pdf === null ? null : html` · <a href="${encodeURI(pdf)}" aria-label="PDF of ${content.title}">PDF</a>`}</p></li>`;
}
