/**
 * Which cells a reader of each variant gets. A cell that is not shown is never rendered, so neither its text nor its outputs, claims
 * or headings can reach the file.
 */
import type { ClaimRecord } from "../../notebook/claim-record";
import { CLAIM_MIME } from "../../notebook/host";
import type { ExecutedCell, ExecutedNotebook } from "./executed-notebook";

/** `student`: no solutions, no grader. `solution`: everything. `lecture`: as student, laid out for projection. */
export type Variant = "student" | "solution" | "lecture";

const SECRET_TAGS = new Set(["solution", "grader"]);
/** Cells that mean something only inside Jupyter. */
const MACHINERY_TAGS = new Set(["loader"]);

/** Whether a reader of this variant gets the cell. */
export function isShown(cell: ExecutedCell, variant: Variant): boolean {
  if (cell.tags.some((tag) => MACHINERY_TAGS.has(tag))) return false;
  return variant === "solution" || !cell.tags.some((tag) => SECRET_TAGS.has(tag));
}

/**
 * The claims a reader of this variant may see. Outside the solution variant a claim counts only if a shown cell displays it, so a claim
 * made in a solution, or by a notebook that is not among the given ones, is left out.
 */
export function shownClaims(claims: readonly ClaimRecord[], notebooks: readonly ExecutedNotebook[], variant: Variant): readonly ClaimRecord[] {
  if (variant === "solution") return claims;
  const shown = new Set<string>();
  for (const notebook of notebooks)
    for (const cell of notebook.cells)
      if (isShown(cell, variant)) for (const claim of displayedClaims(cell)) shown.add(claimKey(notebook.path, claim));
  return claims.filter((claim) => shown.has(claimKey(claim.notebook, claim)));
}

function displayedClaims(cell: ExecutedCell): readonly Partial<ClaimRecord>[] {
  return cell.outputs.flatMap((output) => {
    const claim = output.kind === "display" ? output.data[CLAIM_MIME] : undefined;
    return typeof claim === "object" && claim !== null ? [claim as Partial<ClaimRecord>] : [];
  });
}

function claimKey(notebook: string, claim: Partial<ClaimRecord>): string {
  return JSON.stringify([notebook, claim.reference, claim.text, claim.source, claim.published, claim.measured]);
}
