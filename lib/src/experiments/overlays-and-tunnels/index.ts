export { BOOK_FIGURE_ADDRESSES, BOOK_FIGURE_NODES, bookFigureWorld, type BookFigureOptions } from "./book-figure";
export { ABILENE_LINKS, ABILENE_ROUTERS, abilene, topologyNamed } from "./abilene";
export { journeyTable, layerEdgesTable, layerNodesTable, planePositions } from "./drawing-tables";
export { HEADER_BYTES, nestedOverlays, nestedWorld, underlayOf } from "./nested-overlays";
export { membersByLevel, tunnelsAmong } from "./random-overlays";
export { simulateTunnels, type Drop, type TunnelSimulation, type TunnelSimulationOptions } from "./simulate";
