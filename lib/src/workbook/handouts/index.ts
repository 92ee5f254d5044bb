export { HandoutError } from "./handout-error";
export type { PageOpener } from "./pdf";
export type { Provenance } from "./page-shell";
export { PAGE_LIMIT_BYTES, renderHandouts } from "./render";
export type { HandoutAssets, HandoutNotebook, HandoutResult, HandoutRun, WrittenPage } from "./render";
export type { Variant } from "./variants";
