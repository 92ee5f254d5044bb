/**
 * Draws figures as SVG and PNG with Plotly itself, in one page of a browser that stays open. The same figure gives the same bytes in every
 * run, whatever was drawn before: text is measured in the bundled face only, and Plotly's random ids are reseeded and then replaced.
 */
import { readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import type { Page, Route } from "playwright-core";
import { OverlayLabError } from "../errors";
import { PICTURE_GROUND, compactSvg } from "../figures/compact-svg";
import type { Figure } from "../figures/figure";
import { PAGE_SCRIPT } from "../figures/page-script";
import type { SvgNode } from "../figures/svg";
import type { LabBrowser } from "./browser";

/** A figure could not be drawn. */
export class DrawingError extends OverlayLabError {}

/** Draws figures one after another; calls may overlap, drawings never do. */
export interface FigureRenderer {
  /** Standalone SVG text, the same bytes every time. */
  renderSvg(figure: Figure): Promise<string>;
  /** PNG picture at twice the drawing size, on the light page's ground. */
  renderPng(figure: Figure): Promise<Buffer>;
  /** Closes the page; the browser stays open. */
  close(): Promise<void>;
}

const ORIGIN = "http://figures.invalid";
const PAGE = `<!doctype html><meta charset="utf-8"><title>figures</title>${["source-serif-4", "gowun-batang"].map((face) => `<link rel="stylesheet" href="/${face}/400.css">`).join("")}<body style="margin:0"><div id="stage"></div>`;

/**
 * Opens the drawing page: loads Plotly and the faces from their packages.
 *
 * @throws DrawingError when Plotly does not load
 */
export async function openFigureRenderer(browser: LabBrowser): Promise<FigureRenderer> {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1600 }, deviceScaleFactor: 2 });
  await page.route(`${ORIGIN}/**`, serve);
  await page.goto(`${ORIGIN}/`);
  await page.addScriptTag({ path: require.resolve("plotly.js-dist/plotly.js") });
  await page.addScriptTag({ content: PAGE_SCRIPT });
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(draw: () => Promise<T>): Promise<T> => {
    const mine = last.then(draw, draw);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    renderSvg: (figure) => inTurn(() => drawSvg(page, figure)),
    renderPng: (figure) => inTurn(() => drawPng(page, figure)),
    close: () => inTurn(() => page.close()),
  };
}

async function drawSvg(page: Page, figure: Figure): Promise<string> {
  try {
    const tree = await page.evaluate((input) => (globalThis as unknown as FigurePage).overlayLabDraw(input), drawingInput(figure));
    return compactSvg(tree, figure);
  } catch (error) {
    throw new DrawingError({ what: `cannot draw figure ${figure.id}`, got: (error as Error).message.split("\n")[0], expected: "a figure that Plotly accepts", where: "figure renderer" });
  }
}

async function drawPng(page: Page, figure: Figure): Promise<Buffer> {
  const svg = await drawSvg(page, figure);
  const { width, height } = figure;
  await page.evaluate((input) => (globalThis as unknown as FigurePage).overlayLabShow(input), { svg, ground: PICTURE_GROUND });
  return page.screenshot({ clip: { x: 0, y: 0, width, height }, type: "png" });
}

/** The functions that {@link PAGE_SCRIPT} defines in the page. */
interface FigurePage {
  overlayLabDraw(input: ReturnType<typeof drawingInput>): Promise<SvgNode>;
  overlayLabShow(input: { readonly svg: string; readonly ground: string }): Promise<void>;
}

function drawingInput(figure: Figure): { readonly figure: string; readonly width: number; readonly height: number } {
  return { figure: JSON.stringify({ data: figure.plotly.data, layout: figure.plotly.layout }), width: figure.width, height: figure.height };
}

/** Answers the page's requests from the packages of the faces; everything else does not exist. */
async function serve(route: Route): Promise<void> {
  const path = new URL(route.request().url()).pathname;
  if (path === "/") return route.fulfill({ contentType: "text/html", body: PAGE });
  const [, face, ...rest] = path.split("/");
  try {
    const root = dirname(require.resolve(`@fontsource/${face}/package.json`));
    const file = normalize(join(root, ...rest));
    if (!file.startsWith(root + sep)) return route.abort();
    return route.fulfill({ contentType: path.endsWith(".css") ? "text/css" : "font/woff2", body: readFileSync(file) });
  } catch {
    return route.abort();
  }
}
