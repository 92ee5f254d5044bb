/** The page of one notebook: opening with question, minutes and goals; contents; sections. */
import { html, type SafeHtml } from "../../html";
import { koreanMarked } from "./markdown";
import type { NotebookContent, PageSection } from "./notebook-content";

/** A shorter page needs no table of contents. */
const CONTENTS_FROM = 3;

/** What stands in `main`. */
export function notebookMain(content: NotebookContent): SafeHtml {
  const headings = content.sections.flatMap((section) => (section.heading === null ? [] : [section.heading]));
  const contents = headings.length < CONTENTS_FROM ? null : html`<nav class="contents" id="contents" aria-label="Contents"><p class="label">On this page</p><ol>${headings.map((heading) => html`<li><a href="#${heading.id}">${koreanMarked(heading.text)}</a></li>`)}</ol></nav>`;
  return html`${opening(content)}${contents === null ? null : html`<div class="rail">${contents}</div>`}${content.sections.map(section)}`;
}

function opening({ facts, titleHtml, question }: NotebookContent): SafeHtml {
  const before = facts.prerequisites.length === 0 ? null : html`<div><dt>Before this</dt><dd>${facts.prerequisites.map((item, index) => html`${index === 0 ? "" : "; "}${koreanMarked(item)}`)}</dd></div>`;
  return html`<div class="opening"><p class="section-name">${koreanMarked(facts.section)}</p><h1>${titleHtml}</h1><div class="question">${question}</div><dl class="facts"><div><dt>Time</dt><dd>${facts.minutes} minutes</dd></div>${before}<div><dt>Afterwards you can</dt><dd><ul>${facts.goals.map((goal) => html`<li>${koreanMarked(goal)}</li>`)}</ul></dd></div></dl></div>`;
}

function section({ heading, kind, parts }: PageSection): SafeHtml {
  if (heading === null) return html`<section>${parts}</section>`;
  const own = kind === "glossary" ? html`<h2 id="${heading.id}">${heading.text}</h2>` : null;
  return html`<section class="${kind}" aria-labelledby="${heading.id}">${own}${parts}</section>`;
}
