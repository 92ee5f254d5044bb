/** A claim as a reader sees it: the sentence, its mark, then the published or exact value, ours and the difference. */
import type { ClaimRecord } from "../../notebook/claim-record";
import { html, type SafeHtml } from "../../html";
import { koreanMarked } from "./markdown";

/** The numbers of a claim as short texts. */
export interface ClaimTexts {
  readonly published: SafeHtml;
  readonly measured: SafeHtml;
  readonly interval: SafeHtml | null;
  readonly difference: SafeHtml;
  readonly tolerance: SafeHtml;
}

/** The record if a display carries one that can be shown, else `null`. */
export function readClaim(value: unknown): ClaimRecord | null {
  if (typeof value !== "object" || value === null) return null;
  const claim = value as Partial<ClaimRecord>;
  const complete = typeof claim.text === "string" && typeof claim.holds === "boolean" && "published" in claim && "measured" in claim;
  return complete ? (claim as ClaimRecord) : null;
}

/** Check mark or cross, drawn so that no font is needed, with its meaning as text. */
export function claimMark(holds: boolean): SafeHtml {
  const shape = holds ? "M3 9.5 7 13.5 15 4" : "M4 4 14 14 M14 4 4 14";
  const label = holds ? "Holds" : "Does not hold";
  return html`<svg class="${holds ? "mark" : "mark fails"}" viewBox="0 0 18 18" role="img" aria-label="${label}"><path d="${shape}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"></path></svg>`;
}

/** One claim within a page. */
export function claimLine(claim: ClaimRecord): SafeHtml {
  const texts = claimTexts(claim);
  const pairs: readonly (readonly [string, SafeHtml])[] = [
    [claim.basis === "exact" ? "exact" : "published", texts.published],
    ["ours", texts.interval === null ? texts.measured : html`${texts.measured} <span class="interval">${texts.interval}</span>`],
    ["difference", texts.difference],
  ];
  const source = [claim.source, claim.reference].filter((part) => typeof part === "string" && part !== "").join(", ");
  return html`<div class="claim">${claimMark(claim.holds)}<p><span class="claim-text">${koreanMarked(claim.text)}</span> <span class="claim-values">${pairs.map(([name, value]) => html`<span class="pair"><span class="name">${name}</span> ${value}</span> `)}${source === "" ? null : html`<span class="pair claim-source">${koreanMarked(source)}</span>`}</span></p></div>`;
}

/** Published, measured and difference with unit and a sensible number of digits. */
export function claimTexts(claim: ClaimRecord): ClaimTexts {
  const unit = claim.unit ? ` ${claim.unit}` : "";
  const percent = claim.toleranceKind === "relative";
  return {
    published: html`${valueText(claim.published)}${unit}`,
    measured: html`${valueText(claim.measured)}${unit}`,
    interval: Array.isArray(claim.interval) ? html`[${numberText(claim.interval[0])}, ${numberText(claim.interval[1])}]` : null,
    difference: claim.difference === null || claim.difference === undefined ? html`${claim.holds ? "none" : "differs"}` : amount(claim.difference, percent, unit),
    tolerance: claim.tolerance === "exact" || claim.toleranceKind === "exact" ? html`exact` : html`± ${amount(Number(claim.tolerance), percent, unit)}`,
  };
}

function amount(value: number, percent: boolean, unit: string): SafeHtml {
  if (value === 0) return html`0`;
  return percent && value >= 1e-5 ? html`${numberText(value * 100, 3)} %` : html`${numberText(value, 3)}${percent ? "" : unit}`;
}

function valueText(value: ClaimRecord["published"]): SafeHtml {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return html`${value ? "yes" : "no"}`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, 8).map((item, index) => html`${index === 0 ? "" : ", "}${typeof item === "number" ? numberText(item) : String(item)}`);
    return html`${shown}${value.length > 8 ? `, … (${value.length} values)` : ""}`;
  }
  return koreanMarked(String(value));
}

/** A number with up to `digits` significant digits; very large and very small ones as a power of ten. */
export function numberText(value: number, digits = 5): SafeHtml {
  if (!Number.isFinite(value)) return html`${String(value)}`;
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const minus = (text: string): string => text.replace("-", "−");
  if (Number.isInteger(value) && size < 1e15) return html`${minus(String(value).replace(/\B(?=(?:\d{3})+$)/g, size >= 10000 ? "\u2009" : ""))}`;
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    const [mantissa, exponent] = rounded.toExponential().split("e");
    return html`${mantissa === "1" ? "" : `${minus(mantissa)} × `}10<sup>${minus(String(Number(exponent)))}</sup>`;
  }
  return html`${minus(String(rounded))}`;
}
