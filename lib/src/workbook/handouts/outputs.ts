/** Outputs of code cells as HTML: the richest form that can be shown, sanitised or escaped. */
import { html, type SafeHtml } from "../../html";
import { CLAIM_MIME } from "../../notebook/host";
import { claimLine, readClaim } from "./claim-line";
import { multiline, type CellOutput } from "./executed-notebook";
import { renderMarkdown, type PageContext } from "./markdown";
import { sanitizeOutput } from "./sanitize";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** One output, or `null` when there is nothing to show. */
export function renderOutput(output: CellOutput, page: PageContext, where: string): SafeHtml | null {
  if (output.kind === "stream") return printed(output.text, output.name === "stderr" ? "Messages of the program" : "Printed by the program");
  if (output.kind === "error") return printed(output.text, "Error of the program");
  return renderDisplay(output.data, page, where);
}

function renderDisplay(data: Readonly<Record<string, unknown>>, page: PageContext, where: string): SafeHtml | null {
  const claim = readClaim(data[CLAIM_MIME]);
  if (claim !== null) return claimLine(claim);
  for (const type of ["text/html", "image/svg+xml"]) {
    const markup = multiline(data[type]);
    if (markup !== "") return sanitizeOutput(markup, page.ids);
  }
  for (const type of PICTURES) {
    const base64 = multiline(data[type]).replace(/\s/g, "");
    if (/^[A-Za-z0-9+/]+=*$/.test(base64)) return html`<p class="picture"><img src="data:${type};base64,${base64}" alt="Picture shown by the cell"></p>`;
  }
  const prose = multiline(data["text/markdown"]);
  if (prose !== "") return html`${renderMarkdown(prose, page, where, false).map((part) => part.body)}`;
  return printed(multiline(data["text/plain"]), "Value of the cell");
}

/** Plain text as the program printed it, without colour codes of terminals. */
function printed(text: string, label: string): SafeHtml | null {
  const plain = text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replace(/\s+$/, "");
  return plain === "" ? null : html`<div class="scroll printed" role="group" aria-label="${label}" tabindex="0"><pre>${plain}</pre></div>`;
}
