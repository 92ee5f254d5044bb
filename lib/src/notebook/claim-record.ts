/** The record of one claim, as gathered into `build/claims.json`. */

/** A published or exact value and what this run measured. */
export interface ClaimRecord {
  /** Path of the notebook relative to the workbook's root, or "" outside a notebook. Filled in by the runner. */
  readonly notebook: string;
  /** Row of the figures file that the claim answers ("DT-3"), or "" when it is our own. */
  readonly reference: string;
  /** The claim as a sentence. */
  readonly text: string;
  /** Paper and figure, or book section. */
  readonly source: string;
  /** Whether `published` is printed in a paper or book, or given by a formula or an enumeration. */
  readonly basis: "published" | "exact";
  /** The published or exact value. */
  readonly published: number | string | boolean | readonly number[];
  /** Accepted difference: relative unless `toleranceKind` is "absolute"; "exact" asks for equality. */
  readonly tolerance: number | "exact";
  readonly toleranceKind: "relative" | "absolute" | "exact";
  readonly measured: number | string | boolean | readonly number[];
  /** 95 % interval of the measured value, where it is a mean over replications. */
  readonly interval: readonly [number, number] | null;
  readonly unit: string;
  /** Largest difference found, in the sense of `toleranceKind`; 0 when equal, `null` for text that differs. */
  readonly difference: number | null;
  readonly holds: boolean;
}
