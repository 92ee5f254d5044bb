export { BOOK_FIGURE_6_NAMES, BOOK_FIGURE_6_PLACES, bookFigure6 } from "./book-figure-6";
export { floodSteps, type FloodStep } from "./flood-steps";
export { gnutellaFloodTtl, overlayFromText } from "./flood-ttl";
export { oneNodeDies } from "./one-node-dies";
export { napsterRegistryLoad } from "./registry-load";
export { linksOfOverlay, simulateGnutella, type GnutellaSimulation, type GnutellaWorldSpec, type ServentSpec } from "./simulate-gnutella";
export { NAPSTER_REGISTRY, simulateNapster, type EndedSearch, type NapsterSimulation, type NapsterWorldSpec, type WorldOptions } from "./simulate-napster";
