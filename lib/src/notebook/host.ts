/**
 * What a notebook cell asks of the program that runs it. Our runner and our Jupyter kernel install a host before the first cell;
 * without one (a plain Node script) displays are printed as text.
 */
import type { Figure } from "../figures/figure";
import type { StepFigure } from "../figures/step-player";

/** One display: the same content in several MIME types. */
export type DisplayBundle = Readonly<Record<string, string | object>>;

/** MIME type under which a claim travels beside its HTML. */
export const CLAIM_MIME = "application/vnd.overlay-lab.claim+json";
/** MIME type under which a run of an experiment travels beside its HTML. */
export const EXPERIMENT_MIME = "application/vnd.overlay-lab.experiment+json";

/** The program that runs the cells. */
export interface NotebookHost {
  /** "runner" executes whole notebooks; "jupyter" serves a live front end; "script" is a plain Node program. */
  readonly kind: "runner" | "jupyter" | "script";
  /** Quick runs keep a notebook under 20 seconds; full runs are for publication. */
  readonly mode: "quick" | "full";
  /** Root folder of the workbook. */
  readonly root: string;
  /** Shows one display in the output of the current cell. */
  display(bundle: DisplayBundle): void;
  /** Draws a figure as a standalone SVG, or answers `null` where no browser was found. A step player brings its drawing along. */
  renderSvg(figure: Figure | StepFigure): Promise<string | null>;
}

const KEY = Symbol.for("overlay-lab.notebook-host");

/** Installs the host; called once by the runner or the kernel. */
export function installHost(host: NotebookHost): void {
  (globalThis as Record<symbol, unknown>)[KEY] = host;
}

/** The host of this process, or one that prints plain text to standard output. */
export function currentHost(): NotebookHost {
  return ((globalThis as Record<symbol, unknown>)[KEY] as NotebookHost | undefined) ?? SCRIPT_HOST;
}

const SCRIPT_HOST: NotebookHost = {
  kind: "script",
  mode: "quick",
  root: ".",
  display(bundle) {
    console.log(typeof bundle["text/plain"] === "string" ? bundle["text/plain"] : "[display]");
  },
  renderSvg: async () => null,
};
