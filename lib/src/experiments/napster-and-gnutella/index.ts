export { BOOK_FIGURE_6_NAMES, BOOK_FIGURE_6_PLACES, bookFigure6 } from "./book-figure-6";
export { linksOfOverlay, simulateGnutella, type GnutellaSimulation, type GnutellaWorldSpec, type ServentSpec } from "./simulate-gnutella";
export { NAPSTER_REGISTRY, simulateNapster, type EndedSearch, type NapsterSimulation, type NapsterWorldSpec, type WorldOptions } from "./simulate-napster";
