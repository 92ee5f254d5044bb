/**
 * The only producer of HTML and SVG text in the library: a tagged template that escapes every value put into it.
 * Torrent names, file names and labels from data reach a page only through here.
 */

/** Text that is already safe to stand in an HTML page. Made only by {@link html}, {@link jsonForScript} and {@link trustedHtml}. */
export class SafeHtml {
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: text is escaped, arrays are joined, `null`, `undefined` and `false` vanish. */
export type HtmlValue = SafeHtml | string | number | boolean | null | undefined | readonly HtmlValue[];

/** Escapes a text for HTML content and for quoted attribute values; invisible and direction-changing characters become visible. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

/**
 * Tagged template for HTML: literal parts are taken as they are, every value is escaped.
 * Attribute values must stand in quotes.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  let text = parts[0];
  for (let i = 0; i < values.length; i++) text += render(values[i]) + parts[i + 1];
  return new SafeHtml(text);
}

function render(value: HtmlValue): string {
  if (value instanceof SafeHtml) return value.toString();
  if (value === null || value === undefined || value === false || value === true) return "";
  if (Array.isArray(value)) return value.map(render).join("");
  return escapeHtml(String(value));
}

/** JSON that may stand inside a `<script type="application/json">` element: no `<`, no line separators. */
export function jsonForScript(value: unknown): SafeHtml {
  const text = JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
  return new SafeHtml(text);
}

/**
 * Marks text as safe that a library with its own escaping wrote (markdown, math, the SVG serializer). Each call names its producer;
 * the house test lists the files that may call it.
 */
export function trustedHtml(text: string, producer: "katex" | "markdown-it" | "lezer" | "figure-svg" | "stylesheet" | "stored-output"): SafeHtml {
  void producer;
  return new SafeHtml(text);
}
