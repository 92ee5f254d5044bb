/**
 * An executed notebook as the parts of a page: title, question, sections in reading order, glossary. Cells that the variant does not
 * show are dropped before anything is rendered.
 */
import { html, type SafeHtml } from "../../html";
import { highlightTypeScript } from "./code-highlight";
import type { ExecutedCell, ExecutedNotebook, NotebookFacts } from "./executed-notebook";
import { renderGlossary } from "./glossary";
import { HandoutError } from "./handout-error";
import { parseMarkdown, plainText, renderInline, renderMarkdown, type Heading, type PageContext } from "./markdown";
import { renderOutput } from "./outputs";
import { PageIds } from "./sanitize";
import { isShown, type Variant } from "./variants";

/** A run of the page under one heading; the first may have none. */
export interface PageSection {
  readonly heading: Heading | null;
  readonly kind: "text" | "exercise" | "glossary";
  readonly parts: SafeHtml[];
}

/** All that stands between the head and the foot of a notebook's page. */
export interface NotebookContent {
  readonly facts: NotebookFacts;
  readonly title: string;
  readonly titleHtml: SafeHtml;
  /** The text below the title in the first cell. */
  readonly question: SafeHtml;
  /** The first paragraph of the question as plain text, for the index. */
  readonly questionText: string;
  readonly sections: readonly PageSection[];
}

/** Ids that the page itself uses. */
const OWN_IDS = ["top", "contents", "content", "theme", "provenance"];

/**
 * @param carryImage reads a picture that a cell names by a relative path
 * @throws HandoutError when the first cell has no title, a formula is broken, the glossary is no table or a picture is missing
 */
export function notebookContent(notebook: ExecutedNotebook, variant: Variant, carryImage: PageContext["carryImage"]): NotebookContent {
  const page: PageContext = { path: notebook.path, ids: new PageIds(), headingLevel: 1, carryImage };
  for (const id of OWN_IDS) page.ids.take(id);
  const cells = notebook.cells.filter((cell) => isShown(cell, variant));
  const opening = readOpening(cells[0], page);
  const sections: PageSection[] = [{ heading: null, kind: "text", parts: [] }];
  const glossary: PageSection = { heading: { id: page.ids.take("glossary"), text: "Glossary" }, kind: "glossary", parts: [] };
  for (const cell of cells.slice(1)) {
    if (cell.tags.includes("glossary")) glossary.parts.push(renderGlossary(cell.source, page, `cell ${cell.position}`));
    else addCell(sections, cell, page, variant);
  }
  if (glossary.parts.length > 0) sections.push(glossary);
  return { facts: notebook.facts, ...opening, sections: sections.filter((section) => section.heading !== null || section.parts.length > 0) };
}

function readOpening(cell: ExecutedCell | undefined, page: PageContext): Pick<NotebookContent, "title" | "titleHtml" | "question" | "questionText"> {
  const tokens = cell?.type === "markdown" ? parseMarkdown(cell.source) : [];
  const missing = new HandoutError({ what: "the page has no title", got: cell?.source ?? "", expected: "a first cell that begins with # Title, then the question", where: `${page.path}, cell 1` });
  if (cell === undefined || tokens[0]?.type !== "heading_open" || tokens[0].tag !== "h1") throw missing;
  const title = plainText(tokens[1]).trim();
  if (title === "") throw missing;
  const rest = cell.source.split("\n").slice(tokens[0].map?.[1] ?? 1).join("\n");
  const first = tokens.find((token, index) => token.type === "inline" && tokens[index - 1]?.type === "paragraph_open");
  return {
    title,
    titleHtml: renderInline(tokens[1], page, "cell 1"),
    question: html`${renderMarkdown(rest, page, "cell 1", false).map((part) => part.body)}`,
    questionText: first === undefined ? "" : plainText(first),
  };
}

function addCell(sections: PageSection[], cell: ExecutedCell, page: PageContext, variant: Variant): void {
  const where = `cell ${cell.position}`;
  const isExercise = cell.tags.includes("exercise");
  const isSolution = cell.tags.includes("solution") || cell.tags.includes("grader");
  if (cell.type === "code") {
    const body = codeCell(cell, page, where, variant);
    current(sections).parts.push(isSolution ? boxed(cell, body) : body);
    return;
  }
  if (isSolution) {
    current(sections).parts.push(boxed(cell, html`${renderMarkdown(cell.source, page, where, false).map((part) => part.body)}`));
    return;
  }
  for (const part of renderMarkdown(cell.source, page, where)) {
    if (part.heading !== null) sections.push({ heading: part.heading, kind: isExercise ? "exercise" : "text", parts: [part.body] });
    else if (isExercise && current(sections).kind !== "exercise") sections.push(exerciseSection(page, part.body));
    else current(sections).parts.push(part.body);
  }
}

function current(sections: readonly PageSection[]): PageSection {
  return sections[sections.length - 1];
}

function exerciseSection(page: PageContext, body: SafeHtml): PageSection {
  const id = page.ids.take("exercise");
  page.headingLevel = 2;
  return { heading: { id, text: "Exercise" }, kind: "exercise", parts: [html`<h2 id="${id}">Exercise</h2>`, body] };
}

function boxed(cell: ExecutedCell, body: SafeHtml): SafeHtml {
  const name = cell.tags.includes("solution") ? "Solution" : "For graders";
  return html`<div class="solution" role="group" aria-label="${name}"><p class="solution-name">${name}</p>${body}</div>`;
}

/** Code that the reader should see at once (parameters, the exercise) stands open, all other code behind a click; in a lecture all of it. */
function codeCell(cell: ExecutedCell, page: PageContext, where: string, variant: Variant): SafeHtml {
  const outputs = cell.outputs.map((output) => renderOutput(output, page, where));
  if (cell.source.trim() === "") return html`${outputs}`;
  const program = html`<div class="scroll code-text" role="group" aria-label="Program text" tabindex="0"><pre><code>${highlightTypeScript(cell.source.trimEnd())}</code></pre></div>`;
  const label = openLabel(cell);
  if (label !== null && variant !== "lecture") return html`<div class="open-code"><p class="code-name">${label}</p>${program}</div>${outputs}`;
  const lines = cell.source.trimEnd().split("\n").length;
  return html`${outputs}<details class="code"><summary>${label ?? "Code"} <span class="lines">${lines === 1 ? "1 line" : `${lines} lines`}</span></summary>${program}</details>`;
}

function openLabel(cell: ExecutedCell): string | null {
  if (cell.tags.includes("injected-parameters")) return "Parameters given for this run";
  if (cell.tags.includes("parameters")) return "Parameters";
  if (cell.tags.includes("exercise")) return "Your turn";
  return null;
}
