/**
 * Markdown cells to page sections: HTML in the source is shown as text, formulas become MathML, Hangul carries its language, pictures are
 * carried inside the page, and every heading has an id and a level that never skips one.
 */
import MarkdownIt from "markdown-it";
import { parseFragment, type DefaultTreeAdapterMap } from "parse5";
import { html, trustedHtml, type SafeHtml } from "../../html";
import { highlightTypeScript } from "./code-highlight";
import { HandoutError } from "./handout-error";
import { addMathRules } from "./markdown-math";
import { renderMath } from "./math";
import type { PageIds } from "./sanitize";

/** What the cells of one page share. */
export interface PageContext {
  /** Path of the notebook, for messages. */
  readonly path: string;
  readonly ids: PageIds;
  /** Level of the last heading written; the next may be at most one deeper. */
  headingLevel: number;
  /** A picture named by a relative path, as a data address. Throws where it is missing. */
  readonly carryImage: (relativePath: string, where: string) => string;
}

/** A heading as the table of contents shows it. */
export interface Heading {
  readonly id: string;
  readonly text: string;
}

/** The text from one second-level heading to the next; `heading` is null for what comes before the first. */
export interface MarkdownPart {
  readonly heading: Heading | null;
  readonly body: SafeHtml;
}

interface Environment {
  readonly page: PageContext;
  readonly where: string;
}

const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
/** A run of Hangul, with the spaces and digits inside it. */
const HANGUL_RUN = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3](?:[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3 ·]*[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3])?/g;

const markdown = makeMarkdown();

/**
 * Renders one markdown cell.
 *
 * @param split whether a second-level heading begins a new part; without, headings start at the third level
 * @throws HandoutError naming notebook and cell when a formula is broken or a picture cannot be carried
 */
export function renderMarkdown(source: string, page: PageContext, where: string, split = true): readonly MarkdownPart[] {
  const environment: Environment = { page, where };
  const tokens = markdown.parse(source.replace(INVISIBLE, "\ufffd"), environment as unknown as MarkdownIt.Env);
  const parts: { heading: Heading | null; tokens: MarkdownIt.Token[] }[] = [{ heading: null, tokens: [] }];
  tokens.forEach((token, index) => {
    if (token.type === "heading_open") {
      const inline = tokens[index + 1];
      const heading = openHeading(token, inline, page, split);
      if (token.tag === "h2" && token.level === 0) parts.push({ heading, tokens: [] });
    }
    if (token.type === "heading_close") token.tag = lastHeadingTag(tokens, index);
    parts[parts.length - 1].tokens.push(token);
  });
  return parts
    .filter((part) => part.tokens.length > 0)
    .map((part) => ({ heading: part.heading, body: renderTokens(part.tokens, environment) }));
}

function renderTokens(tokens: MarkdownIt.Token[], environment: Environment): SafeHtml {
  return trustedHtml(markdown.renderer.render(tokens, markdown.options, environment as unknown as MarkdownIt.Env), "markdown-it");
}

function openHeading(token: MarkdownIt.Token, inline: MarkdownIt.Token, page: PageContext, split: boolean): Heading {
  const least = split ? 2 : 3;
  const level = Math.max(least, Math.min(Number(token.tag.slice(1)), page.headingLevel + 1));
  page.headingLevel = level;
  token.tag = `h${level}`;
  const text = plainText(inline);
  const id = page.ids.take(slug(text) || "section");
  token.attrSet("id", id);
  return { id, text };
}

function lastHeadingTag(tokens: readonly MarkdownIt.Token[], before: number): string {
  for (let at = before - 1; at >= 0; at--) if (tokens[at].type === "heading_open") return tokens[at].tag;
  return "h2";
}

/** The text of an inline token without its markup. */
export function plainText(inline: MarkdownIt.Token): string {
  return (inline.children ?? []).map((child) => (child.type === "softbreak" ? " " : child.type === "math_inline" ? formulaText(child.content) : child.content)).join("");
}

/** A formula as a line of text, for a table of contents: what the eye sees of it, or its source if it is not valid TeX (which the heading itself reports). */
function formulaText(tex: string): string {
  try {
    return parseFragment(renderMath(tex, false).toString()).childNodes.map(textOf).join("");
  } catch {
    return tex;
  }
}

function textOf(node: DefaultTreeAdapterMap["childNode"]): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/** An id from a heading: letters and digits, words joined by dashes. */
export function slug(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60);
}

