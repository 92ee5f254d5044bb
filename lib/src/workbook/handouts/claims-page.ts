/** "Published, ours, difference": every claim of every notebook, grouped by section. */
import { html, type SafeHtml } from "../../html";
import type { ClaimRecord } from "../../notebook/claim-record";
import { claimMark, claimTexts } from "./claim-line";
import { koreanMarked, slug } from "./markdown";
import { PageIds } from "./sanitize";

/** The claims of one notebook, with the page that shows them (`null` when that notebook has no page in this run). */
export interface ClaimGroup {
  readonly section: string;
  readonly title: string;
  readonly file: string | null;
  readonly claims: readonly ClaimRecord[];
}

/** What stands in `main` of the claims page. */
export function claimsMain(groups: readonly ClaimGroup[]): SafeHtml {
  const claims = groups.flatMap((group) => group.claims);
  const held = claims.filter((claim) => claim.holds).length;
  const ids = new PageIds();
  const verdict = claims.length === 0 ? "No claim has been recorded." : held === claims.length ? `All ${claims.length} claims hold.` : `${held} of ${claims.length} claims hold.`;
  return html`<div class="opening"><h1>Published, ours, difference</h1><div class="question"><p>${verdict} Each line sets a published or exact number beside the one this run computed; a difference beyond its tolerance fails the run.</p></div></div>${groups.map((group) => groupSection(group, ids))}`;
}

function groupSection({ section, title, file, claims }: ClaimGroup, ids: PageIds): SafeHtml {
  if (claims.length === 0) return html``;
  const id = ids.take(`claims-${slug(`${section} ${title}`) || "group"}`);
  const name = html`${koreanMarked(section)}${section === "" ? "" : " · "}${koreanMarked(title)}`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${file === null ? name : html`<a href="${encodeURI(file)}">${name}</a>`}</h2><div class="ol-table claims-table" role="group" aria-labelledby="${id}" tabindex="0"><table><thead><tr><th scope="col">Claim</th><th scope="col" class="ol-number">Published or exact</th><th scope="col" class="ol-number">Ours</th><th scope="col" class="ol-number">Difference</th><th scope="col" class="ol-number">Allowed</th></tr></thead><tbody>${claims.map(claimRow)}</tbody></table></div></section>`;
}

function claimRow(claim: ClaimRecord): SafeHtml {
  const texts = claimTexts(claim);
  const source = [claim.source, claim.reference].filter((part) => typeof part === "string" && part !== "").join(", ");
  return html`<tr${claim.holds ? null : html` class="fails"`}><th scope="row">${claimMark(claim.holds)}<span>${koreanMarked(claim.text)}${source === "" ? null : html` <small>${koreanMarked(source)}</small>`}</span></th><td class="ol-number">${texts.published}</td><td class="ol-number">${texts.measured}${texts.interval === null ? null : html` <small>${texts.interval}</small>`}</td><td class="ol-number">${texts.difference}</td><td class="ol-number">${texts.tolerance}</td></tr>`;
}
