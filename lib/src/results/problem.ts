/** One thing that is wrong with an export. */
export interface Problem {
  /** File within the export, with "/". */
  readonly file: string;
  /** One sentence. */
  readonly message: string;
  /** Row of the table, from 1, where a value differs. */
  readonly row?: number;
  readonly column?: string;
  readonly expected?: unknown;
  readonly got?: unknown;
}