/** Parses a cell to tokens, for readers of its structure (title, glossary). */
export function parseMarkdown(source: string): MarkdownIt.Token[] {
  return markdown.parse(source.replace(INVISIBLE, "\ufffd"), {} as MarkdownIt.Env);
}

/** Renders the inside of one inline token (a title, a table cell). */
export function renderInline(inline: MarkdownIt.Token, page: PageContext, where: string): SafeHtml {
  const environment = { page, where } as unknown as MarkdownIt.Env;
  return trustedHtml(markdown.renderer.renderInline(inline.children ?? [], markdown.options, environment), "markdown-it");
}

/** Text with its Hangul marked as Korean. */
export function koreanMarked(text: string): SafeHtml {
  const pieces: SafeHtml[] = [];
  let done = 0;
  for (const match of text.matchAll(HANGUL_RUN)) {
    pieces.push(html`${text.slice(done, match.index)}<span lang="ko">${match[0]}</span>`);
    done = (match.index ?? 0) + match[0].length;
  }
  return html`${pieces}${text.slice(done)}`;
}

function makeMarkdown(): MarkdownIt.MarkdownIt {
  const parser = new MarkdownIt({ html: false, linkify: false, typographer: true });
  parser.disable("replacements");
  addMathRules(parser);
  const rules = parser.renderer.rules;
  const contextOf = (env: unknown): Environment => env as Environment;
  rules.math_inline = (tokens, index, _options, env) => {
    const { text } = splitPunctuation(tokens[index + 1]);
    return html`<span class="nowrap">${math(tokens[index].content, false, contextOf(env))}${text}</span>`.toString();
  };
  rules.math_block = (tokens, index, _options, env) => html`<span class="display">${math(tokens[index].content, true, contextOf(env))}</span>`.toString();
  rules.text = (tokens, index) => {
    const follows = tokens[index - 1]?.type === "math_inline";
    return koreanMarked(follows ? splitPunctuation(tokens[index]).rest : tokens[index].content).toString();
  };
  rules.table_open = () => '<div class="ol-table" role="group" aria-label="Table" tabindex="0"><table>';
  rules.table_close = () => "</table></div>";
  rules.th_open = (tokens, index, options, _env, self) => {
    tokens[index].attrSet("scope", "col");
    return self.renderToken(tokens, index, options);
  };
  rules.link_open = (tokens, index, options, _env, self) => {
    tokens[index].attrSet("rel", "noreferrer");
    return self.renderToken(tokens, index, options);
  };
  rules.fence = (tokens, index) => fence(tokens[index].content, tokens[index].info).toString();
  rules.code_block = (tokens, index) => fence(tokens[index].content, "").toString();
  rules.image = (tokens, index, _options, env) => image(tokens[index], contextOf(env)).toString();
  return parser;
}

/** Punctuation right after a formula, which must not begin the next line, and the text after it. */
function splitPunctuation(token: MarkdownIt.Token | undefined): { readonly text: string; readonly rest: string } {
  const content = token?.type === "text" ? token.content : "";
  const text = /^[.,;:!?)\]’”-]+/.exec(content)?.[0] ?? "";
  return { text, rest: content.slice(text.length) };
}

function math(tex: string, display: boolean, { page, where }: Environment): SafeHtml {
  try {
    return renderMath(tex, display);
  } catch (error) {
    throw new HandoutError({ what: `cannot typeset the formula: ${(error as Error).message}`, got: tex, expected: "TeX that KaTeX knows", where: `${page.path}, ${where}` });
  }
}

function fence(source: string, info: string): SafeHtml {
  const language = info.trim().split(/\s+/)[0].toLowerCase();
  const isScript = ["ts", "typescript", "js", "javascript"].includes(language);
  const text = source.replace(/\n$/, "");
  return html`<div class="scroll code-text" role="group" aria-label="Program text" tabindex="0"><pre><code>${isScript ? highlightTypeScript(text) : text}</code></pre></div>`;
}

function image(token: MarkdownIt.Token, { page, where }: Environment): SafeHtml {
  const address = String(token.attrGet("src") ?? "");
  const description = token.content;
  if (description.trim() === "")
    throw new HandoutError({ what: "a picture has no description", got: address, expected: "![what the picture shows](path)", where: `${page.path}, ${where}` });
  const carried = address.startsWith("data:") ? address : page.carryImage(address, where);
  return html`<img src="${carried}" alt="${description}">`;
}
