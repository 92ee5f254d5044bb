import { OverlayLabError } from "../../errors";

/** A notebook cannot be made into a page: missing title, bad metadata, broken math, a missing image. `where` names notebook and cell. */
export class HandoutError extends OverlayLabError {}
