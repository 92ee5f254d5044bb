/**
 * The overlay of Peterson and Davie's figure 6 ("Example topology of a gnutella peer-to-peer network"): ten nodes, nine edges, a tree. The figure has no names; these go by position,
 * N1 at the top, N2 upper left, N3 upper right, N4 left upper, N5 right upper, N6 left lower, N7 right lower, N8 lower left, N9 lower right, N10 bottom.
 */
import { OverlayGraph } from "../../peer-to-peer/gnutella";

const EDGES: readonly (readonly [number, number])[] = [[2, 3], [2, 7], [2, 9], [1, 8], [3, 10], [4, 10], [5, 6], [5, 9], [7, 8]];

/** Names of the nodes: node number i has the name at place i. */
export const BOOK_FIGURE_6_NAMES: readonly string[] = Object.freeze(Array.from({ length: 10 }, (_, index) => `N${index + 1}`));

/** Places on the page, about as in the figure: x to the right, y upwards, both from 0 to 10. */
export const BOOK_FIGURE_6_PLACES: readonly { readonly x: number; readonly y: number }[] = Object.freeze([
  { x: 5, y: 10 }, { x: 2.4, y: 9 }, { x: 7.6, y: 9 }, { x: 0.5, y: 6.6 }, { x: 9.5, y: 6.6 }, { x: 0.5, y: 3.4 }, { x: 9.5, y: 3.4 }, { x: 2.4, y: 1 }, { x: 7.6, y: 1 }, { x: 5, y: 0 },
]);

/** The overlay of figure 6. */
export function bookFigure6(): OverlayGraph {
  return new OverlayGraph(10, EDGES.flatMap(([a, b]) => [a - 1, b - 1]), BOOK_FIGURE_6_NAMES);
}
